# SPDX-License-Identifier: Apache-2.0
"""Loading and saving sessions, and what the public reads of them, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.sittings.rotas import Official
from venue.domain.sittings.sittings import Session
from venue.domain.sittings.tickets import LIVE
from venue.store.sittings.sitting_tables import published_sessions, sessions, tickets
from venue.store.tables import occupancies, spaces

_SPECIAL = ("session_id", "official", "substitute")
_PLAIN = tuple(name for name in Session.__dataclass_fields__ if name not in _SPECIAL)
NOON_OF_THE_NEXT_DAY = timedelta(days=1, hours=12)  # as Session.deadline has it
_OFFICIAL = ("office", "function_zh", "function_en", "officer_id")


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions a list shows; None means any."""

    kind: str | None = None
    state: str | None = None
    first: date | None = None
    last: date | None = None
    unrecorded: bool = False  # sittings that are over and wait for attendance, or for why nobody came


def insert(work: UnitOfWork, new: Sequence[Session]) -> None:
    """Store new sessions."""
    if new:
        work.execute(sa.insert(sessions), [{"division_code": work.division, **_row(one)} for one in new])


def lock(work: UnitOfWork, session_id: UUID, *, share: bool = False) -> Session | None:
    """Load a session, its row locked first; ``share`` lets others who also only share it go on."""
    query = sa.select(sessions).where(sessions.c.division_code == work.division, sessions.c.id == session_id)
    row = work.execute(query.with_for_update(read=share, key_share=share)).mappings().one_or_none()
    return as_session(row) if row else None


def save(work: UnitOfWork, changed: Sequence[Session]) -> None:
    """Store sessions that were locked, and tell the public."""
    for one in changed:
        mine = (sessions.c.division_code == work.division) & (sessions.c.id == one.session_id)
        work.execute(sa.update(sessions).where(mine).values(**_row(one)))
    publish(work, changed)


def publish(work: UnitOfWork, told: Sequence[Session]) -> None:
    """Tell the public of sessions: office and function, never an officer."""
    if not told:
        return
    rows = [
        {
            "division_code": work.division,
            "session_id": one.session_id,
            "kind": one.kind,
            "on_date": one.on_date,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "facts": _facts(one),
        }
        for one in told
    ]
    statement = pg.insert(published_sessions)
    changing = ("starts_at", "ends_at", "facts")
    work.execute(
        statement.on_conflict_do_update(
            constraint="pk_published_sessions", set_={name: statement.excluded[name] for name in changing}
        ),
        rows,
    )


def dates_of(work: UnitOfWork, rota_id: UUID, first: date) -> set[date]:
    """On which days from ``first`` on the rota has a session already."""
    known = sessions.c
    query = sa.select(known.on_date).where(
        known.division_code == work.division, known.rota_id == rota_id, known.on_date >= first
    )
    return set(work.execute(query).scalars())


def coming(work: UnitOfWork, rota_id: UUID, now: datetime, after: date | None = None) -> list[Session]:
    """The rota's sessions that have not started and may still change, locked in their order."""
    known = sessions.c
    query = sa.select(sessions).where(
        known.division_code == work.division,
        known.rota_id == rota_id,
        known.starts_at > now,
        known.state.in_(("planned", "unplaced")),
    )
    if after is not None:
        query = query.where(known.on_date > after)
    return [as_session(row) for row in work.execute(query.order_by(known.id).with_for_update()).mappings()]


def without_room(work: UnitOfWork, venue_id: UUID, now: datetime) -> list[Session]:
    """The sessions of a venue's rooms that have not started and have no room, locked in their order."""
    known, room = sessions.c, spaces.c
    rooms = sa.select(room.id).where(
        room.division_code == work.division, room.venue_id == venue_id, room.retired_at.is_(None)
    )
    query = sa.select(sessions).where(
        known.division_code == work.division,
        known.state == "unplaced",
        known.starts_at > now,
        known.space_id.in_(rooms),
    )
    return [as_session(row) for row in work.execute(query.order_by(known.id).with_for_update()).mappings()]


def next_sitting(work: UnitOfWork, after: Session, now: datetime) -> UUID | None:
    """The next sitting after one that will still take place: of the same plan if there is one, else of any."""
    known = sessions.c
    query = (
        sa.select(known.id)
        .where(
            known.division_code == work.division,
            known.kind == "sitting",
            known.state.in_(("planned", "unplaced")),
            known.starts_at > max(after.starts_at, now),
        )
        .order_by(known.rota_id != after.rota_id, known.starts_at, known.id)
        .limit(1)
    )
    return work.execute(query).scalar_one_or_none()


def ended_unrecorded(work: UnitOfWork, now: datetime) -> list[Session]:
    """Sittings that ended with a room and without anybody recording attendance, locked in their order."""
    known = sessions.c
    query = sa.select(sessions).where(
        known.division_code == work.division,
        known.kind == "sitting",
        known.state == "planned",
        known.ends_at <= now,
    )
    return [as_session(row) for row in work.execute(query.order_by(known.id).with_for_update()).mappings()]


def with_live_tickets(work: UnitOfWork, ended_by: datetime) -> list[Session]:
    """Sessions that ended by an instant while somebody still has a number for them."""
    known, held = sessions.c, tickets.c
    live = sa.exists().where(
        held.division_code == known.division_code, held.session_id == known.id, held.state.in_(LIVE)
    )
    query = sa.select(sessions).where(known.division_code == work.division, known.ends_at <= ended_by, live)
    return [as_session(row) for row in work.execute(query.order_by(known.id)).mappings()]


