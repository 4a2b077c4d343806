# SPDX-License-Identifier: Apache-2.0
"""Deposits: frozen with the booking, taken whole, ended once; and what the database refuses about them by itself."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID, uuid4

import pytest
from chassis.auth import Actor
from chassis.errors import Conflict, Unprocessable
from chassis.pagination import Page
from psycopg import errors
from venue.deps import InProcess
from venue.usecases.booking.book_space import BookSpace
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.check_booking import check_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.money import booking_money, day_statements, deposits, held_deposits, settlement
from venue.usecases.opening.regimes import set_price
from venue.usecases.presence import attendance

from ..conftest import WUFUQIAO, at, book, operator, resident

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")


@pytest.fixture
def asks_deposits(house, database):
    """The pavilion's evenings ask for ¥100."""
    with database.superuser() as connection:
        connection.execute(
            "UPDATE prices SET deposit_fen = 10000 WHERE space_id = %s AND regime_code = 'commercial'",
            (house.spaces["council_pavilion"],),
        )


@pytest.fixture
def guest():
    return resident()


@pytest.fixture
def booking(deps, house, asks_deposits, guest):
    return book(deps, guest, house.spaces["council_pavilion"], *EVENING)


@pytest.fixture
def told(look):
    def read():
        rows = [json.loads(bytes(payload)) for (payload,) in look("SELECT payload FROM outbox ORDER BY id")]
        return [(row["type"].split(".", 2)[2], row["sequence"]) for row in rows]

    return read


def key(booking) -> UUID:
    return UUID(booking["booking_id"])


def take(deps, booking, amount=10000):
    return deposits.take_deposit(deps, operator(), key(booking), amount, InProcess()).content


def money(deps, booking, who):
    return booking_money.booking_money(deps, who, key(booking), "zh")


def test_a_deposit_is_frozen_with_the_booking_and_a_later_change_asks_nothing_more(
    deps, house, booking, guest, database
):
    with database.superuser() as connection:
        connection.execute(
            """INSERT INTO prices (division_code, space_id, venue_id, regime_code, version, valid_from,
                price_fen_per_hour, deposit_fen)
            SELECT division_code, space_id, venue_id, regime_code, 2, '2026-11-24', 9000, 99900 FROM prices
            WHERE space_id = %s AND regime_code = 'commercial'""",
            (house.spaces["council_pavilion"],),
        )

    kept = money(deps, booking, guest)

    assert (kept["price_fen"], kept["deposit_fen"]) == (6000, 10000)
    dearer = book(deps, guest, house.spaces["council_pavilion"], "2026-11-27T19:00", "2026-11-27T21:00")
    assert (dearer["price_fen"], money(deps, dearer, guest)["deposit_fen"]) == (18000, 99900)


def test_a_price_change_later_changes_nothing_that_is_settled(deps, house, booking, frozen_clock, database):
    with database.superuser() as connection:
        connection.execute(
            """INSERT INTO prices (division_code, space_id, venue_id, regime_code, version, valid_from,
                price_fen_per_hour)
            SELECT division_code, space_id, venue_id, regime_code, 2, '2026-11-24', 9000 FROM prices
            WHERE space_id = %s AND regime_code = 'commercial'""",
            (house.spaces["council_pavilion"],),
        )
    frozen_clock.set(at("2026-11-26T18:50"))
    attendance.check_in(deps, operator(), key(booking), InProcess())

    with pytest.raises(Unprocessable) as refused:
        settlement.settle_booking(deps, operator(), key(booking), "cash", 18000, InProcess())
    paid = settlement.settle_booking(deps, operator(), key(booking), "cash", 6000, InProcess()).content

    assert refused.value.code == "amount_differs"
    assert (paid["price_fen"], paid["settlement"]["amount_fen"]) == (6000, 6000)


def test_the_answer_to_a_booking_says_the_deposit(deps, house, booking):
    whole = book(deps, resident(), house.spaces["whole_house"], "2026-11-28T19:00", "2026-11-28T21:00")

    assert (booking["deposit_fen"], whole["deposit_fen"]) == (10000, 20000)


def test_a_deposit_is_told_before_one_books(deps, house, asks_deposits):
    room = house.spaces["council_pavilion"]
    start, end = at("2026-11-26T19:00"), at("2026-11-26T21:00")
    evening = check_booking(deps, resident(), BookSpace(room, start, end), "zh")
    day = check_booking(deps, resident(), BookSpace(room, at("2026-11-26T10:00"), at("2026-11-26T11:00")), "zh")
    closed = check_booking(deps, resident(), BookSpace(room, at("2026-11-26T03:00"), at("2026-11-26T04:00")), "zh")

    assert [one["deposit_fen"] for one in (evening, day, closed)] == [10000, 0, 0]


def test_a_new_price_keeps_the_deposit_unless_it_names_another(deps, house, look):
    who = Actor("secretary", WUFUQIAO, frozenset({"venue.manage"}), "community_secretary")
    space = house.spaces["whole_house"]
    set_price(deps, who, space, "commercial", date(2026, 12, 1), 14000, InProcess())
    set_price(deps, who, space, "commercial", date(2026, 12, 8), 14000, InProcess(), 30000)

    kept = look(
        "SELECT version, deposit_fen FROM prices WHERE space_id = %s AND regime_code = 'commercial' ORDER BY 1", space
    )
    assert kept == [(1, 20000), (2, 20000), (3, 30000)]


