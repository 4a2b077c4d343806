# SPDX-License-Identifier: Apache-2.0
"""A deposit: taken whole, and ended once, by giving all of it back or by keeping all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard
from uuid import UUID

from venue.domain import refusals
from venue.domain.money import money_refusals

TAKEN_WHILE = ("confirmed", "checked_in")


@dataclass(frozen=True)
class Deposit:
    """The latest deposit of a booking; ``ended_at`` is None while it stands."""

    deposit_id: UUID
    attempt: int
    amount_fen: int
    taken_at: datetime
    ended: str | None = None
    reason_code: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Account:
    """What a booking's deposit depends on: what was agreed, what happened, what was taken."""

    state: str
    late_cancelled: bool
    deposit_fen: int
    deposit: Deposit | None


def is_standing(deposit: Deposit | None) -> TypeGuard[Deposit]:
    """Tell whether a deposit was taken and has not ended."""
    return deposit is not None and deposit.ended_at is None


def waits_for_its_guest(state: str, ends_at: datetime, now: datetime) -> bool:
    """Tell whether a standing deposit is due back or to be kept: its room is not used (any more)."""
    return state not in TAKEN_WHILE or ends_at <= now


def may_take(account: Account, amount_fen: int) -> int:
    """Judge taking the deposit and return which attempt it is: exactly the frozen amount, one at a time.

    A standing one of another amount was taken before the booking moved: ``to_exchange`` says so, and it ends first.
    """
    if account.deposit_fen == 0:
        raise money_refusals.no_deposit_asked()
    if is_standing(account.deposit) and to_exchange(account) is None:
        raise money_refusals.deposit_stands()
    if account.state not in TAKEN_WHILE:
        raise refusals.wrong_state(account.state)
    if amount_fen != account.deposit_fen:
        raise money_refusals.deposit_differs(account.deposit_fen)
    return account.deposit.attempt + 1 if account.deposit else 1


def to_exchange(account: Account) -> Deposit | None:
    """The standing deposit that is not what the moved booking asks for now: the difference is paid at the counter."""
    deposit = account.deposit
    return deposit if is_standing(deposit) and deposit.amount_fen != account.deposit_fen else None


def standing(account: Account) -> Deposit:
    """Return the deposit that can be given back or kept."""
    if not is_standing(account.deposit):
        raise money_refusals.no_deposit_stands()
    return account.deposit


def may_keep(account: Account, reason_code: str) -> Deposit:
    """Judge keeping it: the booking's own record must bear the reason out."""
    borne_out = {
        "damage": account.state in ("checked_in", "checked_out"),
        "late_cancel": account.state == "cancelled" and account.late_cancelled,
        "no_show": account.state == "no_show",
    }
    deposit = standing(account)
    if not borne_out[reason_code]:
        raise money_refusals.no_ground_to_keep(reason_code)
    return deposit
