# SPDX-License-Identifier: Apache-2.0
"""Residents as the desk needs them: found by name or by where they live, named only while they are served."""

from __future__ import annotations

from typing import Any

from flask import abort

from gateway.web import reading
from gateway.web.client import Problem

AT_ONCE = 100  # as many as identity answers at a time


def found(api: Any, person_id: str) -> dict[str, Any]:
    """Return one resident's name and household without opening the telephone number (which is audited)."""
    rows = named(api, [person_id]) if reading.is_id(person_id) else []
    if not rows:
        abort(404)
    return rows[0]


def named(api: Any, person_ids: list[str]) -> list[dict[str, Any]]:
    """Return these residents, as far as they are registered in the caller's community."""
    return api.get("identity", "/persons", ids=",".join(person_ids))["items"] if person_ids else []


def names(api: Any, person_ids: set[str]) -> dict[str, str]:
    """Map ids to names, a hundred a call; without the right to the register nobody is named."""
    ids, found = sorted(person_ids), {}
    try:
        for start in range(0, len(ids), AT_ONCE):
            found |= {row["person_id"]: row["name"] for row in named(api, ids[start : start + AT_ONCE])}
    except Problem:
        return {}
    return found
