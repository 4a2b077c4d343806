# SPDX-License-Identifier: Apache-2.0
"""Marks, the pauses that follow from them, and who is exempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from sqlalchemy.dialects import postgresql as pg

from venue.domain.presence.marks import Mark, Policy
from venue.store.presence.presence_tables import exemptions, marks, pauses
from venue.store.tables import bookings, spaces, venues

_mark, _exemption, _pause = marks.c, exemptions.c, pauses.c


@dataclass(frozen=True)
class MarkFilter:
    """Which marks a list shows; None means any."""

    person_id: UUID | None = None
    mark_id: UUID | None = None
    state: str | None = None


def policy(work: UnitOfWork, venue_id: UUID) -> Policy:
    """Load the venue's rule, its row locked: two marks at once must each see the other before a pause is computed."""
    venue = venues.c
    row = work.execute(
        sa.select(venue.marks_limit, venue.marks_days, venue.pause_days)
        .where(venue.division_code == work.division, venue.id == venue_id)
        .with_for_update(key_share=True)
    ).one()
    return Policy(*row)


def is_exempt(work: UnitOfWork, person_id: UUID, on: date) -> bool:
    """Tell whether somebody may come late on a local day."""
    query = sa.select(_exemption.id).where(
        _exemption.division_code == work.division,
        _exemption.person_id == person_id,
        _exemption.ended_at.is_(None),
        _exemption.until_on >= on,
    )
    return work.execute(query).first() is not None


def insert(work: UnitOfWork, mark: Mark) -> bool:
    """Store a mark; False where the booking has one already."""
    row = {"division_code": work.division, "id": mark.mark_id, **_facts(mark)}
    stored = work.execute(
        pg.insert(marks).values(row).on_conflict_do_nothing(constraint="uq_marks_booking").returning(_mark.id)
    )
    return stored.first() is not None


def save(work: UnitOfWork, mark: Mark) -> None:
    """Store what may change in a mark that ``lock`` has loaded."""
    work.execute(
        sa.update(marks).where(_mark.division_code == work.division, _mark.id == mark.mark_id).values(_facts(mark))
    )


def lock(work: UnitOfWork, mark_id: UUID) -> Mark | None:
    """Load a mark for a change."""
    return _locked(work, _mark.id == mark_id)


def lock_of_booking(work: UnitOfWork, booking_id: UUID) -> Mark | None:
    """Load the mark that a booking has brought about."""
    return _locked(work, _mark.booking_id == booking_id)


def counting(work: UnitOfWork, venue_id: UUID, person_id: UUID, now: datetime) -> list[Mark]:
    """A person's marks at a venue that have not decayed."""
    query = sa.select(marks).where(
        _mark.division_code == work.division,
        _mark.person_id == person_id,
        _mark.venue_id == venue_id,
        _mark.expires_at > now,
    )
    return [_read(row) for row in work.execute(query).mappings()]


def set_pause(work: UnitOfWork, venue_id: UUID, person_id: UUID, until: datetime | None) -> None:
    """Keep until when a person is paused; None ends it."""
    here = sa.and_(_pause.division_code == work.division, _pause.venue_id == venue_id, _pause.person_id == person_id)
    if until is None:
        work.execute(sa.delete(pauses).where(here))
        return
    row = {"division_code": work.division, "venue_id": venue_id, "person_id": person_id, "paused_until": until}
    work.execute(
        pg.insert(pauses).values(row).on_conflict_do_update(constraint="pk_pauses", set_={"paused_until": until})
    )


def pauses_of(connection: sa.Connection, division: str, person_id: UUID, now: datetime) -> list[Mapping[str, Any]]:
    """Where a person is paused at this moment."""
    query = (
        sa.select(_pause.venue_id, _pause.paused_until, venues.c.name_zh, venues.c.name_en, venues.c.tz)
        .join_from(pauses, venues, (venues.c.division_code == _pause.division_code) & (venues.c.id == _pause.venue_id))
        .where(_pause.division_code == division, _pause.person_id == person_id, _pause.paused_until > now)
        .order_by(_pause.venue_id)
    )
    return list(connection.execute(query).mappings())


