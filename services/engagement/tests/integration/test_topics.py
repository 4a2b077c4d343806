# SPDX-License-Identifier: Apache-2.0
"""A topic of a sitting becomes a need: once, on behalf of its person, and it says which topic it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from chassis.auth import Actor
from chassis.db import uuid7
from chassis.events import Received
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO
from engagement.reactions import SUBSCRIPTIONS
from sqlalchemy.exc import IntegrityError

TYPE = "linli.venue.sitting.topic_handed_on.v1"


def handed_on(person_id, **more):
    data = {
        "sitting_id": str(uuid7()),
        "topic_id": str(uuid7()),
        "person_id": str(person_id),
        "category": "lighting",
        "title": "三号院路灯什么时候修好",
    }
    return {**data, **more}


def deliver(desk, data, division=WUFUQIAO, office="community_secretary"):
    """React as the consumer does; every delivery comes under an id of its own, as if the inbox had forgotten."""
    subscription = SUBSCRIPTIONS[TYPE]
    event = Received(
        uuid7(), TYPE, division, f"sitting/{data['sitting_id']}", 3, datetime(2026, 11, 25, tzinfo=UTC),
        subscription.parse(data), office,
    )  # fmt: skip
    with desk.deps.database.unit_of_work(Actor.system(division, "linli.engagement")) as work:
        subscription.react(desk.deps, work, event)
        work.commit()


def raised(desk):
    with desk.database.superuser() as everything:
        rows = everything.execute("SELECT payload FROM outbox ORDER BY id").fetchall()
    return [json.loads(bytes(payload)) for (payload,) in rows]


def test_the_need_is_the_residents_own_and_says_who_handed_it_on(desk):
    resident = desk.resident()

    deliver(desk, handed_on(resident.person_id))

    (listed,) = resident.get("/my/needs").json()["items"]
    need = resident.get(f"/needs/{listed['need_id']}").json()
    assert (need["title"], need["category"], need["channel"]) == ("三号院路灯什么时候修好", "lighting", "meeting")
    assert need["on_behalf"] == {"office": "community_secretary", "reason": "坐谈上提出，由社区转办"}
    assert need["timeline"][0]["by"] == "office"


def test_delivered_twice_it_is_one_need(desk):
    resident = desk.resident()
    topic = handed_on(resident.person_id)

    deliver(desk, topic)
    deliver(desk, topic)

    assert len(resident.get("/my/needs").json()["items"]) == 1
    assert len(raised(desk)) == 1


def test_the_database_refuses_a_second_need_of_one_topic(desk):
    desk.need(desk.resident())
    desk.need(desk.resident())

    with desk.deps.database.unit_of_work(Actor.system(WUFUQIAO, "test")) as work, pytest.raises(IntegrityError):
        work.connection.exec_driver_sql(f"UPDATE needs SET source_topic_id = '{uuid7()}'")


def test_it_tells_the_number_and_the_topic_and_no_word(desk):
    topic = handed_on(desk.resident().person_id)

    deliver(desk, topic)

    (event,) = raised(desk)
    assert event["data"]["source_topic_id"] == topic["topic_id"]
    assert event["data"]["number"] == "N-2026-0001"
    assert "路灯" not in json.dumps(event, ensure_ascii=False)


def test_a_category_it_does_not_know_loses_no_question(desk):
    resident = desk.resident()

    deliver(desk, handed_on(resident.person_id, category="unheard_of"))

    assert resident.get("/my/needs").json()["items"][0]["category"] == "other"


def test_another_community_sees_nothing_of_it(desk):
    deliver(desk, handed_on(desk.resident().person_id))

    assert desk.worker(SHUANGGUILU).get("/needs").json()["items"] == []
    assert len(desk.worker().get("/needs").json()["items"]) == 1


@pytest.mark.parametrize("broken", [{"title": " "}, {"title": 7}, {"person_id": "nobody"}, {"topic_id": None}])
def test_what_is_no_topic_is_parked_and_raises_nothing(desk, broken):
    with pytest.raises((ValueError, TypeError, AttributeError)):
        deliver(desk, handed_on(uuid7(), **broken))

    assert raised(desk) == []
