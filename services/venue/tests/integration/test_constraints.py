# SPDX-License-Identifier: Apache-2.0
"""What the database refuses by itself, whatever the code above it does."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from ..conftest import NEIGHBOUR, WUFUQIAO, book, resident

INSERT = "INSERT INTO occupancies (division_code, atom_id, booking_id, during) VALUES (%s, %s, %s, {})"


@pytest.fixture
def booked(deps, house, database):
    """A booking of the pavilion 19:00–21:00, and a connection past every policy."""
    booking = book(deps, resident(), house.spaces["council_pavilion"], "2026-11-26T19:00", "2026-11-26T21:00")
    with database.superuser() as connection:
        yield booking["booking_id"], house.atoms["council_pavilion"], connection


def hold(booked, during: str, division: str = WUFUQIAO) -> None:
    booking_id, atom_id, connection = booked
    connection.execute(INSERT.format(during), (division, atom_id, booking_id))


def test_an_overlap_is_refused_and_an_adjacent_time_is_not(booked):
    with pytest.raises(errors.ExclusionViolation):
        hold(booked, "tstzrange('2026-11-26 20:30+08', '2026-11-26 21:30+08')")

    hold(booked, "tstzrange('2026-11-26 21:00+08', '2026-11-26 22:00+08')")


@pytest.mark.parametrize(
    "during",
    [
        "'empty'::tstzrange",
        "tstzrange('2026-11-26 09:00+08', NULL)",
        "tstzrange(NULL, '2026-11-26 09:00+08')",
        "tstzrange('2026-11-26 09:00+08', 'infinity')",
        "tstzrange('-infinity', '2026-11-26 09:00+08')",
        "tstzrange('2026-11-26 09:00+08', '2026-11-26 10:00+08', '[]')",
        "tstzrange('2026-11-26 09:00+08', '2026-11-26 10:00+08', '(]')",
    ],
)
def test_a_range_that_could_slip_past_the_constraint_is_refused(booked, during):
    with pytest.raises(errors.CheckViolation):
        hold(booked, during)


def test_another_community_cannot_block_an_atom_by_its_id(booked):
    """The exclusion compares the division too: an equal id elsewhere is another thing."""
    _, _, connection = booked
    connection.execute("ALTER TABLE occupancies DROP CONSTRAINT fk_occupancies_atom")
    connection.execute("ALTER TABLE occupancies DROP CONSTRAINT fk_occupancies_booking")

    hold(booked, "tstzrange('2026-11-26 19:00+08', '2026-11-26 21:00+08')", division=NEIGHBOUR)

    with pytest.raises(errors.ExclusionViolation):
        hold(booked, "tstzrange('2026-11-26 19:00+08', '2026-11-26 21:00+08')", division=NEIGHBOUR)


def test_two_live_bookings_of_a_venue_never_share_a_pick_up_code(booked):
    _, _, connection = booked

    with pytest.raises(errors.UniqueViolation):
        connection.execute(
            """
            INSERT INTO bookings (division_code, id, version, state, venue_id, space_id, person_id, booked_by, channel,
                starts_at, ends_at, local_start, local_end, tz, regime_code, price_version, price_fen_per_hour,
                price_fen, pick_up_code, created_at)
            SELECT division_code, gen_random_uuid(), version, state, venue_id, space_id, person_id, booked_by, channel,
                starts_at, ends_at, local_start, local_end, tz, regime_code, price_version, price_fen_per_hour,
                price_fen, pick_up_code, created_at
            FROM bookings"""
        )


def settle(connection: psycopg.Connection, booking_id, venue_id, receipt_no: int, attempt: int = 1, after=None):
    settlement_id = uuid4()
    connection.execute(
        "INSERT INTO settlements (division_code, id, booking_id, venue_id, attempt, after_reversal_id, receipt_no,"
        " amount_fen, method, settled_at, occurred_on, settled_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 6000, 'cash', '2026-11-26 21:00+08', '2026-11-26', 'x')",
        (WUFUQIAO, settlement_id, booking_id, venue_id, attempt, after, receipt_no),
    )
    return settlement_id


def test_a_receipt_number_cannot_be_skipped(booked, house):
    booking_id, _, connection = booked

    with pytest.raises(errors.ForeignKeyViolation):
        settle(connection, booking_id, house.venue_id, receipt_no=2)

    settle(connection, booking_id, house.venue_id, receipt_no=1)


def test_a_second_settlement_cannot_stand_beside_the_first(booked, house):
    booking_id, _, connection = booked
    first = settle(connection, booking_id, house.venue_id, receipt_no=1)

    with pytest.raises(errors.UniqueViolation):
        settle(connection, booking_id, house.venue_id, receipt_no=2)
    with pytest.raises(errors.CheckViolation):
        settle(connection, booking_id, house.venue_id, receipt_no=2, attempt=2)

    reversal_id = uuid4()
    connection.execute(
        "INSERT INTO reversals (division_code, id, booking_id, settlement_id, amount_fen, reason_code, reversed_at,"
        " occurred_on, reversed_by) VALUES (%s, %s, %s, %s, 6000, 'other', '2026-11-26 21:05+08', '2026-11-26', 'x')",
        (WUFUQIAO, reversal_id, booking_id, first),
    )
    settle(connection, booking_id, house.venue_id, receipt_no=2, attempt=2, after=reversal_id)
    with pytest.raises(errors.UniqueViolation):
        settle(connection, booking_id, house.venue_id, receipt_no=3, attempt=3, after=reversal_id)


def test_money_rows_cannot_be_edited_or_deleted_by_the_service(database, booked, house):
    booking_id, _, connection = booked
    settle(connection, booking_id, house.venue_id, receipt_no=1)

    with database.as_role("app", WUFUQIAO) as app:
        for statement in ("UPDATE settlements SET amount_fen = 1", "DELETE FROM settlements", "DELETE FROM bookings"):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(statement)


def test_two_regimes_cannot_hold_at_the_same_time(booked):
    _, _, connection = booked

    with pytest.raises(errors.ExclusionViolation):
        connection.execute(
            "INSERT INTO regime_rules (division_code, id, venue_id, regime_code, weekday, from_minute, until_minute,"
            " valid_from)"
            " SELECT division_code, gen_random_uuid(), venue_id, 'public_benefit', 4, 1020, 1110, valid_from"
            " FROM regime_rules WHERE weekday = 4 AND regime_code = 'commercial'"
        )
