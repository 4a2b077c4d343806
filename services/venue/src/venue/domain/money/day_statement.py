# SPDX-License-Identifier: Apache-2.0
"""A venue's day in figures: a pure function of its money rows, the same whenever it is computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from venue.domain.money import money_refusals

KINDS = ("settled", "reversed", "deposits_taken", "deposits_refunded", "deposits_kept", "refunded")
METHODS = ("cash", "online")
CASH_SIGN = {
    "settled": 1,
    "reversed": -1,
    "deposits_taken": 1,
    "deposits_refunded": -1,
    "deposits_kept": 0,
    "refunded": -1,
}


@dataclass(frozen=True)
class Move:
    """What moved how often and how much in all."""

    what: str
    method: str
    times: int
    fen: int


def totals(moves: Iterable[Move]) -> dict[str, int]:
    """Sum a day up: each kind by method, the cash that must be in the drawer, and what the day brought in all."""
    found = {(move.what, move.method): move for move in moves}
    told = {}
    for what in KINDS:
        for method in METHODS:
            move = found.get((what, method))
            told[f"{what}_{method}_fen"] = move.fen if move else 0
            told[f"{what}_{method}_count"] = move.times if move else 0
    cash = {what: told[f"{what}_cash_fen"] * sign for what, sign in CASH_SIGN.items()}
    told["expected_cash_fen"] = sum(cash.values())
    told["total_fen"] = sum(
        told[f"{what}_{method}_fen"] * sign for what, sign in CASH_SIGN.items() for method in METHODS
    )
    return told


def may_close(day: date, *, today: date, last_closed: date | None, first_open: date | None) -> None:
    """Judge closing: a day that has come, once, and in order: ``first_open`` is an earlier day with uncounted money."""
    if day > today:
        raise money_refusals.day_not_begun(day)
    if last_closed is not None and last_closed >= day:
        raise money_refusals.day_closed(day) if last_closed == day else money_refusals.later_day_closed(day)
    if first_open is not None:
        raise money_refusals.earlier_day_open(first_open)


def expect_over(day: date, closes_at: datetime | None, now: datetime, *, confirmed: bool) -> None:
    """Ask back where the venue is still open that day: what is taken until then would stand in the next day's books."""
    if closes_at is not None and now < closes_at and not confirmed:
        raise money_refusals.still_open(day, closes_at)


def explained(difference_fen: int, note: str | None) -> None:
    """Ask why the cash differs."""
    if difference_fen and not (note or "").strip():
        raise money_refusals.difference_unexplained(difference_fen)
