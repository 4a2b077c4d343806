# SPDX-License-Identifier: Apache-2.0
"""Bring the bookings of a series in line with its changed plan, keeping each booking whose date stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.db import uuid7

from venue.domain.booking.judging import Wish
from venue.domain.money.money_refusals import paid_at_another_price
from venue.domain.series import series as rules
from venue.domain.series.series import ALL_OR_NOTHING, RULE_CHANGED, LeftOut, Occurrence, Series, Verdict
from venue.store.booking.freeing import Freed
from venue.store.series import series as store
from venue.store.series import series_bookings, series_equipment
from venue.store.series.series_bookings import end_bookings
from venue.usecases.series import dates, shapes
from venue.usecases.series.dates import Placement
from venue.usecases.series.taking import Act, take


@dataclass(frozen=True)
class Outcome:
    """What a change came to. ``refused``: all was asked for and not all can be had, so the caller must roll back."""

    placed: Sequence[Placement] = ()
    left_out: Sequence[LeftOut] = ()
    dropped: Sequence[dict[str, Any]] = ()
    freed: Sequence[Freed] = field(default=())
    refused: bool = False


@dataclass(frozen=True)
class Sorted:
    """The dates of a series by what a change may do with them."""

    follows: Mapping[date, Mapping[str, Any]]  # held as planned, and far enough ahead to go along with the plan
    named: Sequence[date]  # what the rule names now, but for dates that were decided on by themselves
    rows: Sequence[Mapping[str, Any]]

    @property
    def dropped(self) -> list[Mapping[str, Any]]:
        """Held, and no longer named."""
        named = set(self.named)
        return [row for day, row in self.follows.items() if day not in named]

    @property
    def forgotten(self) -> list[date]:
        """Left out before, and no longer named."""
        named = set(self.named)
        return [
            row["occurrence_date"]
            for row in self.rows
            if row["booking_id"] is None and row["occurrence_date"] not in named
        ]


def replan(
    act: Act, rows: Sequence[Mapping[str, Any]], days: Sequence[date], *, by_staff: bool, equips: bool = False
) -> Outcome:
    """Judge, move, add and drop. ``rows`` are the dates as they stand, locked; ``days`` those the rule names now.

    With ``equips`` every date gets the equipment of the series; else each that is there keeps what it has.
    What a person could not move by itself any more, because that would be late, stays as it is.
    """
    at_once = act.series.policy == ALL_OR_NOTHING
    notice = timedelta(minutes=0 if by_staff else act.room.offer.late_cancel_minutes)
    asked = _sorted(rows, days, act.now + notice)
    verdicts = _judge(act, asked.named, by_staff=by_staff)
    left_out = dates.refused(verdicts)
    if at_once and left_out:
        return Outcome(left_out=left_out, refused=True)
    wishes, paid = _unpaid(act, _wishes(act, verdicts, asked.follows, equips=equips), asked.follows)
    left_out += paid
    ended = _end(act, asked.dropped)
    taken = take(act, wishes, dropped=ended, at_once=at_once)
    left_out = sorted([*left_out, *taken.lost], key=lambda each: each.occurrence.on)
    if at_once and left_out:
        return Outcome(left_out=left_out, refused=True)
    _store(act, asked, taken.placed, left_out)
    gone = [{"date": row["occurrence_date"], "booking_id": row["booking_id"]} for row in asked.dropped]
    return Outcome(taken.placed, left_out, gone, taken.freed)


def _judge(act: Act, days: Sequence[date], *, by_staff: bool) -> list[Verdict]:
    """Judge as what a resident does a resident's change; what staff arranged reaches as far as before."""
    one = act.series
    wish = who(one, at_counter=by_staff)
    return rules.judge(act.room.offer, [one.plan.on(day) for day in days], wish, act.now, far=one.channel == "counter")


def who(one: Series, *, at_counter: bool) -> Wish:
    """For whom a stored series asks, and whether staff does it."""
    return Wish(
        datetime.min,
        datetime.min,
        one.party_size,
        split=one.split,
        at_counter=at_counter,
        for_group=one.group_id is not None,
    )


