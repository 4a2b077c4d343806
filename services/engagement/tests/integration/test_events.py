# SPDX-License-Identifier: Apache-2.0
"""Every change of a need is an event in the same transaction, and none of them holds a word somebody wrote."""

from __future__ import annotations

import json

from chassis.db import uuid7
from chassis.event_schemas import Schemas
from engagement.usecases.needs import EVENT_TYPES
from engagement.usecases.visits import VISIT_RECORDED

from services.engagement.tests.conftest import CONTRACTS
from services.engagement.tests.desk import NEED


def outbox(desk):
    with desk.database.superuser() as everything:
        rows = everything.execute("SELECT payload FROM outbox ORDER BY id").fetchall()
    return [json.loads(bytes(payload)) for (payload,) in rows]


def test_each_change_is_told_once_in_order_and_by_its_schema(desk):
    resident, worker = desk.resident(), desk.worker()
    visit = {
        "person_id": str(resident.person_id),
        "household_id": str(uuid7()),
        "visited_at": "2026-11-23T01:00:00Z",
        "note": "身体还好",
        "need": NEED,
    }
    path = f"/needs/{worker.post('/visits', visit).json()['need']['need_id']}"
    promise = {"assignee": "路灯所", "due_on": "2026-11-30", "note": "备件已领"}
    worker.post(f"{path}/assignment", promise, version=1)
    resident.post(f"{path}/remarks", {"text": "在三号院"})
    worker.post(f"{path}/resolution", {"note": "换好了"}, version=3)
    resident.post(f"{path}/reopening", {"reason": "又不亮了"}, version=4)
    worker.post(f"{path}/assignment", promise, version=5)
    worker.post(f"{path}/resolution", {"note": "又换好了"}, version=6)
    resident.post(f"{path}/rating", {"score": 4, "comment": "这次好了"}, version=7)

    events = outbox(desk)

    needs = [event for event in events if event["type"] != VISIT_RECORDED]
    assert [(event["type"].split(".")[3], event["sequence"]) for event in needs] == [
        ("raised", 1), ("assigned", 2), ("resolved", 4), ("reopened", 5),
        ("assigned", 6), ("resolved", 7), ("rated", 8),
    ]  # fmt: skip
    schemas = Schemas(CONTRACTS, [VISIT_RECORDED, *EVENT_TYPES.values()])
    for event in events:
        schemas.require_exact(event["type"], event["data"])
    assert len(events) == 8
    told = json.dumps(events, ensure_ascii=False)
    for word in ("路灯", "身体", "三号院", "备件", "换好", "这次"):
        assert word not in told


def test_a_refused_change_tells_nothing(desk):
    need = desk.need(desk.resident())
    before = outbox(desk)

    desk.worker().post(f"/needs/{need['need_id']}/resolution", {"note": "好了"}, version=1)

    assert outbox(desk) == before


def test_every_write_leaves_an_audit_row_without_words(desk):
    desk.need(desk.resident(), "resolved")

    with desk.database.superuser() as everything:
        rows = everything.execute("SELECT action, detail::text FROM audit ORDER BY id").fetchall()
    assert [action for action, _ in rows] == ["need.raised", "need.assigned", "need.resolved"]
    assert "路灯" not in str(rows)