def test_taken_given_back_and_taken_again(deps, booking, guest, told):
    assert take(deps, booking)["version"] == 2
    deposits.refund_deposit(deps, operator(), key(booking), InProcess())
    take(deps, booking)

    assert money(deps, booking, guest)["deposit"]["state"] == "standing"
    assert told()[1:] == [
        ("booking.deposit_taken.v1", 2), ("booking.deposit_refunded.v1", 3), ("booking.deposit_taken.v1", 4),
    ]  # fmt: skip


def test_it_is_taken_once_and_exactly(deps, booking):
    with pytest.raises(Unprocessable) as differs:
        take(deps, booking, 9999)
    take(deps, booking)
    with pytest.raises(Conflict) as stands:
        take(deps, booking)

    assert (differs.value.code, stands.value.code) == ("deposit_differs", "deposit_stands")


def moved(deps, house, booking, who, room: str, starts=EVENING[0], ends=EVENING[1]):
    command = MoveBooking(at(starts), at(ends), house.spaces[room])
    return move_booking(deps, who, key(booking), command, InProcess()).content


def test_a_moved_booking_asks_for_the_deposit_of_where_it_is_now(deps, house, booking, guest):
    assert moved(deps, house, booking, guest, "whole_house")["deposit_fen"] == 20000
    assert moved(deps, house, booking, guest, "book_room")["deposit_fen"] == 0
    daytime = moved(deps, house, booking, guest, "council_pavilion", "2026-11-26T09:00", "2026-11-26T11:00")

    assert daytime["deposit_fen"] == 0, "the deposit is the evening's"
    assert moved(deps, house, booking, guest, "council_pavilion")["deposit_fen"] == 10000
    assert take(deps, booking)["version"] == 6


@pytest.mark.parametrize("ended", [False, True])
def test_a_booking_moved_after_its_deposit_was_taken_asks_for_the_new_one(deps, house, booking, guest, ended):
    take(deps, booking)
    if ended:
        deposits.refund_deposit(deps, operator(), key(booking), InProcess())

    moved(deps, house, booking, guest, "whole_house")

    shown = money(deps, booking, guest)
    assert (shown["deposit_fen"], shown["deposit"]["amount_fen"]) == (20000, 10000)


def test_the_counter_takes_the_difference_and_the_books_keep_both(deps, house, booking, guest, told):
    take(deps, booking)
    moved(deps, house, booking, guest, "whole_house")
    with pytest.raises(Unprocessable) as differs:
        take(deps, booking, 10000)

    take(deps, booking, 20000)

    assert differs.value.code == "deposit_differs"
    assert [one for one in told() if "deposit" in one[0]] == [
        ("booking.deposit_taken.v1", 2), ("booking.deposit_refunded.v1", 4), ("booking.deposit_taken.v1", 5),
    ]  # fmt: skip
    day = day_statements.get_day(deps, operator(), house.venue_id, date(2026, 11, 23), "zh")["totals"]
    assert (day["deposits_taken_cash_fen"], day["deposits_refunded_cash_fen"]) == (30000, 10000)
    assert day["expected_cash_fen"] == 20000
    with pytest.raises(Conflict) as stands:
        take(deps, booking, 20000)
    assert stands.value.code == "deposit_stands"


def test_moved_to_where_nothing_is_asked_the_deposit_is_given_back(deps, house, booking, guest):
    take(deps, booking)
    moved(deps, house, booking, guest, "book_room")
    with pytest.raises(Conflict) as refused:
        take(deps, booking)

    deposits.refund_deposit(deps, operator(), key(booking), InProcess())

    assert refused.value.code == "no_deposit_asked"
    assert money(deps, booking, guest)["deposit"]["state"] == "refunded"


def test_a_room_that_asks_for_none_takes_none(deps, house):
    free = book(deps, resident(), house.spaces["book_room"], *EVENING)

    with pytest.raises(Conflict) as refused:
        take(deps, free, 100)

    assert refused.value.code == "no_deposit_asked"


@pytest.mark.parametrize("reason", ["damage", "late_cancel", "no_show"])
def test_it_is_kept_only_for_what_the_record_bears_out(deps, booking, reason):
    take(deps, booking)

    with pytest.raises(Conflict) as refused:
        deposits.keep_deposit(deps, operator(), key(booking), reason, InProcess())

    assert refused.value.code == "no_ground_to_keep"


def test_damage_keeps_it_and_nothing_gives_it_back_then(deps, booking, guest, frozen_clock):
    take(deps, booking)
    frozen_clock.set(at("2026-11-26T18:50"))
    attendance.check_in(deps, operator(), key(booking), InProcess())

    deposits.keep_deposit(deps, operator(), key(booking), "damage", InProcess())

    with pytest.raises(Conflict) as refused:
        deposits.refund_deposit(deps, operator(), key(booking), InProcess())
    assert refused.value.code == "no_deposit_stands"
    shown = money(deps, booking, guest)["deposit"]
    assert (shown["state"], shown["reason_code"]) == ("kept", "damage")


