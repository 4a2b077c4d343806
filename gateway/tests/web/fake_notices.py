# SPDX-License-Identifier: Apache-2.0
"""What the one resident is told by the invented engagement."""

from __future__ import annotations

from typing import Any

from .fake_answers import BOOKING, NEED, SPACES, page

NOTICE, ENTRY = BOOKING[:-2] + "d1", BOOKING[:-2] + "71"
EVENING = {"starts_at": "2026-11-24T11:00:00+00:00", "ends_at": "2026-11-24T13:00:00+00:00"}
NOTHING = {name: None for name in ("booking_id", "space_id", "starts_at", "ends_at", "expires_at", "dates", "left_out")}


def answer(method: str, path: str) -> Any:
    """Answer what belongs to these pages; None for everything else."""
    if path == "/my/notices/reading":
        return {"has_unread": False}
    if path.startswith("/my/notices/") and method == "POST":
        return {**offer(), "is_read": True, "version": 2}
    if path == "/my/notices":
        soonest = {name: offer()[name] for name in ("notice_id", "kind", "subject_id", "booking_id", "expires_at")}
        items = [offer(), notice("need_resolved", "need", NEED, is_read=True)]
        return {**page(items), "has_unread": True, "soonest": {**soonest, **EVENING}}
    return None


def offer() -> dict[str, Any]:
    """An offer of the waiting list that stands for another 25 minutes."""
    times = {**EVENING, "expires_at": "2026-11-23T07:25:00+00:00"}
    return notice("offer_made", "offer", ENTRY, booking_id=BOOKING, space_id=SPACES[0], **times)


def notice(kind: str, matter: str, subject_id: str, **more: Any) -> dict[str, Any]:
    """A notice of a kind, with whatever facts it has."""
    about = {"notice_id": NOTICE, "version": 1, "kind": kind, "matter": matter, "subject_id": subject_id}
    told = {"told_at": "2026-11-23T06:55:00+00:00", "is_read": False, "amount_fen": None, "reason_code": None}
    return {**NOTHING, **about, **told, **more}
