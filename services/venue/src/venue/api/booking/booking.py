# SPDX-License-Identifier: Apache-2.0
"""Bookings as residents and the counter make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from venue.domain.booking.pick_up_code import normalised
from venue.store.booking.queries import BookingFilter
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking import approving, see_bookings
from venue.usecases.booking.book_space import BookSpace, OnBehalf
from venue.usecases.booking.book_space import book_space as book
from venue.usecases.booking.cancel_booking import cancel_booking as cancel
from venue.usecases.booking.check_booking import check_booking as check
from venue.usecases.booking.holding import confirm_booking as confirm
from venue.usecases.booking.move_booking import MoveBooking
from venue.usecases.booking.move_booking import move_booking as move


def book_space(call: Call, body: dict[str, Any]) -> Reply:
    """Book a room."""
    return book(call.deps, call.actor, _wish(body), call)


def check_booking(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Judge a wish and store nothing."""
    return check(call.deps, call.actor, _wish(body), call.language)


def _wish(body: dict[str, Any]) -> BookSpace:
    behalf, group = body.get("on_behalf_of"), body.get("group_id")
    return BookSpace(
        space_id=UUID(body["space_id"]),
        starts_at=_written(body["starts_at"]),
        ends_at=_written(body["ends_at"]),
        purpose=body.get("purpose"),
        party_size=body.get("party_size"),
        on_behalf_of=OnBehalf(UUID(behalf["person_id"]), behalf["reason"]) if behalf else None,
        hold=body.get("hold", False),
        split=body.get("split", False),
        group_id=UUID(group) if group else None,
        equipment=[EquipmentWish(UUID(one["equipment_id"]), one["quantity"]) for one in body.get("equipment", ())],
    )


def cancel_booking(call: Call, booking_id: str, body: dict[str, Any] | None = None) -> Reply:
    """Take a booking back."""
    return cancel(call.deps, call.actor, UUID(booking_id), call, (body or {}).get("reason"))


def confirm_booking(call: Call, booking_id: str) -> Reply:
    """Turn a hold into a booking."""
    return confirm(call.deps, call.actor, UUID(booking_id), call)


def move_booking(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Take a booking elsewhere."""
    space = body.get("space_id")
    command = MoveBooking(
        starts_at=_written(body["starts_at"]),
        ends_at=_written(body["ends_at"]),
        space_id=UUID(space) if space else None,
        split=body.get("split", False),
    )
    return move(call.deps, call.actor, UUID(booking_id), command, call)


def list_requests(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """What waits for a decision."""
    page = Page.parse(cursor, limit, approving.KEY)
    return approving.list_requests(call.deps, call.actor, page, call.language)


def approve_booking(call: Call, booking_id: str) -> Reply:
    """Grant a request."""
    return approving.approve_booking(call.deps, call.actor, UUID(booking_id), call)


def decline_booking(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Refuse a request."""
    return approving.decline_booking(call.deps, call.actor, UUID(booking_id), body["reason"], call)


def get_booking(call: Call, booking_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One booking."""
    shape = see_bookings.one_booking(call.deps, call.actor, UUID(booking_id), call.language)
    return shape, 200, etag(shape["version"])


def list_my_bookings(call: Call, limit: int = 50, cursor: str | None = None, time: str | None = None) -> dict[str, Any]:
    """The caller's own bookings."""
    page = Page.parse(cursor, limit, see_bookings.KEY)
    return see_bookings.my_bookings(call.deps, call.actor, page, call.language, time=time)


def list_bookings(
    call: Call,
    limit: int = 50,
    cursor: str | None = None,
    date: str | None = None,
    space_id: str | None = None,
    state: str | None = None,
    pick_up_code: str | None = None,
) -> dict[str, Any]:
    """The operator's and the counter's list."""
    wanted = BookingFilter(
        on=_day(date),
        space_id=UUID(space_id) if space_id else None,
        state=state,
        pick_up_code=normalised(pick_up_code) if pick_up_code else None,
    )
    page = Page.parse(cursor, limit, see_bookings.KEY)
    return see_bookings.bookings_for_operator(call.deps, call.actor, wanted, page, call.language)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _written(text: str) -> datetime:
    """Keep the offset a time was written with: the rules look at it."""
    return datetime.fromisoformat(text.upper())