def test_a_cancelled_booking_still_gets_its_deposit_back(deps, booking, guest):
    take(deps, booking)
    cancel_booking(deps, guest, key(booking), InProcess())

    deposits.refund_deposit(deps, operator(), key(booking), InProcess())

    assert money(deps, booking, guest)["deposit"]["state"] == "refunded"


END = """INSERT INTO deposit_endings (division_code, deposit_id, booking_id, kind, reason_code, amount_fen, ended_at,
    occurred_on, ended_by) SELECT division_code, id, booking_id, %s, %s, amount_fen + %s, taken_at, occurred_on, 'x'
    FROM deposits"""
TAKE = """INSERT INTO deposits (division_code, id, booking_id, venue_id, attempt, after_deposit_id, amount_fen, method,
    taken_at, occurred_on, taken_by) SELECT division_code, %s, booking_id, venue_id, %s, %s, amount_fen, method,
    taken_at, occurred_on, 'x' FROM deposits"""


@pytest.fixture
def taken(deps, booking, database):
    """A standing deposit and a connection past every policy."""
    take(deps, booking)
    with database.superuser() as connection:
        yield connection


def test_the_database_lets_a_deposit_end_once(taken):
    taken.execute(END, ("refunded", None, 0))

    with pytest.raises(errors.UniqueViolation):
        taken.execute(END, ("kept", "damage", 0))


def test_the_database_lets_it_end_whole_only(taken):
    with pytest.raises(errors.ForeignKeyViolation):
        taken.execute(END, ("refunded", None, -1))


def test_the_database_wants_a_reason_for_keeping(taken):
    with pytest.raises(errors.CheckViolation):
        taken.execute(END, ("kept", None, 0))


@pytest.mark.parametrize(("attempt", "after"), [(1, None), (2, None), (2, "unknown")])
def test_the_database_lets_no_second_deposit_stand_beside_the_first(taken, attempt, after):
    with pytest.raises((errors.UniqueViolation, errors.CheckViolation, errors.ForeignKeyViolation)):
        taken.execute(TAKE, (uuid4(), attempt, uuid4() if after else None))


def test_deposits_are_never_edited(deps, booking):
    take(deps, booking)
    with deps.unit_of_work(operator()) as work, pytest.raises(Exception, match="permission denied"):
        work.driver.execute("UPDATE deposits SET amount_fen = 1 WHERE division_code = %s", (WUFUQIAO,))


def test_the_ledger_is_told_what_each_regime_brought(deps, house, frozen_clock, look):
    split = book(deps, resident(), house.spaces["book_room"], "2026-11-26T17:00", "2026-11-26T19:00", split=True)
    frozen_clock.set(at("2026-11-26T17:00"))
    attendance.check_in(deps, operator(), key(split), InProcess())

    settlement.settle_booking(deps, operator(), key(split), "cash", 3000, InProcess())

    (payload,) = look("SELECT payload FROM outbox ORDER BY id DESC LIMIT 1")[0]
    assert json.loads(bytes(payload))["data"]["parts"] == [
        {"regime": "public_benefit", "price_fen": 0}, {"regime": "commercial", "price_fen": 3000},
    ]  # fmt: skip


def held(deps, code=None, cursor=None, limit=50, who=None):
    page = Page.parse(cursor, limit, held_deposits.KEY)
    return held_deposits.list_deposits(deps, who or operator(), code, page, "zh")


def test_the_deposit_of_a_cancelled_booking_is_found_and_can_be_given_back(deps, booking, guest):
    take(deps, booking)
    cancel_booking(deps, guest, key(booking), InProcess())

    (one,) = held(deps)["items"]
    assert (one["state"], one["is_over"], one["amount_fen"]) == ("cancelled", True, 10000)
    assert held(deps, code=booking["pick_up_code"])["items"] == [one]
    deposits.refund_deposit(deps, operator(), key(booking), InProcess())

    assert held(deps)["items"] == []


def test_a_deposit_of_a_booking_to_come_is_held_and_waits_for_nobody_yet(deps, booking):
    take(deps, booking)

    (one,) = held(deps)["items"]

    assert (one["is_over"], one["pick_up_code"]) == (False, booking["pick_up_code"])
    assert held(deps, code="ZZZZZZ")["items"] == []


def test_held_deposits_are_paged_and_another_community_sees_none(deps, house, booking, guest):
    from ..conftest import NEIGHBOUR

    later = book(deps, guest, house.spaces["council_pavilion"], "2026-11-27T19:00", "2026-11-27T21:00")
    for one in (booking, later):
        take(deps, one)

    first = held(deps, limit=1)
    second = held(deps, cursor=first["next_cursor"], limit=1)

    assert [page["items"][0]["booking_id"] for page in (first, second)] == [booking["booking_id"], later["booking_id"]]
    assert second["next_cursor"] is None
    assert held(deps, who=operator(NEIGHBOUR))["items"] == []
