# SPDX-License-Identifier: Apache-2.0
"""What the rules must know of a room, in one statement: its venue, atoms, hours and prices."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.db import Compiled, UnitOfWork
from sqlalchemy import func

from venue.domain.booking.booking import Offer, Price, Quota
from venue.domain.opening.hours import DatedHours, HoursCalendar, Nature, WeeklyRule
from venue.store.booking.quota_tables import lives_here, quotas
from venue.store.presence.presence_tables import paused_until
from venue.store.tables import (
    prices,
    regime_exceptions,
    regime_rules,
    regimes,
    space_atoms,
    spaces,
    special_days,
    venues,
)


@dataclass(frozen=True)
class Room:
    """A room as it stands in its venue's version. ``atom_ids`` are sorted: every writer takes them in that order."""

    space_id: UUID
    name_zh: str
    name_en: str
    venue_id: UUID
    venue_version: int
    venue_name_zh: str
    venue_name_en: str
    tz: str
    atom_ids: Sequence[UUID]
    offer: Offer

    def name(self, language: str) -> str:
        """The room's name in the caller's language."""
        return self.name_en if language == "en" else self.name_zh

    def venue_name(self, language: str) -> str:
        """The venue's name in the caller's language."""
        return self.venue_name_en if language == "en" else self.venue_name_zh


_SINCE = func.coalesce(sa.bindparam("since", None, sa.Date), sa.literal_column("'-infinity'"))


def hours_as_text(venue: sa.Column, division: sa.Column) -> sa.ColumnElement[str]:
    """Gather all that decides when a venue is open in one text, so that a room stays one row and equal hours are equal.

    Rules of a regime that means closed are left out; a day's own hours say null for closed. With ``since``
    bound, the special days and single days' hours before it are left out: they grow for ever.
    """
    rule, regime, special, own = regime_rules.c, regimes.c, special_days.c, regime_exceptions.c
    open_code = sa.case((regime.kind != "closed", regime.code))
    weekly = (
        _gathered(
            rule.regime_code, rule.weekday, rule.from_minute, rule.until_minute, rule.valid_from, rule.valid_until
        )
        .join_from(regime_rules, regimes, _same_regime(rule))
        .where(rule.division_code == division, rule.venue_id == venue, regime.kind != "closed")
    )
    follows = (
        _gathered(special.day, special.follows_weekday)
        .select_from(special_days)
        .where(special.division_code == division, special.follows_weekday.is_not(None), special.day >= _SINCE)
    )
    exceptions = (
        _gathered(own.day, own.from_minute, own.until_minute, open_code)
        .join_from(regime_exceptions, regimes, _same_regime(own), isouter=True)
        .where(own.division_code == division, own.venue_id == venue, own.day >= _SINCE)
    )
    natures = _gathered(regime.code, regime.kind, regime.audience, regime.approval).where(
        regime.division_code == division, regime.venue_id == venue
    )
    parts = [one.correlate(venues).scalar_subquery() for one in (weekly, follows, exceptions, natures)]
    return sa.cast(func.jsonb_build_array(*parts), sa.Text)


