# SPDX-License-Identifier: Apache-2.0
"""Create, change and retire spaces. The whole is the union of its parts, so halves of a room make it busy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import hours, regime_refusals
from venue.domain.opening.hours import EARLIEST
from venue.domain.venues import venue_refusals
from venue.store.opening import regimes
from venue.store.sittings import rotas
from venue.store.venues import spaces
from venue.store.venues.venue_settings import Row
from venue.usecases.venues.change_venue import change_venue
from venue.usecases.waiting import freed


@dataclass(frozen=True)
class NewSpace:
    """A space over atoms that exist (``atoms``) and atoms that are made for it (``new_atoms``).

    ``divides`` is the space it is a part of: new atoms become atoms of that space too, and of all that contain it.
    """

    code: str
    name_zh: str
    name_en: str
    capacity: int
    atoms: Sequence[str] = ()
    new_atoms: Sequence[str] = ()
    divides: UUID | None = None
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    needs_approval: bool = False
    prices: Mapping[str, int] = field(default_factory=dict)


def create_space(deps: Deps, actor: Actor, venue_id: UUID, new: NewSpace, attempt: Attempt) -> Reply:
    """Create a space; a part of a room only while nothing lies ahead that would not hold the part's new atoms."""

    def act(work: UnitOfWork, _venue: Row) -> None:
        if spaces.code_is_used(work, venue_id, new.code):
            raise venue_refusals.code_taken(new.code)
        if not (new.atoms or new.new_atoms):
            raise venue_refusals.nothing_to_hold()
        for regime in new.prices.keys() - regimes.known(work, venue_id).keys():
            raise regime_refusals.unknown_regime(regime)
        whole = _whole(deps, work, venue_id, new) if new.divides else []
        atom_ids = _atoms(work, venue_id, new)
        space_id = uuid7()
        spaces.insert(work, _row(work, venue_id, space_id, new), atom_ids.values())
        spaces.add_atoms(work, [(space, atom_ids[code]) for space in whole for code in new.new_atoms])
        spaces.insert_prices(work, [_price(venue_id, space_id, *each) for each in new.prices.items()])
        spaces.check_tree(work)

    return change_venue(deps, actor, venue_id, attempt, "create_space", "spaces", act, status=201, versioned=False)


def _whole(deps: Deps, work: UnitOfWork, venue_id: UUID, new: NewSpace) -> list[UUID]:
    """The spaces that must take the new atoms too, locked; refused while bookings ahead hold only the old ones."""
    assert new.divides is not None
    if spaces.lock(work, venue_id, new.divides) is None:
        raise refusals.unknown_space()
    if not new.new_atoms:
        return []
    whole = spaces.containing(work, venue_id, new.divides)
    for space_id in whole:
        spaces.lock(work, venue_id, space_id)
    now = deps.clock.now()
    if spaces.held_ahead(work, [new.divides], now):  # whatever contains the room holds its atoms too
        raise venue_refusals.space_in_use(spaces.bookings_ahead(work, whole, now))
    return whole


def _atoms(work: UnitOfWork, venue_id: UUID, new: NewSpace) -> dict[str, UUID]:
    known = spaces.atoms_by_code(work, venue_id)
    missing = [code for code in new.atoms if code not in known]
    if missing:
        raise venue_refusals.unknown_atoms(missing)
    for code in new.new_atoms:
        if code in known:
            raise venue_refusals.code_taken(code)
    made = {code: uuid7() for code in new.new_atoms}
    spaces.insert_atoms(work, venue_id, [{"id": atom_id, "code": code} for code, atom_id in made.items()])
    return {code: known[code] for code in new.atoms} | made


def _row(work: UnitOfWork, venue_id: UUID, space_id: UUID, new: NewSpace) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "capacity", "setup_minutes", "cleanup_minutes", "needs_approval")
    return {
        **{name: getattr(new, name) for name in names},
        "id": space_id,
        "venue_id": venue_id,
        "version": 1,
        "parent_id": new.divides,
        "position": spaces.next_position(work, venue_id),
    }


def _price(venue_id: UUID, space_id: UUID, regime: str, fen_per_hour: int) -> dict[str, Any]:
    return {
        "space_id": space_id,
        "venue_id": venue_id,
        "regime_code": regime,
        "version": 1,
        "valid_from": EARLIEST,
        "price_fen_per_hour": fen_per_hour,
    }


def update_space(deps: Deps, actor: Actor, space_id: UUID, changes: Mapping[str, Any], attempt: Attempt) -> Reply:
    """Change names, seats, buffers, approval or what it is part of. Bookings already made keep what they froze."""

    def act(work: UnitOfWork, venue: Row) -> None:
        row = spaces.lock(work, venue["id"], space_id)
        if row is None or row["retired_at"] is not None:
            raise refusals.unknown_space()
        parent = changes.get("parent_id")
        if parent is not None and spaces.lock(work, venue["id"], parent) is None:
            raise refusals.unknown_space()
        spaces.update(work, space_id, changes)
        spaces.check_tree(work)

    return change_venue(deps, actor, _venue_of(deps, actor, space_id), attempt, "update_space", "spaces", act)


def retire_space(deps: Deps, actor: Actor, space_id: UUID, attempt: Attempt) -> Reply:
    """Take a space out of use for good; refused while bookings or sessions lie ahead. Who waits for it is told."""

    def act(work: UnitOfWork, venue: Row) -> None:
        row = spaces.lock(work, venue["id"], space_id)
        if row is None or row["retired_at"] is not None:
            raise refusals.unknown_space()
        now = deps.clock.now()
        ahead = spaces.bookings_ahead(work, [space_id], now)
        if ahead:
            raise venue_refusals.space_in_use(ahead)
        if rotas.lie_ahead(work, space_id, now, hours.local_date(now, ZoneInfo(venue["tz"]))):
            raise venue_refusals.sessions_ahead()
        if spaces.has_parts(work, space_id):
            raise venue_refusals.has_parts()
        spaces.update(work, space_id, {"retired_at": now})
        freed.room_retired(work, space_id, now)

    return change_venue(deps, actor, _venue_of(deps, actor, space_id), attempt, "retire_space", "spaces", act)


def _venue_of(deps: Deps, actor: Actor, space_id: UUID) -> UUID:
    with deps.unit_of_work(actor) as work:
        venue_id = spaces.venue_of(work, space_id)
    if venue_id is None:
        raise refusals.unknown_space()
    return venue_id
