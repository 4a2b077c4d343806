# SPDX-License-Identifier: Apache-2.0
"""What the tests of the waiting list share: joining, cancelling and what became of an entry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.auth import Actor
from venue.deps import Deps, InProcess
from venue.domain.waiting.waiting import Wish
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.waiting.waiting import JoinWaitingList, join, my_entries

from ..conftest import at


def wait_for(
    deps: Deps, actor: Actor, space_id: UUID, starts: str, ends: str, minutes: int, *, behalf: UUID | None = None
) -> dict[str, Any]:
    """Join the list and return the entry; refusals rise."""
    on_behalf_of = {"person_id": str(behalf), "reason": "电话登记"} if behalf else None
    command = JoinWaitingList(Wish(space_id, at(starts), at(ends), minutes), on_behalf_of)
    return join(deps, actor, command, InProcess()).content


def cancel(deps: Deps, actor: Actor, booking_id: str) -> dict[str, Any]:
    """Take a booking (or an offer) back."""
    return cancel_booking(deps, actor, UUID(booking_id), InProcess()).content


def entry_of(deps: Deps, actor: Actor) -> dict[str, Any]:
    """The one entry of a resident."""
    from chassis.pagination import Page

    (entry,) = my_entries(deps, actor, Page(None, 50), "zh")["items"]
    return entry
