# SPDX-License-Identifier: Apache-2.0
"""Sittings and desks through the API: what anyone reads, what is refused at the door, and pages that continue."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ..conftest import NEIGHBOUR, WUFUQIAO
from .operations.sittings import OFFICIAL, plan, session, ticket, topic


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
