# SPDX-License-Identifier: Apache-2.0
"""Singles, houses, holds, requests, series, moves, cancellations, closures and imports at once, on very little time.

However it ends: no atom is held twice, every live booking holds exactly its room's atoms and no other holds any, and
nobody is told of a deadlock. ``LINLI_RACE_SECONDS=600`` runs it for ten minutes. It goes on until that time is over
and everything it is about has happened, however slow the machine is.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from venue import bootstrap

from ..conftest import CHENGDU, OVERLAPS
from .crowd import CLIENTS, Answer, Caller, Place, running_place

SECONDS = float(os.environ.get("LINLI_RACE_SECONDS", "15"))
PATIENCE = 240  # seconds more, at most, for what has not happened by then
pytestmark = pytest.mark.timeout(SECONDS + PATIENCE + 240)
HAPPENS = {
    "book 201", "book 409 slot_taken", "move 200", "move 409 slot_taken", "cancel 200", "series 201", "confirm 200",
    "approve 200", "approve 409 slot_taken", "close 201", "reopen 200",
}  # fmt: skip
SINGLES = ("council_pavilion", "service_post", "elders_space", "book_room")
ROOMS = (*SINGLES, "whole_house")
ASKED = "elders_space"  # its bookings are requests until somebody approves them
HALVES = 12  # 09:00 to 15:00 on two days: everybody is in everybody's way
NOT_AS_BOOKED = """
    SELECT b.state, count(*) FROM bookings b
    WHERE (SELECT coalesce(array_agg(o.atom_id ORDER BY o.atom_id), '{}') FROM occupancies o
            WHERE o.booking_id = b.id AND o.active AND o.during @> tstzrange(b.starts_at, b.ends_at))
        IS DISTINCT FROM
        CASE WHEN b.state IN ('confirmed', 'held', 'checked_in', 'checked_out') THEN
            (SELECT array_agg(s.atom_id ORDER BY s.atom_id) FROM space_atoms s WHERE s.space_id = b.space_id)
        ELSE '{}' END
    GROUP BY 1"""
NOT_AS_SHOWN = """
    SELECT count(*) FROM (
        (SELECT atom_id, starts_at, ends_at FROM occupancies WHERE active
            EXCEPT SELECT atom_id, starts_at, ends_at FROM published_busy_times)
        UNION ALL
        (SELECT atom_id, starts_at, ends_at FROM published_busy_times
            EXCEPT SELECT atom_id, starts_at, ends_at FROM occupancies WHERE active)) AS different"""


@pytest.fixture
def place(databases, teahouse, tokens) -> Iterator[Place]:
    """A fresh teahouse behind a real process."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    spaces = [replace(one, needs_approval=one.code == ASKED) for one in teahouse.spaces]
    with running_place(database, replace(teahouse, spaces=spaces), tokens) as running:
        yield running
    databases.drop(database)


