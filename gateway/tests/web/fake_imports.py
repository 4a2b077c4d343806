# SPDX-License-Identifier: Apache-2.0
"""A calendar that was brought in: one row was booked, one was not."""

from __future__ import annotations

import json
from typing import Any

import httpx

from .fake_answers import BOOKING, PERSON, VENUE, page

IMPORT = BOOKING[:-2] + "e5"
KEPT = {
    "import_id": IMPORT,
    "venue_id": VENUE,
    "venue_name": "五福茶馆",
    "imported_at": "2026-11-22T10:00:00+08:00",
    "booked": 1,
    "refused": 1,
}


def answer(method: str, path: str, request: httpx.Request) -> Any:
    """Answer what is asked about imports."""
    if method == "POST":
        rows = json.loads(request.content)["rows"]
        booked = [{"row": n, "outcome": "booked", "booking_id": BOOKING} for n, _row in enumerate(rows, 1)]
        return {"import_id": IMPORT, "booked": len(rows), "refused": 0, "rows": booked}
    if path == "/imports":
        return page([KEPT])
    taken = {"outcome": "refused", "booking_id": None, "code": "slot_taken", "reason": "这段时间已有人订了。"}
    return {**KEPT, "rows": [row(1), row(2, local_end="2026-12-02T00:00", **taken)]} if IMPORT in path else None


def row(number: int, **more: Any) -> dict[str, Any]:
    """A row that was booked, or as ``more`` says."""
    return {
        "row": number,
        "outcome": "booked",
        "booking_id": BOOKING,
        "code": None,
        "reason": None,
        "space_code": "r0",
        "local_start": "2026-12-01T19:00",
        "local_end": "2026-12-01T21:00",
        "person_id": PERSON,
        "purpose": "邻里读书会",
        "party_size": 8,
        **more,
    }
