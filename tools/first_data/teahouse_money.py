# SPDX-License-Identifier: Apache-2.0
"""Money beyond plain cash: deposits with every end, payments online, the days' ends, and the operator's debt."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from chassis.errors import AppError
from venue.store import due
from venue.usecases.booking.approving import approve_booking
from venue.usecases.booking.book_space import BookSpace, OnBehalf, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.money import reconciliation
from venue.usecases.money.ask_provider import ask_provider
from venue.usecases.money.day_statements import close_day, get_day
from venue.usecases.money.deposits import keep_deposit, refund_deposit, take_deposit
from venue.usecases.money.payment_outcome import receive_callback
from venue.usecases.money.payments import start_payment
from venue.usecases.money.refunds import refund_what_ended
from venue.usecases.money.sandbox import decide_sandbox_payment
from venue.usecases.money.settlement import settle_booking
from venue.usecases.opening.owed_sessions import accrue_owed_sessions, mark_free_session, waive_owed_sessions
from venue.usecases.presence.attendance import check_in, check_out

from tools.first_data.house import OPERATOR, SECRETARY, WORKER, WORKERS, House, done, under
from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.platform import Here
from tools.first_data.progress import Progress

DEPOSIT_FEN = 20_000
EVENINGS = {"given back": (3, 22, "八十寿宴"), "kept": (8, 15, "同学聚会"), "still held": (9, 1, "邻里家宴")}
TOLD_BY_THEN = timedelta(minutes=3)
KEEP_OPEN = 2  # the last days' takings are still to be counted
SHORT_DAYS_AGO, SHORT_FEN = 4, 500


def fill(house: House, progress: Progress) -> int:
    """Move the money; return how many entries the ledger will be told of."""
    told = sum(
        progress.once(f"deposit {end}", lambda e=end, p=plan: _evening(house, e, *p)) for end, plan in EVENINGS.items()
    )
    told += progress.once("deposit for an evening to come", lambda: _deposit_ahead(house))
    told += progress.once("refunded online", lambda: _refunded_online(house))
    return told + progress.once("paid online", lambda: _paid_online(house))


def _evening(house: House, end: str, number: int, days: int, purpose: str) -> int:
    """An evening of the whole house with its deposit, settled in cash."""
    key = f"evening {end}"
    house.at(house.on(-days - 3, 10))
    booking = house.book(
        WORKER, key, "whole_house", house.on(-days, 19), 2, purpose=purpose, party_size=40,
        on_behalf_of=house.for_guest(number),
    )  # fmt: skip
    booking_id, here = UUID(booking["booking_id"]), under(OPERATOR, key)
    house.at(house.on(-days, 18, 40))
    done(take_deposit(house.deps, OPERATOR, booking_id, DEPOSIT_FEN, here))
    house.use(booking, key)
    done(settle_booking(house.deps, OPERATOR, booking_id, "cash", booking["price_fen"], here))
    if end == "given back":
        done(refund_deposit(house.deps, OPERATOR, booking_id, here))
    elif end == "kept":
        done(keep_deposit(house.deps, OPERATOR, booking_id, "damage", here))
    else:
        return 2
    return 3


def _deposit_ahead(house: House) -> int:
    """A request that was approved, with its deposit paid in advance."""
    who, starts = house.guest(3), house.on(house.days_to(5, 8), 19)
    house.at(house.on(-2, 10))
    booking = house.book(who, "approved", "whole_house", starts, 2, purpose="邻里百家宴", party_size=40)
    house.at(house.on(-2, 16))
    done(approve_booking(house.deps, WORKER, UUID(booking["booking_id"]), under(WORKER, "approved")))
    house.at(house.on(-1, 10))
    done(take_deposit(house.deps, OPERATOR, UUID(booking["booking_id"]), DEPOSIT_FEN, under(OPERATOR, "approved")))
    return 1


def _paid_online(house: House) -> int:
    """Yesterday the first neighbour booked an evening and paid at once."""
    house.at(house.on(-1, 12))
    booking = house.book(house.guest(0), "paid online", "elders_space", house.on(4, 19), 2, purpose="家庭茶会")
    _pay(house, 0, booking)
    return 1


def _refunded_online(house: House) -> int:
    """The second one had paid, and took the booking back in time."""
    who = house.guest(1)
    house.at(house.on(-20, 12))
    booking = house.book(who, "refunded online", "elders_space", house.on(-18, 19), 2, purpose="生日茶会")
    _pay(house, 1, booking)
    house.at(house.on(-19, 9))
    done(cancel_booking(house.deps, who, UUID(booking["booking_id"]), under(who, "refunded online")))
    with house.deps.unit_of_work(WORKERS) as work:
        refund_what_ended(house.deps, work, house.deps.clock.now())
        work.commit()
    ask_provider(house.deps, WORKERS, house.deps.clock.now())
    return 2


def _pay(house: House, number: int, booking: dict[str, Any]) -> None:
    """Pay through the sandbox: asked by the worker, decided by the payer, told by its signed callback."""
    who, key, price = house.guest(number), f"pay {number}", booking["price_fen"]
    booking_id = UUID(booking["booking_id"])
    payment = done(start_payment(house.deps, who, booking_id, price, "CNY", under(who, key)))
    ask_provider(house.deps, WORKERS, house.deps.clock.now())
    decided = done(decide_sandbox_payment(house.deps, who, UUID(payment["payment_id"]), "paid", under(who, key)))
    receive_callback(house.deps, decided["provider"], **decided["callback"])


def end_days(house: House) -> bool:
    """The operator counted the cash of every day but the last ones; once it was not right."""
    day, last = first_of_last_month(house.platform.now), house.today - timedelta(days=KEEP_OPEN)
    short = house.today - timedelta(days=SHORT_DAYS_AGO)
    while day <= last:
        house.at(datetime.combine(day, time(22, 30), CHENGDU))
        expected = get_day(house.deps, OPERATOR, house.venue_id, day, "zh")["totals"]["expected_cash_fen"]
        counted, note = (expected - SHORT_FEN, "找零多给了五元") if day == short and expected else (expected, None)
        done(close_day(house.deps, OPERATOR, house.venue_id, day, counted, note, under(OPERATOR, f"day {day}")))
        day += timedelta(days=1)
    return True


def deliver_owed(house: House) -> bool:
    """Three of the free sessions that the operator owes were held these weeks, booked at the counter; one is waived."""
    first = datetime.combine(house.today.replace(day=1), time(8), CHENGDU)
    acts = {first: lambda: accrue_owed_sessions(house.deps), house.on(-1, 9): lambda: _waive(house)}
    for days in (11, 8, 4):
        acts[house.on(-days, 9)] = lambda d=days: any(_hold_owed(house, one, d) for one in house.spaces.values())
    for instant in sorted(acts):
        house.at(instant)
        acts[instant]()
    return True


def _waive(house: House) -> None:
    here = under(SECRETARY, "waived")
    done(waive_owed_sessions(house.deps, SECRETARY, house.venue_id, 1, "停水一天，没法开场", here))


def _hold_owed(house: House, space_id: UUID, days: int) -> bool:
    """Hold one of them in the first free hour of a room; False where it has none."""
    for hour in range(10, 17):
        starts, behalf = house.on(-days, hour), OnBehalf(house.people[5], "经营人的免费场次")
        wish = BookSpace(space_id, starts, starts + timedelta(hours=1), "茶艺课", 6, behalf)
        house.at(starts - timedelta(hours=4))
        try:
            booking_id = UUID(book_space(house.deps, WORKER, wish, Here(WORKER)).content["booking_id"])
        except AppError:  # taken, or not for booking: the next hour will do
            continue
        house.at(starts)
        check_in(house.deps, OPERATOR, booking_id, Here(OPERATOR))
        house.at(starts + timedelta(hours=1))
        check_out(house.deps, OPERATOR, booking_id, Here(OPERATOR))
        mark_free_session(house.deps, WORKER, booking_id, Here(WORKER))
        return True
    return False


def compare_later(house: House) -> bool:
    """The nights of the month are over: money and ledger are compared once the ledger has been told of it all."""
    with house.deps.unit_of_work(WORKER) as work:
        due.switch_off(work, reconciliation.ALARM, house.platform.now)
        due.set_alarm(work, reconciliation.ALARM, house.platform.now + TOLD_BY_THEN)
        work.commit()
    return True
