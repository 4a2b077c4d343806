# SPDX-License-Identifier: Apache-2.0
"""Who came and who did not: four ways to check in, marks with what became of them, and the waiting list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from chassis.pagination import Page
from venue.domain.waiting.waiting import Wish
from venue.store.presence.marks import MarkFilter
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.holding import confirm_booking
from venue.usecases.presence import doors, exemptions, marks, offline_check_ins
from venue.usecases.presence.attendance import Ticked, check_in_here, check_in_many
from venue.usecases.presence.no_shows import release_no_shows
from venue.usecases.presence.offline_check_ins import Note
from venue.usecases.waiting.waiting import KEY as ENTRY_KEY
from venue.usecases.waiting.waiting import JoinWaitingList, join, my_entries

from tools.first_data.house import OPERATOR, SECRETARY, WORKER, WORKERS, House, done, under
from tools.first_data.progress import Progress

# who missed it, how many days ago, and what was said
MISSED = {"appealed": (0, 6), "excused": (2, 11), "upheld": (10, 16)}
APPEAL = "那天下大雨，桥上走不过来，给柜台打过电话。"
ANSWERS = {"excused": "查过来电记录，确实打过电话。", "upheld": "当天没有来电记录，下次请提前取消。"}
EXEMPT, EXEMPT_DAYS_AGO = 11, 5


def fill(house: House, progress: Progress) -> None:
    """Tell every story of coming, missing and waiting."""
    progress.once("arrivals", lambda: _arrivals(house))
    for outcome, (number, days) in MISSED.items():
        progress.once(f"missed {outcome}", lambda o=outcome, n=number, d=days: _missed(house, o, n, d))
    progress.once("exempt", lambda: _exempt(house))
    progress.once("cancelled late", lambda: _cancel_late(house))
    progress.once("offer taken", lambda: _offer_taken(house))
    progress.once("offer open", lambda: _offer_open(house))


def _arrivals(house: House) -> bool:
    """By the code on the door, from the day's list, and noted by a device that was offline."""
    three = {
        "door": ("council_pavilion", 10, 0, 12),
        "list": ("elders_space", 10, 0, 13),
        "offline": ("service_post", 11, 30, 14),
    }
    house.at(house.on(-5, 15))
    made = {
        way: house.book(house.guest(who), f"by {way}", room, house.on(-3, hour, minute), 1, purpose="下棋")
        for way, (room, hour, minute, who) in three.items()
    }
    _by_door(house, made["door"])
    ticked = [Ticked(UUID(made["list"]["booking_id"]), made["list"]["version"])]
    done(check_in_many(house.deps, OPERATOR, ticked, under(OPERATOR, "by list")))
    at = house.on(-3, 11, 35)
    note = Note(uuid5(NAMESPACE_OID, "first-data offline"), at, pick_up_code=made["offline"]["pick_up_code"])
    house.at(at + timedelta(minutes=5))
    done(offline_check_ins.apply(house.deps, OPERATOR, "tablet", [note], under(OPERATOR, "by offline")))
    for way, booking in made.items():
        house.leave(booking, f"by {way}")
    return True


def _by_door(house: House, booking: dict[str, Any]) -> None:
    house.at(datetime.fromisoformat(booking["starts_at"]))
    space_id, who = house.spaces["council_pavilion"], house.guest(12)
    display = doors.create_display(house.deps, SECRETARY, space_id, "靠桥一侧", under(SECRETARY, "display"))
    code = doors.show(house.deps, done(display)["token"], "zh")["check_in_code"]
    done(check_in_here(house.deps, who, space_id, code, under(who, "by door")))


