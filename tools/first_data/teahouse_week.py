# SPDX-License-Identifier: Apache-2.0
"""What makes the teahouse's week full: sittings and desks, courses that repeat, a closure, a queue, a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.errors import AppError
from chassis.pagination import Page
from venue.domain.sittings.rotas import Official
from venue.domain.waiting.waiting import Wish
from venue.store import due
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.booking.book_space import BookSpace, OnBehalf, book_space
from venue.usecases.booking.quotas import SetQuota, set_quota
from venue.usecases.booking.see_bookings import KEY, bookings_for_operator
from venue.usecases.money import reconciliation
from venue.usecases.money.day_statements import close_day, get_day
from venue.usecases.opening.owed_sessions import accrue_owed_sessions, mark_free_session
from venue.usecases.presence.attendance import check_in, check_out
from venue.usecases.series.create import CreateSeries, create_series
from venue.usecases.sittings.rotas import NewRota, create_rota
from venue.usecases.sittings.see_sessions import session_list
from venue.usecases.sittings.sittings import record_attendance
from venue.usecases.sittings.tickets import take_ticket
from venue.usecases.sittings.topics import NewTopic, answer_topic, hand_on_topic, propose_topic, publish_topic
from venue.usecases.venues.closures import CloseSpace, close_space
from venue.usecases.venues.spaces import update_space
from venue.usecases.waiting.waiting import JoinWaitingList, join

from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.people import WUFUQIAO
from tools.first_data.platform import Here, Platform, officer, resident
from tools.first_data.progress import Progress

SECRETARY = officer(WUFUQIAO, "community_secretary", "venue.read venue.counter venue.manage")
WORKER = officer(WUFUQIAO, "community_worker", "venue.read venue.counter")
OPERATOR = officer(WUFUQIAO, "venue_operator", "venue.read venue.operate")
THURSDAY, TUESDAY, WEDNESDAY = 4, 2, 3
SITS = (
    Official("street_officer", "街道干部", "street officer"),
    Official("community_secretary", "社区书记", "community secretary"),
)
# text as it was heard, category, channel, what the board says
TOPICS = (
    ("三号院晾衣绳太低", "repairs", "letterbox", "院子里的晾衣绳太低"),
    ("晚上想在茶馆开合唱练习", "activities", "wechat", "晚上开合唱练习"),
    ("能不能多放几把有扶手的椅子", "elders", "counter", "多放几把有扶手的椅子"),
)
TOLD_BY_THEN = timedelta(minutes=3)
KEEP_OPEN = 2  # the last days' takings are still to be counted


def prepare(platform: Platform, progress: Progress, venue_id: str, spaces: dict[str, str]) -> None:
    """Plan sittings and desks, set what is lent and how much one may book, before the first booking is made."""
    begins = datetime.combine(first_of_last_month(platform.now), time(8), CHENGDU)
    platform.at(begins)
    venue, here = UUID(venue_id), platform.venue
    first = begins.date()

    def rota(kind: str, room: str, weekday: int, minute: int, minutes: int, zh: str, en: str, **more: Any) -> NewRota:
        return NewRota(kind, UUID(spaces[room]), (weekday,), minute, minutes, zh, en, first, **more)

    plans = {
        "sitting": rota(
            "sitting", "council_pavilion", THURSDAY, 900, 120, "周四坐谈", "Thursday open tea", officials=SITS,
        ),
        "elders": rota(
            "desk", "service_post", TUESDAY, 540, 120, "老年社保", "Insurance for elders",
            desk_code="elder_insurance", capacity_per_hour=6,
        ),
        "aid": rota(
            "desk", "service_post", WEDNESDAY, 570, 90, "残疾人救助", "Aid for people with disabilities",
            desk_code="disability_aid", capacity_per_hour=4,
        ),
    }  # fmt: skip
    for name, plan in plans.items():
        progress.once(f"rota {name}", lambda p=plan: create_rota(here, WORKER, p, Here(WORKER)).content["rota_id"])
    limit = SetQuota("person", "month", minutes_limit=1200)
    _once(progress, "quota", lambda: set_quota(here, SECRETARY, venue, limit, Here(SECRETARY)))
    house, approval = UUID(spaces["whole_house"]), {"needs_approval": True}
    _once(progress, "approval", lambda: update_space(here, SECRETARY, house, approval, Here(SECRETARY)))


def fill(
    platform: Platform, progress: Progress, venue_id: str, spaces: dict[str, str], residents: list[dict[str, str]]
) -> None:
    """After the bookings: what happened at the sittings, and what the coming week still waits for."""
    people = [one["person_id"] for one in residents]
    _attend(platform, progress)
    _raise_topics(platform, progress, people)
    _arrange(platform, progress, venue_id, spaces, people)
    progress.once("tickets", lambda: _take_tickets(platform, people))
    progress.once("waiting", lambda: _wait(platform, spaces, people))
    progress.once("day ends", lambda: _close_days(platform, UUID(venue_id)))
    progress.once("owed", lambda: _deliver_owed(platform, spaces, UUID(people[5])))
    _once(progress, "comparison", lambda: _compare_later(platform))


def _once(progress: Progress, key: str, act: Callable[[], Any]) -> None:
    """Do it once; what it returns is nobody's business later."""
    progress.once(key, lambda: bool(act()) or True)


