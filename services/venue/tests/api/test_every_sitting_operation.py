# SPDX-License-Identifier: Apache-2.0
"""Each operation of sittings and desks: anonymous, unpermitted, foreign, with a bad body, twice, and as meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from ..conftest import COUNTER, NEIGHBOUR, OPERATOR, RESIDENT, WUFUQIAO, at
from .conftest import MONDAY_MORNING, Caller, World

OFFICIAL = {"office": "street_officer", "functions": {"zh": "街道干部", "en": "Street officer"}}
NAMES_NOBODY = {"names_nobody": True}


@dataclass
class Request:
    """One request that succeeds when ``who`` sends it; ``at`` is when it is sent."""

    who: Caller
    path: str
    body: Any = None
    version: int | None = None
    at: str | None = None
    method: str = "post"
    status: int = 200


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
    items = world.counter().get("/sessions", limit=200, kind=kind, until="2027-01-31").json()["items"]
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
    return Request(world.counter(), f"/sessions/{one['session_id']}/{act}", body, 1, when and one["starts_at"])


def create_rota(world: World) -> Request:
    return Request(world.counter(), "/rotas", plan(world), status=201)


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
    return Request(world.resident(), f"/sessions/{session(world)['session_id']}/topics", body, status=201)


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
    return Request(world.resident(), path, {"hour_no": 0}, status=201)


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
    return Request(world.operator(), f"/tickets/{called['ticket_id']}/outcome", {"outcome": "served"}, 2, asked.at)


def leave_queue(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/tickets/{ticket(world, who)['ticket_id']}/leave", version=1)


LISTS = [list_rotas, list_sessions, list_topics, list_my_topics, list_my_tickets]
READS = [*LISTS, get_session, list_tickets, get_ticket]
CHANGES = [
    end_rota, assign_official, set_substitute, record_attendance, place_session, cancel_session, publish_topic,
    merge_topic, hand_on_topic, answer_topic, close_ticket, leave_queue,
]  # fmt: skip
WRITES = [create_rota, propose_topic, support_topic, take_ticket, call_next, *CHANGES]
PUBLIC = {"list_public_sittings", "list_public_desks"}
NAMES = {prepare.__name__ for prepare in READS + WRITES} | PUBLIC


def send(world: World, request: Request, who: Caller | None = None, **more: Any):
    who = who or request.who
    if request.at:
        world.clock.set(at(request.at[:16]))
    if request.method == "get":
        return who.get(request.path)
    return who.post(request.path, more.pop("body", request.body), version=more.pop("version", request.version), **more)


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_a_token(world, prepare):
    answer = send(world, prepare(world), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_nobody_without_the_permission(world, prepare):
    answer = send(world, prepare(world), world.caller(frozenset({"venue.read"})))

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("prepare", [one for one in READS + WRITES if one not in LISTS])
def test_another_community_finds_nothing(world, prepare):
    answer = send(world, prepare(world), world.caller(COUNTER | OPERATOR | RESIDENT, NEIGHBOUR, "community_worker"))

    assert answer.status_code == 404
    assert answer.json()["code"].endswith("_not_found")


@pytest.mark.parametrize("prepare", LISTS)
def test_another_community_lists_nothing(world, prepare):
    request = prepare(world)

    answer = send(world, request, world.caller(COUNTER | OPERATOR | RESIDENT, NEIGHBOUR))

    assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("prepare", READS + WRITES)
def test_it_works_for_whom_it_is_meant(world, prepare):
    request = prepare(world)

    answer = send(world, request)

    assert answer.status_code == request.status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert prepare not in LISTS or answer.json()["items"]


@pytest.mark.parametrize("prepare", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare):
    request, key = prepare(world), str(uuid4())

    first, second = (send(world, request, key=key) for _ in range(2))

    assert first.status_code == request.status, first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"]
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")


@pytest.mark.parametrize("prepare", WRITES)
def test_a_write_needs_a_key(world, prepare):
    answer = send(world, prepare(world), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


@pytest.mark.parametrize("prepare", CHANGES)
def test_a_change_needs_the_version_that_was_seen(world, prepare):
    request = prepare(world)

    missing = send(world, request, version=None)
    stale = send(world, request, version=99)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("prepare", [one for one in WRITES if one not in (call_next, leave_queue)])
def test_a_field_the_contract_does_not_name_is_refused(world, prepare):
    request = prepare(world)

    answer = send(world, request, body={**request.body, "surprise": 1})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": []}, {"weekdays": [8]}, {"from": "09:15"}, {"from": "24:00"}, {"minutes": 45}, {"minutes": 0},
        {"minutes": 99999}, {"capacity_per_hour": -1}, {"capacity_per_hour": 61}, {"valid_from": "someday"},
        {"officials": [{**OFFICIAL, "office": "Mr X"}]}, {"titles": {"zh": " ", "en": "x"}}, {"kind": "party"},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused_at_the_door(world, wrong):
    assert world.counter().post("/rotas", {**plan(world), **wrong}).status_code == 400


@pytest.mark.parametrize("act", ["publication", "answer", "hand-on"])
def test_nothing_is_made_public_without_the_word_that_it_names_nobody(world, act):
    one = topic(world, published=act != "publication")
    body = {"wording": "x", "answer": "x", "title": "x", "category": "other", "names_nobody": False}
    needed = {"publication": {"wording"}, "answer": {"answer"}, "hand-on": {"title", "category"}}[act] | {
        "names_nobody"
    }

    answer = world.counter().post(
        f"/topics/{one['topic_id']}/{act}", {name: body[name] for name in needed}, version=one["version"]
    )

    assert answer.status_code == 400


def test_anyone_reads_sittings_and_desks_without_a_token_and_without_a_name(world):
    officer, who = str(uuid4()), world.resident()
    one = session(world)
    world.counter().post(
        f"/sessions/{one['session_id']}/official", {"official": {**OFFICIAL, "officer_id": officer}}, version=1
    )
    topic(world, published=True, who=who)
    ticket(world, who)

    sittings = world.anonymous.get(f"/divisions/{WUFUQIAO}/sittings")
    desks = world.anonymous.get(f"/divisions/{WUFUQIAO}/desks")

    assert (sittings.status_code, desks.status_code) == (200, 200)
    assert any(found["topics"] for found in sittings.json()["items"])
    assert [found["desk"] for found in desks.json()["items"]] == [
        "family_planning",
        "elder_insurance",
        "disability_aid",
    ]
    assert any(hour["free"] == 2 for found in desks.json()["items"][1]["sessions"] for hour in found["hours"])
    for name in (officer, who.subject):
        assert name not in sittings.text + desks.text


def test_a_community_nobody_knows_has_no_sittings_and_the_same_kinds_of_desks(world):
    assert world.anonymous.get(f"/divisions/{NEIGHBOUR}/sittings").json() == {"items": [], "held": 0, "missed": 0}
    desks = world.anonymous.get(f"/divisions/{NEIGHBOUR}/desks").json()["items"]
    assert [one["sessions"] for one in desks] == [[], [], []]


def test_lists_come_in_pages_that_do_not_overlap(world):
    for _ in range(3):
        session(world)

    first = world.counter().get("/sessions", limit=2, kind="sitting").json()
    second = world.counter().get("/sessions", limit=2, kind="sitting", cursor=first["next_cursor"]).json()

    assert len(first["items"]) == 2 and second["items"]
    assert not {one["session_id"] for one in first["items"]} & {one["session_id"] for one in second["items"]}


def test_a_refusal_says_its_rule_in_both_languages(world):
    one = session(world)
    path = f"/sessions/{one['session_id']}/attendance"

    refused = world.counter().post(path, {"outcome": "came"}, version=1).json()
    asker = world.counter()
    asker.headers["Accept-Language"] = "en"
    in_english = asker.post(path, {"outcome": "came"}, version=1).json()

    assert (refused["code"], refused["detail"]) == ("session_not_started", "这一场还没有开始。")
    assert in_english["detail"] == "This session has not started yet."
