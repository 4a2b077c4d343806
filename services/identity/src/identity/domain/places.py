# SPDX-License-Identifier: Apache-2.0
"""The tree of places below a community: a household lies in a building, a building in an estate."""

from __future__ import annotations

from chassis.errors import Unprocessable

PARENT_OF = {"estate": None, "building": "estate", "household": "building"}


def check_parent(kind: str, parent_kind: str | None) -> None:
    """Refuse a place under the wrong kind of parent (Unprocessable)."""
    if PARENT_OF[kind] != parent_kind:
        raise Unprocessable(
            "wrong_parent",
            zh="楼栋登记在小区下,户登记在楼栋下,小区直接登记在社区下。",
            en="A building lies in an estate, a household in a building, an estate directly in the community.",
        )


def label(name: str, parent_label: str | None) -> str:
    """Name the whole way down: 示例小区 1栋 0101."""
    return f"{parent_label} {name}" if parent_label else name
