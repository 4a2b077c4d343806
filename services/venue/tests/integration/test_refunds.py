# SPDX-License-Identifier: Apache-2.0
"""Money goes back once, by the rule, and never more than came: also when many write at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from chassis.auth import Actor
from chassis.errors import Conflict
from chassis.testing.loops import until
from sqlalchemy.exc import IntegrityError
from venue.deps import InProcess
from venue.schedule import HANDLERS
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.due import look_after
from venue.usecases.money import booking_money, day_statements, refunds, settlement
from venue.usecases.presence import attendance

from ..conftest import WUFUQIAO, at, book, operator, resident
from .paying import EVENING, TERMS, key, paid, start, state, work_on

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def guest():
    return resident()


@pytest.fixture
def online(house, database):
    """The venue takes online payments and gives half back of what is cancelled late."""
    with database.superuser() as connection:
        connection.execute(TERMS)


@pytest.fixture
def booking(deps, house, online, guest):
    return book(deps, guest, house.spaces["council_pavilion"], *EVENING)


def test_a_paid_booking_cancelled_in_time_is_refunded_whole(deps, guest, booking, look):
    payment = paid(deps, guest, booking)

    cancel_booking(deps, guest, key(booking), InProcess())
    work_on(deps)
    work_on(deps)

    (one,) = booking_money.booking_money(deps, guest, key(booking), "zh")["refunds"]
    assert (one["amount_fen"], one["reason_code"], one["executed"]) == (6000, "cancelled", True)
    assert state(deps, guest, payment) == "refunded"
    assert look("SELECT refunded_fen FROM sandbox_payments") == [(6000,)]
    assert look("SELECT count(*) FROM outbox WHERE type LIKE '%%booking.refunded%%'") == [(1,)]


def test_a_booking_that_ends_while_others_are_being_refunded_is_refunded_next(deps, house, guest, booking, look):
    other = book(deps, guest, house.spaces["elders_space"], *EVENING)
    for one in (booking, other):
        paid(deps, guest, one)
    cancel_booking(deps, guest, key(booking), InProcess())

    def refund_slowly(deps, work, now):
        HANDLERS["refunds"](deps, work, now)
        cancel_booking(deps, guest, key(other), InProcess())

    look_after(deps, {**HANDLERS, "refunds": refund_slowly})
    work_on(deps)

    assert look("SELECT count(*) FROM refunds") == [(2,)]


def cancelled_late(deps, guest, booking, clock) -> None:
    """Paid, and taken back half an hour before it begins."""
    paid(deps, guest, booking)
    clock.set(at("2026-11-26T18:30"))
    cancel_booking(deps, guest, key(booking), InProcess())


def test_the_job_takes_the_venues_counter_after_all_its_bookings_and_so_waits_for_nobody_who_waits_for_it(
    deps, house, guest, booking, database, look
):
    other = book(deps, guest, house.spaces["elders_space"], *EVENING)
    for one in (booking, other):
        paid(deps, guest, one)
        cancel_booking(deps, guest, key(one), InProcess())
    last = max(key(booking), key(other))
    with ThreadPoolExecutor(1) as worker, database.superuser() as till:
        till.autocommit = False
        till.execute("SELECT FROM bookings WHERE id = %s FOR UPDATE", (last,))
        job = worker.submit(work_on, deps)
        until(lambda: look(WAITING) != [(0,)], "the job waits")
        till.execute("SELECT FROM receipt_counters FOR UPDATE NOWAIT")  # as giving a deposit back does
        till.rollback()
        job.result()

    assert look("SELECT count(*) FROM refunds") == [(2,)]


def test_cancelled_late_the_venue_keeps_its_share(deps, guest, booking, look, frozen_clock):
    cancelled_late(deps, guest, booking, frozen_clock)

    work_on(deps)

    assert look("SELECT amount_fen, reason_code FROM refunds") == [(3000, "late_cancelled")]


def test_who_may_pay_reads_before_how_much_a_late_cancellation_gives_back(deps, guest, booking):
    told = booking_money.booking_money(deps, guest, key(booking), "zh")

    assert told["refund_percent_late"] == 50


def test_half_of_an_odd_fen_stays_with_the_venue(deps, guest, booking, look, database, frozen_clock):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET refund_percent_late = 33")
    cancelled_late(deps, guest, booking, frozen_clock)
    with database.superuser() as connection:  # a price no half hour comes to, for what is left over of a percentage
        connection.execute("SET session_replication_role = replica")
        for one in ("settlements SET amount_fen = 101", "payment_intents SET amount_fen = 101"):
            connection.execute(f"UPDATE {one}")

    ring(deps)

    assert look("SELECT paid_fen, amount_fen FROM refunds") == [(101, 33)]


def ring(deps) -> None:
    """Let the alarm of refunds go off."""
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        HANDLERS["refunds"](deps, work, deps.clock.now())
        work.commit()


def test_what_is_given_back_is_decided_when_it_is_cancelled_whatever_the_venue_says_later(
    deps, guest, booking, look, database, frozen_clock
):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET refund_percent_late = 0")
    cancelled_late(deps, guest, booking, frozen_clock)
    ring(deps)
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET refund_percent_late = 100")

    ring(deps)

    assert look("SELECT count(*) FROM refunds") == [(0,)]
    assert look("SELECT refund_percent FROM bookings") == [(0,)]


def test_bookings_that_give_nothing_back_hold_up_nobodys_refund(
    deps, house, guest, booking, look, database, frozen_clock, monkeypatch
):
    monkeypatch.setattr(refunds, "AT_ONCE", 1)
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET refund_percent_late = 0")
    in_time = book(deps, guest, house.spaces["council_pavilion"], "2026-11-28T19:00", "2026-11-28T21:00")
    paid(deps, guest, in_time)
    cancelled_late(deps, guest, booking, frozen_clock)
    cancel_booking(deps, guest, key(in_time), InProcess())

    ring(deps)

    assert look("SELECT booking_id::text, amount_fen FROM refunds") == [(in_time["booking_id"], 6000)]


def test_a_refund_is_given_once_however_often_the_alarm_rings(deps, guest, booking, look):
    paid(deps, guest, booking)
    cancel_booking(deps, guest, key(booking), InProcess())
    for _ in range(3):
        ring(deps)

    assert look("SELECT count(*) FROM refunds") == [(1,)]


INSERT_REFUND = """
    INSERT INTO refunds (division_code, id, booking_id, settlement_id, paid_fen, before_fen, amount_fen, method,
        reason_code, refunded_at, occurred_on, refunded_by)
    SELECT division_code, gen_random_uuid(), booking_id, id, amount_fen,
        (SELECT coalesce(max(after_fen), 0) FROM refunds), 2500, 'online', 'cancelled', settled_at, occurred_on, 'x'
    FROM settlements"""


def race_refunds(database) -> int:
    """Sixteen writers who each look how much is left and give 2,500 of 6,000 back; how many succeeded."""
    barrier = Barrier(16)

    def give(_number) -> bool:
        with database.superuser() as connection:
            barrier.wait()
            try:
                connection.execute(INSERT_REFUND)
            except Exception:
                return False
        return True

    with ThreadPoolExecutor(16) as writers:
        return sum(writers.map(give, range(16)))


def test_refunds_never_exceed_the_payment_however_many_write_at_once(deps, guest, booking, database, look):
    paid(deps, guest, booking)

    for _ in range(3):
        race_refunds(database)

    assert look("SELECT sum(amount_fen)::bigint FROM refunds") == [(5000,)]


def test_control_without_the_chain_the_race_gives_too_much_back(deps, guest, booking, database, look):
    paid(deps, guest, booking)
    with database.superuser() as connection:
        connection.execute("ALTER TABLE refunds DROP CONSTRAINT fk_refunds_no_gap")
        for name in ("uq_refunds_one_after_another", "uq_refunds_so_far"):
            connection.execute(f"ALTER TABLE refunds DROP CONSTRAINT {name}")

    def give() -> None:
        with database.superuser() as late:
            late.execute(INSERT_REFUND)

    with ThreadPoolExecutor(2) as writers, database.superuser() as first:
        with first.transaction():
            first.execute(INSERT_REFUND)
            others = [writers.submit(give) for _ in range(2)]
            until(lambda: look(WAITING) == [(2,)], "two have added up what is left, and wait")
        for one in others:
            one.result()

    assert look("SELECT sum(amount_fen)::bigint > 6000 FROM refunds") == [(True,)], "the control must see it"


def test_a_settlement_is_reversed_or_refunded_never_both(deps, guest, booking, look):
    paid(deps, guest, booking)
    cancel_booking(deps, guest, key(booking), InProcess())
    work_on(deps)

    with pytest.raises(Conflict) as refused:
        settlement.reverse_settlement(deps, operator(), key(booking), "other", InProcess())

    assert refused.value.code == "already_refunded"


@pytest.fixture
def let_in(deps, guest, booking, frozen_clock):
    """A guest who paid online and has checked in; their payment."""
    payment = paid(deps, guest, booking)
    frozen_clock.set(at("2026-11-26T18:45"))
    attendance.check_in(deps, operator(), key(booking), InProcess())
    return payment


def test_what_was_paid_online_is_not_reversed_at_the_counter(deps, guest, booking, let_in, look):
    with pytest.raises(Conflict) as refused:
        settlement.reverse_settlement(deps, operator(), key(booking), "other", InProcess())

    assert refused.value.code == "paid_online"
    assert look("SELECT count(*) FROM reversals") == [(0,)]


def test_the_database_itself_refuses_to_reverse_what_was_paid_online(deps, booking, let_in, look, monkeypatch):
    monkeypatch.setattr(settlement.refund_rules, "may_reverse", lambda *_: None)

    with pytest.raises(IntegrityError, match="was paid online"):
        settlement.reverse_settlement(deps, operator(), key(booking), "other", InProcess())

    assert look("SELECT count(*) FROM reversals") == [(0,)]


def test_a_refund_at_the_counter_goes_through_the_provider_and_every_book_agrees(
    deps, house, guest, booking, let_in, look
):
    settlement.refund_settlement(deps, operator(), key(booking), InProcess())
    work_on(deps)
    work_on(deps)

    told = booking_money.booking_money(deps, guest, key(booking), "zh")
    assert [(one["amount_fen"], one["executed"]) for one in told["refunds"]] == [(6000, True)]
    assert state(deps, guest, let_in) == "refunded"
    assert look("SELECT refunded_fen FROM sandbox_payments") == [(6000,)]
    day = day_statements.get_day(deps, operator(), house.venue_id, date(2026, 11, 26), "zh")
    assert (day["totals"]["refunded_online_fen"], day["totals"]["reversed_online_fen"]) == (6000, 0)
    (told,) = look(
        "SELECT convert_from(payload, 'UTF8')::json->'data' FROM outbox WHERE type LIKE '%%booking.refunded%%'"
    )
    assert (told[0]["amount_fen"], told[0]["method"]) == (6000, "online")


def test_who_got_their_money_back_is_not_asked_for_it_again(deps, guest, booking, let_in):
    settlement.refund_settlement(deps, operator(), key(booking), InProcess())
    codes = []

    for act in (
        lambda: settlement.refund_settlement(deps, operator(), key(booking), InProcess()),
        lambda: settlement.settle_booking(deps, operator(), key(booking), "cash", 6000, InProcess()),
        lambda: start(deps, guest, booking),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        codes.append(refused.value.code)

    assert codes == ["already_refunded", "already_settled", "already_settled"]


def test_who_has_not_come_yet_is_refunded_by_cancelling(deps, guest, booking):
    paid(deps, guest, booking)

    with pytest.raises(Conflict) as refused:
        settlement.refund_settlement(deps, operator(), key(booking), InProcess())

    assert refused.value.code == "wrong_state"