def _sorted(rows: Sequence[Mapping[str, Any]], days: Sequence[date], settled: datetime) -> Sorted:
    follows = {row["occurrence_date"]: row for row in rows if _follows(row, settled)}
    fixed = {row["occurrence_date"] for row in rows if _is_fixed(row, settled)}
    return Sorted(follows, [day for day in days if day not in fixed], rows)


def _follows(row: Mapping[str, Any], settled: datetime) -> bool:
    """Tell whether a date's booking stands as planned and begins after what is settled."""
    is_to_come = row["booking_state"] in shapes.TO_COME and row["starts_at"] > settled
    return is_to_come and shapes.state_of(row) == "booked"


def _is_fixed(row: Mapping[str, Any], settled: datetime) -> bool:
    """Tell whether a date was decided on by itself, or is over."""
    if row["booking_id"] is None or row["reason_code"] == RULE_CHANGED:
        return False
    return not _follows(row, settled)


def _end(act: Act, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Cancel the bookings of dates that are no longer named; what they hold is given back with what moves."""
    ids = [row["booking_id"] for row in rows]
    if ids:
        end_bookings(act.work, ids, act.now, RULE_CHANGED)
        gone = [_as_planned(row) | {"reason_code": RULE_CHANGED} for row in rows]
        store.put_dates(act.work, act.series.series_id, gone)
    return ids


def _wishes(
    act: Act, verdicts: Sequence[Verdict], follows: Mapping[date, Mapping[str, Any]], *, equips: bool
) -> list[Placement]:
    """What is to be taken: new dates, and those that stand otherwise than the plan wants."""
    ids = [row["booking_id"] for row in follows.values()]
    held = series_equipment.of_bookings(act.work.connection, act.work.division, ids)
    wishes = []
    for verdict in verdicts:
        if verdict.terms is None:
            continue
        row = follows.get(verdict.occurrence.on)
        if row is None:
            wishes.append(Placement(verdict.occurrence, verdict.terms, uuid7(), equipment=act.series.equipment))
            continue
        has = held.get(row["booking_id"], ())
        wanted = act.series.equipment if equips else has
        if wanted != has or not _stands(verdict.occurrence, row, act.series):
            wishes.append(Placement(verdict.occurrence, verdict.terms, row["booking_id"], True, wanted))
    return wishes


def _unpaid(
    act: Act, wishes: Sequence[Placement], follows: Mapping[date, Mapping[str, Any]]
) -> tuple[list[Placement], list[LeftOut]]:
    """Keep where it is what was paid and would cost something else."""
    prices = {row["booking_id"]: row["price_fen"] for row in follows.values()}
    repriced = [one.booking_id for one in wishes if one.moves and one.terms.price_fen != prices[one.booking_id]]
    paid = series_bookings.paid(act.work, repriced)
    kept = [
        LeftOut(one.occurrence, paid_at_another_price(prices[one.booking_id]))
        for one in wishes
        if one.booking_id in paid
    ]
    return [one for one in wishes if one.booking_id not in paid], kept


def _stands(at: Occurrence, row: Mapping[str, Any], one: Series) -> bool:
    """Tell whether a date's booking is where the plan wants it already."""
    now_held = (row["booked_space_id"], row["starts_at"].astimezone(UTC), row["ends_at"].astimezone(UTC))
    return now_held == (one.space_id, at.starts_at, at.ends_at)


def _store(act: Act, asked: Sorted, placed: Sequence[Placement], left_out: Sequence[LeftOut]) -> None:
    """A date that could not be moved keeps its booking and its old plan, with the reason beside it."""
    series_id = act.series.series_id
    skipped = [each for each in left_out if each.occurrence.on not in asked.follows]
    dates.store_decided(act.work, act.series, placed, skipped)
    kept = [
        _as_planned(asked.follows[each.occurrence.on]) | {"reason_code": each.failure.code}
        for each in left_out
        if each.occurrence.on in asked.follows
    ]
    store.put_dates(act.work, series_id, kept)
    if forgotten := asked.forgotten:
        store.forget_dates(act.work, series_id, forgotten)


def _as_planned(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("occurrence_date", "space_id", "planned_start", "planned_end", "shifted", "booking_id", "reason_code")
    return {name: row[name] for name in names}
