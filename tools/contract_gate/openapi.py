# SPDX-License-Identifier: Apache-2.0
"""Compares two OpenAPI documents, operation by operation. What is not known here is breaking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.contract_gate import schemas
from tools.contract_gate.findings import Direction, Finding

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
SAYS_NOTHING = frozenset({"summary", "description", "tags", "deprecated", "x-unpaged", "externalDocs"})
COMPARED = frozenset(
    {"operationId", "parameters", "requestBody", "responses", "security", "x-idempotent", "x-if-match"}
)
PARAMETER_SAYS_NOTHING = frozenset({"description", "example", "examples", "name", "in", "required", "schema"})


def compare(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what in ``head`` breaks callers of ``base``. References must be written out already."""
    for word in ("openapi", "servers"):
        if str(base.get(word))[:3] != str(head.get(word))[:3] or (word == "servers" and base[word] != head[word]):
            yield Finding(word, f"changed from {base.get(word)!r} to {head.get(word)!r}")
    for path, item in base["paths"].items():
        if path not in head["paths"]:
            yield Finding(path, "path removed")
            continue
        for method in METHODS:
            if method in item:
                where = f"{method.upper()} {path}"
                if method in head["paths"][path]:
                    yield from _operation(_whole(item, method), _whole(head["paths"][path], method), where)
                else:
                    yield Finding(where, "operation removed")


def _whole(item: Mapping[str, Any], method: str) -> dict[str, Any]:
    """Give the operation the parameters of its path."""
    operation = dict(item[method])
    operation["parameters"] = [*item.get("parameters", []), *operation.get("parameters", [])]
    return operation


def _operation(base: Mapping[str, Any], head: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for word in sorted({*base, *head} - COMPARED - SAYS_NOTHING):
        if base.get(word) != head.get(word):
            yield Finding(where, f"`{word}` changed, and the gate does not know what that means")
    if base.get("operationId") != head.get("operationId"):
        yield Finding(where, f"operationId changed from {base.get('operationId')} to {head.get('operationId')}")
    for mark in ("x-idempotent", "x-if-match"):
        if head.get(mark) and not base.get(mark):
            yield Finding(where, f"{mark} newly demanded of callers")
    yield from _security(base.get("security"), head.get("security"), where)
    yield from _parameters(base["parameters"], head["parameters"], where)
    yield from _body(base.get("requestBody"), head.get("requestBody"), where)
    yield from _responses(base.get("responses", {}), head.get("responses", {}), where)


def _security(base: Any, head: Any, where: str) -> Iterator[Finding]:
    if base == head:
        return
    if not base or not head:
        yield Finding(where, f"security changed from {base!r} to {head!r}")
        return
    for alternative in base:
        if alternative not in head:
            yield Finding(where, f"callers with {alternative!r} are now refused")


def _parameters(base: list[Any], head: list[Any], where: str) -> Iterator[Finding]:
    old, new = ({(one["in"], one["name"]): one for one in side} for side in (base, head))
    for key, one in old.items():
        here = f"{where} {key[0]} {key[1]}"
        if key not in new:
            yield Finding(here, "parameter removed")
            continue
        if new[key].get("required") and not one.get("required"):
            yield Finding(here, "newly required of callers")
        for word in sorted({*one, *new[key]} - PARAMETER_SAYS_NOTHING):
            if one.get(word) != new[key].get(word):
                yield Finding(here, f"`{word}` changed, and the gate does not know what that means")
        yield from schemas.compare(one.get("schema", {}), new[key].get("schema", {}), Direction.SENT, here)
    for key in sorted(new.keys() - old.keys()):
        if new[key].get("required"):
            yield Finding(f"{where} {key[0]} {key[1]}", "newly required of callers")


def _body(base: Any, head: Any, where: str) -> Iterator[Finding]:
    if base is None and head is None:
        return
    if base is None or head is None:
        added_and_optional = base is None and not head.get("required")
        if not added_and_optional:
            yield Finding(f"{where} body", "newly required of callers" if base is None else "no longer accepted")
        return
    if head.get("required") and not base.get("required"):
        yield Finding(f"{where} body", "newly required of callers")
    yield from _content(base.get("content", {}), head.get("content", {}), Direction.SENT, f"{where} body")


def _responses(base: Mapping[str, Any], head: Mapping[str, Any], where: str) -> Iterator[Finding]:
    for status, one in base.items():
        here = f"{where} {status}"
        if status not in head:
            yield Finding(here, "response removed")
            continue
        for name in sorted(one.get("headers", {}).keys() - head[status].get("headers", {}).keys()):
            yield Finding(here, f"header {name} removed")
        yield from _content(one.get("content", {}), head[status].get("content", {}), Direction.RECEIVED, here)
    for status in sorted(head.keys() - base.keys()):
        if not str(status).startswith(("4", "5")):
            yield Finding(f"{where} {status}", "a new kind of success that callers do not know")


def _content(base: Mapping[str, Any], head: Mapping[str, Any], direction: Direction, where: str) -> Iterator[Finding]:
    for kind, media in base.items():
        if kind not in head:
            yield Finding(where, f"{kind} removed")
        else:
            yield from schemas.compare(media.get("schema", {}), head[kind].get("schema", {}), direction, where)
