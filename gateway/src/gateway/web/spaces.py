# SPDX-License-Identifier: Apache-2.0
"""Rooms as people see them: a tree of parts of parts."""

from __future__ import annotations

from typing import Any

Space = dict[str, Any]


def tree(spaces: list[Space], shown: list[Space] | None = None) -> list[tuple[int, Space]]:
    """List rooms each after the one it is a part of, with its depth; of those shown, where that is said."""
    known = spaces
    if shown is not None:
        ids = {one["space_id"] for one in shown}
        known = [one for one in spaces if one["space_id"] in ids]
        known += [one for one in shown if one["space_id"] not in {row["space_id"] for row in known}]
    ids = {one["space_id"] for one in known}
    parts: dict[str | None, list[Space]] = {}
    for one in known:
        parent = one.get("parent_id")
        parts.setdefault(parent if parent in ids and parent != one["space_id"] else None, []).append(one)
    return _under(None, 0, parts)


def _under(parent: str | None, depth: int, parts: dict[str | None, list[Space]]) -> list[tuple[int, Space]]:
    rows: list[tuple[int, Space]] = []
    for one in parts.pop(parent, []):
        rows += [(depth, one), *_under(one["space_id"], depth + 1, parts)]
    return rows
