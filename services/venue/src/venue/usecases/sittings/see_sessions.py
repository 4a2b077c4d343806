# SPDX-License-Identifier: Apache-2.0
"""Read sittings and desks: the staff's lists, and what anyone may read of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.pagination import Page

from venue.deps import Deps
from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings.rotas import AHEAD
from venue.domain.sittings.sittings import Session
from venue.store.sittings import desk_catalogue, sessions, tickets, topics
from venue.store.sittings.sessions import SessionFilter
from venue.store.venues import queries as venue_queries
from venue.usecases.booking.shapes import local
from venue.usecases.sittings import sitting_shapes

KEY = (datetime.fromisoformat, UUID)
BEHIND = timedelta(weeks=26)  # how long ago a sitting still stands on the board; the tally counts all
MOST = 400


def session_list(deps: Deps, actor: Actor, wanted: SessionFilter, page: Page, language: str) -> dict[str, Any]:
    """The community's sessions, earliest first; of desks with the seats that are taken."""
    now = deps.clock.now()
    with deps.database.read(actor) as connection:
        rows = sessions.page_of(connection, actor.division, wanted, page, now)
        shown, cursor = page.cut(rows, lambda row: (row["starts_at"], row["id"]))
        taken = tickets.published_taken(connection, actor.division, [row["id"] for row in shown])
    return {"items": [sitting_shapes.session(row, language, now, taken) for row in shown], "next_cursor": cursor}


def one_session(deps: Deps, actor: Actor, session_id: UUID, language: str) -> dict[str, Any]:
    """One session."""
    with deps.database.read(actor) as connection:
        row = sessions.one(connection, actor.division, session_id)
        if row is None:
            raise refusals.unknown_session()
        taken = tickets.published_taken(connection, actor.division, [session_id])
    return sitting_shapes.session(row, language, deps.clock.now(), taken)


def public_sittings(deps: Deps, division: str, language: str) -> dict[str, Any]:
    """Sittings of half a year back and eight weeks ahead, with their public topics, and how many were missed ever."""
    today = deps.clock.now().date()
    with deps.database.published() as connection:
        rows = sessions.published(connection, division, "sitting", today - BEHIND, today + AHEAD, MOST)
        told = topics.published(connection, division, [row["session_id"] for row in rows])
        names = _space_names(connection, division)
        tally = sessions.published_tally(connection, division)
    by_session: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in told:
        by_session[row["session_id"]].append({"topic_id": str(row["topic_id"]), **row["facts"]})
    items = [{**_public(row, names, language), "topics": by_session[row["session_id"]]} for row in rows]
    return {"items": items, "held": tally.get("held", 0), "missed": tally.get("missed", 0)}


def public_desks(deps: Deps, division: str, language: str) -> dict[str, Any]:
    """Every kind of desk with what to bring, and its coming sessions with the seats that are free."""
    now = deps.clock.now()
    with deps.database.published() as connection:
        first, last = now.date() - timedelta(days=1), now.date() + AHEAD
        rows = sessions.published(connection, division, "desk", first, last, MOST)
        coming = [row for row in rows if row["ends_at"] > now]
        taken = tickets.published_taken(connection, division, [row["session_id"] for row in coming])
        names = _space_names(connection, division)
    by_desk: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in coming:
        seats = sitting_shapes.hours_of(_as_session(row), taken, now)
        by_desk[row["facts"]["desk"]].append({**_public(row, names, language), "hours": seats})
    items = [
        {
            "desk": desk.code,
            "name": desk.names[language],
            "what_to_bring": list(desk.what_to_bring[language]),
            "referral": desk.referral[language],
            "sessions": by_desk[desk.code],
        }
        for desk in desk_catalogue.desks().values()
    ]
    return {"items": items}


def _space_names(connection: sa.Connection, division: str) -> Mapping[str, Mapping[str, str]]:
    profiles = venue_queries.published_profiles(connection, division)
    return {space["space_id"]: space["names"] for profile in profiles for space in profile["spaces"]}


def _public(row: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: str) -> dict[str, Any]:
    facts, zone = row["facts"], ZoneInfo(row["facts"]["time_zone"])
    attendance = {"outcome": facts["attendance"], "reason": facts["attendance_reason"]}
    return {
        "session_id": str(row["session_id"]),
        "title": facts["titles"][language],
        "space_id": facts["space_id"],
        "space_name": names.get(facts["space_id"], {}).get(language, ""),
        "date": row["on_date"].isoformat(),
        "starts_at": local(row["starts_at"], zone),
        "ends_at": local(row["ends_at"], zone),
        "state": facts["state"],
        "reason": facts["reason"],
        "official": _who(facts["official"], language),
        "substitute": _who(facts["substitute"], language),
        "substitute_reason": facts["substitute_reason"],
        "attendance": attendance if facts["attendance"] else None,
    }


def _who(who: Mapping[str, Any] | None, language: str) -> dict[str, Any] | None:
    return {"office": who["office"], "function": who["functions"][language]} if who else None


def _as_session(row: Mapping[str, Any]) -> Session:
    """Build what the rules of hours need from what is published."""
    facts = row["facts"]
    return Session(
        session_id=row["session_id"],
        version=1,
        kind="desk",
        rota_id=row["session_id"],
        space_id=UUID(facts["space_id"]),
        on_date=row["on_date"],
        from_minute=0,
        minutes=0,
        tz=facts["time_zone"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        state=facts["state"],
        title_zh=facts["titles"]["zh"],
        title_en=facts["titles"]["en"],
        desk_code=facts["desk"],
        capacity_per_hour=facts["capacity_per_hour"],
    )
