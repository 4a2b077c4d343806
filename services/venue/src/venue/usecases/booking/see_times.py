# SPDX-License-Identifier: Apache-2.0
"""Read free and busy times: every room of a venue for who is signed in, one room's week for anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.booking.availability import Held, Interval, day_intervals, reserved_regimes, widened
from venue.domain.booking.booking import Offer
from venue.domain.opening import hours
from venue.domain.opening.hours import Span
from venue.store.booking import offers, queries
from venue.store.opening import queries as opening_queries
from venue.store.venues import queries as venue_queries
from venue.usecases.booking import shapes
from venue.usecases.venues import published_profile

WEEK = 7
LONGEST_BUFFER = timedelta(hours=4)  # the most a room may need before or after a booking
Calendar = Sequence[tuple[date, Sequence[Span]]]


def availability(
    deps: Deps, actor: Actor, venue_id: UUID, first: date | None, days: int, language: str
) -> dict[str, Any]:
    """Every room's days, live from the bookings. Three statements, whatever the rooms and days."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        rows = venue_queries.rooms_of_venue(connection, actor.division, venue_id)
        if not rows:
            raise refusals.unknown_venue()
        zone = ZoneInfo(rows[0]["tz"])
        wanted = hours.days_from(first or hours.local_date(now, zone), days)
        held = queries.held_atoms(
            connection,
            actor.division,
            sorted({atom for row in rows for atom in row["atom_ids"]}),
            hours.instant(wanted[0], 0, zone) - LONGEST_BUFFER,
            hours.instant(wanted[-1], 1440, zone) + LONGEST_BUFFER,
            person_id=_person(actor),
            now=now,
        )
        regimes = opening_queries.regimes_of_venue(connection, actor.division, venue_id)
    rooms = [(row, offers.as_room(dict(row)).offer) for row in rows]
    ours = rooms[0][1]  # hours and horizon are the venue's, so one calendar serves every room
    calendar, at_counter = _calendar(ours, wanted), "venue.counter" in actor.permissions
    return {
        "venue_id": str(venue_id),
        "venue_name": rows[0][f"venue_name_{language}"],
        "time_zone": rows[0]["tz"],
        "regimes": [shapes.regime(row, language) for row in regimes],
        "spaces": [_space(row, offer, calendar, held, now, language, at_counter=at_counter) for row, offer in rooms],
        "bookable_until": (hours.local_date(now, zone) + timedelta(days=ours.horizon_days)).isoformat(),
    }


def _person(actor: Actor) -> UUID | None:
    try:
        return UUID(actor.subject)
    except ValueError:  # a partner's own token
        return None


def _space(
    row: Mapping[str, Any],
    offer: Offer,
    calendar: Calendar,
    held: Mapping[UUID, Sequence[Held]],
    now: datetime,
    language: str,
    *,
    at_counter: bool,
) -> dict[str, Any]:
    times = [time for atom in row["atom_ids"] for time in held.get(atom, ())]
    return {
        "space_id": str(row["space_id"]),
        "code": row["code"],
        "name": row[f"name_{language}"],
        "capacity": row["capacity"],
        "days": shapes.days(
            _table(calendar, times, offer, now, at_counter=at_counter), offer, language, with_mine=True
        ),
    }


def _calendar(offer: Offer, wanted: Sequence[date]) -> Calendar:
    return [(day, hours.spans_on(day, offer.rules, offer.zone)) for day in wanted]


def _table(
    calendar: Calendar, times: Sequence[Held], offer: Offer, now: datetime, *, at_counter: bool = False
) -> list[tuple[date, list[Interval]]]:
    held = widened(times, offer)
    table = []
    for day, spans in calendar:
        reserved = reserved_regimes(day, spans, offer, at_counter=at_counter)
        table.append((day, day_intervals(day, spans, held, zone=offer.zone, now=now, reserved=reserved)))
    return table


def public_week(deps: Deps, division: str, space_id: UUID, first: date | None, language: str) -> dict[str, Any]:
    """One room's seven days from published tables: when it is taken, never by whom."""
    now = deps.clock.now()
    with deps.database.published() as connection:
        found = venue_queries.published_space(connection, division, space_id)
        if found is None:
            raise refusals.unknown_space()
        profile = found["profile"]
        offer = published_profile.offer(profile, space_id)
        wanted = hours.days_from(first or hours.local_date(now, offer.zone), WEEK)
        busy = queries.published_busy(
            connection,
            division,
            found["atom_ids"],
            hours.instant(wanted[0], 0, offer.zone) - LONGEST_BUFFER,
            hours.instant(wanted[-1], 1440, offer.zone) + LONGEST_BUFFER,
            now,
        )
    space = published_profile.space(profile, space_id)
    return {
        "venue_id": profile["venue_id"],
        "venue_name": profile["names"][language],
        "space_id": space["space_id"],
        "name": space["names"][language],
        "capacity": space["capacity"],
        "time_zone": profile["time_zone"],
        "regimes": published_profile.regimes(profile, language),
        "days": shapes.days(_table(_calendar(offer, wanted), busy, offer, now), offer, language, with_mine=False),
    }


def public_venues(deps: Deps, division: str, language: str) -> dict[str, Any]:
    """The published venues of a community; an unknown one has none."""
    with deps.database.published() as connection:
        profiles = venue_queries.published_profiles(connection, division)
    now = deps.clock.now()
    days = [hours.local_date(now, ZoneInfo(profile["time_zone"])) for profile in profiles]
    return {
        "items": [published_profile.venue(profile, language, day) for profile, day in zip(profiles, days, strict=True)]
    }
