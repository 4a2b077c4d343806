# SPDX-License-Identifier: Apache-2.0
"""What this service tells the others: one function an event, as contracts/events/venue/ describes it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.events import Event

from venue.domain.booking.booking import Booking, Settlement

_TYPE = "linli.venue.booking.{}.v1"


def confirmed(booking: Booking, channel: str, *, approved: bool = False) -> Event:
    """A room was booked, or a request for it approved."""
    more = {**({"approved": True} if approved else {}), **_parts(booking)}
    return _event("confirmed", booking, {**_wanted(booking, channel), **more})


def requested(booking: Booking, channel: str) -> Event:
    """A room was asked for that is given by approval alone; nothing is held."""
    return _event("requested", booking, _wanted(booking, channel))


def cancelled(booking: Booking, channel: str, reason_code: str | None = None) -> Event:
    """A booking was taken back, by its person or by staff, who may have a rule's reason."""
    return _event(
        "cancelled",
        booking,
        {
            **_about(booking),
            "person_id": booking.person_id,
            "channel": channel,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "late": booking.late_cancelled,
            **({"reason_code": reason_code} if reason_code else {}),
        },
    )


def declined(booking: Booking) -> Event:
    """A request was refused. The reason is for the person alone."""
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at}
    return _event("declined", booking, {**_about(booking), "person_id": booking.person_id, **times})


def request_lapsed(booking: Booking) -> Event:
    """A request's time began before anybody had decided about it."""
    times = {"starts_at": booking.starts_at, "ends_at": booking.ends_at}
    return _event("request_lapsed", booking, {**_about(booking), "person_id": booking.person_id, **times})


def moved(booking: Booking, before: Booking) -> Event:
    """A booking went to another room or time of its venue, at the price that holds there."""
    return _event(
        "moved",
        booking,
        {
            **_about(booking),
            "person_id": booking.person_id,
            "from": {"space_id": before.space_id, "starts_at": before.starts_at, "ends_at": before.ends_at},
            "to": {"space_id": booking.space_id, "starts_at": booking.starts_at, "ends_at": booking.ends_at},
            "regime": booking.regime,
            "price_fen": booking.price_fen,
            **_parts(booking),
        },
    )


def checked_in(booking: Booking) -> Event:
    """The guests came."""
    return _event("checked_in", booking, {**_about(booking), "checked_in_at": booking.checked_in_at})


def checked_out(booking: Booking) -> Event:
    """The guests left."""
    return _event("checked_out", booking, {**_about(booking), "checked_out_at": booking.checked_out_at})


def settled(booking: Booking, settlement: Settlement, *, venue_name: str, space_name: str, on: date) -> Event:
    """Money was taken. Public names travel along, so that the ledger need not ask."""
    return _event(
        "settled",
        booking,
        {
            "booking_id": booking.booking_id,
            "settlement_id": settlement.settlement_id,
            "venue_id": booking.venue_id,
            "venue_name": venue_name,
            "space_id": booking.space_id,
            "space_name": space_name,
            "regime": booking.regime,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
            "occurred_on": on,
            "amount_fen": settlement.amount_fen,
            "currency": "CNY",
            "method": settlement.method,
            **_parts_of(booking),
        },
    )


def _parts_of(booking: Booking) -> dict[str, object]:
    """What each stretch of a booking costs, where it lies in several regimes."""
    parts = [{"regime": part.regime, "price_fen": part.price_fen} for part in booking.parts]
    return {"parts": parts} if parts else {}


def settlement_reversed(
    booking: Booking,
    settlement: Settlement,
    *,
    reversal_id: UUID,
    reason_code: str,
    venue_name: str,
    space_name: str,
    on: date,
) -> Event:
    """A settlement was undone, whole."""
    return _event(
        "settlement_reversed",
        booking,
        {
            "booking_id": booking.booking_id,
            "settlement_id": settlement.settlement_id,
            "reversal_id": reversal_id,
            "amount_fen": settlement.amount_fen,
            "currency": "CNY",
            "occurred_on": on,
            "reason_code": reason_code,
            "space_name": space_name,
            "venue_name": venue_name,
        },
    )


def _event(happened: str, booking: Booking, data: dict[str, object]) -> Event:
    return Event(_TYPE.format(happened), booking.booking_id, booking.version, data)


def _parts(booking: Booking) -> dict[str, object]:
    """The stretches of a booking that lies in several regimes; nothing for any other."""
    parts = [
        {"regime": part.regime, "starts_at": part.starts_at, "ends_at": part.ends_at, "price_fen": part.price_fen}
        for part in booking.parts
    ]
    return {"parts": parts} if parts else {}


def _about(booking: Booking) -> dict[str, object]:
    return {"booking_id": booking.booking_id, "venue_id": booking.venue_id, "space_id": booking.space_id}


def _wanted(booking: Booking, channel: str) -> dict[str, object]:
    """Who wants which room when, at what price."""
    return {
        **_about(booking),
        "person_id": booking.person_id,
        "channel": channel,
        "regime": booking.regime,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "price_fen": booking.price_fen,
    }
