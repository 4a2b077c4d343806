# SPDX-License-Identifier: Apache-2.0
"""Writing money: settlements with gapless receipt numbers, and their reversals. Rows are never edited."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.booking.booking import Booking, Settlement
from venue.store.tables import receipt_counters, reversals, settlements


def next_receipt_no(work: UnitOfWork, venue_id: UUID) -> int:
    """Take the venue's next number. The row stays locked until the end, so a rollback leaves no gap."""
    counter = receipt_counters.c
    return work.execute(
        sa.update(receipt_counters)
        .where(counter.division_code == work.division, counter.venue_id == venue_id)
        .values(last_no=counter.last_no + 1)
        .returning(counter.last_no)
    ).scalar_one()


def insert_settlement(work: UnitOfWork, booking: Booking, settlement: Settlement, on: date) -> None:
    """Store money taken; after a reversal it names the reversal it follows."""
    before = booking.settlement
    work.execute(
        sa.insert(settlements).values(
            division_code=work.division,
            id=settlement.settlement_id,
            booking_id=booking.booking_id,
            venue_id=booking.venue_id,
            attempt=settlement.attempt,
            after_reversal_id=before.reversal_id if before else None,
            receipt_no=settlement.receipt_no,
            amount_fen=settlement.amount_fen,
            method=settlement.method,
            settled_at=settlement.settled_at,
            occurred_on=on,
            settled_by=work.actor.subject,
        )
    )


def insert_reversal(
    work: UnitOfWork,
    booking: Booking,
    settlement: Settlement,
    reversal_id: UUID,
    reason_code: str,
    at: datetime,
    on: date,
) -> None:
    """Store that a settlement is undone, whole."""
    work.execute(
        sa.insert(reversals).values(
            division_code=work.division,
            id=reversal_id,
            booking_id=booking.booking_id,
            settlement_id=settlement.settlement_id,
            amount_fen=settlement.amount_fen,
            reason_code=reason_code,
            reversed_at=at,
            occurred_on=on,
            reversed_by=work.actor.subject,
        )
    )