def _sessions(platform: Platform, kind: str) -> list[dict[str, Any]]:
    page = Page.parse(None, 200, (datetime.fromisoformat, UUID))
    return session_list(platform.venue, WORKER, SessionFilter(kind=kind), page, "zh")["items"]


def _attend(platform: Platform, progress: Progress) -> None:
    """Every sitting so far was held, except the one before the last: its reason stands on the board."""
    platform.at(platform.now)
    past = [one for one in _sessions(platform, "sitting") if datetime.fromisoformat(one["ends_at"]) < platform.now]
    for number, one in enumerate(past):
        missed = len(past) > 2 and number == len(past) - 2
        platform.at(datetime.fromisoformat(one["starts_at"]) + timedelta(minutes=5))
        outcome, reason = ("missed", "临时有防汛任务") if missed else ("came", None)
        session_id = UUID(one["session_id"])
        act = partial(record_attendance, platform.venue, WORKER, session_id, outcome, reason, Here(WORKER))
        _once(progress, f"attended {session_id}", act)


def _raise_topics(platform: Platform, progress: Progress, people: list[str]) -> None:
    platform.at(platform.now - timedelta(hours=3))
    coming = [one for one in _sessions(platform, "sitting") if datetime.fromisoformat(one["starts_at"]) > platform.now]
    if coming:
        session_id = UUID(coming[0]["session_id"])
        for number, topic in enumerate(TOPICS):
            _once(progress, f"topic {number}", lambda n=number, t=topic: _topic(platform, session_id, people[n], n, *t))


def _topic(
    platform: Platform, session_id: UUID, person: str, number: int, text: str, category: str, channel: str, wording: str
) -> None:
    """The first is published, the second handed on as a need, the third answered on the spot."""
    behalf = {"person_id": person, "reason": "本人在柜台说的"}
    told = propose_topic(platform.venue, WORKER, session_id, NewTopic(text, category, channel, behalf), Here(WORKER))
    topic_id = UUID(told.content["topic_id"])
    publish_topic(platform.venue, WORKER, topic_id, wording, Here(WORKER))
    if number == 1:
        hand_on_topic(platform.venue, WORKER, topic_id, wording, category, Here(WORKER))
    if number == 2:
        answer_topic(platform.venue, WORKER, topic_id, "已添四把，放在长者空间。", Here(WORKER))


def _arrange(platform: Platform, progress: Progress, venue_id: str, spaces: dict[str, str], people: list[str]) -> None:
    """Two courses that repeat, a closure for repairs, and a request for the whole house."""
    platform.at(platform.now - timedelta(hours=2))
    today = platform.now.astimezone(CHENGDU).date()
    course = CreateSeries(
        UUID(spaces["elders_space"]), "FREQ=WEEKLY;BYDAY=WE,SA;COUNT=12", today + timedelta(days=1), time(9), 90,
        purpose="太极拳班", on_behalf_of=OnBehalf(UUID(people[4]), "课程表"),
    )  # fmt: skip
    films = CreateSeries(
        UUID(spaces["book_room"]), "FREQ=MONTHLY;BYDAY=1SU,3SU;COUNT=3", today + timedelta(days=1), time(19), 120,
        purpose="老电影", on_behalf_of=OnBehalf(UUID(people[5]), "课程表"),
    )  # fmt: skip
    for name, wish in (("course", course), ("films", films)):
        _once(progress, f"series {name}", lambda w=wish: create_series(platform.venue, WORKER, w, Here(WORKER)))
    closure = CloseSpace(
        UUID(venue_id),
        UUID(spaces["book_room"]),
        _at(today, 3, 13),
        _at(today, 3, 16),
        "线路检修",
        "Wiring works",
        True,
    )
    _once(progress, "closure", lambda: close_space(platform.venue, WORKER, closure, Here(WORKER)))
    party = resident(WUFUQIAO, people[6])
    wish = BookSpace(UUID(spaces["whole_house"]), _at(today, 12, 12), _at(today, 12, 14), "重阳茶话会", 40)
    _once(progress, "request", lambda: book_space(platform.venue, party, wish, Here(party)))


