# SPDX-License-Identifier: Apache-2.0
"""Try a change of a series out: the very change, in a unit of work that is never committed, told date by date.

So it says what changing would do, the series' own bookings out of the way as they then are. Nothing is held afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.reply import Reply, encode

from venue.deps import Attempt, Deps
from venue.domain.series.series import ONE
from venue.usecases.series.change import change_in
from venue.usecases.series.locking import ChangeSeries, first_date, lock, to_the_end
from venue.usecases.series.see import shape_of

HELD = frozenset({"booked", "moved"})
PLACE_AND_TIME = ("space_id", "space_name", "local_start", "local_end", "price_fen")
Dates = Mapping[str, Mapping[str, Any]]


def check_series_change(deps: Deps, actor: Actor, series_id: UUID, command: ChangeSeries, attempt: Attempt) -> Reply:
    """Answer 200 with what would become of each date from the first on that changes; refuse as the change itself."""

    def once() -> Reply:
        now = deps.clock.now()
        with deps.unit_of_work(actor) as work:  # never committed
            one = lock(work, series_id, actor, None)
            before = shape_of(work.connection, actor, series_id, now, attempt.language)
            new = change_in(deps, work, one, command, now, attempt)
            after = shape_of(work.connection, actor, new.series_id, now, attempt.language)
        first = command.from_date if command.scope == ONE else first_date(one, command.scope, command.from_date, now)
        told = _dates(_by_day(before), _by_day(after))
        since = first.isoformat() if first else ""
        dates = [row for row in told if (row["date"] == since if command.scope == ONE else row["date"] >= since)]
        return Reply(200, encode({"rrule": after["rrule"], "until": after["until"], "dates": dates}))

    return to_the_end(once)


def _by_day(shape: Mapping[str, Any]) -> Dates:
    return {row["date"]: row for row in shape["dates"]}


def _dates(before: Dates, after: Dates) -> list[dict[str, Any]]:
    told = []
    for day in sorted({*before, *after}):
        was, now = before.get(day), after.get(day)
        if change := _change_of(was, now):
            told.append(_date(day, change, was if _is_to_come(was) else None, now))
    return told


def _change_of(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str | None:
    """Tell what becomes of a date; None for one that is over or was cancelled by itself."""
    if now is not None and now["state"] == "skipped":
        return "skipped"
    if not _is_to_come(now):
        return "dropped" if _is_to_come(was) else None
    if was is None or was["booking_id"] != now["booking_id"]:
        return "added"
    return "kept" if all(was[name] == now[name] for name in PLACE_AND_TIME) else "moved"


def _is_to_come(row: Mapping[str, Any] | None) -> bool:
    return row is not None and row["state"] in HELD and row["changeable"]


def _date(day: str, change: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> dict[str, Any]:
    shown = was if change == "dropped" else now
    before = {name: was[name] for name in PLACE_AND_TIME} if was and change == "moved" else None
    reason = {name: shown[name] if change in ("skipped", "kept") else None for name in ("reason_code", "reason")}
    return {"date": day, "change": change, **{name: shown[name] for name in PLACE_AND_TIME}, "was": before, **reason}
