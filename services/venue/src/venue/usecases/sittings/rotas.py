# SPDX-License-Identifier: Apache-2.0
"""Plan sittings and desks week by week; their dates become sessions eight weeks ahead, again every night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain.opening import hours
from venue.domain.refusals import expect_version
from venue.domain.sittings import rotas, sittings
from venue.domain.sittings import sitting_refusals as refusals
from venue.domain.sittings.rotas import AHEAD, Official, Rota
from venue.domain.sittings.sittings import Session
from venue.store.sittings import desk_catalogue, sessions
from venue.store.sittings import rotas as store
from venue.usecases.each_community import each_of_them
from venue.usecases.one_act import one_act
from venue.usecases.sittings import session_rooms, sitting_shapes, ticket_news, topics


@dataclass(frozen=True)
class NewRota:
    """A plan as staff write it down."""

    kind: str
    space_id: UUID
    weekdays: tuple[int, ...]
    from_minute: int
    minutes: int
    title_zh: str
    title_en: str
    valid_from: date
    valid_until: date | None = None
    officials: tuple[Official, ...] = ()
    desk_code: str | None = None
    capacity_per_hour: int | None = None


def create_rota(deps: Deps, actor: Actor, new: NewRota, attempt: Attempt) -> Reply:
    """Store a plan and the sessions of its first eight weeks; the answer names the dates that found no room."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        room = session_rooms.room_of(work, new.space_id)
        rota = Rota(rota_id=uuid7(), version=1, tz=room.tz, **vars(new))
        _require_complete(rota)
        rotas.require_possible(rota, hours.local_date(now, ZoneInfo(room.tz)))
        store.insert(work, rota, now)
        made = _make_sessions(deps, work, rota, now)
        work.audit("rota.created", "rota", rota.rota_id, {"kind": rota.kind}, attempt.request_id)
        names = {"name_zh": room.name_zh, "name_en": room.name_en}
        return sitting_shapes.rota(rota, names, attempt.language, made), etag(1)

    return one_act(deps, actor, attempt, "create_rota", act, 201)


def end_rota(deps: Deps, actor: Actor, rota_id: UUID, last: date, attempt: Attempt) -> Reply:
    """Let a plan end with a day; sessions planned after it are taken back, their tickets too."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        now = deps.clock.now()
        rota = store.lock(work, rota_id)
        if rota is None:
            raise refusals.unknown_rota()
        expect_version(rota.version, attempt.if_match)
        if last < rota.valid_from:
            raise refusals.ends_before_it_starts()
        ended = replace(rota, version=rota.version + 1, valid_until=last)
        store.save_end(work, ended)
        gone = sessions.coming(work, rota_id, now, after=last)
        for session in gone:
            session_rooms.leave(deps, work, session)
            ticket_news.cancel(work, session, now)
            sessions.save(work, [sittings.cancelled(session, "rota_ended")])
        for session in gone:
            topics.carry_over(work, session, now)
        work.audit("rota.ended", "rota", rota_id, {"last": last.isoformat()}, attempt.request_id)
        return sitting_shapes.rota(ended, store.names_of(work, rota), attempt.language, []), etag(ended.version)

    return one_act(deps, actor, attempt, "end_rota", act, 200)


def list_rotas(deps: Deps, actor: Actor, kind: str | None, page: Page, language: str) -> dict[str, Any]:
    """The community's plans, newest first."""
    with deps.database.read(actor) as connection:
        rows = store.page_of(connection, actor.division, kind, page)
    shown, cursor = page.cut(rows, lambda row: (row["id"],))
    items = [sitting_shapes.rota(store.as_rota(row), row, language, []) for row in shown]
    return {"items": items, "next_cursor": cursor}


def roll_rotas(deps: Deps) -> int:
    """Make the sessions that have come within eight weeks, in every community; doing it twice makes none twice.

    Where the rules of a time zone have changed since, sessions to come keep their wall time; those without a room are
    given theirs where it is free by now.
    """
    today = deps.clock.now().date()
    return each_of_them(
        deps,
        "roll_rotas",
        lambda connection, division: store.going_on(connection, division, today),
        lambda work, rota_id: _roll(deps, work, rota_id),
    )


def _roll(deps: Deps, work: UnitOfWork, rota_id: UUID) -> None:
    now, rota = deps.clock.now(), store.lock(work, rota_id)
    assert rota is not None  # rotas are never deleted
    for session in sessions.coming(work, rota_id, now):
        look_after(deps, work, session)
    _make_sessions(deps, work, rota, now)


def look_after(deps: Deps, work: UnitOfWork, session: Session) -> None:
    """Keep its wall time, and try again for the room it did not get or lost; staff may have been quicker."""
    zone = ZoneInfo(session.tz)
    starts_at = hours.instant(session.on_date, session.from_minute, zone)
    ends_at = hours.instant(session.on_date, session.from_minute + session.minutes, zone)
    if (starts_at, ends_at) != (session.starts_at, session.ends_at):
        changed = session_rooms.try_again(deps, work, sittings.moved(session, starts_at, ends_at))
    elif session.state == "unplaced":
        changed = session_rooms.try_again(deps, work, sittings.placed(session, session.space_id))
        if changed.state == "unplaced":
            return
    else:
        return
    sessions.save(work, [changed])
    ticket_news.session_changed(work, session, changed)
    session_rooms.set_alarm(work, changed)


def _make_sessions(deps: Deps, work: UnitOfWork, rota: Rota, now: datetime) -> list[sittings.Session]:
    today = hours.local_date(now, ZoneInfo(rota.tz))
    first, last = max(today, rota.valid_from), today + AHEAD
    known = sessions.dates_of(work, rota.rota_id, first)
    new = [sittings.new_session(rota, day, uuid7()) for day in rota.dates(first, last) if day not in known]
    return session_rooms.add(deps, work, [one for one in new if one.starts_at > now], now)


def _require_complete(rota: Rota) -> None:
    is_desk = rota.kind == "desk"
    if is_desk != (rota.desk_code is not None) or is_desk != (rota.capacity_per_hour is not None):
        raise refusals.needs_officials()
    if not is_desk and not rota.officials:
        raise refusals.needs_officials()
    if is_desk and rota.desk_code not in desk_catalogue.desks():
        raise refusals.unknown_desk()
