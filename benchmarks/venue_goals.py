# SPDX-License-Identifier: Apache-2.0
"""The venue's remaining figures, one after the other on one web process: a rate, a big venue, a season, an offer."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.auth import Actor
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import TokenFactory
from venue import bootstrap
from venue.domain.venues.definition import SpaceDefinition, VenueDefinition
from venue.usecases.venues.create_venue import create_venue

from benchmarks.venue_caller import Answer, Caller
from benchmarks.venue_figures import book_at_rate, percentiles, read_at_rate, timed_posts
from benchmarks.venue_process import Web, settings

SERIES, OFFERS, MANY_ROOMS, WEEKS = 200, 100, 200, 52


def measure(database: ServiceDatabase, web: Web, tokens: TokenFactory, division: str, house: VenueDefinition) -> dict:
    """Take every figure of notes on a loaded database; each has a venue of its own."""
    own = tokens.sign("venue", "venue.read", "venue.book", division=division, subject=str(uuid4()))
    desk = tokens.sign("venue", "venue.read", "venue.counter", division=division, office="community_worker")
    rated, seasons, offered = (
        _spaces(database, replace(house, code=f"bench_{name}", horizon_days=400))
        for name in ("rate", "season", "offer")
    )
    many, _ = _spaces(database, _many_rooms(house))
    return {
        "post_at_100_per_s": book_at_rate(web.base, own, rated[1], rate=100, seconds=10, first_day=2),
        "availability_200_rooms_1_day": read_at_rate(web.base, own, f"/availability?venue_id={many}&days=1", 4, 10),
        "series_of_52_weeks": timed_posts(web.base, desk, "/series", _series(seasons[1])),
        "cancel_to_offer": _cancel_to_offer(web, tokens, division, offered[1]),
    }


def _spaces(database: ServiceDatabase, definition: VenueDefinition) -> tuple[UUID, list[str]]:
    """Create a venue; return its id and its single rooms."""
    deps = bootstrap.build(settings(database))
    venue_id = create_venue(deps, Actor.system(definition.division, "benchmark"), definition)
    deps.database.close()
    with database.superuser() as connection:
        rows = connection.execute(
            "SELECT s.id FROM spaces s JOIN space_atoms a ON a.space_id = s.id WHERE s.venue_id = %s"
            " GROUP BY s.id, s.position HAVING count(*) = 1 ORDER BY s.position",
            (venue_id,),
        ).fetchall()
    return venue_id, [str(space) for (space,) in rows]


def _many_rooms(house: VenueDefinition) -> VenueDefinition:
    room = house.spaces[0]
    codes = [f"room_{number}" for number in range(MANY_ROOMS)]
    rooms: list[SpaceDefinition] = [replace(room, code=code, atoms=[code], parent=None) for code in codes]
    return replace(house, code="bench_many", atoms=codes, spaces=rooms)


def _series(spaces: list[str]) -> list[dict[str, Any]]:
    """Weekly hours through a year, each in a slot of its own: by room, then weekday, then hour from nine on."""
    first, week = date.today() + timedelta(days=2), 7 * len(spaces)
    return [
        {
            "space_id": spaces[number % len(spaces)],
            "rrule": f"FREQ=WEEKLY;COUNT={WEEKS}",
            "first_date": (first + timedelta(days=number % week // len(spaces))).isoformat(),
            "local_start": f"{9 + number // week:02d}:00",
            "minutes": 60,
            "on_behalf_of": {"person_id": str(uuid4()), "reason": "benchmark"},
        }
        for number in range(SERIES)
    ]


def _done(answer: Answer) -> dict[str, Any]:
    """Give what an act that must succeed answered."""
    if answer.status >= 300:
        raise RuntimeError(f"{answer.outcome}: {answer.body}")
    return answer.body


def _cancel_to_offer(web: Web, tokens: TokenFactory, division: str, spaces: list[str]) -> dict[str, Any]:
    """From the moment a booking is given up until who waited sees the offer, each by their own request."""
    opening = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=3)
    times = []
    for number in range(OFFERS):
        holder, waiter = (
            Caller(web.port, tokens.sign("venue", "venue.read", "venue.book", division=division, subject=str(uuid4())))
            for _ in range(2)
        )
        starts = opening + timedelta(days=number // 10, minutes=60 * (number % 10))
        wish = {
            "space_id": spaces[0], "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(minutes=30)).isoformat(),
        }  # fmt: skip
        booking = _done(holder.send("POST", "/bookings", wish))
        _done(waiter.send("POST", "/waiting-entries", wish | {"minutes": 30}))
        started = time.monotonic()
        path = f"/bookings/{booking['booking_id']}/cancellation"
        _done(holder.send("POST", path, version=booking["version"]))
        while not any(one["state"] == "offered" for one in _done(waiter.send("GET", "/my/waiting-entries"))["items"]):
            if time.monotonic() - started > 30:
                raise RuntimeError("no offer within 30 seconds")
        times.append(time.monotonic() - started)
    return {"offers": OFFERS, **percentiles(times)}