def _at(today: date, days: int, hour: int) -> datetime:
    return datetime.combine(today + timedelta(days=days), time(hour), CHENGDU)


def _take_tickets(platform: Platform, people: list[str]) -> bool:
    platform.at(platform.now - timedelta(hours=1))
    coming = [one for one in _sessions(platform, "desk") if datetime.fromisoformat(one["starts_at"]) > platform.now]
    for person in people[7:10] if coming else ():
        who = resident(WUFUQIAO, person)
        take_ticket(platform.venue, who, UUID(coming[0]["session_id"]), 1, None, Here(who))
    return True


def _wait(platform: Platform, spaces: dict[str, str], people: list[str]) -> bool:
    """The second resident waits for a room that somebody else has tomorrow or later."""
    platform.at(platform.now - timedelta(hours=1))
    who = resident(WUFUQIAO, people[1])
    page = Page.parse(None, 200, KEY)
    for days in range(1, 6):
        day = platform.now.astimezone(CHENGDU).date() + timedelta(days=days)
        for one in bookings_for_operator(platform.venue, OPERATOR, _on(day), page, "zh")["items"]:
            if one["state"] != "confirmed" or one["space_id"] == spaces["whole_house"]:
                continue
            starts, ends = (datetime.fromisoformat(one[edge]) for edge in ("starts_at", "ends_at"))
            minutes = int((ends - starts) / timedelta(minutes=1))
            wish = Wish(UUID(one["space_id"]), starts, ends, minutes)
            try:
                join(platform.venue, who, JoinWaitingList(wish), Here(who))
            except AppError:  # one's own booking, or a rule: the next one will do
                continue
            return True
    return True


def _on(day: date) -> Any:
    from venue.store.booking.queries import BookingFilter

    return BookingFilter(on=day)


def _close_days(platform: Platform, venue_id: UUID) -> bool:
    """The operator counted the cash of every day but the last ones, and it was right."""
    day, last = first_of_last_month(platform.now), platform.now.astimezone(CHENGDU).date() - timedelta(days=KEEP_OPEN)
    while day <= last:
        platform.at(datetime.combine(day, time(22, 30), CHENGDU))
        expected = get_day(platform.venue, OPERATOR, venue_id, day, "zh")["totals"]["expected_cash_fen"]
        close_day(platform.venue, OPERATOR, venue_id, day, expected, None, Here(OPERATOR))
        day += timedelta(days=1)
    return True


def _deliver_owed(platform: Platform, spaces: dict[str, str], host: UUID) -> bool:
    """Three of the free sessions that the operator owes were held these weeks, booked at the counter."""
    platform.at(platform.now)
    accrue_owed_sessions(platform.venue)
    today = platform.now.astimezone(CHENGDU).date()
    for days in (4, 8, 11):
        any(_hold_owed(platform, UUID(space), host, today - timedelta(days=days)) for space in spaces.values())
    return True


def _hold_owed(platform: Platform, space_id: UUID, host: UUID, day: date) -> bool:
    """Hold one of them in the first free hour of a room; False where it has none."""
    for hour in range(10, 17):
        starts = datetime.combine(day, time(hour), CHENGDU)
        behalf = OnBehalf(host, "经营人的免费场次")
        wish = BookSpace(space_id, starts, starts + timedelta(hours=1), "茶艺课", 6, behalf)
        platform.at(starts - timedelta(hours=4))
        try:
            booking_id = UUID(book_space(platform.venue, WORKER, wish, Here(WORKER)).content["booking_id"])
        except AppError:  # taken, or not for booking: the next hour will do
            continue
        platform.at(starts)
        check_in(platform.venue, OPERATOR, booking_id, Here(OPERATOR))
        platform.at(starts + timedelta(hours=1))
        check_out(platform.venue, OPERATOR, booking_id, Here(OPERATOR))
        mark_free_session(platform.venue, OPERATOR, booking_id, Here(OPERATOR))
        return True
    return False


def _compare_later(platform: Platform) -> None:
    """The nights of the month are over: money and ledger are compared once the ledger has been told of it all."""
    with platform.venue.unit_of_work(WORKER) as work:
        due.switch_off(work, reconciliation.ALARM, platform.now)
        due.set_alarm(work, reconciliation.ALARM, platform.now + TOLD_BY_THEN)
        work.commit()
