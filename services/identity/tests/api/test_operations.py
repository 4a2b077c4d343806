# SPDX-License-Identifier: Apache-2.0
"""Each operation: anonymous, without the permission, from another community, with a bad body, happily, twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from chassis.db import uuid7
from chassis.testing.tokens import SHUANGGUILU, TokenFactory
from starlette.testclient import TestClient

from services.identity.tests.conftest import Register

BASE = "/api/identity/v1"
ALL = ("identity.self", "identity.register.read", "identity.register.write", "identity.accounts.write")


@dataclass
class Scene:
    """One person in one household, and one office that somebody holds."""

    register: Register
    person_id: str
    office_id: str


@pytest.fixture
def scene(register: Register) -> Scene:
    person_id = register.person("居民甲01", "13800000001")
    office_id = register.office(register.person("工作人员甲01", membership="staff"), "community_worker")
    return Scene(register, person_id, office_id)


@dataclass(frozen=True)
class Operation:
    """How to call one operation rightly."""

    name: str
    method: str
    permission: str
    path: Callable[[Scene], str]
    body: Callable[[Scene], dict[str, Any]] | None = None
    if_match: bool = False
    status: int = 200


READS = [
    Operation("list_places", "GET", "identity.register.read", lambda _: "/places"),
    Operation("list_persons", "GET", "identity.register.read", lambda _: "/persons"),
    Operation("get_person", "GET", "identity.register.read", lambda s: f"/persons/{s.person_id}"),
    Operation("list_offices", "GET", "identity.register.read", lambda _: "/offices"),
]
WRITES = [
    Operation(
        "create_place",
        "POST",
        "identity.register.write",
        lambda _: "/places",
        lambda s: {"kind": "household", "name": "0102", "parent_id": s.register.building_id},
        status=201,
    ),
    Operation(
        "create_person",
        "POST",
        "identity.register.write",
        lambda _: "/persons",
        lambda s: {"name": "居民乙02", "membership": "tenant", "household_id": s.register.household_id},
        status=201,
    ),
    Operation(
        "update_person",
        "PATCH",
        "identity.register.write",
        lambda s: f"/persons/{s.person_id}",
        lambda _: {"name": "居民甲改01"},
        if_match=True,
    ),
    Operation(
        "assign_office",
        "POST",
        "identity.accounts.write",
        lambda _: "/offices",
        lambda s: {
            "person_id": s.person_id,
            "office": "venue_operator",
            "starts_on": "2026-11-23",
            "ends_on": "2028-11-22",
        },
        status=201,
    ),
    Operation(
        "end_office",
        "POST",
        "identity.accounts.write",
        lambda s: f"/offices/{s.office_id}/ending",
        lambda _: {"reason": "调离"},
        if_match=True,
        status=201,
    ),
]
NAMED = [one for one in READS + WRITES if one.name in ("get_person", "update_person", "end_office")]


BAD = [{"unknown": 1}, {"name": 7, "office": 7, "reason": 7}, {"division": SHUANGGUILU}]


def by_name(operation: Operation) -> str:
    """The test's id."""
    return operation.name


class Caller:
    """Sends operations with a token of one's choice."""

    def __init__(self, client: TestClient, tokens: TokenFactory, scene: Scene) -> None:
        self.client, self.tokens, self.scene = client, tokens, scene

    def send(self, operation: Operation, *permissions: str, token: bool = True, **changes: Any) -> Any:
        """Send an operation; ``body``, ``key``, ``version`` and claims of the token may be bent."""
        body = changes.pop("body", operation.body(self.scene) if operation.body else None)
        headers = {"Idempotency-Key": changes.pop("key", str(uuid7()))} if operation.body else {}
        version = changes.pop("version", '"1"')
        headers |= {"If-Match": version} if operation.if_match and version else {}
        headers = {name: value for name, value in headers.items() if value is not None}
        if token:
            headers |= self.tokens.headers("identity", *(permissions or [operation.permission]), **changes)
        return self.client.request(operation.method, BASE + operation.path(self.scene), json=body, headers=headers)


