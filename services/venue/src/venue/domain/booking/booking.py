# SPDX-License-Identifier: Apache-2.0
"""A booking and what may happen to it. What may be asked for at all is judged in ``domain.judging``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from venue.domain import refusals
from venue.domain.booking.judging import Judgement, Wish, agree, granted, judge
from venue.domain.booking.offer import Offer, Part, Price, Quota, Terms, price_fen, price_on

__all__ = [
    "Booking", "Judgement", "Offer", "Part", "Price", "Quota", "Settlement", "Terms", "Wish", "agree",
    "approve", "cancel", "check_in", "check_out", "confirm", "decline", "granted", "is_cancellable",
    "is_movable", "judge", "late_cancel_from", "may_move", "may_settle", "price_fen", "price_on",
    "standing_settlement",
]  # fmt: skip
BEFORE = ("requested", "held", "confirmed")  # nobody came yet
CHECK_IN_OPENS = timedelta(minutes=30)
SECOND_THOUGHTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Settlement:
    """Money taken for a booking, with the moment it was reversed (None while it stands)."""

    settlement_id: UUID
    attempt: int
    receipt_no: int
    amount_fen: int
    method: str
    settled_at: datetime
    reversal_id: UUID | None = None
    reversed_at: datetime | None = None


@dataclass(frozen=True)
class Booking:
    """A booking as it is now. ``settlement`` is the latest one, standing or reversed; ``booked_at`` when it was made,
    None while it is being made.
    """

    booking_id: UUID
    version: int
    state: str
    venue_id: UUID
    space_id: UUID
    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    tz: str
    regime: str
    price_fen: int
    booked_at: datetime | None = None
    settlement: Settlement | None = None
    cancelled_at: datetime | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    hold_expires_at: datetime | None = None
    late_cancelled: bool = False
    ended_reason: str | None = None
    group_id: UUID | None = None
    parts: tuple[Part, ...] = ()


def is_cancellable(state: str, starts_at: datetime, now: datetime) -> bool:
    """Tell whether a booking may still be taken back."""
    return state in BEFORE and now < starts_at


def late_cancel_from(starts_at: datetime, late_cancel_minutes: int, booked_at: datetime | None = None) -> datetime:
    """Return the moment from which taking a booking back counts as late.

    Who books at short notice (``booked_at``) has some minutes for second thoughts first, at most until the start.
    """
    late = starts_at - timedelta(minutes=late_cancel_minutes)
    return late if booked_at is None else max(late, min(booked_at + SECOND_THOUGHTS, starts_at))


def is_movable(state: str, starts_at: datetime, now: datetime, late_from: datetime, *, at_counter: bool) -> bool:
    """Tell whether a booking may go to another time: as long as cancelling is not late; at the counter until it starts.

    Otherwise moving would be the way around the late-cancel rule.
    """
    return state in ("confirmed", "requested") and now < (starts_at if at_counter else late_from)


def cancel(
    booking: Booking, now: datetime, *, late_cancel_minutes: int = 0, by_staff: bool = False, reason: str | None = None
) -> Booking:
    """Take a booking back until it starts; noted as late where a person does it too shortly before."""
    if booking.state not in BEFORE:
        raise refusals.wrong_state(booking.state)
    if now >= booking.starts_at:
        raise refusals.already_started()
    late = booking.state == "confirmed" and now >= late_cancel_from(
        booking.starts_at, late_cancel_minutes, booking.booked_at
    )
    return replace(
        booking,
        version=booking.version + 1,
        state="cancelled",
        cancelled_at=now,
        hold_expires_at=None,
        late_cancelled=late and not by_staff,
        ended_reason=reason,
    )


def confirm(booking: Booking, now: datetime) -> Booking:
    """Turn a hold into a booking while it lasts."""
    if booking.state == "lapsed" or (booking.hold_expires_at is not None and booking.hold_expires_at <= now):
        raise refusals.hold_expired()
    if booking.state != "held":
        raise refusals.wrong_state(booking.state)
    return replace(booking, version=booking.version + 1, state="confirmed", hold_expires_at=None)


def approve(booking: Booking, now: datetime) -> Booking:
    """Grant a request until its time begins. Whether the room is free only the database can tell."""
    if booking.state != "requested":
        raise refusals.wrong_state(booking.state)
    if now >= booking.starts_at:
        raise refusals.already_started()
    return replace(booking, version=booking.version + 1, state="confirmed")


def decline(booking: Booking, reason: str) -> Booking:
    """Refuse a request, with the reason for the person alone."""
    if booking.state != "requested":
        raise refusals.wrong_state(booking.state)
    return replace(booking, version=booking.version + 1, state="declined", ended_reason=reason)


def may_move(booking: Booking, now: datetime, *, late_cancel_minutes: int, at_counter: bool) -> None:
    """Judge whether a booking may go elsewhere; where to is judged like any wish."""
    if booking.state not in ("confirmed", "requested"):
        raise refusals.wrong_state(booking.state)
    late_from = late_cancel_from(booking.starts_at, late_cancel_minutes, booking.booked_at)
    if now >= booking.starts_at:
        raise refusals.already_started()
    if not is_movable(booking.state, booking.starts_at, now, late_from, at_counter=at_counter):
        raise refusals.too_late_to_move()


def check_in(booking: Booking, now: datetime) -> Booking:
    """Note that the guests came: from 30 minutes before the start until the end."""
    if booking.state != "confirmed":
        raise refusals.wrong_state(booking.state)
    opens_at = booking.starts_at - CHECK_IN_OPENS
    if now < opens_at:
        raise refusals.too_early_to_check_in(opens_at)
    if now >= booking.ends_at:
        raise refusals.too_late_to_check_in()
    return replace(booking, version=booking.version + 1, state="checked_in", checked_in_at=now)


def check_out(booking: Booking, now: datetime) -> Booking:
    """Note that the guests left. The room stays held until the booked end."""
    if booking.state != "checked_in":
        raise refusals.wrong_state(booking.state)
    return replace(booking, version=booking.version + 1, state="checked_out", checked_out_at=now)


def may_settle(booking: Booking, amount_fen: int) -> None:
    """Judge taking money: after check-in, once, and exactly the frozen price."""
    if booking.state not in ("checked_in", "checked_out"):
        raise refusals.wrong_state(booking.state)
    if booking.price_fen == 0:
        raise refusals.nothing_to_settle()
    if booking.settlement is not None and booking.settlement.reversed_at is None:
        raise refusals.already_settled(booking.settlement.receipt_no)
    if amount_fen != booking.price_fen:
        raise refusals.amount_differs(booking.price_fen)


def standing_settlement(booking: Booking) -> Settlement:
    """Return the settlement that a reversal would undo."""
    if booking.settlement is None or booking.settlement.reversed_at is not None:
        raise refusals.not_settled()
    return booking.settlement
