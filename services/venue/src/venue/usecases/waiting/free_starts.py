# SPDX-License-Identifier: Apache-2.0
"""When a wish of the waiting list could begin, by the rules and by what is held at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chassis.db import UnitOfWork

from venue.domain.waiting.waiting import Wish, is_free
from venue.store.booking import queries
from venue.store.booking.offers import Room


def free_among(work: UnitOfWork, room: Room, wish: Wish, starts: Iterable[datetime]) -> list[datetime]:
    """Return the starts at which nothing is in the way, setting up and cleaning included. One statement."""
    held = queries.held_atoms(
        work.connection,
        work.division,
        room.atom_ids,
        wish.starts_at - room.offer.setup,
        wish.ends_at + room.offer.cleanup,
        person_id=None,
    )
    times = [time for atom in room.atom_ids for time in held.get(atom, ())]
    return [start for start in starts if is_free(room.offer, start, wish.length, times)]
