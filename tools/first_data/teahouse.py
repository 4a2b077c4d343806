# SPDX-License-Identifier: Apache-2.0
"""A month and a half of the teahouse: bookings made, kept, paid, cancelled and once wrongly settled."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.errors import Conflict, Unprocessable
from venue.usecases.booking.book_space import BookSpace, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.see_times import public_venues
from venue.usecases.money.settlement import reverse_settlement, settle_booking
from venue.usecases.presence.attendance import check_in, check_out

from tools.first_data import teahouse_money, teahouse_presence, teahouse_setting, teahouse_sittings, teahouse_week
from tools.first_data.house import House
from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.people import WUFUQIAO
from tools.first_data.platform import Here, Platform, officer, resident
from tools.first_data.progress import Progress

# start hour, length in half hours, what for
BENEFIT = ((9, 4, "书法班"), (10, 3, "量血压"), (14, 4, "评理会"), (15, 4, "编织小组"), (16, 3, "四点半课堂"))
COMMERCIAL = ((18, 4, "棋牌"), (19, 4, "读书会"), (19, 3, "茶会"), (20, 4, "朋友聚会"))
KEPT_AHEAD = 6  # days of bookings in the coming week
ROOMS = ("council_pavilion", "service_post", "elders_space", "book_room")
ALREADY = suppress(Conflict)  # done before this run was interrupted
JOURNEY_ROOM, JOURNEY_HOURS = "council_pavilion", range(19, 21)  # evenings left free, so that whoever tries finds room


def fill(platform: Platform, progress: Progress, residents: list[dict[str, str]]) -> int:
    """Fill the teahouse's days; return how many entries the ledger will be told of."""
    teahouse_setting.prepare(_house(platform, residents), progress)
    house = _house(platform, residents)
    teahouse_sittings.plan(house, progress)
    told = teahouse_money.fill(house, progress)
    teahouse_presence.fill(house, progress)
    teahouse_week.fill(house, progress)
    told += _fill_days(house, progress, residents)
    teahouse_sittings.fill(house, progress)
    progress.once("day ends", lambda: teahouse_money.end_days(house))
    progress.once("owed", lambda: teahouse_money.deliver_owed(house))
    progress.once("quotas", lambda: teahouse_setting.limit(house))
    progress.once("comparison", lambda: teahouse_money.compare_later(house))
    return told


def _house(platform: Platform, residents: list[dict[str, str]]) -> House:
    """The teahouse with the rooms it has by now."""
    venue = public_venues(platform.venue, WUFUQIAO, "zh")["items"][0]
    spaces = {one["code"]: UUID(one["space_id"]) for one in venue["spaces"]}
    return House(platform, UUID(venue["venue_id"]), spaces, [UUID(one["person_id"]) for one in residents])


def _fill_days(house: House, progress: Progress, residents: list[dict[str, str]]) -> int:
    spaces = {code: str(house.spaces[code]) for code in ROOMS}
    random, told = Random(510104), 0  # noqa: S311 - a reproducible demonstration, no secret
    day, last = first_of_last_month(house.platform.now), house.today + timedelta(days=KEPT_AHEAD)
    while day <= last:
        plan = _plan(random, day, spaces, residents)
        told += progress.once(f"teahouse {day}", lambda d=day, p=plan: _day(house.platform, d, p))
        day += timedelta(days=1)
    return told


def _plan(random: Random, day: date, spaces: dict[str, str], residents: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Draw a day's bookings: always the same for the same day, whatever has been made already."""
    plans = []
    for hour, halves, purpose in [*random.sample(BENEFIT, 2), *random.sample(COMMERCIAL, random.choice((1, 1, 2)))]:
        code = random.choice(sorted(spaces))
        if code == JOURNEY_ROOM and hour in (18, *JOURNEY_HOURS):
            code = "book_room"
        starts = datetime.combine(day, time(hour), CHENGDU)
        plans.append(
            {
                "space_id": spaces[code],
                "starts_at": starts,
                "ends_at": starts + timedelta(minutes=30 * halves),
                "person": random.choice(residents)["person_id"],
                "purpose": purpose,
                "fate": random.choices(("kept", "cancelled", "wrongly settled"), (30, 3, 1))[0],
            }
        )
    return plans


def _day(platform: Platform, day: date, plans: list[dict[str, Any]]) -> int:
    told = 0
    for number, plan in enumerate(plans):
        platform.at(plan["starts_at"] - timedelta(days=2, hours=3))
        booker = resident(WUFUQIAO, plan["person"])
        wish = BookSpace(UUID(plan["space_id"]), plan["starts_at"], plan["ends_at"], plan["purpose"], 6)
        try:
            reply = book_space(platform.venue, booker, wish, _anew(f"first-data {day} {number}"))
        except Unprocessable:  # an hour that is not for booking, such as the open tea's
            continue
        if reply.status == 201:
            told += _keep(platform, plan, reply.content, booker)
    return told


def _keep(platform: Platform, plan: dict[str, Any], booking: dict[str, Any], booker: Actor) -> int:
    booking_id, starts, ends = UUID(booking["booking_id"]), plan["starts_at"], plan["ends_at"]
    if plan["fate"] == "cancelled":
        platform.at(starts - timedelta(days=1))
        with ALREADY:
            cancel_booking(platform.venue, booker, booking_id, _here(booker))
        return 0
    operator = officer(WUFUQIAO, "venue_operator", "venue.read venue.operate")
    if starts > platform.now:
        return 0
    platform.at(starts)
    with ALREADY:
        check_in(platform.venue, operator, booking_id, _here(operator))
    if ends > platform.now:
        return 0
    platform.at(ends)
    with ALREADY:
        check_out(platform.venue, operator, booking_id, _here(operator))
    if booking["price_fen"] == 0:
        return 0
    price = booking["price_fen"]
    if plan["fate"] == "kept":
        with ALREADY:
            settle_booking(platform.venue, operator, booking_id, "cash", price, _here(operator))
        return 1
    for key in ("first", "again"):
        settle_booking(platform.venue, operator, booking_id, "cash", price, _anew(f"{booking_id} {key}"))
        if key == "first":
            reverse_settlement(platform.venue, operator, booking_id, "wrong_booking", _anew(f"{booking_id} reversed"))
    return 3


def _here(actor: Actor) -> Here:
    return Here(actor)


def _anew(key: str) -> Here:
    """A key of its own, so that a taken slot is an answer to look at and not an exception."""
    return replace(Here(officer(WUFUQIAO, "venue_operator", "")), idempotency_key=key)
