# SPDX-License-Identifier: Apache-2.0
"""Counts travel from a need over Kafka into the published table, and hide what would point at somebody."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from chassis.auth import Actor
from chassis.outbox.relay import Relay
from chassis.testing.loops import until
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO
from engagement import bootstrap
from engagement.usecases import need_counts

from services.engagement.tests.desk import NEED

SHUIJINGFANG = "510104017001"


def raise_needs(desk, division, persons, category="lighting"):
    for _ in range(persons):
        assert desk.resident(division).post("/needs", NEED | {"category": category}).status_code == 201


def publish(desk):
    """Do what the reactions and the schedule do, without Kafka between them."""
    with desk.database.superuser() as everything:
        divisions = [row[0] for row in everything.execute("SELECT DISTINCT division_code FROM needs").fetchall()]
    for division in divisions:
        with desk.deps.database.unit_of_work(Actor.system(division, "test")) as work:
            need_counts.mark_community(work)
            work.commit()
    need_counts.publish_counts(desk.deps)


def counts(desk, division, **parameters):
    answer = desk.anybody.get(f"/divisions/{division}/need-counts", **parameters)
    assert answer.status_code == 200, answer.json()
    return {one["division"]: one for one in answer.json()["items"]}


def test_nothing_is_counted_live(desk):
    raise_needs(desk, WUFUQIAO, 6)
    assert counts(desk, "510104") == {}


def test_six_persons_of_one_community_appear_up_to_the_district(desk):
    raise_needs(desk, WUFUQIAO, 6)

    publish(desk)

    for division, depth in (("510104", 0), ("510104030", 0), (WUFUQIAO, 0)):
        (shown,) = counts(desk, division, depth=depth).values()
        assert shown["total"] == 6
        assert shown["by_category"]["lighting"] == 6
        assert shown["by_state"] == {
            "received": 6, "assigned": None, "resolved": None, "rated": None, "reopened": None,
        }  # fmt: skip
    assert list(counts(desk, "510104", depth=1)) == ["510104", "510104030"]
    assert list(counts(desk, "510104", depth=2)) == ["510104", "510104030", WUFUQIAO]


def test_a_community_of_four_is_hidden_and_so_is_what_would_tell_it(desk):
    raise_needs(desk, WUFUQIAO, 4)
    raise_needs(desk, SHUANGGUILU, 7)
    raise_needs(desk, SHUIJINGFANG, 8)

    publish(desk)

    shown = counts(desk, "510104", depth=2)
    totals = {division: one["total"] for division, one in shown.items()}
    assert totals["510104"] == 19
    assert totals[WUFUQIAO] is None
    assert None in (totals[SHUANGGUILU], totals["510104030"])


def test_one_person_with_six_needs_is_still_one_person(desk):
    resident = desk.resident()
    for _ in range(6):
        resident.post("/needs", NEED)

    publish(desk)

    assert counts(desk, WUFUQIAO)[WUFUQIAO]["total"] is None


def test_counts_follow_what_happens_and_are_replaced_as_a_whole(desk):
    raise_needs(desk, WUFUQIAO, 5)
    publish(desk)
    for need in desk.worker().get("/needs").json()["items"]:
        body = {"assignee": "路灯所", "due_on": "2026-11-30"}
        desk.worker().post(f"/needs/{need['need_id']}/assignment", body, version=1)
    desk.clock.advance(minutes=5)

    publish(desk)

    (shown,) = counts(desk, WUFUQIAO).values()
    assert (shown["by_state"]["received"], shown["by_state"]["assigned"]) == (None, 5)
    as_of = desk.anybody.get(f"/divisions/{WUFUQIAO}/need-counts").json()["as_of"]
    assert as_of == "2026-11-23T02:05:00+00:00"


def test_publishing_again_without_a_change_does_nothing(desk):
    raise_needs(desk, WUFUQIAO, 5)
    publish(desk)
    desk.clock.advance(minutes=5)

    need_counts.publish_counts(desk.deps)

    assert desk.anybody.get("/divisions/510104/need-counts").json()["as_of"] == "2026-11-23T02:00:00+00:00"


@pytest.mark.slow
def test_the_worker_carries_a_need_over_kafka_into_the_published_counts(desk, kafka):
    kafka.create_topics("engagement")
    settings = dataclasses.replace(desk.deps.settings, kafka_bootstrap=kafka.bootstrap)
    deps = dataclasses.replace(desk.deps, settings=settings)
    stop = threading.Event()
    loops = [Relay("engagement", settings.relay_database_url, kafka.bootstrap), bootstrap.consumer(deps)]
    threads = [threading.Thread(target=loop.run, args=(stop,)) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        raise_needs(desk, WUFUQIAO, 5)
        until(lambda: need_counts.publish_counts(deps) is None and counts(desk, WUFUQIAO), "the counts are published")
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)

    assert WUFUQIAO in counts(desk, WUFUQIAO)
