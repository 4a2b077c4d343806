# SPDX-License-Identifier: Apache-2.0
"""Sittings, topics, desks and their queues: a request of each operation that succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from ...conftest import WUFUQIAO, at
from ..conftest import MONDAY_MORNING, Caller, World
from .request import Request, by_name, send

OFFICIAL = {"office": "street_officer", "functions": {"zh": "街道干部", "en": "Street officer"}}
NAMES_NOBODY = {"names_nobody": True}


def plan(world: World, kind: str = "sitting") -> dict[str, Any]:
    """A body that plans one session of an hour at a time nobody else has taken."""
    number = next(world.numbers)
    start = at("2026-11-24T09:00") + timedelta(days=number // 12, hours=number % 12)
    body = {
        "kind": kind,
        "space_id": str(world.house.spaces["elders_space"]),
        "weekdays": [start.isoweekday()],
        "from": f"{start:%H:%M}",
        "minutes": 60,
        "titles": {"zh": "每周坐谈", "en": "Weekly open tea"},
        "valid_from": start.date().isoformat(),
        "valid_until": start.date().isoformat(),
    }
    more = {"officials": [OFFICIAL]} if kind == "sitting" else {"desk": "elder_insurance", "capacity_per_hour": 3}
    return body | more


def rota(world: World, kind: str = "sitting") -> dict[str, Any]:
    answer = world.counter().post("/rotas", plan(world, kind))
    assert answer.status_code == 201, answer.text
    return answer.json()


def session(world: World, kind: str = "sitting") -> dict[str, Any]:
    made = rota(world, kind)
    items = (
        world.counter()
        .get("/sessions", kind=kind, **{"from": made["valid_from"], "until": made["valid_until"]})
        .json()["items"]
    )
    return next(one for one in items if one["rota_id"] == made["rota_id"])


def topic(world: World, *, published: bool = False, who: Caller | None = None, **more: Any) -> dict[str, Any]:
    path = f"/sessions/{more.pop('session_id', None) or session(world)['session_id']}/topics"
    made = (who or world.resident()).post(path, {"text": "路灯不亮", "category": "lighting"}).json()
    if not published:
        return made
    body = {"wording": "路灯什么时候修好", **NAMES_NOBODY}
    return world.counter().post(f"/topics/{made['topic_id']}/publication", body, version=1).json()


def ticket(world: World, who: Caller | None = None) -> dict[str, Any]:
    where = session(world, "desk")
    answer = (who or world.resident()).post(f"/sessions/{where['session_id']}/tickets", {"hour_no": 0})
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(world: World, act: str, body: Any, *, when: str | None = None) -> Request:
    one = session(world)
    return Request(world.counter(), f"/sessions/{one['session_id']}/{act}", body, 1, at=when and one["starts_at"])


def list_public_sittings(world: World) -> Request:
    topic(world, published=True)
    return Request(world.anonymous, f"/divisions/{WUFUQIAO}/sittings", method="get")


def list_public_desks(world: World) -> Request:
    session(world, "desk")
    return Request(world.anonymous, f"/divisions/{WUFUQIAO}/desks", method="get")


def create_rota(world: World) -> Request:
    return Request(world.counter(), "/rotas", plan(world))


def list_rotas(world: World) -> Request:
    rota(world)
    return Request(world.counter(), "/rotas", method="get")


def end_rota(world: World) -> Request:
    made = rota(world)
    return Request(world.counter(), f"/rotas/{made['rota_id']}/end", {"valid_until": made["valid_until"]}, 1)


def list_sessions(world: World) -> Request:
    session(world)
    return Request(world.operator(), "/sessions", method="get")


def get_session(world: World) -> Request:
    return Request(world.operator(), f"/sessions/{session(world)['session_id']}", method="get")


def assign_official(world: World) -> Request:
    return change(world, "official", {"official": {**OFFICIAL, "officer_id": str(uuid4())}})


def set_substitute(world: World) -> Request:
    return change(world, "substitute", {"official": OFFICIAL, "reason": "去区里开会"})


def record_attendance(world: World) -> Request:
    return change(world, "attendance", {"outcome": "came"}, when="start")


def place_session(world: World) -> Request:
    return change(world, "placement", {"space_id": str(world.house.spaces["elders_space"])})


def cancel_session(world: World) -> Request:
    return change(world, "cancellation", {"reason": "当天防汛"})


def propose_topic(world: World) -> Request:
    body = {"text": "路灯不亮", "category": "lighting"}
    return Request(world.resident(), f"/sessions/{session(world)['session_id']}/topics", body)


def list_topics(world: World) -> Request:
    topic(world)
    return Request(world.counter(), "/topics", method="get")


def list_my_topics(world: World) -> Request:
    who = world.resident()
    topic(world, who=who)
    return Request(who, "/my/topics", method="get")


def support_topic(world: World) -> Request:
    return Request(world.resident(), f"/topics/{topic(world, published=True)['topic_id']}/support", {})


def publish_topic(world: World) -> Request:
    body = {"wording": "路灯什么时候修好", **NAMES_NOBODY}
    return Request(world.counter(), f"/topics/{topic(world)['topic_id']}/publication", body, 1)


def decline_topic(world: World) -> Request:
    body = {"reason": "about_a_person", "words": "请到柜台说"}
    return Request(world.counter(), f"/topics/{topic(world)['topic_id']}/decline", body, 1)


def merge_topic(world: World) -> Request:
    one = topic(world)
    other = topic(world, session_id=one["session_id"])
    return Request(world.counter(), f"/topics/{one['topic_id']}/merger", {"into": other["topic_id"]}, 1)


def hand_on_topic(world: World) -> Request:
    body = {"title": "路灯什么时候修好", "category": "lighting", **NAMES_NOBODY}
    return Request(world.counter(), f"/topics/{topic(world, published=True)['topic_id']}/hand-on", body, 2)


def answer_topic(world: World) -> Request:
    body = {"answer": "周五前换好", **NAMES_NOBODY}
    return Request(world.counter(), f"/topics/{topic(world, published=True)['topic_id']}/answer", body, 2)


def take_ticket(world: World) -> Request:
    path = f"/sessions/{session(world, 'desk')['session_id']}/tickets"
    return Request(world.resident(), path, {"hour_no": 0})


def list_tickets(world: World) -> Request:
    return Request(world.operator(), f"/sessions/{ticket(world)['session_id']}/tickets", method="get")


def call_next(world: World) -> Request:
    one = ticket(world)
    return Request(world.operator(), f"/sessions/{one['session_id']}/calls", at=one["starts_at"])


def list_my_tickets(world: World) -> Request:
    who = world.resident()
    ticket(world, who)
    return Request(who, "/my/tickets", method="get")


def get_ticket(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/tickets/{ticket(world, who)['ticket_id']}", method="get")


def close_ticket(world: World) -> Request:
    asked = call_next(world)
    called = send(world, asked).json()
    world.clock.set(MONDAY_MORNING)
    return Request(world.operator(), f"/tickets/{called['ticket_id']}/outcome", {"outcome": "served"}, 2, at=asked.at)


def leave_queue(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/tickets/{ticket(world, who)['ticket_id']}/leave", version=1)


OPERATIONS = by_name(
    [
        list_public_sittings,
        list_public_desks,
        create_rota,
        list_rotas,
        end_rota,
        list_sessions,
        get_session,
        assign_official,
        set_substitute,
        record_attendance,
        place_session,
        cancel_session,
        propose_topic,
        list_topics,
        list_my_topics,
        support_topic,
        publish_topic,
        decline_topic,
        merge_topic,
        hand_on_topic,
        answer_topic,
        take_ticket,
        list_tickets,
        call_next,
        list_my_tickets,
        get_ticket,
        close_ticket,
        leave_queue,
    ]
)
