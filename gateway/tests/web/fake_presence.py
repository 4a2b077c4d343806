# SPDX-License-Identifier: Apache-2.0
"""The waiting list, check-ins, marks and door displays of the invented venue."""

from __future__ import annotations

import json
from typing import Any

import httpx

from .fake_answers import BOOKING, PERSON, ROOMS, SPACES, VENUE, page

ENTRY, MARK, EXEMPTION, DISPLAY = (BOOKING[:-2] + digits for digits in ("71", "72", "73", "74"))
TOKEN = "510104030006-" + "A" * 32
EVENING = {"starts_at": "2026-11-24T19:00:00+08:00", "ends_at": "2026-11-24T21:00:00+08:00"}


def answer(method: str, path: str, request: httpx.Request, english: bool) -> Any:
    """Answer what belongs to these pages; None for everything else."""
    if path == "/check-ins/offline":
        notes = json.loads(request.content)["notes"]
        return {"items": [_result(nonce=one["nonce"]) for one in notes]}
    if path == "/check-ins":
        ticked = json.loads(request.content)["bookings"]
        return {"items": [_result(booking_id=one["booking_id"]) for one in ticked]}
    if path.startswith(("/waiting-entries", "/my/waiting-entries")):
        asked = request.url.params.get("state")
        kinds = [entry(english, state) for state in ("waiting", "offered") if asked in (None, state)]
        return page(kinds) if method == "GET" else entry(english, "waiting")
    if path.startswith(("/marks", "/my/marks")):
        state = request.url.params.get("state", "standing")
        return {**page([mark(english, state)]), "pauses": [_pause()]} if method == "GET" else mark(english, "appealed")
    if path.startswith("/exemptions"):
        return page([exemption()]) if method == "GET" else exemption()
    if path.startswith("/displays"):
        return page([display(english)]) if method == "GET" else {**display(english), "token": TOKEN}
    if path.startswith("/door-displays/"):
        return _door(english)
    if path.endswith("/door-secret"):
        return {"venue_id": VENUE, "renewed_at": "2026-11-23T15:00:00+08:00"}
    return None


def entry(english: bool, state: str) -> dict[str, Any]:
    """An entry of the waiting list, with its offer where one is open."""
    offer = {
        "booking_id": BOOKING,
        "booking_version": 1,
        "price_fen": 6000,
        "expires_at": "2026-11-23T15:25:00+08:00",
        **EVENING,
    }
    return {
        "entry_id": ENTRY,
        "version": 1 if state == "waiting" else 2,
        "state": state,
        "venue_id": VENUE,
        "venue_name": "五福茶馆",
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        **EVENING,
        "minutes": 120,
        "party_size": None,
        "created_at": "2026-11-22T10:00:00+08:00",
        "ahead": 1,
        "refused_code": None,
        "offer": offer if state == "offered" else None,
        "person_id": PERSON,
    }


def mark(english: bool, state: str) -> dict[str, Any]:
    """A mark for a booked evening nobody came to."""
    return {
        "mark_id": MARK,
        "version": 1,
        "state": state,
        "kind": "no_show",
        "is_counted": state == "standing",
        "booking_id": BOOKING,
        "space_name": ROOMS[0][english],
        **EVENING,
        "given_at": "2026-11-24T19:15:00+08:00",
        "expires_at": "2027-02-22T19:15:00+08:00",
        "can_appeal": state == "standing",
        "appeal_text": "路灯坏了，走不过来" if state == "appealed" else None,
        "appealed_at": "2026-11-24T20:00:00+08:00" if state == "appealed" else None,
        "decision_reason": None,
        "decided_at": None,
        "person_id": PERSON,
    }


def exemption() -> dict[str, Any]:
    """Somebody who may come late."""
    return {
        "exemption_id": EXEMPTION,
        "version": 1,
        "person_id": PERSON,
        "reason": "示例：走得慢",
        "until_on": "2027-06-30",
        "granted_at": "2026-11-01T10:00:00+08:00",
        "ended_at": None,
    }


def display(english: bool) -> dict[str, Any]:
    """A screen beside a door."""
    return {
        "display_id": DISPLAY,
        "version": 1,
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "label": "1栋",
        "created_at": "2026-11-01T10:00:00+08:00",
        "revoked_at": None,
    }


def _door(english: bool) -> dict[str, Any]:
    return {
        "venue_name": "五福茶馆",
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "now": "2026-11-23T15:00:10+08:00",
        "state": "free",
        "until": "2026-11-23T19:00:00+08:00",
        "next": {"starts_at": "2026-11-23T19:00:00+08:00", "ends_at": "2026-11-23T21:00:00+08:00"},
        "check_in_code": "BCDFGHJK",
        "code_changes_at": "2026-11-23T15:00:30+08:00",
    }


def _pause() -> dict[str, Any]:
    return {"venue_id": VENUE, "venue_name": "五福茶馆", "paused_until": "2026-12-20T19:15:00+08:00"}


def _result(**known: Any) -> dict[str, Any]:
    return {"booking_id": BOOKING, "outcome": "accepted", "code": None, **known}
