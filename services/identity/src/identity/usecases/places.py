# SPDX-License-Identifier: Apache-2.0
"""Estates, buildings and households of a community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.errors import Conflict, Unprocessable
from chassis.pagination import Page
from chassis.reply import Reply, etag

from identity.domain import events
from identity.domain import places as rules
from identity.store import places as store
from identity.usecases.attempt import IN_PROCESS, as_id

if TYPE_CHECKING:
    from identity.bootstrap import Deps


def list_places(
    deps: Deps, actor: Actor, page: Page, parent: str | UUID | None = None, kind: str | None = None
) -> dict[str, Any]:
    """List places in the order of registration."""
    with deps.database.read(actor) as connection:
        rows, cursor = store.page(connection, actor.division, page, as_id(parent), kind)
    return {"items": [_described(row) for row in rows], "next_cursor": cursor}


def create_place(deps: Deps, actor: Actor, command: dict[str, Any], call: Any = IN_PROCESS) -> Reply:
    """Register a place: ``kind``, ``name`` and, below an estate, ``parent_id``.

    Raises Unprocessable (wrong_parent, parent_unknown); a name used twice under a parent is a 409 place_exists.
    """
    with deps.database.unit_of_work(actor) as work:
        reply = work.once(call, "create_place", lambda: _create(work, command, call.request_id))
        work.commit()
    return reply


def _create(work: UnitOfWork, command: dict[str, Any], request_id: str | None) -> tuple[dict[str, Any], dict[str, str]]:
    kind, name, parent_id = command["kind"], " ".join(command["name"].split()), as_id(command.get("parent_id"))
    parent = store.find(work.connection, work.division, parent_id) if parent_id else None
    if parent_id and parent is None:
        raise Unprocessable(
            "parent_unknown", zh="没有找到上一级地点。", en="There is no such parent place in this community."
        )
    rules.check_parent(kind, parent.kind if parent else None)
    place = {
        "division_code": work.division,
        "place_id": uuid7(),
        "kind": kind,
        "parent_id": parent_id,
        "name": name,
        "label": rules.label(name, parent.label if parent else None),
        "created_at": work.clock.now(),
    }
    if not store.insert(work.connection, place):
        raise Conflict("place_exists", zh="这个地点已经登记过。", en="This place is already registered.")
    work.outbox.add(events.place_registered(place["place_id"], kind, parent_id))
    work.audit("place.registered", "place", place["place_id"], request_id=request_id)
    shown = {name: place[name] for name in ("place_id", "kind", "parent_id", "name", "label")}
    return {**shown, "version": 1}, etag(1)


def _described(row: Any) -> dict[str, Any]:
    names = ("place_id", "kind", "parent_id", "name", "label", "version")
    return {name: getattr(row, name) for name in names}
