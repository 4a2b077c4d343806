# SPDX-License-Identifier: Apache-2.0
"""People with their present membership. Names and numbers are sealed on the way in and opened on the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page

from identity.store.sealing import Sealer
from identity.store.tables import memberships, persons, places

TOKEN_BYTES = 2  # 16 bits: several fragments share a token on purpose, so that tokens tell little about a name


@dataclass(frozen=True)
class Person:
    """A person as the register knows them today."""

    person_id: UUID
    name: str
    telephone: str | None
    membership_id: UUID | None
    membership: str | None
    membership_version: int | None
    household_id: UUID | None
    household_label: str | None
    version: int


class Persons:
    """The people of one community, through one connection."""

    def __init__(self, connection: sa.Connection, sealer: Sealer, division: str) -> None:
        self._connection = connection
        self._sealer = sealer
        self._division = division

    def find(self, person_id: UUID, lock: bool = False) -> Person | None:
        """Fetch one person; ``lock`` holds the row until the transaction ends."""
        query = self._query().where(persons.c.person_id == person_id)
        row = self._connection.execute(query.with_for_update(of=persons) if lock else query).one_or_none()
        return self._person(row) if row else None

    def page(
        self, page: Page, household: UUID | None, q: str | None, ids: Sequence[UUID] | None
    ) -> tuple[list[Person], str | None]:
        """Fetch one page in the order of registration; ``q`` is part of a name or a complete number."""
        conditions = []
        if household:
            conditions.append(memberships.c.household_id == household)
        if ids is not None:
            conditions.append(persons.c.person_id.in_(ids))
        if q:
            conditions.append(self._matches(q))
        found = self._filtered(self._query().where(*conditions), page, q)
        return page.cut(found, lambda person: (person.person_id,))

    def insert(self, person_id: UUID, name: str, telephone: str | None, now: datetime) -> None:
        """Store a new person."""
        values = {"division_code": self._division, "person_id": person_id, "created_at": now, "updated_at": now}
        self._connection.execute(
            sa.insert(persons).values(
                **values, **self._sealed_name(person_id, name), **self._sealed_number(person_id, telephone)
            )
        )

    def update(self, person: Person, name: str | None, telephone: str | None, now: datetime) -> None:
        """Store a new version. A name of None stays; ``telephone`` is what is known from now on."""
        values: dict[str, Any] = {"version": person.version + 1, "updated_at": now}
        if name is not None:
            values |= self._sealed_name(person.person_id, name)
        values |= self._sealed_number(person.person_id, telephone)
        self._connection.execute(
            sa.update(persons)
            .where(persons.c.division_code == self._division, persons.c.person_id == person.person_id)
            .values(**values)
        )

    def _query(self) -> sa.Select[Any]:
        present = sa.and_(
            memberships.c.division_code == persons.c.division_code,
            memberships.c.person_id == persons.c.person_id,
            memberships.c.ended_on.is_(None),
        )
        home = sa.and_(
            places.c.division_code == memberships.c.division_code, places.c.place_id == memberships.c.household_id
        )
        return (
            sa.select(
                persons.c.person_id,
                persons.c.name_sealed,
                persons.c.telephone_sealed,
                persons.c.version,
                memberships.c.membership_id,
                memberships.c.kind,
                memberships.c.version.label("membership_version"),
                memberships.c.household_id,
                places.c.label,
            )
            .select_from(persons.outerjoin(memberships, present).outerjoin(places, home))
            .where(persons.c.division_code == self._division)
        )

    def _filtered(self, query: sa.Select[Any], page: Page, q: str | None) -> list[Person]:
        """Read until the page is full: tokens narrow the search, the opened name decides it."""
        found: list[Person] = []
        while True:
            batch = query.where(page.clause(persons.c.person_id)).order_by(persons.c.person_id).limit(page.limit + 1)
            rows = self._connection.execute(batch).all()
            opened = [self._person(row) for row in rows]
            found += [one for one in opened if q is None or _is_number(q) or folded(q) in folded(one.name)]
            if len(rows) <= page.limit or len(found) > page.limit:
                return found[: page.limit + 1]
            page = Page((rows[-1].person_id,), page.limit)

    def _matches(self, q: str) -> sa.ColumnElement[bool]:
        if _is_number(q):
            return persons.c.telephone_index == self._number_index(q)
        return persons.c.name_tokens.contains(sorted(self._tokens(q)))

    def _tokens(self, text: str) -> set[int]:
        purpose = f"persons.name_tokens.{self._division}"
        return {int.from_bytes(self._sealer.blind(part, purpose)[:TOKEN_BYTES]) for part in fragments(text)}

    def _number_index(self, telephone: str) -> bytes:
        return self._sealer.blind(digits(telephone), f"persons.telephone_index.{self._division}")

    def _sealed_name(self, person_id: UUID, name: str) -> Mapping[str, Any]:
        sealed = self._sealer.seal(name, f"persons.name_sealed.{person_id}")
        return {"name_sealed": sealed, "name_tokens": sorted(self._tokens(name))}

    def _sealed_number(self, person_id: UUID, telephone: str | None) -> Mapping[str, Any]:
        if telephone is None:
            return {"telephone_sealed": None, "telephone_index": None}
        sealed = self._sealer.seal(telephone, f"persons.telephone_sealed.{person_id}")
        return {"telephone_sealed": sealed, "telephone_index": self._number_index(telephone)}

    def _person(self, row: sa.Row[Any]) -> Person:
        number = row.telephone_sealed
        return Person(
            person_id=row.person_id,
            name=self._sealer.open(row.name_sealed, f"persons.name_sealed.{row.person_id}"),
            telephone=self._sealer.open(number, f"persons.telephone_sealed.{row.person_id}") if number else None,
            membership_id=row.membership_id,
            membership=row.kind,
            membership_version=row.membership_version,
            household_id=row.household_id,
            household_label=row.label,
            version=row.version,
        )


def start_membership(
    connection: sa.Connection,
    division: str,
    membership_id: UUID,
    person_id: UUID,
    kind: str,
    household_id: UUID | None,
    on: date,
) -> None:
    """Store a membership that starts."""
    connection.execute(
        sa.insert(memberships).values(
            division_code=division,
            membership_id=membership_id,
            person_id=person_id,
            kind=kind,
            household_id=household_id,
            started_on=on,
        )
    )


def end_membership(connection: sa.Connection, division: str, membership_id: UUID, on: date) -> int:
    """End a membership (on its first day at the earliest); return its new version."""
    mine = (memberships.c.division_code == division, memberships.c.membership_id == membership_id)
    values = {"ended_on": sa.func.greatest(memberships.c.started_on, on), "version": memberships.c.version + 1}
    ending = sa.update(memberships).where(*mine).values(**values).returning(memberships.c.version)
    return connection.execute(ending).scalar_one()


def is_resident(connection: sa.Connection, division: str, person_id: UUID) -> bool:
    """Tell whether the person belongs to a household of the community today."""
    query = sa.select(sa.literal(1)).where(
        memberships.c.division_code == division,
        memberships.c.person_id == person_id,
        memberships.c.ended_on.is_(None),
        memberships.c.household_id.is_not(None),
    )
    return connection.execute(query).first() is not None


def folded(text: str) -> str:
    """Fold what people do not distinguish: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def fragments(text: str) -> Iterator[str]:
    """Yield every character and every pair of neighbours of a name."""
    plain = folded(text)
    yield from plain
    yield from (plain[at : at + 2] for at in range(len(plain) - 1))


def digits(telephone: str) -> str:
    """Reduce a telephone number to what is dialled inside the country."""
    return "".join(one for one in telephone if one.isdecimal()).removeprefix("86")


def _is_number(text: str) -> bool:
    return len(digits(text)) >= 5 and all(one.isdecimal() or one in "+- " for one in text)
