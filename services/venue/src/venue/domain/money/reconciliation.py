# SPDX-License-Identifier: Apache-2.0
"""Compare the money this service moved with what the ledger says it posted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

TIME_TO_ARRIVE = timedelta(minutes=10)
LOOKED_BACK = timedelta(days=62)
MARGIN = timedelta(days=31)  # money and entry may lie on different days; their partners are sought this much further
# What the ledger posts from our events. Other entries (divisions of suspense) are its own affair.
OURS = ("settlement", "reversal", "deposit", "deposit_refund", "deposit_kept", "refund")
# What an act adds to its day; a deposit that is kept was in hand before.
SIGN = {"settlement": 1, "reversal": -1, "deposit": 1, "deposit_refund": -1, "deposit_kept": 0, "refund": -1}
DAY = "day"  # what a difference of a closed day as a whole comes from


@dataclass(frozen=True)
class Moved:
    """Money that moved here."""

    source_kind: str
    source_id: UUID
    venue_id: UUID
    occurred_on: date
    amount_fen: int


@dataclass(frozen=True)
class Entry:
    """An entry as the ledger told of it; ``amount_fen`` is the sum of its debits."""

    source_kind: str
    source_id: UUID
    amount_fen: int
    posted_on: date


@dataclass(frozen=True)
class ClosedDay:
    """What a venue's day came to when it was closed."""

    venue_id: UUID
    day: date
    total_fen: int


@dataclass(frozen=True)
class Difference:
    """Where the two disagree."""

    source_kind: str
    source_id: UUID
    venue_id: UUID | None
    occurred_on: date
    kind: str
    venue_fen: int | None
    ledger_fen: int | None


def compare(moved: Iterable[Moved], entries: Iterable[Entry], known: Iterable[Moved], since: date) -> list[Difference]:
    """Find every disagreement since a day. ``known`` is all that moved here, however lately: it is not unknown."""
    posted: dict[tuple[str, UUID], list[Entry]] = defaultdict(list)
    for entry in entries:
        posted[entry.source_kind, entry.source_id].append(entry)
    found = []
    for one in (one for one in moved if one.occurred_on >= since):
        kind, ledger_fen = _judge(one, posted.get((one.source_kind, one.source_id), []))
        if kind:
            found.append(
                Difference(
                    one.source_kind, one.source_id, one.venue_id, one.occurred_on, kind, one.amount_fen, ledger_fen
                )
            )
    here = {(one.source_kind, one.source_id) for one in known}
    for key, ones in posted.items():
        if key not in here and ones[0].posted_on >= since:
            total = sum(one.amount_fen for one in ones)
            found.append(Difference(*key, None, ones[0].posted_on, "not_in_venue", None, total))
    return found


def compare_days(
    closed: Iterable[ClosedDay], moved: Iterable[Moved], entries: Iterable[Entry], waited_for: Collection[UUID]
) -> list[Difference]:
    """Find closed days that come to something else in the ledger: by the entries of the acts in that day's books.

    An entry keeps the date of its act, which may lie before the day in whose books the act stands. ``waited_for`` are
    acts that differ themselves or may be on their way: a day with one of them is compared once that one agrees.
    """
    posted: dict[tuple[str, UUID], int] = defaultdict(int)
    for entry in entries:
        posted[entry.source_kind, entry.source_id] += entry.amount_fen
    of_day: dict[tuple[UUID, date], list[Moved]] = defaultdict(list)
    for one in moved:
        of_day[one.venue_id, one.occurred_on].append(one)
    found = []
    for day in closed:
        acts = of_day[day.venue_id, day.day]
        total = sum(SIGN[one.source_kind] * posted[one.source_kind, one.source_id] for one in acts)
        if total != day.total_fen and not any(one.source_id in waited_for for one in acts):
            number = uuid5(day.venue_id, day.day.isoformat())
            found.append(Difference(DAY, number, day.venue_id, day.day, "amount_differs", day.total_fen, total))
    return found


def _judge(one: Moved, entries: list[Entry]) -> tuple[str | None, int | None]:
    if not entries:
        return "not_in_ledger", None
    total = sum(entry.amount_fen for entry in entries)
    if len(entries) > 1:
        return "posted_twice", total
    return (None, total) if total == one.amount_fen else ("amount_differs", total)
