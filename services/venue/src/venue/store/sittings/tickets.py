# SPDX-License-Identifier: Apache-2.0
"""Taking seats at a desk. Which seat is free the unique index decides, how many there are a check decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from chassis.pagination import Page
from psycopg.rows import tuple_row
from sqlalchemy import func

from venue.domain.sittings.tickets import LIVE, Ticket
from venue.store.sittings.sitting_tables import published_seats, sessions, tickets
from venue.store.tables import spaces

_PLAIN = tuple(name for name in Ticket.__dataclass_fields__ if name != "ticket_id")

# The lowest seat of the hour that this statement does not see taken, and the public told of it, in one statement. The
# predicate of the conflict is word for word that of uq_tickets_seat.
_TAKE = """
    WITH free AS (
        SELECT seat_no FROM generate_series(1, %(seats)s::smallint) AS free_seats (seat_no)
        WHERE NOT EXISTS (
            SELECT FROM tickets taken
            WHERE taken.division_code = %(division)s AND taken.session_id = %(session_id)s
                AND taken.hour_no = %(hour_no)s AND taken.seat_no = free_seats.seat_no
                AND taken.state NOT IN ('left', 'cancelled'))
        ORDER BY seat_no LIMIT 1
    ), taken AS (
        INSERT INTO tickets (division_code, id, version, session_id, capacity_per_hour, hour_no, seat_no, person_id,
            taken_by, channel, on_behalf_reason, state, taken_at)
        SELECT %(division)s, %(id)s, 1, %(session_id)s, %(capacity)s, %(hour_no)s, free.seat_no, %(person_id)s,
            %(taken_by)s, %(channel)s, %(reason)s, 'waiting', %(taken_at)s
        FROM free
        ON CONFLICT (division_code, session_id, hour_no, seat_no) WHERE state NOT IN ('left', 'cancelled') DO NOTHING
        RETURNING session_id, hour_no, seat_no
    ), published AS (
        INSERT INTO published_seats (division_code, session_id, hour_no, seat_no)
        SELECT %(division)s, session_id, hour_no, seat_no FROM taken
    )
    SELECT (SELECT count(*) FROM free), (SELECT seat_no FROM taken)"""


def take_seat(work: UnitOfWork, values: Mapping[str, Any], seats: int) -> int | None:
    """Take one of an hour's ``seats`` and return its number; None when the hour has none left.

    Who loses a seat to somebody faster looks again: at most once for every seat there is.
    """
    wanted = {**values, "division": work.division, "seats": seats}
    for _ in range(seats + 1):
        with work.driver.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(_TAKE, wanted)
            ((offered, seat_no),) = cursor.fetchall()
        if seat_no is not None or not offered:
            return seat_no
    return None


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


def lock_live(work: UnitOfWork, session_ids: Sequence[UUID]) -> list[Ticket]:
    """The live tickets of sessions, locked in their order."""
    known = tickets.c
    query = sa.select(tickets).where(
        known.division_code == work.division, known.session_id.in_(session_ids), known.state.in_(LIVE)
    )
    return [as_ticket(row) for row in work.execute(query.order_by(known.id).with_for_update()).mappings()]


def save_all(work: UnitOfWork, changed: Sequence[Ticket]) -> None:
    """Store tickets that were locked and have changed alike: their state, when they ended, and one version more."""
    if not changed:
        return
    known, one = tickets.c, changed[0]
    mine = (known.division_code == work.division) & known.id.in_([ticket.ticket_id for ticket in changed])
    alike = {"ended_at": one.ended_at, "version": known.version + 1}
    if one.ended_at is not None:
        alike["state"] = one.state
    work.execute(sa.update(tickets).where(mine).values(alike))


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
        .add_columns(
            known.state.label("session_state"), known.reason.label("session_reason"), spaces.c.name_zh, spaces.c.name_en
        )
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
