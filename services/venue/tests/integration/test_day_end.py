# SPDX-License-Identifier: Apache-2.0
"""The operator's day: equal to its rows whenever it is computed, closed once, and closed for money too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from chassis.errors import AppError, Conflict, Unprocessable
from psycopg import errors
from venue.deps import InProcess
from venue.domain.money.day_statement import expect_over
from venue.usecases.money import day_statements, deposits, settlement
from venue.usecases.presence import attendance

from ..conftest import at, book, operator, resident

THURSDAY = date(2026, 11, 26)
SUMS = """
    SELECT (SELECT coalesce(sum(amount_fen), 0) FROM settlements WHERE occurred_on = '2026-11-26')
         - (SELECT coalesce(sum(amount_fen), 0) FROM reversals WHERE occurred_on = '2026-11-26')
         + (SELECT coalesce(sum(amount_fen), 0) FROM deposits WHERE occurred_on = '2026-11-26')
         - (SELECT coalesce(sum(amount_fen), 0) FROM deposit_endings
            WHERE occurred_on = '2026-11-26' AND kind = 'refunded')
         - (SELECT coalesce(sum(amount_fen), 0) FROM refunds WHERE occurred_on = '2026-11-26')"""


@pytest.fixture
def evening(deps, house, frozen_clock, database):
    """Three paid hours of Thursday, one of them undone, and a deposit."""
    with database.superuser() as connection:
        connection.execute("UPDATE prices SET deposit_fen = 5000 WHERE regime_code = 'commercial'")
    made = [
        book(deps, resident(), house.spaces["book_room"], f"2026-11-26T{hour}:00", f"2026-11-26T{hour + 1}:00")
        for hour in (18, 19, 20)
    ]
    frozen_clock.set(at("2026-11-26T17:45"))
    who = operator()
    deposits.take_deposit(deps, who, UUID(made[0]["booking_id"]), 5000, InProcess())
    for hour, one in zip((18, 19, 20), made, strict=True):
        frozen_clock.set(at(f"2026-11-26T{hour}:00"))
        attendance.check_in(deps, who, UUID(one["booking_id"]), InProcess())
        settlement.settle_booking(deps, who, UUID(one["booking_id"]), "cash", 3000, InProcess())
    settlement.reverse_settlement(deps, who, UUID(made[2]["booking_id"]), "wrong_amount", InProcess())
    return made


def close(deps, house, counted, note=None, day=THURSDAY, attempt=None, *, confirm=True):
    return day_statements.close_day(
        deps, operator(), house.venue_id, day, counted, note, attempt or InProcess(), confirm=confirm
    ).content


def get(deps, house, day=THURSDAY):
    return day_statements.get_day(deps, operator(), house.venue_id, day, "zh")


def test_a_day_equals_its_rows_and_is_rebuilt_identical(deps, house, evening, look, frozen_clock):
    closed = close(deps, house, 11000)
    totals = closed["totals"]

    assert (totals["settled_cash_fen"], totals["settled_cash_count"]) == (9000, 3)
    assert (totals["reversed_cash_fen"], totals["deposits_taken_cash_fen"]) == (3000, 5000)
    assert totals["expected_cash_fen"] == totals["total_fen"] == 11000
    assert look(SUMS) == [(11000,)]
    frozen_clock.set(at("2026-12-20T10:00"))
    assert get(deps, house) == closed
    assert look("SELECT totals FROM day_statements") == [(totals,)]


def test_a_difference_in_cash_wants_a_reason_and_stays_on_record(deps, house, evening):
    with pytest.raises(Unprocessable) as refused:
        close(deps, house, 10900)
    closed = close(deps, house, 10900, "找零差一元")

    assert refused.value.code == "difference_unexplained"
    assert (closed["closing"]["difference_fen"], closed["closing"]["note"]) == (-100, "找零差一元")


def test_a_day_is_closed_once_in_order_and_not_before_it_comes(deps, house, evening):
    close(deps, house, 11000)
    codes = []
    for day in (THURSDAY, date(2026, 11, 25), date(2026, 11, 27)):
        with pytest.raises(Conflict) as refused:
            close(deps, house, 0, day=day)
        codes.append(refused.value.code)

    assert codes == ["day_closed", "day_closed", "day_not_begun"]


def test_what_comes_after_closing_is_booked_on_the_next_day(deps, house, evening, look):
    close(deps, house, 11000)

    settlement.settle_booking(deps, operator(), UUID(evening[2]["booking_id"]), "cash", 3000, InProcess())

    assert look("SELECT occurred_on FROM settlements ORDER BY receipt_no DESC LIMIT 1") == [(date(2026, 11, 27),)]
    assert get(deps, house)["totals"]["settled_cash_fen"] == 9000
    assert get(deps, house, date(2026, 11, 27))["totals"]["settled_cash_fen"] == 3000


def test_what_comes_after_closing_keeps_its_own_day_in_the_ledger_as_on_its_receipt(deps, house, evening, look):
    close(deps, house, 11000)

    done = settlement.settle_booking(deps, operator(), UUID(evening[2]["booking_id"]), "cash", 3000, InProcess())
    settlement.reverse_settlement(deps, operator(), UUID(evening[2]["booking_id"]), "not_paid", InProcess())
    deposits.refund_deposit(deps, operator(), UUID(evening[0]["booking_id"]), InProcess())

    assert done.content["settlement"]["settled_at"].startswith("2026-11-26")
    day = "convert_from(payload, 'UTF8')::json->'data'->>'occurred_on'"
    assert look(f"SELECT DISTINCT {day} FROM outbox WHERE {day} IS NOT NULL") == [("2026-11-26",)]


def test_money_of_the_last_evening_of_a_month_belongs_to_that_month_although_its_day_is_closed(
    deps, house, frozen_clock, look
):
    made = book(deps, resident(), house.spaces["book_room"], "2026-11-30T19:00", "2026-11-30T20:00")
    frozen_clock.set(at("2026-11-30T19:00"))
    attendance.check_in(deps, operator(), UUID(made["booking_id"]), InProcess())
    close(deps, house, 0, day=date(2026, 11, 30))

    settlement.settle_booking(deps, operator(), UUID(made["booking_id"]), "cash", 3000, InProcess())

    assert get(deps, house, date(2026, 12, 1))["totals"]["settled_cash_fen"] == 3000
    day = "convert_from(payload, 'UTF8')::json->'data'->>'occurred_on'"
    assert look(f"SELECT {day} FROM outbox WHERE type LIKE '%%booking.settled%%'") == [("2026-11-30",)]


def test_a_day_on_which_the_venue_is_still_open_is_closed_only_when_that_is_confirmed(
    deps, house, evening, frozen_clock
):
    with pytest.raises(Conflict) as refused:
        close(deps, house, 11000, confirm=False)

    assert (refused.value.code, refused.value.extra["closes_at"]) == ("still_open", "2026-11-26T22:00:00+08:00")
    frozen_clock.set(at("2026-11-26T22:00"))
    assert close(deps, house, 11000, confirm=False)["closing"]["expected_cash_fen"] == 11000


@pytest.mark.parametrize(
    ("closes_at", "zh", "en"),
    [
        ("2026-11-26T22:00", "这一天开到 22:00。", "until 22:00."),
        ("2026-11-27T00:00", "这一天开到 24:00。", "until 24:00."),
        ("2026-11-27T01:30", "这一天开到次日 01:30。", "until 01:30 of the next day."),
    ],
)
def test_the_hour_until_which_a_day_is_open_is_told_as_of_that_day(closes_at, zh, en):
    with pytest.raises(Conflict) as refused:
        expect_over(date(2026, 11, 26), at(closes_at), at("2026-11-26T21:00"), confirmed=False)

    assert zh in refused.value.reason["zh"]
    assert en in refused.value.reason["en"]


def test_a_reversal_after_closing_leaves_the_closed_day_as_it_was(deps, house, evening, look):
    closed = close(deps, house, 11000)

    settlement.reverse_settlement(deps, operator(), UUID(evening[0]["booking_id"]), "wrong_amount", InProcess())

    assert look("SELECT occurred_on FROM reversals ORDER BY reversed_at DESC, id DESC LIMIT 1") == [
        (date(2026, 11, 27),)
    ]
    assert get(deps, house) == closed
    assert get(deps, house, date(2026, 11, 27))["totals"]["expected_cash_fen"] == -3000


def test_no_day_is_closed_over_an_earlier_one_whose_money_nobody_has_counted(deps, house, evening, frozen_clock):
    friday = date(2026, 11, 27)
    frozen_clock.set(at("2026-11-27T22:00"))
    with pytest.raises(Conflict) as refused:
        close(deps, house, 0, day=friday)

    assert (refused.value.code, refused.value.extra["day"]) == ("earlier_day_open", "2026-11-26")
    close(deps, house, 11000)
    assert close(deps, house, 0, day=friday)["closing"]["expected_cash_fen"] == 0


def test_a_day_begins_at_the_venues_midnight(deps, house, evening, frozen_clock, look):
    frozen_clock.set(at("2026-11-26T23:59:59"))
    settlement.settle_booking(deps, operator(), UUID(evening[2]["booking_id"]), "cash", 3000, InProcess())
    frozen_clock.set(at("2026-11-27T00:00"))
    settlement.reverse_settlement(deps, operator(), UUID(evening[2]["booking_id"]), "wrong_amount", InProcess())

    assert look("SELECT max(occurred_on) FROM settlements") == [(THURSDAY,)]
    assert look("SELECT max(occurred_on) FROM reversals") == [(date(2026, 11, 27),)]


def test_the_database_itself_takes_no_money_on_a_closed_day(deps, house, evening, database):
    close(deps, house, 11000)

    with database.superuser() as connection, pytest.raises(errors.CheckViolation, match="is closed"):
        connection.execute(
            """INSERT INTO deposits (division_code, id, booking_id, venue_id, attempt, amount_fen, method, taken_at,
                occurred_on, taken_by)
            SELECT division_code, gen_random_uuid(), id, venue_id, 1, 5000, 'cash', created_at, '2026-11-26', 'x'
            FROM bookings WHERE id = %s""",
            (evening[1]["booking_id"],),
        )


def test_a_day_closes_around_whole_acts_however_many_take_money_at_once(deps, house, frozen_clock, look):
    rooms = ["council_pavilion", "service_post", "elders_space", "book_room"]
    made = [
        UUID(book(deps, resident(), house.spaces[room], f"2026-11-26T{start}:00", f"2026-11-26T{end}:00")["booking_id"])
        for room in rooms
        for start, end in ((18, 19), (19, 20))
    ]  # fmt: skip
    frozen_clock.set(at("2026-11-26T18:45"))
    for one in made:
        attendance.check_in(deps, operator(), one, InProcess())
    barrier = Barrier(len(made) + 1)

    def take(one: UUID) -> None:
        barrier.wait()
        settlement.settle_booking(deps, operator(), one, "cash", 3000, InProcess())

    def shut() -> dict:
        barrier.wait()
        expected = 0
        while True:  # the count is taken again until it fits: what an operator does
            try:
                return close(deps, house, expected)
            except AppError as refused:
                expected += refused.extra["difference_fen"] * -1

    with ThreadPoolExecutor(len(made) + 1) as crowd:
        closing = crowd.submit(shut)
        list(crowd.map(take, made))

    on_day = look("SELECT coalesce(sum(amount_fen), 0)::bigint FROM settlements WHERE occurred_on = '2026-11-26'")
    assert on_day == [(closing.result()["totals"]["settled_cash_fen"],)]
    assert look("SELECT count(*) FROM settlements") == [(len(made),)]


def test_another_community_cannot_close_it(deps, house, evening):
    from ..conftest import NEIGHBOUR

    with pytest.raises(AppError) as refused:
        day_statements.close_day(deps, operator(NEIGHBOUR), house.venue_id, THURSDAY, 0, None, InProcess())

    assert refused.value.code == "venue_not_found"
