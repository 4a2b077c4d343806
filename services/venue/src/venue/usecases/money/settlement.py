# SPDX-License-Identifier: Apache-2.0
"""Take the money for a booking, and undo it visibly."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import events
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking
from venue.domain.money import refunds as refund_rules
from venue.store.money import refunds, settlements
from venue.usecases.booking.change_booking import change_booking
from venue.usecases.money.money import booked_on, next_version, occurred_on, public_names, settle
from venue.usecases.money.refunds import refund_paid


def settle_booking(deps: Deps, actor: Actor, booking_id: UUID, method: str, amount_fen: int, attempt: Attempt) -> Reply:
    """Take exactly the frozen price, once, any time after check-in, under the venue's next receipt number."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        rules.may_settle(booking, amount_fen)
        _, settlement = settle(work, booking, amount_fen, method, deps.clock.now())
        detail = {
            "settlement_id": settlement.settlement_id,
            "amount_fen": amount_fen,
            "receipt_no": settlement.receipt_no,
        }
        work.audit("booking.settled", "booking", booking_id, detail, attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "settle_booking", act)


def reverse_settlement(deps: Deps, actor: Actor, booking_id: UUID, reason_code: str, attempt: Attempt) -> Reply:
    """Undo the standing settlement, whole, if it was taken by hand; the booking may then be settled again."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        settlement = rules.standing_settlement(booking)
        refund_rules.may_reverse(settlement, refunds.refunded_so_far(work, settlement.settlement_id))
        now, reversal_id = deps.clock.now(), uuid7()
        on = booked_on(work, booking, now)
        changed = next_version(work, booking)
        settlements.insert_reversal(work, booking, settlement, reversal_id, reason_code, now, on)
        work.outbox.add(
            events.settlement_reversed(
                changed,
                settlement,
                reversal_id=reversal_id,
                reason_code=reason_code,
                on=occurred_on(booking, now),
                **public_names(work, booking_id),
            )
        )
        detail = {"settlement_id": settlement.settlement_id, "reversal_id": reversal_id, "reason_code": reason_code}
        work.audit("booking.settlement_reversed", "booking", booking_id, detail, attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "reverse_settlement", act)


def refund_settlement(deps: Deps, actor: Actor, booking_id: UUID, attempt: Attempt) -> Reply:
    """Give all that was paid back, the way it was paid: to guests who were let in and could not use the room."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        settlement = rules.standing_settlement(booking)
        refund_rules.may_give_back(booking, refunds.refunded_so_far(work, settlement.settlement_id))
        refund_paid(deps, work, booking, refund_rules.NOT_AVAILABLE, refund_rules.WHOLE)

    return change_booking(deps, actor, booking_id, attempt, "refund_settlement", act)
