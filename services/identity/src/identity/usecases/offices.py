# SPDX-License-Identifier: Apache-2.0
"""Offices: who serves where and for which term."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.pagination import Page
from chassis.reply import Reply, etag

from identity.domain import events
from identity.domain import offices as rules
from identity.domain.divisions import CHENGDU
from identity.store import divisions
from identity.store import offices as store
from identity.store.persons import Persons
from identity.usecases.attempt import IN_PROCESS, as_id, check_version

if TYPE_CHECKING:
    from identity.bootstrap import Deps

EXPIRED = "term over"
Answer = tuple[dict[str, Any], dict[str, str]]


def list_offices(
    deps: Deps, actor: Actor, page: Page, person: str | UUID | None = None, running: bool = True
) -> dict[str, Any]:
    """List the offices exercised in the actor's community."""
    today = _day(deps.clock.now()) if running else None
    with deps.database.read(actor) as connection:
        rows, cursor = store.page(connection, actor.division, page, as_id(person), today)
    return {"items": [_shown(row) for row in rows], "next_cursor": cursor}


def assign_office(deps: Deps, actor: Actor, command: dict[str, Any], call: Any = IN_PROCESS) -> Reply:
    """Give a registered person an office for a term: ``person_id``, ``office``, ``starts_on``, ``ends_on``.

    ``place`` defaults to the actor's division and may be another one for callers inside the process alone: the
    office of a street officer is kept where the officer is registered. Raises NotFound, Unprocessable (own_office,
    term_invalid, office_of_another_tier, place_unknown); 409 office_held or offices_incompatible.
    """
    with deps.database.unit_of_work(actor) as work:
        reply = work.once(call, "assign_office", lambda: _assign(deps, work, command, call.request_id))
        work.commit()
    return reply


def end_office(
    deps: Deps, actor: Actor, office_id: str | UUID, command: dict[str, Any], call: Any = IN_PROCESS
) -> Reply:
    """End an office before its term, with a ``reason``. Raises NotFound, PreconditionFailed; 409 office_over."""
    with deps.database.unit_of_work(actor) as work:
        reply = work.once(call, "end_office", lambda: _end(work, as_id(office_id), command, call))
        work.commit()
    return reply


def end_expired_offices(deps: Deps) -> int:
    """Write down, community by community, the end of every office whose last day has passed; return how many.

    Permissions never wait for this: a token is only made for a term that runs on the day.
    """
    with deps.database.published() as connection:
        communities = divisions.open_codes(connection, "community")
    ended = 0
    for community in communities:
        with deps.database.sweep(Actor.system(community, "expired-offices")) as work:
            rows = store.expired(work.connection, community, _day(work.clock.now()))
            for row in rows:
                _write_ending(work, row, EXPIRED, is_expired=True)
            work.commit()
        ended += len(rows)
    return ended


def _assign(deps: Deps, work: UnitOfWork, command: dict[str, Any], request_id: str | None) -> Answer:
    person_id, office, place = UUID(str(command["person_id"])), command["office"], command.get("place", work.division)
    starts_on, ends_on = _date(command["starts_on"]), _date(command["ends_on"])
    if work.actor.subject == str(person_id):
        raise Unprocessable("own_office", zh="不能给自己安排职务。", en="Nobody gives an office to oneself.")
    rules.check_assignment(office, place, starts_on, ends_on)
    if Persons(work.connection, deps.sealer, work.division).find(person_id, lock=True) is None:
        raise NotFound("person_not_found")
    _check_place(work, place)
    _check_others(work, person_id, office, place)
    row = {
        "division_code": work.division,
        "office_id": uuid7(),
        "person_id": person_id,
        "office": office,
        "place": place,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    store.insert(work.connection, row)
    work.outbox.add(events.office_assigned(row["office_id"], person_id, office, place, starts_on, ends_on))
    work.audit("office.assigned", "office", row["office_id"], {"office": office, "place": place}, request_id)
    shown = {name: row[name] for name in ("office_id", "person_id", "office", "place", "starts_on", "ends_on")}
    return {**shown, "ended_at": None, "version": 1}, etag(1)


def _check_place(work: UnitOfWork, place: str) -> None:
    if place != work.division and divisions.find(work.connection, place) is None:
        raise Unprocessable("place_unknown", zh="区划目录里没有这个代码。", en="The list has no such division.")


def _check_others(work: UnitOfWork, person_id: UUID, office: str, place: str) -> None:
    """Close what has run out, then look at what is open; the person's row is locked, so nobody assigns beside us."""
    today, still_open = _day(work.clock.now()), []
    for row in store.open_of(work.connection, work.division, person_id):
        if row.ends_on < today:
            _write_ending(work, row, EXPIRED, is_expired=True)
        else:
            still_open.append((row.office, row.place))
    rules.check_compatible(office, place, still_open)


def _end(work: UnitOfWork, office_id: UUID | None, command: dict[str, Any], call: Any) -> Answer:
    row = store.lock(work.connection, work.division, office_id) if office_id else None
    if row is None or row.place != work.division:
        raise NotFound("office_not_found")
    check_version(call.if_match, row.version)
    if row.ended_at is not None:
        raise Conflict("office_over", zh="这个职务已经结束。", en="This office has already ended.")
    ended = _write_ending(work, row, command["reason"].strip(), is_expired=False, request_id=call.request_id)
    return _shown(ended), etag(ended.version)


def _write_ending(
    work: UnitOfWork, row: sa.Row[Any], reason: str, *, is_expired: bool, request_id: str | None = None
) -> sa.Row[Any]:
    ended = store.end(work.connection, work.division, row.office_id, work.clock.now(), reason)
    work.outbox.add(
        events.office_ended(
            ended.office_id, ended.version, ended.person_id, ended.office, ended.place, ended.ended_at, is_expired
        )
    )
    work.audit("office.ended", "office", ended.office_id, {"is_expired": is_expired}, request_id)
    return ended


def _shown(row: Any) -> dict[str, Any]:
    names = ("office_id", "person_id", "office", "place", "starts_on", "ends_on", "ended_at", "version")
    return {name: getattr(row, name) for name in names}


def _day(instant: Any) -> date:
    return instant.astimezone(CHENGDU).date()


def _date(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
