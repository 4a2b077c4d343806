# SPDX-License-Identifier: Apache-2.0
"""Residents as the desk needs them: found by name or by where they live, named only while they are served."""

from __future__ import annotations

from typing import Any

from flask import abort

from gateway.web import reading
from gateway.web.client import Problem


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
    """Map ids to names; without the right to the register nobody is named."""
    try:
        return {row["person_id"]: row["name"] for row in named(api, sorted(person_ids)[:100])}
    except Problem:
        return {}
