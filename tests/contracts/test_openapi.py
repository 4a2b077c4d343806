# SPDX-License-Identifier: Apache-2.0
"""What every contract promises in the same way."""

from __future__ import annotations

import re

import pytest
import yaml
from openapi_spec_validator import validate

from .sources import CONTRACTS, SERVICES, document, every_operation, operations

PUBLIC_REFUSALS = {"400", "429", "500", "503"}
REFUSALS = PUBLIC_REFUSALS | {"401", "403"}
WRITE_REFUSALS = REFUSALS | {"413", "415", "428"}


@pytest.mark.parametrize("service", [*SERVICES, "common"])
def test_the_contract_is_valid_openapi_3_0(service):
    path = CONTRACTS / "openapi" / f"{service}.v1.yaml"
    written = yaml.safe_load(path.read_text("utf-8"))

    assert written["openapi"].startswith("3.0.")  # Connexion serves no 3.1
    validate(written, base_uri=path.resolve().as_uri())


@pytest.mark.parametrize("service", SERVICES)
def test_the_contract_is_served_under_the_services_own_address(service):
    assert document(service)["servers"] == [{"url": f"/api/{service}/v1"}]


@pytest.mark.parametrize("service", SERVICES)
def test_no_name_of_an_operation_is_used_twice(service):
    names = [name for name, *_ in operations(service)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_every_operation_has_security_or_says_that_it_is_public(method, path, operation):
    assert "security" in operation
    for requirement in operation["security"]:
        assert list(requirement) == ["oauth"]
        assert requirement["oauth"], "a requirement names a permission"


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_every_operation_says_how_it_refuses(method, path, operation):
    needed = REFUSALS if method == "get" else WRITE_REFUSALS
    if not operation["security"]:
        needed = PUBLIC_REFUSALS
    if operation.get("x-idempotent") is False:
        needed = needed - {"428"}
    if "requestBody" not in operation:
        needed = needed - {"413", "415"}
    if "{" in path and operation["security"]:
        needed = needed | {"404"}

    assert needed <= set(operation["responses"]), f"not declared: {sorted(needed - set(operation['responses']))}"
    for status in (one for one in operation["responses"] if one >= "400"):
        content = operation["responses"][status]["content"]
        assert list(content) == ["application/problem+json"], f"{status} is not a problem document"


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_every_write_can_be_repeated_without_happening_twice(method, path, operation):
    if operation.get("x-idempotent") is False:
        assert "Idempotency-Key" in operation["description"], "say why it takes none"
        return
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    assert ("Idempotency-Key" in headers) is (method != "get")
    assert bool(operation.get("x-idempotent")) is (method != "get")


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_a_change_that_needs_a_version_says_so_throughout(method, path, operation):
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    needs = bool(operation.get("x-if-match"))

    assert needs is ("If-Match" in headers)
    assert not needs or {"412", "428"} <= set(operation["responses"])


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_every_list_comes_in_pages_or_says_why_not(method, path, operation):
    if not operation["operationId"].startswith("list_"):
        return
    if "x-unpaged" in operation:
        assert len(operation["x-unpaged"]) > 10
        return
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    assert {"cursor", "limit"} <= {one["name"] for one in operation["parameters"]}
    assert {"items", "next_cursor"} <= set(schema["required"])


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_requests_accept_no_field_that_the_contract_does_not_name(method, path, operation):
    body = operation.get("requestBody")
    if body is None:
        return
    assert list(body["content"]) == ["application/json"]
    for where, schema in _objects(body["content"]["application/json"]["schema"], "body"):
        assert schema.get("additionalProperties") is False, f"{where} takes unknown fields"


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_texts_and_lists_that_callers_send_are_bounded(method, path, operation):
    sent = [(one["name"], one["schema"]) for one in operation["parameters"]]
    if "requestBody" in operation:
        sent.append(("body", operation["requestBody"]["content"]["application/json"]["schema"]))

    unbounded = [where for name, schema in sent for where in _unbounded(schema, name)]

    assert unbounded == []


@pytest.mark.parametrize(("method", "path", "operation"), every_operation())
def test_every_operation_says_what_it_is_for(method, path, operation):
    assert operation.get("summary")
    assert operation.get("tags")


def _objects(schema, where):
    if schema.get("type") == "object":
        yield where, schema
    for name, one in schema.get("properties", {}).items():
        yield from _objects(one, f"{where}.{name}")
    if "items" in schema:
        yield from _objects(schema["items"], f"{where}[]")


def _unbounded(schema, where):
    kind = schema.get("type")
    if kind == "string" and not {"maxLength", "enum", "format"} & schema.keys() and not _closed(schema.get("pattern")):
        yield where
    if kind == "array":
        if "maxItems" not in schema:
            yield f"{where}[]"
        yield from _unbounded(schema["items"], f"{where}[]")
    for name, one in schema.get("properties", {}).items():
        yield from _unbounded(one, f"{where}.{name}")


def _closed(pattern):
    """Whether a pattern bounds the length by itself: anchored, and without a repeating * or +."""
    return (
        bool(pattern) and pattern.startswith("^") and pattern.endswith("$") and not re.search(r"(?<!\\)[*+]", pattern)
    )
