# SPDX-License-Identifier: Apache-2.0
"""Taking seats at a desk. Which seat is free the unique index decides, how many there are a check decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import Compiled, UnitOfWork
from chassis.pagination import Page
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.tickets import LIVE, Ticket
from venue.store.sitting_tables import published_seats, sessions, tickets
from venue.store.tables import spaces

# Word for word the predicate of uq_tickets_seat.
HOLDS_A_SEAT = "state NOT IN ('left', 'cancelled')"
_PLAIN = tuple(name for name in Ticket.__dataclass_fields__ if name != "ticket_id")
_NEW = (
    "division_code", "id", "version", "session_id", "capacity_per_hour", "hour_no", "person_id", "taken_by", "channel",
    "on_behalf_reason", "state", "taken_at",
)  # fmt: skip
_SEAT = ["division_code", "session_id", "hour_no", "seat_no"]


def _free_seat() -> Any:
    """The lowest seat of the hour that this statement does not see taken; no row where there is none."""
    taken = tickets.alias("taken")
    wanted = func.generate_series(1, sa.bindparam("capacity_per_hour", type_=sa.Integer)).column_valued("seat_no")
    occupied = sa.exists().where(
        taken.c.division_code == sa.bindparam("division_code"),
        taken.c.session_id == sa.bindparam("session_id", type_=sa.Uuid),
        taken.c.hour_no == sa.bindparam("hour_no", type_=sa.SmallInteger),
        taken.c.seat_no == wanted,
        taken.c.state.not_in(("left", "cancelled")),
    )
    return wanted, sa.select(wanted).where(~occupied).order_by(wanted).limit(1).subquery("free")


def _taking() -> sa.Select[Any]:
    """Take the lowest free seat and tell the public, in one statement."""
    _wanted, free = _free_seat()
    values = [sa.bindparam(name, type_=tickets.c[name].type) for name in _NEW]
    taken = (
        pg.insert(tickets)
        .from_select([*_NEW, "seat_no"], sa.select(*values, free.c.seat_no))
        .on_conflict_do_nothing(index_elements=[tickets.c[name] for name in _SEAT], index_where=sa.text(HOLDS_A_SEAT))
        .returning(*(tickets.c[name] for name in _SEAT))
        .cte("taken")
    )
    published = pg.insert(published_seats).from_select(_SEAT, sa.select(taken)).cte("published")
    offered = sa.select(func.count()).select_from(free).scalar_subquery().label("offered")
    return sa.select(offered, sa.select(taken.c.seat_no).scalar_subquery().label("seat_no")).add_cte(published)


_TAKE = Compiled(_taking())


def take_seat(work: UnitOfWork, values: Mapping[str, Any], capacity: int) -> int | None:
    """Take a seat and return its number; None when the hour has none left.

    Who loses a seat to somebody faster looks again: at most once for every seat there is.
    """
    wanted = {**values, "division_code": work.division, "capacity_per_hour": capacity}
    for _ in range(capacity + 1):
        (seen,) = work.execute_compiled(_TAKE, wanted)
        if seen["seat_no"] is not None:
            return seen["seat_no"]
        if not seen["offered"]:
            return None
    return None


def has_live(work: UnitOfWork, session_id: UUID, person_id: UUID) -> bool:
    """Tell whether the person stands in this queue already."""
    known = tickets.c
    query = sa.select(
        sa.exists().where(
            known.division_code == work.division,
            known.session_id == session_id,
            known.person_id == person_id,
            known.state.in_(LIVE),
        )
    )
    return bool(work.execute(query).scalar_one())


def lock(work: UnitOfWork, ticket_id: UUID) -> Ticket | None:
    """Load a ticket, its row locked first."""
    query = sa.select(tickets).where(tickets.c.division_code == work.division, tickets.c.id == ticket_id)
    row = work.execute(query.with_for_update()).mappings().one_or_none()
    return as_ticket(row) if row else None


def next_waiting(work: UnitOfWork, session_id: UUID) -> Ticket | None:
    """Lock whose turn it is; two counters never get the same."""
    known = tickets.c
    query = (
        sa.select(tickets)
        .where(known.division_code == work.division, known.session_id == session_id, known.state == "waiting")
        .order_by(known.hour_no, known.seat_no)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = work.execute(query).mappings().one_or_none()
    return as_ticket(row) if row else None


def save(work: UnitOfWork, ticket: Ticket) -> None:
    """Store a locked ticket; a seat given back is free for the public too."""
    mine = (tickets.c.division_code == work.division) & (tickets.c.id == ticket.ticket_id)
    work.execute(sa.update(tickets).where(mine).values(**{name: getattr(ticket, name) for name in _PLAIN}))
    if ticket.state == "left":
        seat = published_seats.c
        work.execute(
            sa.delete(published_seats).where(
                seat.division_code == work.division,
                seat.session_id == ticket.session_id,
                seat.hour_no == ticket.hour_no,
                seat.seat_no == ticket.seat_no,
            )
        )


def cancel_all(work: UnitOfWork, session_id: UUID, now: Any) -> int:
    """End the live tickets of a session that will not take place; tell how many."""
    known = tickets.c
    ended = work.execute(
        sa.update(tickets)
        .where(known.division_code == work.division, known.session_id == session_id, known.state.in_(LIVE))
        .values(state="cancelled", ended_at=now, version=known.version + 1)
    )
    return ended.rowcount


def published_taken(
    connection: sa.Connection, division: str, session_ids: Sequence[UUID]
) -> Mapping[tuple[UUID, int], int]:
    """How many seats of each hour are taken, as anyone may know."""
    seat = published_seats.c
    query = (
        sa.select(seat.session_id, seat.hour_no, func.count())
        .where(seat.division_code == division, seat.session_id.in_(session_ids))
        .group_by(seat.session_id, seat.hour_no)
    )
    return {(session_id, hour_no): many for session_id, hour_no, many in connection.execute(query)}


def _rows() -> sa.Select[Any]:
    """Tickets with their session, their room and how many stand before them."""
    mine, before = tickets.c, tickets.alias("before")
    ahead = (
        sa.select(func.count())
        .select_from(before)
        .where(
            before.c.division_code == mine.division_code,
            before.c.session_id == mine.session_id,
            before.c.state.in_(LIVE),
            sa.tuple_(before.c.hour_no, before.c.seat_no) < sa.tuple_(mine.hour_no, mine.seat_no),
        )
        .correlate(tickets)
        .scalar_subquery()
    )
    of_session = ("starts_at", "ends_at", "tz", "desk_code", "space_id", "on_date")
    known = sessions.c
    return (
        sa.select(tickets, ahead.label("ahead"), *(known[name] for name in of_session))
        .add_columns(known.state.label("session_state"), spaces.c.name_zh, spaces.c.name_en)
        .join_from(tickets, sessions, (known.division_code == mine.division_code) & (known.id == mine.session_id))
        .join(spaces, (spaces.c.division_code == known.division_code) & (spaces.c.id == known.space_id))
    )


def one(connection: sa.Connection, division: str, ticket_id: UUID) -> Mapping[str, Any] | None:
    """One ticket with its session."""
    query = _rows().where(tickets.c.division_code == division, tickets.c.id == ticket_id)
    return connection.execute(query).mappings().one_or_none()


def of_person(connection: sa.Connection, division: str, person_id: UUID, page: Page) -> list[Mapping[str, Any]]:
    """A page of a person's tickets, newest first."""
    mine = tickets.c
    query = _rows().where(
        mine.division_code == division, mine.person_id == person_id, page.clause(mine.id, descending=True)
    )
    return list(connection.execute(query.order_by(mine.id.desc()).limit(page.limit + 1)).mappings())


def queue(connection: sa.Connection, division: str, session_id: UUID, most: int) -> list[Mapping[str, Any]]:
    """A session's tickets in the order in which they are called, without those given back."""
    mine = tickets.c
    query = _rows().where(
        mine.division_code == division, mine.session_id == session_id, mine.state.not_in(("left", "cancelled"))
    )
    return list(connection.execute(query.order_by(mine.hour_no, mine.seat_no).limit(most)).mappings())


def as_ticket(row: Mapping[str, Any]) -> Ticket:
    """Build a ticket from its row."""
    return Ticket(ticket_id=row["id"], **{name: row[name] for name in _PLAIN})
