# SPDX-License-Identifier: Apache-2.0
"""Take the money for a booking, and undo it visibly."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import booking as rules
from venue.domain import events, hours
from venue.domain.booking import Booking, Settlement
from venue.store import bookings, queries, settlements
from venue.store.queries import BookingFilter
from venue.usecases.change_booking import change_booking


def settle_booking(deps: Deps, actor: Actor, booking_id: UUID, method: str, amount_fen: int, attempt: Attempt) -> Reply:
    """Take exactly the frozen price, once, any time after check-in, under the venue's next receipt number."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        rules.may_settle(booking, amount_fen)
        now, before = deps.clock.now(), booking.settlement
        settlement = Settlement(
            settlement_id=uuid7(),
            attempt=before.attempt + 1 if before else 1,
            receipt_no=settlements.next_receipt_no(work, booking.venue_id),
            amount_fen=amount_fen,
            method=method,
            settled_at=now,
        )
        on = hours.local_date(now, ZoneInfo(booking.tz))
        changed = _next(work, booking)
        settlements.insert_settlement(work, booking, settlement, on)
        work.outbox.add(events.settled(changed, settlement, on=on, **_public_names(work, booking_id)))
        detail = {
            "settlement_id": settlement.settlement_id,
            "amount_fen": amount_fen,
            "receipt_no": settlement.receipt_no,
        }
        work.audit("booking.settled", "booking", booking_id, detail, attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "settle_booking", act)


def reverse_settlement(deps: Deps, actor: Actor, booking_id: UUID, reason_code: str, attempt: Attempt) -> Reply:
    """Undo the standing settlement, whole; the booking may then be settled again."""

    def act(work: UnitOfWork, booking: Booking) -> None:
        settlement = rules.standing_settlement(booking)
        now, reversal_id = deps.clock.now(), uuid7()
        on = hours.local_date(now, ZoneInfo(booking.tz))
        changed = _next(work, booking)
        settlements.insert_reversal(work, booking, settlement, reversal_id, reason_code, now, on)
        work.outbox.add(
            events.settlement_reversed(
                changed,
                settlement,
                reversal_id=reversal_id,
                reason_code=reason_code,
                on=on,
                **_public_names(work, booking_id),
            )
        )
        detail = {"settlement_id": settlement.settlement_id, "reversal_id": reversal_id, "reason_code": reason_code}
        work.audit("booking.settlement_reversed", "booking", booking_id, detail, attempt.request_id)

    return change_booking(deps, actor, booking_id, attempt, "reverse_settlement", act)


def _next(work: UnitOfWork, booking: Booking) -> Booking:
    """Money changes the booking's version too: it is what events of one booking are ordered by."""
    changed = replace(booking, version=booking.version + 1)
    bookings.save(work, changed)
    return changed


def _public_names(work: UnitOfWork, booking_id: UUID) -> dict[str, str]:
    row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking_id))
    assert row is not None  # locked by the caller
    return {"venue_name": row["venue_name_zh"], "space_name": row["name_zh"]}
