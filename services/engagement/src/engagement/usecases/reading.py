# SPDX-License-Identifier: Apache-2.0
"""What callers may read: needs, visits, categories and the published counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.http import Call
from chassis.pagination import Page

from engagement.deps import Deps
from engagement.domain.counts import THRESHOLD
from engagement.store import count_queries, need_queries
from engagement.store.need_queries import Filters, as_need
from engagement.usecases import need_views
from engagement.usecases.callers import own_person, require_visible

_KEY = (datetime.fromisoformat, UUID)


def get_need(deps: Deps, call: Call, need_id: UUID) -> dict[str, Any]:
    """Return a need with its timeline; raises NotFound for another's and for another community's alike."""
    with deps.database.read(call.actor) as connection:
        found = need_queries.find_need(connection, call.actor.division, need_id)
        require_visible(call.actor, found[0] if found else None)
        view = need_views.full(connection, call.actor, need_id, call.language, deps.today())
    assert view is not None
    return view


def list_needs(deps: Deps, call: Call, filters: Filters, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Return a page of the community's needs, latest first."""
    today = deps.today()
    with deps.database.read(call.actor) as connection:
        rows, following = need_queries.page_of_needs(
            connection, call.actor.division, filters, Page.parse(cursor, limit, _KEY)
        )
    items = [need_views.summary(as_need(row), row, call.language, today) for row in rows]
    return {"items": items, "next_cursor": following}


def list_my_needs(deps: Deps, call: Call, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Return a page of the caller's own needs."""
    return list_needs(deps, call, replace(Filters(), person_id=own_person(call.actor)), cursor, limit)


def list_visits(
    deps: Deps, call: Call, person_id: UUID | None, household_id: UUID | None, cursor: str | None, limit: int | None
) -> dict[str, Any]:
    """Return a page of the community's visits, latest first."""
    with deps.database.read(call.actor) as connection:
        rows, following = need_queries.page_of_visits(
            connection, call.actor.division, person_id, household_id, Page.parse(cursor, limit, _KEY)
        )
    return {"items": [need_views.visit(row) for row in rows], "next_cursor": following}


def list_categories(deps: Deps) -> dict[str, Any]:
    """Return the categories in use; for anyone."""
    with deps.database.published() as connection:
        rows = need_queries.categories(connection)
    return {"items": [{"code": row["code"], "names": {"zh": row["name_zh"], "en": row["name_en"]}} for row in rows]}


def get_counts(deps: Deps, division: str, depth: int) -> dict[str, Any]:
    """Return the published counts of a division and of the tiers below it; for anyone, with nothing counted live."""
    with deps.database.published() as connection:
        rows = count_queries.published(connection, division, depth)
    return {
        "division": division,
        "as_of": max((row["as_of"] for row in rows), default=None),
        "hidden_below_persons": THRESHOLD,
        "items": [
            {
                "division": row["division_code"],
                **{name: row[name] for name in ("total", "by_category", "by_state")},
            }
            for row in rows
        ],
    }
