# SPDX-License-Identifier: Apache-2.0
"""Each operation: anonymous, without the permission, from another community, stale, spoilt, as meant, and twice.

What is asked of an operation follows from the contract: who may call it, whether it needs a key and a version, what
body it takes and what it answers. ``operations/`` has for each a request that succeeds.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import yaml
from chassis.auth import Actor

from ..conftest import CONTRACTS, NEIGHBOUR, WUFUQIAO
from .conftest import MONDAY_MORNING, World
from .operations import booking, money, presence, series, sittings, venues
from .operations.request import Request, send

CONTRACT = yaml.safe_load((CONTRACTS / "openapi" / "venue.v1.yaml").read_text("utf-8"))
NAMED: dict[str, dict[str, Any]] = {
    entry["operationId"]: entry
    for item in CONTRACT["paths"].values()
    for entry in item.values()
    if isinstance(entry, dict) and "operationId" in entry
}
TABLES = (booking, money, presence, series, sittings, venues)
PREPARED = {name: prepare for table in TABLES for name, prepare in table.OPERATIONS.items()}

SIGNED_IN = [name for name, entry in NAMED.items() if entry["security"]]
WRITES = [name for name, entry in NAMED.items() if entry.get("x-idempotent")]
# An import keeps no answer: each of its rows finds what it booked before (test_imports.py).
REPLAYED = [name for name in WRITES if name != "import_bookings"]
CHANGES = [name for name, entry in NAMED.items() if entry.get("x-if-match")]
WITH_BODY = [name for name, entry in NAMED.items() if "requestBody" in entry]
EVERY_PERMISSION = {name for entry in NAMED.values() for one in entry["security"] for name in one["oauth"]}

# What these do they do in the caller's own community, whatever it is.
WHEREVER_ONE_IS = {
    "check_in_many", "send_offline_check_ins", "grant_exemption", "set_special_day", "create_calendar_feed",
}  # fmt: skip
ELSEWHERE = [name for name in SIGNED_IN if name not in WHEREVER_ONE_IS]
# Nothing stands there until a country changes its clock.
MAY_BE_EMPTY = {"list_left_behind"}


@pytest.fixture(scope="module", autouse=True)
def far_ahead(shared: World) -> None:
    """A year is open for booking, since each check takes hours of its own."""
    with shared.deps.database.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        work.driver.execute("UPDATE venues SET horizon_days = 365 WHERE division_code = %s", (WUFUQIAO,))
        work.commit()


def prepare(world: World, operation: str) -> Request:
    """Make a request of that operation which would succeed, on Monday morning."""
    world.clock.set(MONDAY_MORNING)
    return PREPARED[operation](world)


def success(operation: str) -> tuple[int, dict[str, Any]]:
    """What the contract answers when all is well."""
    return next((int(code), answer) for code, answer in NAMED[operation]["responses"].items() if code < "300")


def test_every_operation_of_the_contract_is_prepared_in_exactly_one_table():
    assert sorted(name for table in TABLES for name in table.OPERATIONS) == sorted(NAMED)


@pytest.mark.parametrize("operation", SIGNED_IN)
def test_nobody_without_a_token(world, operation):
    answer = send(world, prepare(world, operation), world.anonymous)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("operation", SIGNED_IN)
def test_nobody_with_every_permission_but_the_one_it_asks_for(world, operation):
    asked = {name for one in NAMED[operation]["security"] for name in one["oauth"]}
    stranger = world.caller(frozenset(EVERY_PERMISSION - asked | {"engagement.own"}))

    answer = send(world, prepare(world, operation), stranger)

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("operation", ELSEWHERE)
def test_the_same_person_with_every_permission_in_another_community_finds_nothing(world, operation):
    request = prepare(world, operation)
    stranger = world.caller(frozenset(EVERY_PERMISSION), NEIGHBOUR, "community_worker", request.who.subject)

    answer = send(world, request, stranger)

    if "404" in NAMED[operation]["responses"]:
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"].endswith("_not_found")
    else:
        assert answer.status_code == 200
        assert not any(answer.json().values()), answer.text


@pytest.mark.parametrize("operation", NAMED)
def test_it_works_for_whom_it_is_meant(world, operation):
    request, (status, meant) = prepare(world, operation), success(operation)

    answer = send(world, request)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] in meant["content"]
    assert "etag" in answer.headers or "ETag" not in meant.get("headers", {})
    if request.method == "get" and operation not in MAY_BE_EMPTY and "application/json" in meant["content"]:
        assert answer.json().get("items", True)


@pytest.mark.parametrize("operation", REPLAYED)
def test_the_same_key_twice_is_one_act_and_one_answer(world, operation):
    request, key = prepare(world, operation), str(uuid4())

    first, second = (send(world, request, key=key) for _ in range(2))

    assert first.status_code == success(operation)[0], first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers.get("etag") == first.headers.get("etag")
    assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")


@pytest.mark.parametrize("operation", REPLAYED)
def test_a_key_used_for_one_thing_says_nothing_about_another(world, operation):
    first, key = prepare(world, operation), str(uuid4())
    assert send(world, first, key=key).status_code == success(operation)[0]
    second = prepare(world, operation)

    answer = send(world, second, first.who, key=key)

    if (second.path, second.body) == (first.path, first.body):
        assert answer.headers["idempotency-replayed"] == "true"
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("operation", ["book_space", "settle_booking", "reverse_settlement"])
def test_the_same_key_with_another_body_is_refused(world, operation):
    request, key = prepare(world, operation), str(uuid4())
    assert send(world, request, key=key).status_code == success(operation)[0]

    answer = send(world, request, key=key, body=request.other)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_needs_a_key(world, operation):
    answer = send(world, prepare(world, operation), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


@pytest.mark.parametrize("operation", CHANGES)
def test_a_change_needs_the_version_that_was_seen(world, operation):
    request = prepare(world, operation)

    missing, stale = send(world, request, version=None), send(world, request, version=9999)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


def spoilt(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """Bodies that the operation's contract does not accept, and what is wrong with each."""
    schema = NAMED[operation]["requestBody"]["content"]["application/json"]["schema"]
    required = CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]].get("required", [])
    wrong = {"an unknown field": {**body, "division_name": "x"}, "no object": [body]}
    if body:
        wrong |= {
            "lists": {name: {} if isinstance(value, list) else [] for name, value in body.items()},
            "fractions": dict.fromkeys(body, 7.5),
        }
    if required:
        wrong |= {"nothing": {}, "nulls": dict.fromkeys(body)}
    for field in required:
        wrong[f"no {field}"] = {name: value for name, value in body.items() if name != field}
    return wrong


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_body_that_breaks_the_contract_changes_nothing(world, operation):
    request = prepare(world, operation)

    for wrong, body in spoilt(operation, request.body or {}).items():
        answer = send(world, request, body=body)
        assert answer.status_code == 400, wrong
        assert answer.headers["content-type"] == "application/problem+json"

    assert send(world, request).status_code == success(operation)[0]
