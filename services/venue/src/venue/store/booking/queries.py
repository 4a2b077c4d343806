# SPDX-License-Identifier: Apache-2.0
"""Reads. The number of statements never depends on how many rooms, days or bookings there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page
from sqlalchemy import func
from sqlalchemy.dialects import postgresql as pg

from venue.domain.booking.availability import Held
from venue.store.booking.bookings import LIVE
from venue.store.booking.quota_tables import booking_parts
from venue.store.tables import (
    INSTANT,
    bookings,
    occupancies,
    published_busy_times,
    reversals,
    settlements,
    spaces,
    venues,
)

AHEAD = ("requested", "held", "confirmed", "checked_in")  # not ended yet, whatever the clock says


@dataclass(frozen=True)
class BookingFilter:
    """Which bookings a list shows; None means any. ``coming`` at ``now``: still to come or going on, or not."""

    person_id: UUID | None = None
    booking_id: UUID | None = None
    on: date | None = None
    space_id: UUID | None = None
    state: str | None = None
    pick_up_code: str | None = None
    coming: bool | None = None
    now: datetime | None = None


_HELD = sa.text("""
    SELECT atom_id, mine, lower(during), upper(during), kind, label FROM (
        SELECT held.atom_id, piece.mine,
            CASE held.kind WHEN 'hold' THEN 'booking' ELSE held.kind END AS kind,
            CASE WHEN held.kind IN ('closure', 'session') THEN (
                SELECT ARRAY[told.label_zh, told.label_en] FROM published_busy_times told
                WHERE told.division_code = held.division_code AND told.atom_id = held.atom_id
                    AND told.ends_at = held.ends_at) END AS label,
            unnest(range_agg(piece.during)) AS during
        FROM occupancies held
        LEFT JOIN bookings booking ON booking.division_code = held.division_code AND booking.id = held.booking_id
        CROSS JOIN LATERAL (
            SELECT held.during, false AS mine
            UNION ALL SELECT tstzrange(booking.starts_at, booking.ends_at), true WHERE booking.person_id = :person_id
        ) AS piece
        WHERE held.division_code = :division AND held.atom_id = ANY(:atom_ids) AND held.active
            AND held.ends_at > :starts_at AND held.starts_at < :ends_at
            AND (held.hold_expires_at IS NULL OR held.hold_expires_at > :now)
            AND (held.booking_id IS NULL OR held.booking_id IS DISTINCT FROM :besides)
        GROUP BY 1, 2, 3, 4
    ) AS joined
    """).bindparams(
    sa.bindparam("person_id", type_=sa.Uuid), sa.bindparam("atom_ids", type_=pg.ARRAY(sa.Uuid)),
    sa.bindparam("besides", type_=sa.Uuid), sa.bindparam("now", type_=INSTANT),
)  # fmt: skip


def held_atoms(
    connection: sa.Connection,
    division: str,
    atom_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    *,
    person_id: UUID | None,
    now: datetime | None = None,
    besides: UUID | None = None,
) -> Mapping[UUID, list[Held]]:
    """What is held of these atoms between two instants, by atom; ``besides`` leaves one booking out.

    A hold that has run out by ``now`` holds nothing, though no clock has looked at it yet; without ``now`` it does.

    Plain comparisons on the generated columns: a range operator would lose the index under row-level security.
    Adjacent times of other people come as one: fewer rows, and nobody counts somebody else's bookings. One's own come
    twice: as what they hold, and without setup and cleanup as what is ``mine``.
    """
    rows = connection.execute(
        _HELD,
        {
            "division": division,
            "atom_ids": list(atom_ids),
            "starts_at": starts_at,
            "ends_at": ends_at,
            "person_id": person_id,
            "besides": besides,
            "now": now or datetime.min.replace(tzinfo=UTC),
        },
    )
    found: dict[UUID, list[Held]] = defaultdict(list)
    for atom_id, mine, held_from, held_until, kind, label in rows:
        found[atom_id].append(Held(held_from, held_until, mine, kind, tuple(label) if label else None))
    return found


def is_held(
    connection: sa.Connection,
    division: str,
    atom_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> bool:
    """Tell whether any of the atoms is held between two instants. A hold that has run out holds nothing."""
    held = occupancies.c
    taken = sa.select(held.atom_id).where(
        held.division_code == division,
        held.atom_id.in_(list(atom_ids)),
        held.active,
        held.ends_at > starts_at,
        held.starts_at < ends_at,
        sa.or_(held.hold_expires_at.is_(None), held.hold_expires_at > now),
    )
    return bool(connection.execute(sa.select(sa.exists(taken))).scalar())


def _latest_settlements() -> sa.Lateral:
    settlement, reversal = settlements.c, reversals.c
    return (
        sa.select(
            settlement.id.label("settlement_id"),
            settlement.receipt_no,
            settlement.amount_fen,
            settlement.method,
            settlement.settled_at,
            reversal.reversed_at,
        )
        .outerjoin_from(
            settlements,
            reversals,
            (reversal.division_code == settlement.division_code) & (reversal.settlement_id == settlement.id),
        )
        .where(settlement.division_code == bookings.c.division_code, settlement.booking_id == bookings.c.id)
        .order_by(settlement.attempt.desc())
        .limit(1)
        .lateral("latest")
    )


def parts_as_json() -> sa.ScalarSelect[Any]:
    """Gather the stretches of a booking that lies in several regimes; null for any other."""
    part = booking_parts.c
    columns = [part.starts_at, part.ends_at, part.regime_code, part.price_fen_per_hour, part.price_fen]
    return (
        sa.select(func.jsonb_agg(func.jsonb_build_array(*columns)))
        .where(part.division_code == bookings.c.division_code, part.booking_id == bookings.c.id, bookings.c.split)
        .correlate(bookings)
        .scalar_subquery()
    )


def equipment_as_json() -> sa.ColumnElement[Any]:
    """Gather what a booking has with its room, or asks for with it: (equipment, quantity); null where nothing."""
    return sa.literal_column("""(
        SELECT jsonb_agg(jsonb_build_array(equipment_id, quantity)) FROM (
            SELECT promised.equipment_id, promised.quantity FROM equipment_holds promised
            WHERE promised.division_code = bookings.division_code AND promised.booking_id = bookings.id
                AND promised.active
            UNION ALL
            SELECT asked.equipment_id, asked.quantity FROM requested_equipment asked
            WHERE asked.division_code = bookings.division_code AND asked.booking_id = bookings.id
                AND bookings.state = 'requested'
            UNION ALL
            SELECT item.equipment_id, count(*) FROM occupancies held
            JOIN atoms item ON item.division_code = held.division_code AND item.id = held.atom_id
            WHERE held.division_code = bookings.division_code AND held.booking_id = bookings.id AND held.active
                AND item.equipment_id IS NOT NULL
            GROUP BY 1
        ) AS had)""")


def _bookings() -> sa.Select[Any]:
    latest, booking = _latest_settlements(), bookings.c
    return (
        sa.select(
            bookings,
            spaces.c.name_zh,
            spaces.c.name_en,
            venues.c.name_zh.label("venue_name_zh"),
            venues.c.name_en.label("venue_name_en"),
            venues.c.late_cancel_minutes,
            parts_as_json().label("parts"),
            equipment_as_json().label("equipment"),
            *latest.c,
        )
        .join_from(
            bookings, spaces, (spaces.c.division_code == booking.division_code) & (spaces.c.id == booking.space_id)
        )
        .join(venues, (venues.c.division_code == booking.division_code) & (venues.c.id == booking.venue_id))
        .outerjoin(latest, sa.true())
    )


def _wanted(division: str, wanted: BookingFilter) -> list[sa.ColumnElement[bool]]:
    booking = bookings.c
    conditions = [booking.division_code == division]
    for column, value in (
        (booking.person_id, wanted.person_id),
        (booking.id, wanted.booking_id),
        (booking.space_id, wanted.space_id),
        (booking.state, wanted.state),
        (booking.pick_up_code, wanted.pick_up_code),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.pick_up_code is not None and wanted.state is None:
        conditions.append(sa.text("bookings." + LIVE))  # the code of a cancelled booking may live on in another
    if wanted.coming is not None:
        ahead = booking.state.in_(AHEAD) & (booking.ends_at > wanted.now)
        conditions.append(ahead if wanted.coming else ~ahead)
    if wanted.on is not None:
        midnight = datetime.combine(wanted.on, datetime.min.time())
        conditions += [booking.local_start >= midnight, booking.local_start < midnight + timedelta(days=1)]
    return conditions


def booking(connection: sa.Connection, division: str, wanted: BookingFilter) -> Mapping[str, Any] | None:
    """One booking with its names and latest settlement."""
    return connection.execute(_bookings().where(*_wanted(division, wanted))).mappings().one_or_none()


def booking_page(
    connection: sa.Connection, division: str, wanted: BookingFilter, page: Page, *, latest_first: bool
) -> list[Mapping[str, Any]]:
    """A page of bookings by start; one row more than the page holds tells that there is another."""
    key = (bookings.c.local_start, bookings.c.id)
    order = [column.desc() if latest_first else column.asc() for column in key]
    query = (
        _bookings()
        .where(*_wanted(division, wanted), page.clause(*key, descending=latest_first))
        .order_by(*order)
        .limit(page.limit + 1)
    )
    return list(connection.execute(query).mappings())


def published_busy(
    connection: sa.Connection,
    division: str,
    atom_ids: Sequence[UUID],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> list[Held]:
    """When any of these atoms is taken at ``now``, as anyone may know; closures and sessions say what they are."""
    busy = published_busy_times.c
    query = sa.select(busy.starts_at, busy.ends_at, busy.kind, busy.label_zh, busy.label_en).where(
        busy.division_code == division,
        busy.atom_id.in_(atom_ids),
        busy.ends_at > starts_at,
        busy.starts_at < ends_at,
        sa.or_(busy.held_until.is_(None), busy.held_until > now),
    )
    return [
        Held(start, end) if kind == "busy" else Held(start, end, kind=kind, label=(label_zh, label_en))
        for start, end, kind, label_zh, label_en in connection.execute(query)
    ]