def _gathered(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(func.jsonb_agg(func.jsonb_build_array(*columns)))


def _same_regime(one: Any) -> sa.ColumnElement[bool]:
    regime = regimes.c
    return (
        (regime.division_code == one.division_code)
        & (regime.venue_id == one.venue_id)
        & (regime.code == one.regime_code)
    )


def prices_as_json() -> sa.ScalarSelect[Any]:
    """Gather a room's prices in one value."""
    price = prices.c
    parts = [price.regime_code, price.version, price.valid_from, price.price_fen_per_hour]
    return (
        sa.select(func.jsonb_agg(func.jsonb_build_array(*parts)))
        .where(price.division_code == spaces.c.division_code, price.space_id == spaces.c.id)
        .correlate(spaces)
        .scalar_subquery()
    )


def quotas_as_json() -> sa.ScalarSelect[Any]:
    """Gather a venue's quotas in one value; most venues have none."""
    quota = quotas.c
    parts = [
        quota.id, quota.regime_code, quota.subject, quota.period, quota.count_limit, quota.minutes_limit,
        quota.valid_from, quota.valid_until,
    ]  # fmt: skip
    return (
        _gathered(*parts)
        .where(quota.division_code == venues.c.division_code, quota.venue_id == venues.c.id)
        .correlate(venues)
        .scalar_subquery()
    )


def atoms_of_space() -> sa.ScalarSelect[Any]:
    """Gather a room's atoms, sorted."""
    atom = space_atoms.c
    return (
        sa.select(func.array_agg(sa.text("space_atoms.atom_id ORDER BY space_atoms.atom_id")))
        .select_from(space_atoms)
        .where(atom.division_code == spaces.c.division_code, atom.space_id == spaces.c.id)
        .correlate(spaces)
        .scalar_subquery()
    )


ROOMS = (
    sa.select(
        spaces.c.id.label("space_id"),
        spaces.c.code,
        spaces.c.name_zh,
        spaces.c.name_en,
        spaces.c.capacity,
        venues.c.id.label("venue_id"),
        venues.c.judged_version.label("venue_version"),
        venues.c.name_zh.label("venue_name_zh"),
        venues.c.name_en.label("venue_name_en"),
        venues.c.tz,
        venues.c.longest_minutes,
        venues.c.horizon_days,
        venues.c.lead_minutes,
        venues.c.late_cancel_minutes,
        venues.c.hold_minutes,
        spaces.c.setup_minutes,
        spaces.c.cleanup_minutes,
        spaces.c.needs_approval,
        quotas_as_json().label("quotas"),
        hours_as_text(venues.c.id, venues.c.division_code).label("hours"),
        prices_as_json().label("prices"),
        atoms_of_space().label("atom_ids"),
    )
    .join_from(spaces, venues, (venues.c.division_code == spaces.c.division_code) & (venues.c.id == spaces.c.venue_id))
    .where(spaces.c.retired_at.is_(None))
)
_DIVISION, _SPACE = sa.bindparam("division"), sa.bindparam("space_id", type_=sa.Uuid)
_PERSON = sa.bindparam("person_id", type_=sa.Uuid)
_ONE_ROOM = ROOMS.add_columns(
    paused_until(spaces.c.division_code, spaces.c.venue_id, _PERSON),
    lives_here(spaces.c.division_code, _PERSON).label("to_resident"),
).where(spaces.c.division_code == _DIVISION, spaces.c.id == _SPACE)
_ROOM = Compiled(_ONE_ROOM)
_KEEP_STILL = Compiled(
    sa.select(venues.c.id)
    .join_from(spaces, venues, (venues.c.division_code == spaces.c.division_code) & (venues.c.id == spaces.c.venue_id))
    .where(spaces.c.division_code == _DIVISION, spaces.c.id == _SPACE)
    .with_for_update(read=True, key_share=True, of=venues)
)


def room(work: UnitOfWork, space_id: UUID, person_id: UUID | None = None, since: date | None = None) -> Room | None:
    """Load one room of the current division and keep its venue as it is until commit: nobody divides what is taken.

    With ``person_id`` as it is offered to that person.
    """
    work.execute_compiled(_KEEP_STILL, {"division": work.division, "space_id": space_id})
    return glimpse(work, space_id, person_id, since)


def glimpse(work: UnitOfWork, space_id: UUID, person_id: UUID | None, since: date | None) -> Room | None:
    """Load one room as it is at this moment, the hours of single days from ``since`` on.

    Its venue may change before the next statement: who writes asks for its version (``bookings.insert_and_hold``).
    """
    asked = {"division": work.division, "space_id": space_id, "person_id": person_id, "since": since}
    rows = work.execute_compiled(_ROOM, asked)
    return as_room(rows[0]) if rows else None


def read_room(connection: sa.Connection, division: str, space_id: UUID, person_id: UUID | None = None) -> Room | None:
    """Load one room, with ``person_id`` as it is offered to that person, where nothing is written."""
    asked = {"division": division, "space_id": space_id, "person_id": person_id}
    row = connection.execute(_ONE_ROOM, asked).mappings().one_or_none()
    return as_room(dict(row)) if row else None


def as_room(row: dict[str, Any]) -> Room:
    """Build a room from a row of ROOMS."""
    return Room(
        space_id=row["space_id"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        venue_id=row["venue_id"],
        venue_version=row["venue_version"],
        venue_name_zh=row["venue_name_zh"],
        venue_name_en=row["venue_name_en"],
        tz=row["tz"],
        atom_ids=row["atom_ids"],
        offer=Offer(
            capacity=row["capacity"],
            zone=ZoneInfo(row["tz"]),
            longest_minutes=row["longest_minutes"],
            horizon_days=row["horizon_days"],
            rules=hours_calendar(row["hours"]),
            prices=[_price(*price) for price in row["prices"] or ()],
            lead_minutes=row["lead_minutes"],
            setup_minutes=row["setup_minutes"],
            cleanup_minutes=row["cleanup_minutes"],
            needs_approval=row["needs_approval"],
            quotas=[_quota(*quota) for quota in row["quotas"] or ()],
            hold_minutes=row["hold_minutes"],
            late_cancel_minutes=row["late_cancel_minutes"],
            paused_until=row.get("paused_until"),
            to_resident=row.get("to_resident", False),
        ),
    )


@lru_cache(maxsize=256)  # by content: changed hours are another text
def hours_calendar(text: str) -> HoursCalendar:
    """Read what ``hours_as_text`` gathered."""
    weekly, follows, exceptions, natures = json.loads(text)
    own = defaultdict(list)
    for day, start, end, regime in exceptions or ():
        own[date.fromisoformat(day)].append(DatedHours(start, end, regime))
    return HoursCalendar(
        weekly=[_rule(*rule) for rule in weekly or ()],
        follows={date.fromisoformat(day): weekday for day, weekday in follows or ()},
        exceptions=dict(own),
        natures={code: Nature(kind, audience, approval == "required") for code, kind, audience, approval in natures},
    )


def _rule(regime: str, weekday: int, start: int, end: int, valid_from: str, valid_until: str | None) -> WeeklyRule:
    until = date.fromisoformat(valid_until) if valid_until else None
    return WeeklyRule(regime, weekday, start, end, date.fromisoformat(valid_from), until)


def _price(regime: str, version: int, valid_from: str, fen_per_hour: int) -> Price:
    return Price(regime, version, date.fromisoformat(valid_from), fen_per_hour)


def _quota(
    quota_id: str,
    regime: str | None,
    subject: str,
    period: str,
    count_limit: int | None,
    minutes_limit: int | None,
    valid_from: str,
    valid_until: str | None,
) -> Quota:
    until = date.fromisoformat(valid_until) if valid_until else None
    first = date.fromisoformat(valid_from)
    return Quota(UUID(quota_id), regime, subject, period, count_limit, minutes_limit, first, until)
