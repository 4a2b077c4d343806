# SPDX-License-Identifier: Apache-2.0
"""Each operation anonymous, without the permission, from another community, with a bad body, well, and twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from chassis.db import uuid7

from services.engagement.tests.desk import NEED

CONTRACT = Path(__file__).parents[4] / "contracts" / "openapi" / "engagement.v1.yaml"
VISIT = {
    "person_id": "0192f0c4-7a10-7b3e-8f00-00000000d001",
    "household_id": "0192f0c4-7a10-7b3e-8f00-00000000e001",
    "visited_at": "2026-11-23T09:30:00+08:00",
    "note": "走访",
    "need": NEED,
}
PROMISE = {"assignee": "路灯所", "due_on": "2026-11-30"}

# operation: (who, path, body, state the need must be in, a body that breaks the contract)
WRITES = {
    "record_visit": ("worker", "/visits", VISIT, None, VISIT | {"visited_at": "yesterday"}),
    "raise_need": ("resident", "/needs", NEED, None, NEED | {"title": "  "}),
    "assign_need": ("worker", "/needs/{need_id}/assignment", PROMISE, "received", {"assignee": "路灯所"}),
    "resolve_need": ("worker", "/needs/{need_id}/resolution", {"note": "换好了"}, "assigned", {"note": 7}),
    "rate_need": ("resident", "/needs/{need_id}/rating", {"score": 5}, "resolved", {"score": 6}),
    "reopen_need": ("resident", "/needs/{need_id}/reopening", {"reason": "没好"}, "resolved", {}),
    "add_remark": ("resident", "/needs/{need_id}/remarks", {"text": "三号院"}, "received", {"text": "a", "by": "b"}),
    "mark_all_read": ("resident", "/my/notices/reading", {"until": "2026-11-23T10:00:00+08:00"}, None, {"until": "x"}),
}
OF_A_NOTICE = {"mark_notice_read"}  # tried in test_notices.py: it takes no body
READS = {
    "list_my_notices": ("resident", "/my/notices"),
    "list_visits": ("worker", "/visits"),
    "list_needs": ("worker", "/needs"),
    "list_my_needs": ("resident", "/my/needs"),
    "get_need": ("resident", "/needs/{need_id}"),
}
PUBLIC = {"list_need_categories": "/need-categories", "get_need_counts": "/divisions/510104/need-counts"}


class Scene:
    """A resident with a need in the wanted state, and the one who is to act."""

    def __init__(self, desk, who, path, state="received"):
        self.desk, self.resident, self.worker = desk, desk.resident(), desk.worker()
        self.need = desk.need(self.resident, state) if "{need_id}" in path else None
        self.who = getattr(self, who)
        if "notices" in path:
            desk.notice(self.resident)
        self.path = path.format(need_id=self.need["need_id"] if self.need else "")
        self.version = self.need["version"] if self.need else None

    def everything(self):
        counted = [len(self.worker.get(path).json()["items"]) for path in ("/needs", "/visits")]
        counted.append(self.resident.get("/my/notices").json()["has_unread"])
        return counted, self.worker.get(f"/needs/{self.need['need_id']}").json()["version"] if self.need else None


def test_every_operation_of_the_contract_is_tried_here():
    paths = yaml.safe_load(CONTRACT.read_text("utf-8"))["paths"]
    named = {one["operationId"] for item in paths.values() for one in item.values() if "operationId" in one}
    assert named == {*WRITES, *READS, *PUBLIC, *OF_A_NOTICE}


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_is_refused_without_a_token_a_permission_a_key_or_a_proper_body(desk, operation):
    who, path, body, state, bad = WRITES[operation]
    scene = Scene(desk, who, path, state)
    before = scene.everything()

    answers = {
        "anonymous": desk.anybody.post(scene.path, body, version=scene.version),
        "without the permission": desk.person("venue.book").post(scene.path, body, version=scene.version),
        "a bad body": scene.who.post(scene.path, bad, version=scene.version),
        "no body": scene.who.post(scene.path, None, version=scene.version),
        "without a key": scene.who.client.post(
            "/api/engagement/v1" + scene.path, json=body, headers={**scene.who.headers, "If-Match": '"1"'}
        ),
    }

    statuses = {case: answer.status_code for case, answer in answers.items()}
    assert statuses == {
        "anonymous": 401,
        "without the permission": 403,
        "a bad body": 400,
        "no body": 400,
        "without a key": 428,
    }
    for answer in answers.values():
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] and answer.json()["detail"]
    assert scene.everything() == before


@pytest.mark.parametrize("operation", [name for name, case in WRITES.items() if "{need_id}" in case[1]])
def test_staff_and_residents_of_another_community_find_nothing_to_change(desk, operation):
    who, path, body, state, _ = WRITES[operation]
    scene = Scene(desk, who, path, state)
    before = scene.everything()
    stranger = desk.foreign_worker() if who == "worker" else desk.resident("510104030009")

    answer = stranger.post(scene.path, body, version=scene.version)

    assert (answer.status_code, answer.json()["code"]) == (404, "need_not_found")
    assert scene.everything() == before


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_sent_twice_under_one_key_happens_once(desk, operation):
    who, path, body, state, _ = WRITES[operation]
    scene = Scene(desk, who, path, state)
    key = str(uuid7())

    first = scene.who.post(scene.path, body, version=scene.version, key=key)
    after = scene.everything()
    second = scene.who.post(scene.path, body, version=scene.version, key=key)

    assert first.status_code in (200, 201), first.json()
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers.get("ETag") == first.headers.get("ETag")
    assert scene.everything() == after


@pytest.mark.parametrize("operation", WRITES)
def test_the_same_key_with_another_body_is_refused(desk, operation):
    who, path, body, state, _ = WRITES[operation]
    scene = Scene(desk, who, path, state)
    key = str(uuid7())
    other = {"rate_need": {"score": 1}, "mark_all_read": {"until": "2026-11-23T11:00:00+08:00"}}.get(operation)
    if other is None:
        field = next(name for name in ("note", "text", "reason", "title", "assignee") if name in body)
        other = body | {field: "另一句话"}
    scene.who.post(scene.path, body, version=scene.version, key=key)

    answer = scene.who.post(scene.path, other, version=scene.version, key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("operation", READS)
def test_a_read_needs_a_token_and_the_permission_and_shows_strangers_nothing(desk, operation):
    who, path = READS[operation]
    scene = Scene(desk, who, path)
    desk.need(scene.resident)
    stranger = desk.foreign_worker() if who == "worker" else desk.resident("510104030009")

    assert desk.anybody.get(scene.path).status_code == 401
    assert desk.person("venue.book").get(scene.path).status_code == 403
    assert scene.who.get(scene.path).status_code == 200
    foreign = stranger.get(scene.path)
    assert foreign.status_code == 404 if "{need_id}" in path else foreign.json()["items"] == []


@pytest.mark.parametrize("operation", PUBLIC)
def test_what_is_public_needs_no_token(desk, operation):
    answer = desk.anybody.get(PUBLIC[operation])
    assert answer.status_code == 200, answer.json()


@pytest.mark.parametrize("path", ["/needs", "/my/needs", "/my/notices", "/visits"])
def test_a_foreign_cursor_is_refused(desk, path):
    person = desk.person("engagement.own", "engagement.work")
    answer = person.get(path, cursor="bm90IGEga2V5")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def test_a_division_in_the_body_that_disagrees_with_the_token_is_refused(desk):
    answer = desk.worker().post("/visits", VISIT | {"division": "510104030009"})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_can_hold_is_a_bad_request(desk, text):
    import json

    resident = desk.resident()
    headers = {**resident.headers, "Idempotency-Key": str(uuid7()), "Content-Type": "application/json"}
    answer = resident.client.post(
        "/api/engagement/v1/needs", content=json.dumps(NEED | {"title": text}), headers=headers
    )
    assert answer.status_code == 400