def holding(work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime) -> list[Session]:
    """The sessions that hold any of these atoms between two instants, locked in their order."""
    held, known = occupancies.c, sessions.c
    holders = sa.select(held.session_id).where(
        held.division_code == work.division,
        held.atom_id.in_(atom_ids),
        held.active,
        held.ends_at > starts_at,
        held.starts_at < ends_at,
        held.kind == "session",
    )
    query = sa.select(sessions).where(known.division_code == work.division, known.id.in_(holders))
    return [as_session(row) for row in work.execute(query.order_by(known.id).with_for_update()).mappings()]


def closed_by(work: UnitOfWork, atom_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a closure is among what holds these atoms: it says why a session found no room."""
    held = occupancies.c
    query = sa.select(
        sa.exists().where(
            held.division_code == work.division,
            held.atom_id.in_(atom_ids),
            held.active,
            held.ends_at > starts_at,
            held.starts_at < ends_at,
            held.kind == "closure",
        )
    )
    return bool(work.execute(query).scalar_one())


def _rows() -> sa.Select[Any]:
    known = sessions.c
    joined = (spaces.c.division_code == known.division_code) & (spaces.c.id == known.space_id)
    return sa.select(sessions, spaces.c.name_zh, spaces.c.name_en, spaces.c.venue_id).join_from(
        sessions, spaces, joined
    )


def one(connection: sa.Connection, division: str, session_id: UUID) -> Mapping[str, Any] | None:
    """One session with its room's name."""
    query = _rows().where(sessions.c.division_code == division, sessions.c.id == session_id)
    return connection.execute(query).mappings().one_or_none()


def page_of(
    connection: sa.Connection, division: str, wanted: SessionFilter, page: Page, now: datetime
) -> list[Mapping[str, Any]]:
    """A page of sessions, earliest first; one row more than the page holds tells that there is another."""
    known = sessions.c
    conditions = [known.division_code == division, page.clause(known.starts_at, known.id)]
    if wanted.kind is not None:
        conditions.append(known.kind == wanted.kind)
    if wanted.state is not None:
        conditions.append(known.state == wanted.state)
    if wanted.first is not None:
        conditions.append(known.on_date >= wanted.first)
    if wanted.last is not None:
        conditions.append(known.on_date <= wanted.last)
    if wanted.unrecorded:
        conditions.append(_unrecorded(now))
    query = _rows().where(*conditions).order_by(known.starts_at, known.id).limit(page.limit + 1)
    return list(connection.execute(query).mappings())


def _unrecorded(now: datetime) -> sa.ColumnElement[bool]:
    """Over, and without a word whether somebody came; or missed, and without a reason."""
    known = sessions.c
    deadline = func.timezone(known.tz, sa.cast(known.on_date, sa.DateTime) + NOON_OF_THE_NEXT_DAY)
    recordable = sa.and_(known.state.in_(("planned", "unplaced")), known.ends_at <= now, deadline > now)
    unexplained = sa.and_(known.state == "missed", known.attendance_reason.is_(None))
    return sa.and_(known.kind == "sitting", sa.or_(recordable, unexplained))


def published(
    connection: sa.Connection, division: str, kind: str, first: date, last: date, most: int
) -> list[Mapping[str, Any]]:
    """What the public may read of a kind of sessions between two days, earliest first; of too many, the latest."""
    shown = published_sessions.c
    query = (
        sa.select(published_sessions)
        .where(shown.division_code == division, shown.kind == kind, shown.on_date.between(first, last))
        .order_by(shown.starts_at.desc(), shown.session_id.desc())
        .limit(most)
    )
    return list(reversed(connection.execute(query).mappings().all()))


def published_tally(connection: sa.Connection, division: str) -> Mapping[str, int]:
    """How many sittings were held and how many missed, ever: counts of things, always shown."""
    shown = published_sessions.c
    state = shown.facts["state"].astext
    query = sa.select(state.label("state"), func.count().label("many")).where(
        shown.division_code == division, shown.kind == "sitting", state.in_(("held", "missed"))
    )
    return {row.state: row.many for row in connection.execute(query.group_by(state))}


def as_session(row: Mapping[str, Any]) -> Session:
    """Build a session from its row."""
    return Session(
        session_id=row["id"],
        official=_official(row, ""),
        substitute=_official(row, "substitute_"),
        **{name: row[name] for name in _PLAIN},
    )


def _official(row: Mapping[str, Any], prefix: str) -> Official | None:
    values = [row[prefix + name] for name in _OFFICIAL]
    return Official(*values) if values[0] is not None else None


def _row(session: Session) -> dict[str, Any]:
    row: dict[str, Any] = {"id": session.session_id, **{name: getattr(session, name) for name in _PLAIN}}
    for prefix, who in (("", session.official), ("substitute_", session.substitute)):
        row |= {prefix + name: getattr(who, name) if who else None for name in _OFFICIAL}
    return row


def _facts(session: Session) -> dict[str, Any]:
    """Everything anyone may know; both languages, for the reader to choose."""
    return {
        "space_id": str(session.space_id),
        "time_zone": session.tz,
        "state": session.state,
        "titles": {"zh": session.title_zh, "en": session.title_en},
        "reason": session.reason,
        "official": _public(session.official),
        "substitute": _public(session.substitute),
        "substitute_reason": session.substitute_reason,
        "attendance": session.attendance,
        "attendance_reason": session.attendance_reason,
        "desk": session.desk_code,
        "capacity_per_hour": session.capacity_per_hour,
    }


def _public(who: Official | None) -> dict[str, Any] | None:
    return {"office": who.office, "functions": {"zh": who.function_zh, "en": who.function_en}} if who else None
