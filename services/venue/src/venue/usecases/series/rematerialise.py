# SPDX-License-Identifier: Apache-2.0
"""Keep bookings at their wall time when a country changes its clock.

The wall time and the zone of a booking are its truth; the instant it holds was worked out with one release of the time
zones. When the worker starts with another release, what that changes moves, all of a community at once, so that
evenings that slide over one another do not stand in each other's way. What cannot follow keeps its instant, and staff
is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.db import UnitOfWork
from tzdata import IANA_VERSION

from venue.deps import Deps
from venue.domain import events
from venue.domain.opening import hours
from venue.domain.series import clock_events, series_events
from venue.domain.series.series import Equipment
from venue.store import due
from venue.store.booking import bookings, holdings
from venue.store.booking.freeing import Freed, release_equipment_of
from venue.store.booking.occupancies import Taking
from venue.store.series import series as series_store
from venue.store.series import series_equipment, time_zones
from venue.store.series.series_equipment import Needed
from venue.usecases.booking.acquiring import tell_freed
from venue.usecases.booking.placing import REQUESTS
from venue.usecases.each_community import each_community

ZoneOf = Callable[[str], ZoneInfo]


@dataclass(frozen=True)
class Shift:
    """A booking as it is held, and the instants its wall time has become."""

    row: Mapping[str, Any]
    starts_at: datetime
    ends_at: datetime
    shifted: bool

    @property
    def booking_id(self) -> UUID:
        """Whose times they are."""
        return self.row["id"]


def rematerialise(deps: Deps, *, release: str = IANA_VERSION, zone_of: ZoneOf = ZoneInfo) -> int:
    """Fit the bookings of every community to a release of the time zones; doing it twice changes nothing.

    Returns how many moved.
    """
    return each_community(deps, "rematerialise", lambda work: _community(deps, work, release, zone_of))


def _community(deps: Deps, work: UnitOfWork, release: str, zone_of: ZoneOf) -> int:
    if time_zones.applied(work) == (release, 0):
        return 0
    now = deps.clock.now()
    wanted = _wanted(work, now, zone_of)
    moved, behind, given_up = _move(work, wanted)
    _tell(work, moved)
    tell_freed(deps, work, given_up)
    fresh = time_zones.leave_behind(work, [one.booking_id for one in behind], release, now)
    time_zones.forget_settled(work, [one.booking_id for one in behind])
    for one in behind:
        if one.booking_id in fresh:
            _tell_left_behind(work, one, release)
    time_zones.note_applied(work, release, len(behind), now)
    return len(moved)


def _wanted(work: UnitOfWork, now: datetime, zone_of: ZoneOf) -> list[Shift]:
    """Find what differs, lock it, and look once more: meanwhile somebody may have moved or ended it."""
    differing = [one for row in time_zones.to_come(work, now) if (one := _shift(row, zone_of))]
    if not differing:
        return []
    series_ids = {one.row["series_id"] for one in differing if one.row["series_id"]}
    locked = time_zones.lock(work, [one.booking_id for one in differing], series_ids)
    return [one for row in locked if (one := _shift(row, zone_of))]


def _shift(row: Mapping[str, Any], zone_of: ZoneOf) -> Shift | None:
    """Work out the instants of a booking's wall time; None where it is held at them, or where none of it is left."""
    zone = zone_of(row["tz"])
    starts_at, ends_at = (_instant(row[name], zone) for name in ("local_start", "local_end"))
    if (starts_at, ends_at) == (row["starts_at"], row["ends_at"]) or ends_at <= starts_at:
        return None
    return Shift(row, starts_at, ends_at, starts_at.astimezone(zone).replace(tzinfo=None) != row["local_start"])


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return hours.instant(wall.date(), wall.hour * 60 + wall.minute, zone)


