# SPDX-License-Identifier: Apache-2.0
"""Published counts of needs arranged for a page. Hidden cells stay hidden: nothing here adds or subtracts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

STATES = {
    "received": lazy_gettext("收到"),
    "assigned": lazy_gettext("派出"),
    "resolved": lazy_gettext("办好"),
    "rated": lazy_gettext("评过"),
    "reopened": lazy_gettext("重开"),
}


def of_division(
    answer: dict[str, Any] | None, categories: dict[str, Any] | None, code: str, language: str
) -> dict[str, Any] | None:
    """Arrange one division's counts as rows by category and by state; None when it has none."""
    own = next((row for row in (answer or {}).get("items", []) if row["division"] == code), None)
    if own is None or answer is None:
        return None
    known = {one["code"]: one["names"][language] for one in (categories or {}).get("items", [])}
    names = {**{one: one for one in own["by_category"]}, **known}
    by_category = [(name, own["by_category"][one]) for one, name in names.items() if one in own["by_category"]]
    return {
        "as_of": answer.get("as_of"),
        "total": own["total"],
        "categories": [(name, count) for name, count in by_category if count is not None],
        "hidden": [name for name, count in by_category if count is None],
        "states": [(words, own["by_state"][one]) for one, words in STATES.items() if one in own["by_state"]],
    }


def totals(answer: dict[str, Any] | None) -> dict[str, int | None]:
    """Map every division that has needs to its total; None where it is hidden."""
    return {row["division"]: row["total"] for row in (answer or {}).get("items", [])}
