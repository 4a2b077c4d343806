# SPDX-License-Identifier: Apache-2.0
"""Read bookings: one's own, one by id, and the operator's list without persons."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.pagination import Page

from venue.deps import Deps
from venue.domain import refusals
from venue.store.booking import queries
from venue.store.booking.queries import BookingFilter
from venue.usecases.booking import shapes

KEY = (datetime.fromisoformat, UUID)


def my_bookings(deps: Deps, actor: Actor, page: Page, language: str, *, time: str | None = None) -> dict[str, Any]:
    """The caller's own: those ``coming``, earliest first; those ``past`` or all, latest first.

    A caller who is no person has none.
    """
    try:
        person_id = UUID(actor.subject)
    except ValueError:
        return {"items": [], "next_cursor": None}
    coming = time == "coming"
    wanted = BookingFilter(person_id=person_id, coming=coming if time else None, now=deps.clock.now())
    return _page(deps, actor, wanted, page, language, latest_first=not coming, with_purpose=True)


def bookings_for_operator(deps: Deps, actor: Actor, wanted: BookingFilter, page: Page, language: str) -> dict[str, Any]:
    """What the counter needs to serve: code, room, time, state, price. Earliest start first."""
    return _page(deps, actor, wanted, page, language, latest_first=False, with_purpose=False)


def one_booking(deps: Deps, actor: Actor, booking_id: UUID, language: str) -> dict[str, Any]:
    """A booking by id; a resident finds only their own."""
    with deps.database.read(actor) as connection:
        row = queries.booking(connection, actor.division, BookingFilter(booking_id=booking_id))
    serves = not actor.permissions.isdisjoint({"venue.operate", "venue.counter"})
    if row is None or not (serves or shapes.is_own(row, actor)):
        raise refusals.unknown_booking()
    return shapes.booking(row, actor=actor, language=language, now=deps.clock.now())


def _page(
    deps: Deps,
    actor: Actor,
    wanted: BookingFilter,
    page: Page,
    language: str,
    *,
    latest_first: bool,
    with_purpose: bool,
) -> dict[str, Any]:
    with deps.database.read(actor) as connection:
        rows = queries.booking_page(connection, actor.division, wanted, page, latest_first=latest_first)
    shown, cursor = page.cut(rows, lambda row: (row["local_start"], row["id"]))
    now = deps.clock.now()
    items = [shapes.booking(row, actor=actor, language=language, now=now, with_purpose=with_purpose) for row in shown]
    return {"items": items, "next_cursor": cursor}
