# SPDX-License-Identifier: Apache-2.0
"""Book a room: one's own wish, or the counter's for somebody. ``place_booking`` does it inside another transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.usecases.booking import shapes
from venue.usecases.booking.placing import Booker, BookSpace, OnBehalf, Placed, place_booking

__all__ = ["BookSpace", "Booker", "OnBehalf", "Placed", "book_space", "booker_of", "place_booking"]


def book_space(deps: Deps, actor: Actor, command: BookSpace, attempt: Attempt) -> Reply:
    """Book; answer 201 with the booking, or the stored answer of an earlier attempt with the same key.

    A lost race is a 409 ``slot_taken`` with alternatives, stored under the key as the answer it is.
    """
    return retry_conflicts(lambda: _attempt(deps, actor, command, attempt))


def _attempt(deps: Deps, actor: Actor, command: BookSpace, attempt: Attempt) -> Reply:
    booker = booker_of(actor, command.on_behalf_of, command.group_id)
    with deps.unit_of_work(actor) as work:
        reply = work.once(attempt, "book_space", lambda: _book(deps, work, command, booker, attempt))
        work.commit()
        return reply


def booker_of(actor: Actor, on_behalf_of: OnBehalf | None, group_id: UUID | None = None) -> Booker:
    """Tell whose booking it becomes. Raises Forbidden where the actor may not make it."""
    if on_behalf_of is not None:
        if "venue.counter" not in actor.permissions:
            raise refusals.not_at_the_counter()
        return Booker(on_behalf_of.person_id, "counter", on_behalf_of.reason)
    if "venue.book" not in actor.permissions:
        raise refusals.not_at_the_counter()
    if group_id is not None:
        raise refusals.group_only_at_counter()
    try:
        return Booker(UUID(actor.subject), "self")
    except ValueError:
        raise refusals.only_persons_book() from None


def _book(
    deps: Deps, work: UnitOfWork, command: BookSpace, booker: Booker, attempt: Attempt
) -> tuple[dict[str, Any], dict[str, str]]:
    placed = place_booking(deps, work, command, booker, attempt)
    language, room = attempt.language, placed.room
    names = {f"name_{language}": room.name(language), f"venue_name_{language}": room.venue_name(language)}
    shape = shapes.booking(
        {**placed.row, **names, "late_cancel_minutes": room.offer.late_cancel_minutes, "parts": placed.part_rows},
        actor=work.actor,
        language=language,
        now=deps.clock.now(),
    )
    return shape, etag(1)
