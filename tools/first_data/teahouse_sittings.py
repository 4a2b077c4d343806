# SPDX-License-Identifier: Apache-2.0
"""The weekly open tea and the government desks: who sat, what was asked and what became of it, who took a number."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis.pagination import Page
from venue.domain.sittings.rotas import Official
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.sittings import topics
from venue.usecases.sittings.rotas import roll_rotas
from venue.usecases.sittings.see_sessions import KEY, session_list
from venue.usecases.sittings.sittings import record_attendance, set_substitute
from venue.usecases.sittings.tickets import call_next, close_ticket, leave_queue, take_ticket
from venue.usecases.sittings.topics import NewTopic

from tools.first_data.house import BY_TELEPHONE, OPERATOR, WORKER, House, done, under
from tools.first_data.progress import Progress

DEPUTY = Official("community_worker", "社区副书记", "deputy community secretary")
# text as it was heard, category, channel, what the board says, what became of it
ASKED = {
    "clothes line": ("三号院晾衣绳太低", "repairs", "letterbox", "院子里的晾衣绳太低", "published"),
    "choir": ("晚上想在茶馆开合唱练习", "activities", "wechat", "晚上开合唱练习", "handed on"),
    "chairs": ("能不能多放几把有扶手的椅子", "elders", "counter", "多放几把有扶手的椅子", "answered"),
    "quarrel": ("楼上那家人天天吵", "noise", "letterbox", "", "declined"),
    "line again": ("晾衣绳又碰头了", "repairs", "qq", "", "merged"),
}
ASKED_BEFORE = {
    "lamps": ("路灯坏了好几天", "lighting", "letterbox", "三号院路灯什么时候修", "本周内修好，修好后贴告示。"),
    "charging": ("充电的地方太少", "parking", "wechat", "电动车充电位能不能多几个", "已联系物业，月底前加八个。"),
}
STAND_BEHIND = range(12, 18)  # six: a number of fewer than five would not be shown


def plan(house: House, progress: Progress) -> None:
    """Give the sittings and desks of the coming weeks their rooms before anybody books there."""
    house.at(house.platform.now)
    progress.once("rotas rolled", lambda: roll_rotas(house.deps))


def fill(house: House, progress: Progress) -> None:
    """Tell what happened at the sittings and desks, and what the next ones wait for."""
    house.at(house.platform.now)
    past, coming = _sessions(house, "sitting")
    progress.once("asked before", lambda: _ask_before(house, past))
    for number, one in enumerate(past):
        progress.once(f"attended {one['session_id']}", partial(_attend, house, one, len(past) - number))
    progress.once("substitute to come", lambda: _substitute(house, coming[0], house.platform.now, "外出学习"))
    progress.once("topics", lambda: _ask(house, UUID(coming[0]["session_id"])))
    served, to_come = _sessions(house, "desk")
    progress.once("queue of last week", lambda: _serve(house, next(one for one in reversed(served) if _elders(one))))
    progress.once("tickets", lambda: _take_tickets(house, to_come))


def _sessions(house: House, kind: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that are over, and those that have not begun, earliest first; none without a room."""
    page = Page.parse(None, 200, KEY)
    items = session_list(house.deps, WORKER, SessionFilter(kind=kind), page, "zh")["items"]
    placed = [one for one in items if one["state"] != "unplaced"]
    now = house.platform.now
    past = [one for one in placed if datetime.fromisoformat(one["ends_at"]) < now]
    return past, [one for one in placed if datetime.fromisoformat(one["starts_at"]) > now]


def _elders(session: dict[str, Any]) -> bool:
    return session["desk"] == "elder_insurance"


def _attend(house: House, session: dict[str, Any], ago: int) -> bool:
    """Every sitting was held, but for the one before the last; before that somebody else sat once."""
    session_id, starts = UUID(session["session_id"]), datetime.fromisoformat(session["starts_at"])
    outcome, reason = ("missed", "临时有防汛任务") if ago == 2 else ("came", None)
    if ago == 3:
        _substitute(house, session, starts - timedelta(days=1), "在区里开会")
    house.at(starts + timedelta(minutes=5))
    done(record_attendance(house.deps, WORKER, session_id, outcome, reason, under(WORKER, f"attended {session_id}")))
    return True