def page(connection: sa.Connection, division: str, wanted: MarkFilter, page: Page) -> list[Mapping[str, Any]]:
    """A page of marks with what was booked, latest first."""
    key = (_mark.given_at, _mark.id)
    query = (
        _shown(division, wanted)
        .where(page.clause(*key, descending=True))
        .order_by(*(column.desc() for column in key))
        .limit(page.limit + 1)
    )
    return list(connection.execute(query).mappings())


def one(connection: sa.Connection, division: str, mark_id: UUID) -> Mapping[str, Any]:
    """A mark as callers see it."""
    return connection.execute(_shown(division, MarkFilter(mark_id=mark_id))).mappings().one()


def grant(work: UnitOfWork, person_id: UUID, reason: str, until_on: date, now: datetime) -> UUID | None:
    """Put somebody on the list of those who may come late; None where they are on it already."""
    row = {
        "division_code": work.division, "id": uuid7(), "version": 1, "person_id": person_id, "reason": reason,
        "until_on": until_on, "granted_at": now, "granted_by": work.actor.subject,
    }  # fmt: skip
    stored = work.execute(
        pg.insert(exemptions)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=[_exemption.division_code, _exemption.person_id], index_where=sa.text("ended_at IS NULL")
        )
        .returning(_exemption.id)
    )
    return stored.scalar_one_or_none()


def lock_exemption(work: UnitOfWork, exemption_id: UUID) -> Mapping[str, Any] | None:
    """Load an entry of that list for a change."""
    query = sa.select(exemptions).where(_exemption.division_code == work.division, _exemption.id == exemption_id)
    return work.execute(query.with_for_update()).mappings().one_or_none()


def end_exemption(work: UnitOfWork, exemption_id: UUID, now: datetime) -> None:
    """Take somebody off the list."""
    _end_exemptions(work, _exemption.id == exemption_id, now)


def end_outlived(work: UnitOfWork, person_id: UUID, today: date, now: datetime) -> None:
    """End the person's entry whose last day has passed, so that a new one may follow."""
    _end_exemptions(work, (_exemption.person_id == person_id) & (_exemption.until_on < today), now)


def _end_exemptions(work: UnitOfWork, which: sa.ColumnElement[bool], now: datetime) -> None:
    work.execute(
        sa.update(exemptions)
        .where(_exemption.division_code == work.division, which, _exemption.ended_at.is_(None))
        .values(ended_at=now, version=_exemption.version + 1)
    )


def exemption_page(connection: sa.Connection, division: str, page: Page) -> list[Mapping[str, Any]]:
    """A page of those who may come late, latest first; ended entries stay for the record."""
    key = (_exemption.granted_at, _exemption.id)
    query = (
        sa.select(exemptions)
        .where(_exemption.division_code == division, page.clause(*key, descending=True))
        .order_by(*(column.desc() for column in key))
        .limit(page.limit + 1)
    )
    return list(connection.execute(query).mappings())


def _shown(division: str, wanted: MarkFilter) -> sa.Select[Any]:
    booked = sa.and_(bookings.c.division_code == _mark.division_code, bookings.c.id == _mark.booking_id)
    room = sa.and_(spaces.c.division_code == _mark.division_code, spaces.c.id == bookings.c.space_id)
    query = (
        sa.select(marks, bookings.c.starts_at, bookings.c.ends_at, bookings.c.tz, spaces.c.name_zh, spaces.c.name_en)
        .join_from(marks, bookings, booked)
        .join(spaces, room)
        .where(_mark.division_code == division)
    )
    for column, value in (
        (_mark.person_id, wanted.person_id),
        (_mark.id, wanted.mark_id),
        (_mark.state, wanted.state),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _locked(work: UnitOfWork, which: sa.ColumnElement[bool]) -> Mark | None:
    query = sa.select(marks).where(_mark.division_code == work.division, which).with_for_update()
    row = work.execute(query).mappings().one_or_none()
    return _read(row) if row else None


def _read(row: Mapping[str, Any]) -> Mark:
    facts = {name: row[name] for name in Mark.__dataclass_fields__ if name != "mark_id"}
    return Mark(mark_id=row["id"], **facts)


def _facts(mark: Mark) -> dict[str, Any]:
    return {name: value for name, value in asdict(mark).items() if name != "mark_id"}
