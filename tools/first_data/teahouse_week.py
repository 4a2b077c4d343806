# SPDX-License-Identifier: Apache-2.0
"""What makes the coming week full: courses that repeat, a night, two prices, a closure, requests, imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from venue.store.venues.equipment import EquipmentWish
from venue.usecases.booking.approving import decline_booking
from venue.usecases.booking.import_bookings import ImportRow, import_bookings
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.calendars.calendar_feeds import MakeFeed, create_calendar_feed
from venue.usecases.opening.opening import set_own_hours
from venue.usecases.series.change import change_series
from venue.usecases.series.create import CreateSeries, create_series
from venue.usecases.series.locking import ChangeSeries
from venue.usecases.venues.closures import CloseSpace, close_space
from venue.usecases.venues.venue_details import settings

from tools.first_data.house import SECRETARY, WORKER, House, done, under
from tools.first_data.progress import Progress

SATURDAY, FRIDAY, AT_LEAST_AHEAD = 6, 5, 8


def fill(house: House, progress: Progress) -> None:
    """Arrange what the coming days hold, before chance fills the rest."""
    stories: dict[str, Callable[[House], bool]] = {
        "two prices": _two_prices, "night": _night, "series": _series, "own series": _own_series, "lecture": _lecture,
        "moved": _move, "imported": _import, "closure": _close, "requests": _ask_for_the_house, "feeds": _feeds,
    }  # fmt: skip
    for name, tell in stories.items():
        house.at(house.platform.now - timedelta(days=1, hours=2))
        progress.once(name, lambda t=tell: t(house))


def _two_prices(house: House) -> bool:
    """Across six o'clock: each part at its own price, agreed to."""
    house.book(house.guest(0), "two prices", "book_room", house.on(2, 17), 2, purpose="英语角", split=True)
    return True


def _night(house: House) -> bool:
    """A Saturday that stays open until one, and a booking over midnight."""
    days = house.days_to(SATURDAY, 1)
    saturday, sunday = (house.today + timedelta(days=one) for one in (days, days + 1))
    evening = ("commercial", "18:00", "22:00")
    nights = {
        saturday: [
            ("public_benefit", "09:00", "14:00"),
            ("at_cost", "14:00", "18:00"),
            ("commercial", "18:00", "24:00"),
        ],
        sunday: [("commercial", "00:00", "01:00"), ("public_benefit", "09:00", "18:00"), evening],
    }
    for day, stretches in nights.items():
        hours = [{"regime": regime, "from": start, "until": end} for regime, start, end in stretches]
        here = under(SECRETARY, f"own hours {day}")
        done(set_own_hours(house.deps, SECRETARY, house.venue_id, day, hours, here))
    house.book(house.guest(5), "night", "elders_space", house.on(days, 22), 3, purpose="看球")
    return True


def _series(house: House) -> bool:
    """A course of which one date is taken and the later ones begin half an hour on; films with what they need."""
    first = house.today + timedelta(days=1)
    course = CreateSeries(
        house.spaces["elders_space"], "FREQ=WEEKLY;BYDAY=WE,SA;COUNT=12", first, time(9), 90, purpose="太极拳班",
        on_behalf_of=house.for_guest(4),
    )  # fmt: skip
    third = _dates(first, (3, 6), 3)[-1]
    half = house.on((third - house.today).days, 9, 30)
    house.book(house.guest(10), "half", "elders_space_east", half, 1, purpose="量血压")
    made = done(create_series(house.deps, WORKER, course, under(WORKER, "course")))
    later = ChangeSeries("following", from_date=_dates(first, (3, 6), 5)[-1], local_start=time(9, 30))
    done(change_series(house.deps, WORKER, UUID(made["series_id"]), later, under(WORKER, "course later")))
    films = CreateSeries(
        house.spaces["book_room"], "FREQ=MONTHLY;BYDAY=1SU,3SU;COUNT=3", first, time(19), 120, purpose="老电影",
        equipment=tuple((one.equipment_id, one.quantity) for one in _equipment(house, projector=1, folding_chair=12)),
        on_behalf_of=house.for_guest(6),
    )  # fmt: skip
    done(create_series(house.deps, WORKER, films, under(WORKER, "films")))
    return True