def _move(work: UnitOfWork, wanted: Sequence[Shift]) -> tuple[list[Shift], list[Shift], list[Freed]]:
    """Move as many as can be; each round leaves those behind whose new time is taken, and so the rounds end.

    Returns who moved, who did not, and what those who did gave up.
    """
    remaining, behind, given_up = list(wanted), [], []
    while remaining:
        step = work.savepoint()
        missed, given_up = _round(work, remaining)
        if not missed:
            step.commit()
            break
        step.rollback()
        behind += [one for one in remaining if one.booking_id in missed]
        remaining = [one for one in remaining if one.booking_id not in missed]
    return remaining, behind, given_up if remaining else []


def _round(work: UnitOfWork, shifts: Sequence[Shift]) -> tuple[set[UUID], list[Freed]]:
    by_id = {one.booking_id: one for one in shifts}
    takings = [_taking(by_id[one["booking_id"]], one) for one in time_zones.atoms_held(work, by_id)]
    held, promised = holdings.of(work, by_id), series_equipment.promised(work, by_id)
    time_zones.shift(
        work,
        [
            {"id": one.booking_id, "starts_at": one.starts_at, "ends_at": one.ends_at, "shifted": one.shifted}
            for one in shifts
        ],
    )
    got = holdings.take_instead(work, held, takings)
    given_up = got.given_up + holdings.let_go(work, got.still_held)
    missed = {one.booking_id for one in got.missed if one.booking_id}
    return missed or _promise(work, by_id, promised), given_up


def _promise(work: UnitOfWork, by_id: Mapping[UUID, Shift], promised: Mapping[UUID, Equipment]) -> set[UUID]:
    """Promise the counted equipment at the new times; numbered items were taken like rooms."""
    if not promised:
        return set()
    release_equipment_of(work, list(promised))
    shifts = [by_id[one] for one in promised]
    needed = [Needed(one.booking_id, one.starts_at, one.ends_at, promised[one.booking_id]) for one in shifts]
    return series_equipment.promise_again(work, needed)


def _taking(one: Shift, held: Mapping[str, Any]) -> Taking:
    return Taking(
        held["atom_id"],
        held["starts_at"] + (one.starts_at - one.row["starts_at"]),
        held["ends_at"] + (one.ends_at - one.row["ends_at"]),
        booking_id=one.booking_id,
        hold_expires_at=held["hold_expires_at"],
    )


def _tell(work: UnitOfWork, moved: Sequence[Shift]) -> None:
    """Leave one event a booking, and one a series however many of its dates moved."""
    of_series: dict[UUID, list[Shift]] = defaultdict(list)
    for one in moved:
        if one.row["state"] == "requested":
            due.set_alarm(work, REQUESTS, one.starts_at)
        if one.row["series_id"]:
            of_series[one.row["series_id"]].append(one)
            continue
        booking = bookings.lock(work, one.booking_id)
        assert booking is not None  # locked above
        before = replace(booking, starts_at=one.row["starts_at"], ends_at=one.row["ends_at"])
        work.outbox.add(events.moved(booking, before))
        work.audit("booking.moved", "booking", one.booking_id, {"by": "clock"})
    for series_id, shifts in sorted(of_series.items()):
        _tell_series(work, series_id, shifts)


def _tell_series(work: UnitOfWork, series_id: UUID, shifts: Sequence[Shift]) -> None:
    one = series_store.lock(work, series_id)
    assert one is not None  # a foreign key of its bookings
    one = replace(one, version=one.version + 1)
    series_store.save(work, one)
    dates = [
        {
            "date": each.row["occurrence_date"],
            "booking_id": each.booking_id,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "regime": each.row["regime_code"],
            "price_fen": each.row["price_fen"],
            "shifted": each.shifted,
        }
        for each in sorted(shifts, key=lambda each: each.row["occurrence_date"])
    ]
    work.outbox.add(series_events.changed(one, "clock", dates=dates, left_out=()))
    work.audit("series.changed", "series", series_id, {"by": "clock", "dates": len(dates)})


def _tell_left_behind(work: UnitOfWork, one: Shift, release: str) -> None:
    version = time_zones.touch(work, one.booking_id)
    told = clock_events.left_behind(one.row, version, one.starts_at, one.ends_at, release)
    work.outbox.add(told)
    work.audit("booking.left_behind", "booking", one.booking_id, {"release": release})
