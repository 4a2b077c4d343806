# SPDX-License-Identifier: Apache-2.0
"""Compares two AsyncAPI documents and the schemas of their events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.contract_gate import schemas
from tools.contract_gate.findings import Direction, Finding


def compare(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield removed channels and messages, and channels with other partitions or keys."""
    for name, channel in base["channels"].items():
        if name not in head["channels"]:
            yield Finding(name, "channel removed")
            continue
        other = head["channels"][name]
        for message in sorted(channel.get("messages", {}).keys() - other.get("messages", {}).keys()):
            yield Finding(f"{name} {message}", "message removed")
        for word in ("address", "bindings"):
            if channel.get(word) != other.get(word):
                yield Finding(name, f"{word} changed from {channel.get(word)!r} to {other.get(word)!r}")


def compare_events(base: Mapping[str, Any], head: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what in the schemas ``head`` (by path) breaks who reads events of ``base``."""
    for path, schema in base.items():
        if path not in head:
            yield Finding(path, "schema removed")
        else:
            yield from schemas.compare(schema, head[path], Direction.RECEIVED, path)
