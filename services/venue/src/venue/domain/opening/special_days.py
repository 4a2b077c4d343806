# SPDX-License-Identifier: Apache-2.0
"""The official days of a year as somebody writes them down: public holidays and make-up workdays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from venue.domain.venues.definition import DefinitionError

KINDS = ("holiday", "make_up_workday")


def parse(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Read the days as YAML gives them. Raises DefinitionError."""
    try:
        days = [_day(one) for one in document["days"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DefinitionError(f"the special days are incomplete or malformed: {error}") from error
    if len({one["day"] for one in days}) < len(days):
        raise DefinitionError("a day is named twice")
    return days


def _day(one: Mapping[str, Any]) -> dict[str, Any]:
    weekday = one.get("follows_weekday")
    if one["kind"] not in KINDS or weekday not in (None, *range(1, 8)):
        raise ValueError(f"{one} is neither a holiday nor a make-up workday with a weekday")
    return {
        "day": date.fromisoformat(str(one["date"])),
        "kind": one["kind"],
        "name_zh": one["names"]["zh"],
        "name_en": one["names"]["en"],
        "follows_weekday": weekday,
    }
