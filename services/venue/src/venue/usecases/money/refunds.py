# SPDX-License-Identifier: Apache-2.0
"""Give money back when a paid booking falls away, whatever ended it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.db import UnitOfWork, uuid7

from venue.deps import Deps
from venue.domain.booking.booking import Booking
from venue.domain.money import money_events
from venue.domain.money import refunds as rules
from venue.domain.money.refunds import Refund
from venue.store import due
from venue.store.booking import bookings
from venue.store.money import refunds
from venue.usecases.money.money import booked_on, next_version, occurred_on, public_names

ASK_PROVIDER = "payments"
AT_ONCE = 200


def refund_what_ended(deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """Refund every paid booking of the community that has ended without being used. Does not commit.

    The database sets this alarm with the change that ends a paid booking, so no way of ending one can forget it. All
    the bookings are locked before the first refund takes the venue's counter, as whoever moves money takes them.
    """
    ended = refunds.ended_and_paid(work.connection, work.division, AT_ONCE)  # by id, as every lock of several is taken
    locked = [bookings.lock(work, row["booking_id"]) for row in ended]
    for row, booking in zip(ended, locked, strict=True):
        assert booking is not None  # read a moment ago, and bookings are never deleted
        refund_paid(deps, work, booking, rules.reason(row["state"], late=row["late_cancelled"]), row["percent"])
    if len(ended) == AT_ONCE:
        due.set_alarm(work, "refunds", now.replace(microsecond=0) + rules.SOON)


def refund_paid(deps: Deps, work: UnitOfWork, booking: Booking, reason_code: str, percent: int) -> UUID | None:
    """Refund a percentage of a locked booking's settlement; None where nothing is to be given back.

    The provider is asked later, by the worker.
    """
    settlement = booking.settlement
    if settlement is None or settlement.reversed_at is not None:
        return None
    before = refunds.refunded_so_far(work, settlement.settlement_id)
    amount = rules.owed(settlement.amount_fen, before, percent)
    if amount == 0:
        return None
    refund = Refund(
        uuid7(), settlement.settlement_id, settlement.amount_fen, before, amount, settlement.method, reason_code
    )
    _give_back(work, booking, refund, deps.clock.now())
    return refund.refund_id


def _give_back(work: UnitOfWork, booking: Booking, refund: Refund, now: datetime) -> None:
    on, changed = booked_on(work, booking, now), next_version(work, booking)
    refunds.insert(work, booking.booking_id, refund, now, on)
    work.outbox.add(
        money_events.refunded(changed, refund, occurred_on(booking, now), public_names(work, booking.booking_id))
    )
    detail = {"refund_id": refund.refund_id, "amount_fen": refund.amount_fen, "reason_code": refund.reason_code}
    work.audit("booking.refunded", "booking", booking.booking_id, detail)
    if refund.method == "online":
        due.set_alarm(work, ASK_PROVIDER, now)
