# SPDX-License-Identifier: Apache-2.0
"""Take a deposit, give it back, or keep it: each visible, each with its event for the ledger."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain.booking.booking import Booking
from venue.domain.money import deposits as rules
from venue.domain.money import money_events
from venue.domain.money.deposits import Deposit
from venue.store.money import deposits
from venue.usecases.booking.change_booking import change_booking
from venue.usecases.money.money import booked_on, next_version, occurred_on, public_names


def take_deposit(deps: Deps, actor: Actor, booking_id: UUID, amount_fen: int, attempt: Attempt) -> Reply:
    """Take exactly the frozen deposit, in cash.

    Where the booking has moved since, what was taken for its old place is given back in the same act: the guest pays
    or gets the difference, the books keep both.
    """

    def act(work: UnitOfWork, booking: Booking) -> None:
        account, now = deposits.account(work.connection, work.division, booking_id), deps.clock.now()
        deposit = Deposit(uuid7(), rules.may_take(account, amount_fen), amount_fen, now)
        earlier = rules.to_exchange(account)
        if earlier is not None:
            booking = _refund(work, booking, earlier, now, attempt)
        on, changed = booked_on(work, booking, now), next_version(work, booking)
        deposits.insert(work, booking, deposit, account.deposit, on)
        names = public_names(work, booking_id)
        day = occurred_on(booking, now)
        work.outbox.add(money_events.deposit_taken(changed, deposit.deposit_id, amount_fen, day, names))
        _audit(work, "booking.deposit_taken", booking_id, deposit, attempt)

    return change_booking(deps, actor, booking_id, attempt, "take_deposit", act)


def refund_deposit(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Give the whole deposit back."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        deposit = rules.standing(deposits.account(work.connection, work.division, booking_id))
        _refund(work, booking, deposit, deps.clock.now(), attempt)

    return change_booking(deps, actor, booking_id, attempt, "refund_deposit", act)


def keep_deposit(deps: Deps, actor: Actor, booking_id: UUID, reason_code: str, attempt: Attempt) -> Reply:
    """Keep the whole deposit for a reason the booking's record bears out."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        account = deposits.account(work.connection, work.division, booking_id)
        deposit = rules.may_keep(account, reason_code)
        day, changed = _end(work, booking, deposit, "kept", reason_code, deps.clock.now())
        names = public_names(work, booking_id)
        amount = deposit.amount_fen
        work.outbox.add(money_events.deposit_kept(changed, deposit.deposit_id, amount, day, names, reason_code))
        _audit(work, "booking.deposit_kept", booking_id, deposit, attempt)

    return change_booking(deps, actor, booking_id, attempt, "keep_deposit", act)


def _refund(work: UnitOfWork, booking: Booking, deposit: Deposit, now: datetime, attempt: Attempt) -> Booking:
    day, changed = _end(work, booking, deposit, "refunded", None, now)
    names = public_names(work, booking.booking_id)
    work.outbox.add(money_events.deposit_refunded(changed, deposit.deposit_id, deposit.amount_fen, day, names))
    _audit(work, "booking.deposit_refunded", booking.booking_id, deposit, attempt)
    return changed


def _end(
    work: UnitOfWork, booking: Booking, deposit: Deposit, kind: str, reason_code: str | None, now: datetime
) -> tuple[date, Booking]:
    on, changed = booked_on(work, booking, now), next_version(work, booking)
    deposits.insert_ending(work, booking, deposit, kind, reason_code, now, on)
    return occurred_on(booking, now), changed


def _audit(work: UnitOfWork, action: str, booking_id: UUID, deposit: Deposit, attempt: Attempt) -> None:
    detail = {"deposit_id": deposit.deposit_id, "amount_fen": deposit.amount_fen}
    work.audit(action, "booking", booking_id, detail, attempt.request_id)
