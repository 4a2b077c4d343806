# SPDX-License-Identifier: Apache-2.0
"""What every act with money shares: its day, the booking's next version, public names, and the settlement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.db import UnitOfWork, uuid7

from venue.domain import events
from venue.domain.booking.booking import Booking, Settlement
from venue.domain.opening import hours
from venue.store import due
from venue.store.booking import bookings, queries
from venue.store.booking.queries import BookingFilter
from venue.store.money import day_statements, settlements

RECONCILED_AT_HOUR = 3


def occurred_on(booking: Booking, now: datetime) -> date:
    """The local day on which money moves: what receipt and ledger say, whichever day's books it stands in."""
    return hours.local_date(now, ZoneInfo(booking.tz))


def booked_on(work: UnitOfWork, booking: Booking, now: datetime) -> date:
    """The day of the venue's books the money stands in: today, or the first not closed. Has the night compare it."""
    today = occurred_on(booking, now)
    compare_tonight(work, today, ZoneInfo(booking.tz))
    return day_statements.books_on(work, booking.venue_id, today)


def compare_tonight(work: UnitOfWork, today: date, zone: ZoneInfo) -> None:
    """Have money and ledger compared in the coming night."""
    due.set_alarm(work, "reconciliation", hours.instant(today + timedelta(days=1), RECONCILED_AT_HOUR * 60, zone))


def next_version(work: UnitOfWork, booking: Booking) -> Booking:
    """Money changes the booking's version too: it is what events of one booking are ordered by."""
    changed = replace(booking, version=booking.version + 1)
    bookings.save(work, changed)
    return changed


def public_names(work: UnitOfWork, booking_id: UUID) -> dict[str, str]:
    """The venue's and the room's public names, for readers of events."""
    row = queries.booking(work.connection, work.division, BookingFilter(booking_id=booking_id))
    assert row is not None  # locked by the caller
    return {"venue_name": row["venue_name_zh"], "space_name": row["name_zh"]}


def settle(
    work: UnitOfWork, booking: Booking, amount_fen: int, method: str, now: datetime
) -> tuple[Booking, Settlement]:
    """Store money taken for a locked booking under the venue's next receipt number, and tell the ledger."""
    before = booking.settlement
    on = booked_on(work, booking, now)
    settlement = Settlement(
        settlement_id=uuid7(),
        attempt=before.attempt + 1 if before else 1,
        receipt_no=settlements.next_receipt_no(work, booking.venue_id),
        amount_fen=amount_fen,
        method=method,
        settled_at=now,
    )
    changed = next_version(work, booking)
    settlements.insert_settlement(work, booking, settlement, on)
    work.outbox.add(
        events.settled(changed, settlement, on=occurred_on(booking, now), **public_names(work, booking.booking_id))
    )
    return replace(changed, settlement=settlement), settlement
