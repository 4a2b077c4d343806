# SPDX-License-Identifier: Apache-2.0
"""A visit and the need heard there are one act."""

from chassis.db import uuid7

from services.engagement.tests.desk import NEED


def visit(person_id, **changes):
    return {
        "person_id": str(person_id),
        "household_id": str(uuid7()),
        "visited_at": "2026-11-23T09:30:00+08:00",
        "note": "身体还好,楼下路灯不亮",
    } | changes


def test_a_visit_with_a_need_is_stored_as_one_and_the_resident_sees_the_need(desk):
    resident, worker = desk.resident(), desk.worker()

    answer = worker.post("/visits", visit(resident.person_id, need=NEED))

    recorded = answer.json()
    assert answer.status_code == 201, recorded
    assert recorded["visit"]["need_number"] == recorded["need"]["number"] == "N-2026-0001"
    mine = resident.get("/my/needs").json()["items"]
    assert [(one["channel"], one["state"]) for one in mine] == [("visit", "received")]
    listed = worker.get("/visits", person_id=str(resident.person_id)).json()["items"]
    assert listed == [recorded["visit"]]


def test_a_visit_without_a_need_is_a_visit(desk):
    recorded = desk.worker().post("/visits", visit(uuid7())).json()
    assert "need" not in recorded
    assert recorded["visit"]["need_id"] is None


def test_when_the_need_is_refused_the_visit_is_not_stored_either(desk):
    worker = desk.worker()

    answer = worker.post("/visits", visit(uuid7(), need={**NEED, "category": "wishes"}))

    assert answer.status_code == 422
    assert worker.get("/visits").json()["items"] == []


def test_a_visit_of_tomorrow_is_refused(desk):
    answer = desk.worker().post("/visits", visit(uuid7(), visited_at="2026-11-24T09:30:00+08:00"))
    assert (answer.status_code, answer.json()["code"]) == (422, "visited_in_the_future")


def test_the_note_of_a_visit_is_not_told_to_the_resident(desk):
    resident = desk.resident()
    need = desk.worker().post("/visits", visit(resident.person_id, need=NEED)).json()["need"]
    assert "身体还好" not in resident.get(f"/needs/{need['need_id']}").text


def test_visits_are_paged_and_narrowed_to_a_household(desk):
    worker, household = desk.worker(), str(uuid7())
    for hour in (7, 8, 9):
        worker.post("/visits", visit(uuid7(), household_id=household, visited_at=f"2026-11-23T0{hour}:00:00+08:00"))
    worker.post("/visits", visit(uuid7()))

    first = worker.get("/visits", household_id=household, limit=2).json()
    second = worker.get("/visits", household_id=household, limit=2, cursor=first["next_cursor"]).json()

    seen = [one["visited_at"] for page in (first, second) for one in page["items"]]
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)
