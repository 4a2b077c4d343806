# SPDX-License-Identifier: Apache-2.0
"""Stock is never promised twice: the database adds up the peak under a lock, whoever asks and however many at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.testing.loops import until
from psycopg import errors
from venue import bootstrap
from venue.deps import Deps, InProcess
from venue.store.venues.equipment import EquipmentWish, release_equipment, take_equipment
from venue.usecases.venues.equipment import create_equipment, update_equipment

from ..conftest import WUFUQIAO, at, book, resident, secretary

CLIENTS = 24
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
EVENING = (at("2026-11-26T19:00"), at("2026-11-26T21:00"))


def thing(deps: Deps, house, code: str, counting: str, stock: int) -> str:
    """An equipment of the teahouse; its id."""
    new = {"code": code, "name_zh": code, "name_en": code, "counting": counting, "stock": stock}
    made = create_equipment(deps, secretary(), house.venue_id, new, InProcess()).content
    return next(one["equipment_id"] for one in made["equipment"] if one["code"] == code)


def bookings_of(deps: Deps, house, count: int) -> list[str]:
    """Bookings to hang equipment on; their own times do not matter here."""
    made = []
    for number in range(count):
        day, hour = 24 + number // 9, 9 + number % 9
        wish = (f"2026-11-{day}T{hour:02}:00", f"2026-11-{day}T{hour + 1:02}:00")
        made.append(book(deps, resident(), house.spaces["book_room"], *wish)["booking_id"])
    return made


def take(deps: Deps, booking_id, equipment_id, quantity: int, house, during=EVENING) -> str:
    """Take in a transaction of its own; tell how it ended."""
    wish = EquipmentWish(equipment_id, quantity)
    try:
        with deps.unit_of_work(secretary()) as work:
            take_equipment(work, booking_id, house.venue_id, [wish], *during, deps.clock.now())
            work.commit()
            return "taken"
    except Conflict as error:
        return error.code


@pytest.fixture
def crowd(config, frozen_clock, house) -> Iterator[Deps]:
    """Dependencies with a connection for each client."""
    deps = bootstrap.build(replace(config, pool_size=CLIENTS), clock=frozen_clock)
    yield deps
    deps.database.close()


def race(deps: Deps, house, equipment_id, quantity: int) -> Counter[str]:
    """Let every client want ``quantity`` for the same evening at the same moment."""
    bookings, barrier = bookings_of(deps, house, CLIENTS), Barrier(CLIENTS)

    def one(booking_id) -> str:
        barrier.wait()
        return take(deps, booking_id, equipment_id, quantity, house)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return Counter(clients.map(one, bookings))


def held(look, equipment_id) -> int:
    return look("SELECT coalesce(sum(quantity), 0) FROM equipment_holds WHERE equipment_id = %s", equipment_id)[0][0]


def test_of_twenty_four_clients_who_want_chairs_as_many_win_as_there_are_chairs(crowd, house, look):
    chairs = thing(crowd, house, "stool", "counted", 10)

    ended = race(crowd, house, chairs, 3)

    assert ended == {"taken": 3, "equipment_taken": CLIENTS - 3}
    assert held(look, chairs) == 9


def take_without_seeing_each_other(deps: Deps, house, database, equipment_id) -> None:
    """Let four take three each in transactions that are all open: none sees what the others have not committed."""
    with ExitStack() as transactions:
        for booking in bookings_of(deps, house, 4):
            connection = transactions.enter_context(database.superuser())
            transactions.enter_context(connection.transaction())
            insert_hold(connection, booking, equipment_id, 3)


def test_control_without_the_trigger_the_stock_is_oversold(crowd, house, database, look):
    chairs = thing(crowd, house, "stool", "counted", 10)
    with database.superuser() as connection:
        connection.execute("DROP TRIGGER ck_equipment_holds_within_stock ON equipment_holds")

    take_without_seeing_each_other(crowd, house, database, chairs)

    assert held(look, chairs) > 10, "the control run must see the stock oversold"


def test_control_with_the_sum_but_without_the_lock_the_stock_is_oversold(crowd, house, database, look):
    chairs = thing(crowd, house, "stool", "counted", 10)
    with database.superuser() as connection:
        body = connection.execute("SELECT pg_get_functiondef('equipment_is_not_promised_twice'::regproc)").fetchone()[0]
        connection.execute(body.replace(" FOR UPDATE", ""))

    take_without_seeing_each_other(crowd, house, database, chairs)

    assert held(look, chairs) > 10, "the control run must see the stock oversold"


def test_numbered_items_are_each_held_once_and_free_numbers_are_found(crowd, house, look):
    projectors = thing(crowd, house, "screen", "numbered", 5)

    ended = race(crowd, house, projectors, 1)

    assert ended == {"taken": 5, "equipment_taken": CLIENTS - 5}
    numbers = look(
        "SELECT a.number FROM occupancies o JOIN atoms a ON a.id = o.atom_id"
        " WHERE o.active AND a.equipment_id = %s ORDER BY 1",
        projectors,
    )
    assert [number for (number,) in numbers] == [1, 2, 3, 4, 5]


def test_the_peak_counts_and_not_the_sum(deps, house, look):
    """Two who follow each other share the chairs; a third across both finds the peak, not the total."""
    chairs = thing(deps, house, "stool", "counted", 10)
    first, second, third, fourth = bookings_of(deps, house, 4)
    early, late = (EVENING[0], at("2026-11-26T20:00")), (at("2026-11-26T20:00"), EVENING[1])

    assert take(deps, first, chairs, 6, house, early) == "taken"
    assert take(deps, second, chairs, 7, house, late) == "taken"
    assert take(deps, third, chairs, 4, house) == "equipment_taken"
    assert take(deps, third, chairs, 3, house) == "taken"
    assert take(deps, fourth, chairs, 1, house, early) == "taken"
    assert take(deps, fourth, chairs, 1, house, late) == "equipment_taken"


def test_what_is_given_back_can_be_taken_again(deps, house):
    chairs = thing(deps, house, "stool", "counted", 10)
    first, second = bookings_of(deps, house, 2)
    assert take(deps, first, chairs, 8, house) == "taken"
    assert take(deps, second, chairs, 8, house) == "equipment_taken"

    with deps.unit_of_work(secretary()) as work:
        release_equipment(work, first)
        work.commit()

    assert take(deps, second, chairs, 8, house) == "taken"


@pytest.mark.parametrize("counting", ["counted", "numbered"])
def test_stock_is_not_lowered_below_what_is_promised(deps, house, counting):
    things = thing(deps, house, "stool", counting, 10)
    booking = bookings_of(deps, house, 1)[0]
    assert take(deps, booking, things, 6, house) == "taken"

    with pytest.raises(Conflict) as refused:
        update_equipment(deps, secretary(), things, {"stock": 5}, InProcess())

    assert refused.value.code == "equipment_promised"
    update_equipment(deps, secretary(), things, {"stock": 6}, InProcess())
    assert take(deps, booking, things, 1, house) == "equipment_taken"
    update_equipment(deps, secretary(), things, {"stock": 8}, InProcess())
    assert take(deps, booking, things, 2, house) == "taken"


def test_what_was_promised_in_the_past_does_not_bind_the_stock(deps, house, frozen_clock):
    chairs = thing(deps, house, "stool", "counted", 10)
    take(deps, bookings_of(deps, house, 1)[0], chairs, 10, house)
    frozen_clock.set(at("2026-11-26T21:00"))

    update_equipment(deps, secretary(), chairs, {"stock": 0}, InProcess())


def test_negative_stock_and_half_a_thousand_numbers_are_refused(deps, house, database):
    chairs = thing(deps, house, "stool", "counted", 10)

    with database.superuser() as connection, pytest.raises(errors.CheckViolation):
        connection.execute("UPDATE equipment SET stock = -1 WHERE id = %s", (chairs,))
    with pytest.raises(Unprocessable):
        thing(deps, house, "tablet", "numbered", 500)


def test_equipment_of_another_venue_is_not_found(deps, house):
    booking = bookings_of(deps, house, 1)[0]

    with pytest.raises(NotFound):
        take(deps, booking, uuid4(), 1, house)


def insert_hold(connection: psycopg.Connection, booking_id, equipment_id, quantity: int, *, active: bool = True):
    connection.execute(
        "INSERT INTO equipment_holds"
        " (division_code, id, booking_id, equipment_id, quantity, starts_at, ends_at, active)"
        " VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s, %s)",
        (WUFUQIAO, booking_id, equipment_id, quantity, *EVENING, active),
    )


def test_the_database_refuses_what_no_code_asks_for(deps, house, database):
    chairs = thing(deps, house, "stool", "counted", 10)
    booking = bookings_of(deps, house, 1)[0]

    with database.superuser() as connection:
        insert_hold(connection, booking, chairs, 10)
        for quantity in (1, 0, -1):
            with pytest.raises(errors.CheckViolation):
                insert_hold(connection, booking, chairs, quantity)
    with database.as_role("app", WUFUQIAO) as app:
        for statement in ("UPDATE equipment_holds SET quantity = 1", "DELETE FROM equipment_holds"):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(statement)


def test_who_wants_the_same_stock_waits_for_who_was_first_and_then_learns_it_is_gone(deps, house, database, look):
    chairs = thing(deps, house, "stool", "counted", 10)
    first, second = bookings_of(deps, house, 2)
    with database.superuser() as one, database.superuser() as other, ThreadPoolExecutor(1) as threads:
        with one.transaction():
            insert_hold(one, first, chairs, 10)
            late = threads.submit(insert_hold, other, second, chairs, 1)
            until(lambda: look(WAITING) == [(1,)], "who comes second waits")

        with pytest.raises(errors.CheckViolation):
            late.result()


def test_a_promise_that_was_given_back_cannot_be_revived_past_the_check(deps, house, database):
    chairs = thing(deps, house, "stool", "counted", 10)
    first, second = bookings_of(deps, house, 2)

    with database.superuser() as connection:
        insert_hold(connection, first, chairs, 10, active=False)
        insert_hold(connection, second, chairs, 10)
        with pytest.raises(errors.CheckViolation):
            connection.execute("UPDATE equipment_holds SET active = true WHERE booking_id = %s", (first,))