def _own_series(house: House) -> bool:
    """The first neighbour's own four Fridays, the second of them moved to the afternoon."""
    who, first = house.guest(0), house.today + timedelta(days=1)
    reading = CreateSeries(
        house.spaces["book_room"], "FREQ=WEEKLY;BYDAY=FR;COUNT=4", first, time(10), 90, purpose="读报小组"
    )
    made = done(create_series(house.deps, who, reading, under(who, "reading")))
    moved = ChangeSeries("one", from_date=_dates(first, (FRIDAY,), 2)[-1], local_start=time(16))
    done(change_series(house.deps, who, UUID(made["series_id"]), moved, under(who, "reading moved")))
    return True


def _lecture(house: House) -> bool:
    """Booked by telephone for a department, with a projector and chairs."""
    wishes = _equipment(house, projector=1, folding_chair=12)
    house.book(
        WORKER, "lecture", "council_pavilion", house.on(1, 10), 2, purpose="防火讲座", party_size=12,
        on_behalf_of=house.for_guest(7), equipment=wishes,
    )  # fmt: skip
    return True


def _equipment(house: House, **quantities: int) -> list[EquipmentWish]:
    known = {
        one["code"]: one["equipment_id"] for one in settings(house.deps, WORKER, house.venue_id, "zh")["equipment"]
    }
    wishes = [EquipmentWish(UUID(known[code]), quantity) for code, quantity in quantities.items()]
    return sorted(wishes, key=lambda one: one.equipment_id)


def _move(house: House) -> bool:
    who = house.guest(8)
    booking = house.book(who, "moved", "elders_space", house.on(5, 19), 2, purpose="棋牌")
    to = MoveBooking(house.on(6, 19), house.on(6, 21))
    done(move_booking(house.deps, who, UUID(booking["booking_id"]), to, under(who, "moved")))
    return True


def _import(house: House) -> bool:
    """Three lines of the paper calendar; the first is refused, for the lecture is there."""
    rows = [
        ImportRow(
            "council_pavilion", _wall(house.on(days, 10)), _wall(house.on(days, 12)), house.people[9], "合唱排练", 10
        )
        for days in (1, 4, 5)
    ]
    import_bookings(house.deps, WORKER, house.venue_id, rows, under(WORKER, "paper calendar"))
    return True


def _close(house: House) -> bool:
    closure = CloseSpace(
        house.venue_id, house.spaces["book_room"], house.on(3, 13), house.on(3, 16), "线路检修", "Wiring works", True
    )
    done(close_space(house.deps, WORKER, closure, under(WORKER, "closure")))
    return True


def _ask_for_the_house(house: House) -> bool:
    """Two want the whole house at the same time, of which one can be granted; a third was told why not."""
    days = house.days_to(SATURDAY, AT_LEAST_AHEAD)
    asked = {"tea party": (6, 14, "邻里茶话会"), "clinic": (7, 15, "义诊"), "declined": (9, 16, "产品推介")}
    for key, (number, hour, purpose) in asked.items():
        booking = house.book(
            house.guest(number), key, "whole_house", house.on(days, hour), 2, purpose=purpose, party_size=40
        )
    declined = UUID(booking["booking_id"])
    done(decline_booking(house.deps, WORKER, declined, "茶馆不做推销。", under(WORKER, "declined")))
    return True


def _feeds(house: House) -> bool:
    """Calendars to subscribe to: the community's, the teahouse's, and the first neighbour's own."""
    wanted = (
        (WORKER, MakeFeed("community", label="社区大屏")),
        (WORKER, MakeFeed("venue", venue_id=house.venue_id, label="茶馆前台")),
        (house.guest(0), MakeFeed("person", label="我的手机")),
    )
    for actor, feed in wanted:
        done(create_calendar_feed(house.deps, actor, feed, under(actor, f"feed {feed.kind}")))
    return True


def _dates(first: date, weekdays: tuple[int, ...], count: int) -> list[date]:
    """The first ``count`` dates on these ISO weekdays."""
    days = (first + timedelta(days=number) for number in range(7 * count))
    return [day for day in days if day.isoweekday() in weekdays][:count]


def _wall(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