class Guest:
    """One of the sixty-four, who does whatever comes to mind until the race is over."""

    def __init__(self, place: Place, number: int) -> None:
        self.place, self.number, self.random = place, number, Random(number)
        self.me: Caller = place.resident()
        self.desk: Caller = place.counter()
        self.mine: list[dict[str, Any]] = []
        self.closed: list[dict[str, Any]] = []
        self.ended: Counter[str] = Counter()

    def run(self, seen: set[str], is_over: Callable[[], bool]) -> None:
        """Act until the race is over; tell the others what has been seen."""
        acts: list[Callable[[], Answer]] = [self.book, self.book, self.book, self.hold, self.series, self.bring_in]
        while not is_over():
            own = [*([self.cancel] if self.mine else []), *([self.move] * 3 if self.of("confirmed") else [])]
            own += [*([self.confirm] if self.of("held") else []), *([self.approve] * 2 if self.of("requested") else [])]
            own += [self.reopen] * 4 if self.closed else [self.close] if self.number % 8 == 0 else []
            act = self.random.choice([*acts, *own])
            outcome = f"{act.__name__} {act().outcome}"
            self.ended[outcome] += 1
            seen.add(outcome)

    def of(self, state: str) -> list[dict[str, Any]]:
        """What is one's own and was in a state when last heard of: only what is confirmed may be moved."""
        return [one for one in self.mine if one["state"] == state]

    def refuge(self) -> dict[str, Any]:
        """Draw half an hour in a room that is nobody else's on that day, outside the contested field."""
        day = _morning() + timedelta(days=7 + self.number // len(SINGLES))
        start = day + timedelta(minutes=30 * self.random.randrange(HALVES))
        room = self.place.house.spaces[SINGLES[self.number % len(SINGLES)]]
        end = start + timedelta(minutes=30)
        return {"space_id": str(room), "starts_at": start.isoformat(), "ends_at": end.isoformat()}

    def time(self) -> tuple[datetime, datetime]:
        """Draw half an hour to two hours within the contested field."""
        first = self.random.randrange(HALVES)
        start = _morning() + timedelta(days=2 + self.random.randrange(2), minutes=30 * first)
        return start, start + timedelta(minutes=30 * self.random.randint(1, 4))

    def wish(self) -> dict[str, Any]:
        """Draw a room and a time."""
        start, end = self.time()
        room = self.place.house.spaces[self.random.choice(ROOMS)]
        return {"space_id": str(room), "starts_at": start.isoformat(), "ends_at": end.isoformat()}

    def _kept(self, answer: Answer) -> Answer:
        if answer.status in (200, 201):
            self.mine.append(answer.body)
        return answer

    def book(self) -> Answer:
        """A single booking."""
        return self._kept(self.me.send("POST", "/bookings", self.wish()))

    def hold(self) -> Answer:
        """A hold, mostly left alone."""
        return self._kept(self.me.send("POST", "/bookings", self.wish() | {"hold": True}))

    def move(self) -> Answer:
        """Move one of one's own into everybody's way, or out of it."""
        one = self.random.choice(self.of("confirmed"))
        wish = self.random.choice([self.wish, self.wish, self.refuge])()
        answer = self.me.send("POST", f"/bookings/{one['booking_id']}/move", wish, version=one["version"])
        return self._became(one, answer)

    def confirm(self) -> Answer:
        """Turn a hold of one's own into a booking."""
        one = self.random.choice(self.of("held"))
        path = f"/bookings/{one['booking_id']}/confirmation"
        return self._became(one, self.me.send("POST", path, version=one["version"]))

    def approve(self) -> Answer:
        """Have staff approve what one asked for."""
        one = self.random.choice(self.of("requested"))
        path = f"/bookings/{one['booking_id']}/approval"
        return self._became(one, self.desk.send("POST", path, version=one["version"]))

    def _became(self, one: dict[str, Any], answer: Answer) -> Answer:
        if answer.status == 200:
            self.mine[self.mine.index(one)] = answer.body
        elif not answer.outcome.endswith("slot_taken"):  # it is not what it was: run out, or a closure took it
            self.mine.remove(one)
        return answer

    def close(self) -> Answer:
        """Close a room for a while, cancelling what is in the way."""
        wish = self.wish() | {"venue_id": str(self.place.house.venue_id), "cancel_bookings": True}
        answer = self.desk.send("POST", "/closures", wish | {"reason_zh": "检修", "reason_en": "Repairs"})
        if answer.status == 201:
            self.closed.append(answer.body)
        return answer

    def reopen(self) -> Answer:
        """Open again what one has closed."""
        one = self.closed.pop()
        return self.desk.send("POST", f"/closures/{one['closure_id']}/end", version=one["version"])

    def cancel(self) -> Answer:
        """Give one of one's own back."""
        one = self.mine.pop(self.random.randrange(len(self.mine)))
        return self.me.send("POST", f"/bookings/{one['booking_id']}/cancellation", version=one["version"])

    def series(self) -> Answer:
        """Three days running at the same hour, keeping what can be had."""
        start, end = self.time()
        body = {
            "space_id": str(self.place.house.spaces[self.random.choice(ROOMS)]),
            "rrule": "FREQ=DAILY;COUNT=3",
            "first_date": start.date().isoformat(),
            "local_start": start.strftime("%H:%M"),
            "minutes": int((end - start).total_seconds() // 60),
            "policy": "skip_and_report",
            "on_behalf_of": {"person_id": str(uuid4()), "reason": "race"},
        }
        return self.desk.send("POST", "/series", body)

    def bring_in(self) -> Answer:
        """Four lines of a paper calendar."""
        rows = []
        for _ in range(4):
            start, end = self.time()
            row = {"space_code": self.random.choice(ROOMS), "person_id": str(uuid4())}
            rows.append(row | {"local_start": start.isoformat()[:16], "local_end": end.isoformat()[:16]})
        return self.desk.send("POST", "/imports", {"venue_id": str(self.place.house.venue_id), "rows": rows})


def _morning() -> datetime:
    return datetime.now(CHENGDU).replace(hour=9, minute=0, second=0, microsecond=0)


def test_nothing_overlaps_whatever_everybody_does(place):
    crowd = [Guest(place, number) for number in range(CLIENTS)]
    began, seen = time.monotonic(), set()

    def is_over() -> bool:
        lasted = time.monotonic() - began
        return lasted > SECONDS + PATIENCE or (lasted > SECONDS and seen >= HAPPENS)

    def run(guest: Guest) -> Answer:
        guest.run(seen, is_over)
        return Answer(200, {})

    place.together([lambda one=guest: run(one) for guest in crowd])
    ended = sum((guest.ended for guest in crowd), Counter())

    assert place.look(OVERLAPS) == [(0,)]
    assert place.look(NOT_AS_BOOKED) == []
    assert place.look(NOT_AS_SHOWN) == [(0,)]
    broken = {name: count for name, count in ended.items() if name.split()[1].startswith("5")}
    assert broken == {}, "a deadlock or a lost connection reached somebody"
    assert set(ended) >= HAPPENS, f"the race never saw {HAPPENS - set(ended)}: {ended}"
