# SPDX-License-Identifier: Apache-2.0
"""Compares two JSON Schemas whose references are written out. What is not known here is breaking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tools.contract_gate.findings import Direction, Finding

Schema = Mapping[str, Any]

SAYS_NOTHING = frozenset({"title", "description", "example", "examples", "$id", "$schema", "deprecated"})
FIXED = ("type", "format", "pattern", "const", "default", "readOnly", "writeOnly", "multipleOf", "uniqueItems", "not")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def compare(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    """Yield what in ``head`` breaks whoever relies on ``base``."""
    checks: dict[str, Callable[[Schema, Schema, Direction, str], Iterator[Finding]]] = {
        "properties": _properties,
        "required": _required,
        "enum": _enum,
        "nullable": _nullable,
        "items": _items,
        "additionalProperties": _additional,
        "allOf": _all_of,
        "x-grows": _nothing,
        **dict.fromkeys(FIXED, _nothing),
        **dict.fromkeys(LOWER + UPPER, _nothing),
    }
    for word in sorted({*base, *head} - checks.keys() - SAYS_NOTHING):
        if base.get(word) != head.get(word):
            yield Finding(where, f"`{word}` changed, and the gate does not know what that means")
    for word in FIXED:
        if base.get(word) != head.get(word):
            yield Finding(where, f"{word} changed from {base.get(word)!r} to {head.get(word)!r}")
    yield from _limits(base, head, direction, where)
    for word, check in checks.items():
        if word in base or word in head:
            yield from check(base, head, direction, where)


def _nothing(_base: Schema, _head: Schema, _direction: Direction, _where: str) -> Iterator[Finding]:
    yield from ()


def _limits(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    for words, sign in ((LOWER, 1), (UPPER, -1)):
        for word in words:
            old, new = base.get(word), head.get(word)
            if old == new:
                continue
            if isinstance(old, bool) or isinstance(new, bool):
                yield Finding(where, f"{word} changed from {old!r} to {new!r}")
                continue
            tighter = old is None or (new is not None and (new - old) * sign > 0)
            if tighter is (direction is Direction.SENT):
                yield Finding(where, f"{word} changed from {old!r} to {new!r} in what is {direction.value}")


def _properties(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = base.get("properties", {}), head.get("properties", {})
    for name in sorted(old):
        if name not in new:
            yield Finding(f"{where}.{name}", "property removed")
        else:
            yield from compare(old[name], new[name], direction, f"{where}.{name}")


def _required(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = set(base.get("required", ())), set(head.get("required", ()))
    if direction is Direction.SENT:
        for name in sorted(new - old):
            yield Finding(f"{where}.{name}", "newly required of callers")
    else:
        for name in sorted(old - new):
            yield Finding(f"{where}.{name}", "callers can no longer rely on it")


def _enum(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = base.get("enum"), head.get("enum")
    if old is None or new is None:
        if (old is None) is (direction is Direction.SENT):
            yield Finding(where, f"enum {'added to' if old is None else 'removed from'} what is {direction.value}")
        return
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    if direction is Direction.SENT and gone:
        yield Finding(where, f"enum narrowed: {gone} no longer accepted")
    if direction is Direction.RECEIVED and come and not base.get("x-grows"):  # who relies on the base was told
        yield Finding(where, f"enum widened: callers do not know {come}")


def _nullable(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = bool(base.get("nullable")), bool(head.get("nullable"))
    if old is not new and new is (direction is Direction.RECEIVED):
        yield Finding(where, "null may appear now" if new else "null is no longer accepted")


def _items(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    yield from compare(base.get("items", {}), head.get("items", {}), direction, f"{where}[]")


def _additional(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = base.get("additionalProperties", True), head.get("additionalProperties", True)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from compare(old, new, direction, f"{where}.*")
    elif old != new and not (direction is Direction.SENT and old is False):
        yield Finding(where, f"additionalProperties changed from {old!r} to {new!r}")


def _all_of(base: Schema, head: Schema, direction: Direction, where: str) -> Iterator[Finding]:
    old, new = base.get("allOf", []), head.get("allOf", [])
    if len(old) != len(new):
        yield Finding(where, "allOf has another number of parts")
        return
    for number, (one, other) in enumerate(zip(old, new, strict=True)):
        yield from compare(one, other, direction, f"{where}/{number}")
