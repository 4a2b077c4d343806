# SPDX-License-Identifier: Apache-2.0
"""Read series: one with every date, one's own as a list, and the counter's list."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.pagination import Page

from venue.deps import Deps
from venue.domain.series import series_refusals as refused
from venue.store.booking import parts
from venue.store.series import series as store
from venue.store.series import series_queries as queries
from venue.store.series import time_zones
from venue.usecases.series import shapes

KEY = (datetime.fromisoformat, UUID)


def one_series(deps: Deps, actor: Actor, series_id: UUID, language: str) -> dict[str, Any]:
    """A series by id with every date; a resident finds only their own."""
    with deps.database.read(actor) as connection:
        return shape_of(connection, actor, series_id, deps.clock.now(), language)


def shape_of(connection: sa.Connection, actor: Actor, series_id: UUID, now: datetime, language: str) -> dict[str, Any]:
    """Shape a series with its dates as they now are. Raises NotFound where it is not the caller's to see."""
    row = queries.series_with_names(connection, actor.division, series_id)
    if row is None or not shapes.may_change(row, actor):
        raise refused.unknown()
    rows = store.dates(connection, actor.division, series_id)
    names = {row["space_id"]: row[f"name_{language}"]}
    elsewhere = {one["booked_space_id"] or one["space_id"] for one in rows} - set(names)
    if elsewhere:
        names |= queries.names_of_spaces(connection, actor.division, elsewhere, language)
    split = [one["booking_id"] for one in rows if one["split"]]
    stretches = parts.of(connection, actor.division, split)
    return shapes.series(row, actor=actor, language=language, with_person=True) | {
        "dates": shapes.dates(rows, row["tz"], names, stretches, now, language)
    }


def my_series(deps: Deps, actor: Actor, page: Page, language: str) -> dict[str, Any]:
    """The caller's own, newest first. A caller who is no person has none."""
    try:
        person_id = UUID(actor.subject)
    except ValueError:
        return {"items": [], "next_cursor": None}
    return _page(deps, actor, page, language, person_id)


def series_at_counter(deps: Deps, actor: Actor, page: Page, language: str, person_id: UUID | None) -> dict[str, Any]:
    """Every series of the community, or one person's, newest first."""
    return _page(deps, actor, page, language, person_id)


def left_behind(deps: Deps, actor: Actor, language: str) -> dict[str, Any]:
    """The bookings of the community that could not follow a change of the clock, for staff to settle."""
    with deps.database.read(actor) as connection:
        rows = time_zones.still_behind(connection, actor.division)
    return {"items": [shapes.left_behind(row, language) for row in rows]}


def _page(deps: Deps, actor: Actor, page: Page, language: str, person_id: UUID | None) -> dict[str, Any]:
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        rows = queries.series_page(connection, actor.division, page, now, person_id)
    shown, cursor = page.cut(rows, lambda row: (row["created_at"], row["id"]))
    return {
        "items": [shapes.summary(row, actor=actor, language=language) for row in shown],
        "next_cursor": cursor,
    }