def _missed(house: House, outcome: str, number: int, days: int) -> bool:
    """Nobody came; the mark is appealed against and, but for the newest appeal, answered."""
    who, key = house.guest(number), f"missed {outcome}"
    house.at(house.on(-days - 2, 20))
    house.book(who, key, "book_room", house.on(-days, 10), 1.5, purpose="自习")
    _grace_is_over(house, house.on(-days, 10))
    (mark, *_) = marks.all_marks(
        house.deps, WORKER, MarkFilter(person_id=house.people[number]), _first(marks.KEY), "zh"
    )["items"]
    mark_id = UUID(mark["mark_id"])
    house.at(house.on(-days + 1, 9))
    done(marks.appeal(house.deps, who, mark_id, APPEAL, under(who, key)))
    if outcome in ANSWERS:
        house.at(house.on(-days + 2, 9))
        done(marks.decide(house.deps, WORKER, mark_id, outcome, ANSWERS[outcome], under(WORKER, key)))
    return True


def _exempt(house: House) -> bool:
    """Who walks slowly may come late: forty minutes after the start the room is still theirs."""
    until = house.today + timedelta(days=180)
    person, who = house.people[EXEMPT], house.guest(EXEMPT)
    house.at(house.on(-20, 10))
    done(exemptions.grant(house.deps, WORKER, person, "高龄，腿脚不便", until, under(WORKER, "exemption")))
    house.at(house.on(-EXEMPT_DAYS_AGO - 1, 10))
    starts = house.on(-EXEMPT_DAYS_AGO, 10)
    booking = house.book(who, "late elder", "book_room", starts, 1.5, purpose="看报")
    _grace_is_over(house, starts)
    house.use(booking, "late elder", timedelta(minutes=40))
    return True


def _cancel_late(house: House) -> bool:
    who = house.guest(4)
    house.at(house.on(-11, 9))
    booking = house.book(who, "cancelled late", "elders_space", house.on(-9, 19), 2, purpose="茶会")
    house.at(house.on(-9, 18))
    done(cancel_booking(house.deps, who, UUID(booking["booking_id"]), under(who, "cancelled late")))
    return True


def _grace_is_over(house: House, starts: datetime) -> None:
    """Sixteen minutes after the start the platform releases what nobody came for."""
    house.at(starts + timedelta(minutes=16))
    with house.deps.unit_of_work(WORKERS) as work:
        release_no_shows(house.deps, work, house.deps.clock.now())
        work.commit()


def _offer_taken(house: House) -> bool:
    """Eight days ago somebody got the room they had waited for."""
    house.at(house.on(-10, 9))
    offered = _offered(house, "offer taken", (15, 16), "elders_space", house.on(-8, 10), 1)
    who, booking_id = house.guest(16), UUID(offered["booking_id"])
    booking = done(confirm_booking(house.deps, who, booking_id, under(who, "offer taken")))
    house.use(booking, "offer taken")
    return True


def _offer_open(house: House) -> bool:
    """The first neighbour is offered a room and has not answered; the second waits for what the first one paid for."""
    house.at(house.platform.now - timedelta(hours=1))
    _offered(house, "offer open", (5, 0), "council_pavilion", house.on(2, 10), 2)
    second, starts = house.guest(1), house.on(4, 19)
    wish = Wish(house.spaces["elders_space"], starts, starts + timedelta(hours=2), 120)
    done(join(house.deps, second, JoinWaitingList(wish), under(second, "waiting")))
    return True


def _offered(house: House, key: str, pair: tuple[int, int], room: str, starts: datetime, hours: int) -> dict[str, Any]:
    """Let one of a pair take a booking back that the other waits for; return the entry with its offer."""
    holder, waiter = (house.guest(number) for number in pair)
    booking = house.book(holder, key, room, starts, hours, purpose="包饺子")
    ends = starts + timedelta(hours=hours)
    wish = Wish(house.spaces[room], starts, ends, hours * 60)
    entry = done(join(house.deps, waiter, JoinWaitingList(wish), under(waiter, key)))
    done(cancel_booking(house.deps, holder, UUID(booking["booking_id"]), under(holder, key)))
    entries = my_entries(house.deps, waiter, _first(ENTRY_KEY), "zh")["items"]
    return next(one for one in entries if one["entry_id"] == entry["entry_id"])["offer"]


def _first(kinds: Any) -> Page:
    return Page.parse(None, 50, kinds)