def _substitute(house: House, session: dict[str, Any], at: datetime, reason: str) -> bool:
    session_id = UUID(session["session_id"])
    house.at(at)
    done(set_substitute(house.deps, WORKER, session_id, DEPUTY, reason, under(WORKER, f"substitute {session_id}")))
    return True


def _ask_before(house: House, past: list[dict[str, Any]]) -> bool:
    """What the last sittings that took place were asked, with the line their minutes have of it."""
    held = [past[-1], past[-3]]
    for (name, (text, category, channel, wording, answer)), session in zip(ASKED_BEFORE.items(), held, strict=True):
        house.at(datetime.fromisoformat(session["starts_at"]) - timedelta(days=1))
        topic_id = _published(house, name, UUID(session["session_id"]), (text, category, channel, wording), 9)
        house.at(datetime.fromisoformat(session["ends_at"]))
        done(topics.answer_topic(house.deps, WORKER, topic_id, answer, under(WORKER, name)))
    return True


def _ask(house: House, session_id: UUID) -> bool:
    """Topics for the next sitting, one for each thing that may become of them."""
    house.at(house.platform.now - timedelta(hours=3))
    made = {}
    for number, (name, (text, category, channel, wording, fate)) in enumerate(ASKED.items()):
        if wording:
            made[name] = _published(house, name, session_id, (text, category, channel, wording), number)
        else:
            made[name] = _proposed(house, name, session_id, (text, category, channel), number)
        here = under(WORKER, f"{fate} {name}")
        if fate == "handed on":
            done(topics.hand_on_topic(house.deps, WORKER, made[name], wording, category, here))
        elif fate == "answered":
            done(topics.answer_topic(house.deps, WORKER, made[name], "已添四把，放在长者空间。", here))
        elif fate == "declined":
            done(topics.decline_topic(house.deps, WORKER, made[name], "about_a_person", None, here))
        elif fate == "merged":
            done(topics.merge_topic(house.deps, WORKER, made[name], made["clothes line"], here))
    for number in STAND_BEHIND:
        who = house.guest(number)
        done(topics.support_topic(house.deps, who, made["clothes line"], None, under(who, "support")))
    return True


def _proposed(house: House, name: str, session_id: UUID, heard: tuple[str, str, str], number: int) -> UUID:
    behalf = {"person_id": str(house.people[number]), "reason": BY_TELEPHONE}
    new = NewTopic(*heard, behalf)
    told = done(topics.propose_topic(house.deps, WORKER, session_id, new, under(WORKER, f"topic {name}")))
    return UUID(told["topic_id"])


def _published(house: House, name: str, session_id: UUID, heard: tuple[str, str, str, str], number: int) -> UUID:
    topic_id = _proposed(house, name, session_id, heard[:3], number)
    done(topics.publish_topic(house.deps, WORKER, topic_id, heard[3], under(WORKER, f"wording {name}")))
    return topic_id


def _serve(house: House, session: dict[str, Any]) -> bool:
    """The elders' desk of last week: two were served, one did not come, one gave the seat back."""
    session_id, starts = UUID(session["session_id"]), datetime.fromisoformat(session["starts_at"])
    house.at(starts - timedelta(days=1))
    tickets = [_ticket(house, number, session_id) for number in (18, 19, 20, 21)]
    last = house.guest(21)
    done(leave_queue(house.deps, last, UUID(tickets[-1]["ticket_id"]), under(last, "queue")))
    for number, outcome in enumerate(("served", "not_came", "served")):
        house.at(starts + timedelta(minutes=10 * number + 5))
        called = done(call_next(house.deps, OPERATOR, session_id, under(OPERATOR, f"call {number}")))
        ticket_id = UUID(called["ticket_id"])
        done(close_ticket(house.deps, OPERATOR, ticket_id, outcome, under(OPERATOR, f"close {number}")))
    return True


def _take_tickets(house: House, to_come: list[dict[str, Any]]) -> bool:
    """Numbers for the next session of the elders' desk, one of them the first neighbour's."""
    house.at(house.platform.now - timedelta(hours=1))
    session_id = UUID(next(one for one in to_come if _elders(one))["session_id"])
    for number in (7, 8, 0, 9):
        _ticket(house, number, session_id)
    return True


def _ticket(house: House, number: int, session_id: UUID) -> dict[str, Any]:
    who = house.guest(number)
    return done(take_ticket(house.deps, who, session_id, 1, None, under(who, f"ticket {session_id}")))