@pytest.fixture
def caller(client: TestClient, tokens: TokenFactory, scene: Scene) -> Caller:
    return Caller(client, tokens, scene)


def told(response: Any) -> tuple[int, str]:
    """Status and machine code."""
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("operation", READS + WRITES, ids=by_name)
def test_anonymous_gets_nothing(caller: Caller, operation: Operation):
    assert told(caller.send(operation, token=False)) == (401, "unauthenticated")


@pytest.mark.parametrize("operation", READS + WRITES, ids=by_name)
def test_without_the_permission_nothing(caller: Caller, operation: Operation):
    others = [one for one in ALL if one != operation.permission] + ["venue.read"]

    assert told(caller.send(operation, *others)) == (403, "permission_missing")


@pytest.mark.parametrize("operation", READS + WRITES, ids=by_name)
def test_a_token_for_another_service_opens_nothing(caller: Caller, operation: Operation):
    assert caller.send(operation, aud="urn:linli:venue").status_code == 401


@pytest.mark.parametrize("operation", NAMED, ids=by_name)
def test_another_communitys_object_is_nowhere(caller: Caller, operation: Operation):
    assert caller.send(operation, division=SHUANGGUILU).status_code == 404


@pytest.mark.parametrize("operation", READS[:2] + READS[3:], ids=by_name)
def test_lists_of_another_community_show_nothing_of_this_one(caller: Caller, operation: Operation):
    assert caller.send(operation, division=SHUANGGUILU).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("operation", READS, ids=by_name)
def test_with_the_permission_it_is_read(caller: Caller, operation: Operation):
    assert caller.send(operation).status_code == 200


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
def test_with_the_permission_it_is_done_once_under_one_key(caller: Caller, operation: Operation):
    key = str(uuid7())

    first, again = caller.send(operation, key=key, subject="s"), caller.send(operation, key=key, subject="s")

    assert first.status_code == again.status_code == operation.status, first.text
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
def test_another_body_under_the_same_key_is_refused(caller: Caller, operation: Operation):
    key, body = str(uuid7()), operation.body(caller.scene)
    caller.send(operation, key=key, subject="s")
    changed = body | next(
        {name: other}
        for name, other in (("name", "别的"), ("reason", "别的"), ("ends_on", "2027-01-01"))
        if name in body
    )

    assert told(caller.send(operation, key=key, subject="s", body=changed)) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
def test_without_a_key_nothing_is_done(caller: Caller, operation: Operation):
    assert told(caller.send(operation, key=None)) == (428, "idempotency_key_required")


@pytest.mark.parametrize("operation", [one for one in WRITES if one.if_match], ids=by_name)
def test_a_change_names_the_version_it_saw(caller: Caller, operation: Operation):
    assert told(caller.send(operation, version=None)) == (428, "if_match_required")
    assert told(caller.send(operation, version='"9"')) == (412, "version_changed")


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
@pytest.mark.parametrize(
    "bad", [{"unknown": 1}, {"name": 7, "office": 7, "reason": 7}, {"division": SHUANGGUILU}], ids=str
)
def test_a_bad_body_changes_nothing(caller: Caller, operation: Operation, bad: dict[str, Any]):
    response = caller.send(operation, body=operation.body(caller.scene) | bad)

    assert response.status_code in (400, 403)
    assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
def test_a_body_that_is_no_object_changes_nothing(caller: Caller, operation: Operation):
    assert [caller.send(operation, body=bad).status_code for bad in ([], "text", {})] == [400, 400, 400]


def test_a_malformed_id_is_a_bad_request(caller: Caller):
    strange = Operation("get_person", "GET", "identity.register.read", lambda _: "/persons/not-an-id")

    assert caller.send(strange).status_code == 400
