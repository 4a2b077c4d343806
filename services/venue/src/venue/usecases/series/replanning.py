# SPDX-License-Identifier: Apache-2.0
"""Bring the bookings of a series in line with its changed plan, keeping each booking whose date stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.db import UnitOfWork, uuid7

from venue.deps import Deps
from venue.domain.booking.judging import Wish
from venue.domain.series import series as rules
from venue.domain.series.series import ALL_OR_NOTHING, RULE_CHANGED, LeftOut, Series, Verdict
from venue.store.booking.freeing import Freed, give_back
from venue.store.booking.offers import Room
from venue.store.series import series as store
from venue.store.tables import occupancies
from venue.usecases.series import dates, shapes
from venue.usecases.series.dates import Placement


@dataclass(frozen=True)
class Outcome:
    """What a change came to. ``refused``: all was asked for and not all can be had, so the caller must roll back."""

    placed: Sequence[Placement] = ()
    left_out: Sequence[LeftOut] = ()
    dropped: Sequence[dict[str, Any]] = ()
    freed: Sequence[Freed] = field(default=())
    refused: bool = False


def replan(
    deps: Deps,
    work: UnitOfWork,
    one: Series,
    room: Room,
    rows: Sequence[Mapping[str, Any]],
    days: Sequence[date],
    policy: str,
    *,
    by_staff: bool,
) -> Outcome:
    """Judge, move, add and drop. ``rows`` are the dates as they stand, locked; ``days`` those the rule names now.

    What a person could not move by itself any more, because that would be late, stays as it is.
    """
    now = deps.clock.now()
    settled = now if by_staff else now + timedelta(minutes=room.offer.late_cancel_minutes)
    standing = {row["occurrence_date"]: row for row in rows if _follows(row, settled)}
    fixed = {row["occurrence_date"] for row in rows if _is_fixed(row, settled)}
    named = [day for day in days if day not in fixed]
    plan = one.plan
    verdicts = rules.judge(room.offer, [plan.on(day) for day in named], who(one), now)
    left_out = dates.refused(verdicts)
    if policy == ALL_OR_NOTHING and left_out:
        return Outcome(left_out=left_out, refused=True)
    dropped = [row for day, row in standing.items() if day not in set(named)]
    freed = _drop(work, one, dropped, now)
    wishes = [wish for wish in _wishes(verdicts, standing) if not _stands(wish, standing, one)]
    ended = [row["booking_id"] for row in dropped]
    taken = dates.take(deps, work, one, room, wishes, dropped=ended, at_once=policy == ALL_OR_NOTHING)
    left_out = sorted([*left_out, *taken.lost], key=lambda each: each.occurrence.on)
    if policy == ALL_OR_NOTHING and left_out:
        return Outcome(left_out=left_out, refused=True)
    _store(work, one, rows, taken.placed, left_out, standing, set(named))
    gone = [{"date": row["occurrence_date"], "booking_id": row["booking_id"]} for row in dropped]
    return Outcome(taken.placed, left_out, gone, [*freed, *taken.freed])


def who(one: Series) -> Wish:
    """For whom a stored series asks."""
    return Wish(
        datetime.min,
        datetime.min,
        one.party_size,
        at_counter=one.channel == "counter",
        for_group=one.group_id is not None,
    )


def _follows(row: Mapping[str, Any], settled: datetime) -> bool:
    """Tell whether a date's booking stands as planned and begins after what is settled."""
    is_to_come = row["booking_state"] in shapes.TO_COME and row["starts_at"] > settled
    return is_to_come and shapes.state_of(row) == "booked"


def _is_fixed(row: Mapping[str, Any], settled: datetime) -> bool:
    """Tell whether a date was decided on by itself, or is over."""
    if row["booking_id"] is None or row["reason_code"] == RULE_CHANGED:
        return False
    return not _follows(row, settled)


def _drop(work: UnitOfWork, one: Series, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[Freed]:
    if not rows:
        return []
    ids = [row["booking_id"] for row in rows]
    store.end_bookings(work, ids, now, RULE_CHANGED)
    store.put_dates(work, one.series_id, [_as_planned(row) | {"reason_code": RULE_CHANGED} for row in rows])
    return give_back(work, occupancies.c.booking_id.in_(ids))


def _wishes(verdicts: Sequence[Verdict], standing: Mapping[date, Mapping[str, Any]]) -> list[Placement]:
    wishes = []
    for verdict in verdicts:
        if verdict.terms is not None:
            row = standing.get(verdict.occurrence.on)
            booking_id = row["booking_id"] if row else uuid7()
            wishes.append(Placement(verdict.occurrence, verdict.terms, booking_id, moves=row is not None))
    return wishes


def _stands(wish: Placement, standing: Mapping[date, Mapping[str, Any]], one: Series) -> bool:
    """Tell whether a date's booking is what the plan wants already."""
    row = standing.get(wish.occurrence.on)
    if row is None:
        return False
    now_held = (row["booked_space_id"], row["starts_at"].astimezone(UTC), row["ends_at"].astimezone(UTC))
    return now_held == (one.space_id, wish.occurrence.starts_at, wish.occurrence.ends_at)


def _store(
    work: UnitOfWork,
    one: Series,
    rows: Sequence[Mapping[str, Any]],
    placed: Sequence[Placement],
    left_out: Sequence[LeftOut],
    standing: Mapping[date, Mapping[str, Any]],
    named: set[date],
) -> None:
    """A date that could not be moved keeps its booking and its old plan, with the reason beside it."""
    kept = [each for each in left_out if each.occurrence.on in standing]
    skipped = [each for each in left_out if each.occurrence.on not in standing]
    dates.store_decided(work, one, placed, skipped)
    store.put_dates(
        work,
        one.series_id,
        [_as_planned(standing[each.occurrence.on]) | {"reason_code": each.failure.code} for each in kept],
    )
    unnamed = [
        row["occurrence_date"] for row in rows if row["booking_id"] is None and row["occurrence_date"] not in named
    ]
    if unnamed:
        store.forget_dates(work, one.series_id, unnamed)


def _as_planned(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("occurrence_date", "space_id", "planned_start", "planned_end", "shifted", "booking_id", "reason_code")
    return {name: row[name] for name in names}
