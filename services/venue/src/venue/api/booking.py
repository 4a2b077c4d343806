# SPDX-License-Identifier: Apache-2.0
"""Bookings as residents and the counter make them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from venue.domain.pick_up_code import normalised
from venue.store.queries import BookingFilter
from venue.usecases import see_bookings
from venue.usecases.book_space import BookSpace, OnBehalf
from venue.usecases.book_space import book_space as book
from venue.usecases.cancel_booking import cancel_booking as cancel


def book_space(call: Call, body: dict[str, Any]) -> Reply:
    """Book a room."""
    behalf = body.get("on_behalf_of")
    command = BookSpace(
        space_id=UUID(body["space_id"]),
        starts_at=_instant(body["starts_at"]),
        ends_at=_instant(body["ends_at"]),
        purpose=body.get("purpose"),
        party_size=body.get("party_size"),
        on_behalf_of=OnBehalf(UUID(behalf["person_id"]), behalf["reason"]) if behalf else None,
    )
    return book(call.deps, call.actor, command, call)


def cancel_booking(call: Call, booking_id: str) -> Reply:
    """Take a booking back."""
    return cancel(call.deps, call.actor, UUID(booking_id), call)


def get_booking(call: Call, booking_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One booking."""
    shape = see_bookings.one_booking(call.deps, call.actor, UUID(booking_id), call.language)
    return shape, 200, etag(shape["version"])


def list_my_bookings(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The caller's own bookings."""
    page = Page.parse(cursor, limit, see_bookings.KEY)
    return see_bookings.my_bookings(call.deps, call.actor, page, call.language)


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


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
