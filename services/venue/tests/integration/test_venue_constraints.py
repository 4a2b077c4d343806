# SPDX-License-Identifier: Apache-2.0
"""What the database refuses of spaces, hours and the operator's debt by itself, tried with direct SQL."""

from __future__ import annotations

from uuid import uuid4

import pytest
from psycopg import errors

from ..conftest import NEIGHBOUR, WUFUQIAO


@pytest.fixture
def db(house, database):
    """A connection past every policy; each statement commits by itself."""
    with database.superuser() as connection:
        yield connection


def half(db, house, parent: str, atoms: list[str], *, space_id=None):
    """A space that is part of ``parent``, in one transaction."""
    space_id = space_id or uuid4()
    with db.transaction():
        db.execute(
            "INSERT INTO spaces (division_code, id, venue_id, code, name_zh, name_en, capacity, position, parent_id)"
            " VALUES (%s, %s, %s, %s, '半间', 'Half', 4, 9, %s)",
            (WUFUQIAO, space_id, house.venue_id, f"half_{space_id.hex[:8]}", house.spaces[parent]),
        )
        for atom in atoms:
            db.execute("INSERT INTO space_atoms VALUES (%s, %s, %s)", (WUFUQIAO, space_id, house.atoms[atom]))
    return space_id


def test_a_part_lies_within_its_whole(db, house):
    half(db, house, "book_room", ["book_room"])

    with pytest.raises(errors.CheckViolation):
        half(db, house, "book_room", ["elders_space"])
    with pytest.raises(errors.CheckViolation):
        half(db, house, "book_room", ["book_room", "elders_space"])


def test_a_whole_does_not_lose_what_its_parts_take(db, house):
    with pytest.raises(errors.CheckViolation):
        db.execute(
            "DELETE FROM space_atoms WHERE space_id = %s AND atom_id = %s",
            (house.spaces["whole_house"], house.atoms["book_room"]),
        )


def test_a_space_is_not_moved_under_one_that_lacks_its_atoms(db, house):
    with pytest.raises(errors.CheckViolation):
        db.execute(
            "UPDATE spaces SET parent_id = %s WHERE id = %s",
            (house.spaces["service_post"], house.spaces["book_room"]),
        )


def test_spaces_are_never_part_of_each_other_in_a_circle(db, house):
    inner = half(db, house, "book_room", ["book_room"])

    with pytest.raises(errors.CheckViolation):
        db.execute("UPDATE spaces SET parent_id = id WHERE id = %s", (inner,))
    with pytest.raises(errors.CheckViolation):
        db.execute("UPDATE spaces SET parent_id = %s WHERE id = %s", (inner, house.spaces["book_room"]))


EXCEPTION = (
    "INSERT INTO regime_exceptions (division_code, id, venue_id, day, from_minute, until_minute, regime_code)"
    " VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s)"
)


def test_a_days_own_hours_never_overlap(db, house):
    db.execute(EXCEPTION, (WUFUQIAO, house.venue_id, "2026-12-02", 540, 720, "commercial"))

    with pytest.raises(errors.ExclusionViolation):
        db.execute(EXCEPTION, (WUFUQIAO, house.venue_id, "2026-12-02", 690, 780, None))
    db.execute(EXCEPTION, (WUFUQIAO, house.venue_id, "2026-12-02", 720, 780, None))
    db.execute(EXCEPTION, (WUFUQIAO, house.venue_id, "2026-12-03", 540, 720, "commercial"))


@pytest.mark.parametrize(("start", "end"), [(720, 540), (540, 540), (545, 720), (-30, 60), (1410, 1470)])
def test_a_stretch_that_is_none_is_refused(db, house, start, end):
    with pytest.raises(errors.CheckViolation):
        db.execute(EXCEPTION, (WUFUQIAO, house.venue_id, "2026-12-02", start, end, "commercial"))


OWED = (
    "INSERT INTO owed_sessions"
    " (division_code, id, venue_id, kind, sessions, month, booking_id, reason, entered_at, entered_by)"
    " VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s, %s, '2026-11-26', 'x')"
)


def test_a_month_is_added_to_the_debt_once(db, house):
    db.execute(OWED, (WUFUQIAO, house.venue_id, "accrued", 4, "2026-11", None, None))

    with pytest.raises(errors.UniqueViolation):
        db.execute(OWED, (WUFUQIAO, house.venue_id, "accrued", 4, "2026-11", None, None))


@pytest.mark.parametrize(
    ("kind", "sessions", "month", "reason"),
    [
        ("accrued", -4, "2026-11", None),
        ("accrued", 4, None, None),
        ("accrued", 4, "2026-13", None),
        ("waived", -1, None, None),
        ("waived", 1, None, "没有理由加"),
        ("delivered", -1, None, None),
        ("delivered", -2, None, None),
    ],
)
def test_an_entry_without_its_ground_or_with_the_wrong_sign_is_refused(db, house, kind, sessions, month, reason):
    with pytest.raises(errors.CheckViolation):
        db.execute(OWED, (WUFUQIAO, house.venue_id, kind, sessions, month, None, reason))


def test_the_debt_cannot_be_rewritten_by_the_service(database, house):
    with database.as_role("app", WUFUQIAO) as app:
        for statement in (
            "UPDATE owed_sessions SET sessions = 1",
            "DELETE FROM owed_sessions",
            "UPDATE prices SET price_fen_per_hour = 2",
            "DELETE FROM prices",
            "DELETE FROM closures",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(statement)


def test_a_shortfall_is_noted_once_a_week_and_weeks_begin_on_monday(db, house):
    insert = "INSERT INTO public_share_shortfalls VALUES (%s, %s, %s, 40, 50, '2026-11-26')"
    db.execute(insert, (WUFUQIAO, house.venue_id, "2026-11-30"))

    with pytest.raises(errors.UniqueViolation):
        db.execute(insert, (WUFUQIAO, house.venue_id, "2026-11-30"))
    with pytest.raises(errors.CheckViolation):
        db.execute(insert, (WUFUQIAO, house.venue_id, "2026-12-01"))


PHOTO = (
    "INSERT INTO venue_photos"
    " VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, repeat('a', 64), %s, 'A room', '2026-11-26')"
)


@pytest.mark.parametrize(
    ("position", "kind", "size", "alt"),
    [(9, "image/png", 100, "屋"), (0, "image/png", 100, "屋"), (1, "image/gif", 100, "屋"),
     (1, "image/png", 307_201, "屋"), (1, "image/png", 0, "屋"), (1, "image/png", 100, "")],
)  # fmt: skip
def test_a_photo_that_breaks_its_limits_is_refused(db, house, position, kind, size, alt):
    with pytest.raises(errors.CheckViolation):
        db.execute(PHOTO, (WUFUQIAO, house.venue_id, position, kind, b"x" * size, alt))


def test_a_place_for_a_photo_is_taken_once(db, house):
    db.execute(PHOTO, (WUFUQIAO, house.venue_id, 1, "image/png", b"x" * 100, "屋"))

    with pytest.raises(errors.UniqueViolation):
        db.execute(PHOTO, (WUFUQIAO, house.venue_id, 1, "image/png", b"x" * 100, "屋"))


def test_another_community_neither_sees_nor_changes_any_of_it(database, house):
    tables = ("equipment", "equipment_holds", "closures", "special_days", "regime_exceptions", "owed_sessions")
    with database.as_role("app", NEIGHBOUR) as app:
        for table in tables:
            assert app.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert app.execute("UPDATE equipment SET stock = 0").rowcount == 0
