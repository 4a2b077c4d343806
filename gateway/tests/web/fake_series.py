# SPDX-License-Identifier: Apache-2.0
"""What the fake venue answers about series: the shapes of the contract, every state of a date."""

from __future__ import annotations

from typing import Any

from .fake_answers import EQUIPMENT, PERSON, ROOMS, SPACES, VENUE, page

ID = "0197f000-0000-7000-8000-0000000000"
SERIES, FOLLOWING, BOOKING = f"{ID}a1", f"{ID}a2", f"{ID}21"
STATES = [
    ("2026-11-17", "booked", None), ("2026-11-24", "booked", None), ("2026-12-01", "skipped", "slot_taken"),
    ("2026-12-08", "moved", None), ("2026-12-15", "cancelled", None), ("2026-12-22", "booked", None),
]  # fmt: skip


def answer(method: str, path: str, english: bool) -> Any:
    """Answer a path of series; None for any other."""
    if path == "/left-behind-bookings":
        return {"items": [_left_behind(english)]}
    if path == "/series/check":
        dates = [_verdict(day, "skipped" if code else "free", code, english) for day, _state, code in STATES[1:4]]
        rule = "FREQ=WEEKLY;BYDAY=TU;COUNT=3"
        return {"rrule": rule, "dates_count": 3, "free_count": 2, "price_fen": 12000, "dates": dates}
    if path.startswith("/series/") and path.endswith("/check"):
        return _changes(english)
    if path in ("/series", "/my/series") and method == "GET":
        sums = {"dates_count": 6, "skipped_count": 1, "to_come_count": 3, "next_starts_at": "2026-11-24T19:00:00+08:00"}
        over = {"series_id": FOLLOWING, "state": "cancelled", "next_starts_at": None, "to_come_count": 0}
        return page([_series(english) | sums, _series(english) | sums | over])
    if path.startswith("/series"):
        return _series(english) | {"dates": [_date(*one, english) for one in STATES]}
    return None


def _changes(english: bool) -> dict[str, Any]:
    """Every way in which a date may follow a change."""
    names = ("space_id", "space_name", "local_start", "local_end", "price_fen")
    changes = [("2026-11-24", "kept"), ("2026-12-01", "skipped"), ("2026-12-08", "moved"), ("2026-12-10", "added"),
               ("2026-12-22", "dropped")]  # fmt: skip
    dates = []
    for day, change in changes:
        code = "slot_taken" if change == "skipped" else None
        now = _date(day, "booked", None, english)
        was = {**now, "local_start": f"{day}T18:00", "local_end": f"{day}T20:00"} if change == "moved" else None
        dates.append(
            {"date": day, "change": change, **{name: now[name] for name in names}}
            | {
                "was": was and {name: was[name] for name in names},
                "reason_code": code,
                "reason": _reason(code, english),
            }
        )
    return {"rrule": "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261222", "until": "2026-12-22", "dates": dates}


def _series(english: bool) -> dict[str, Any]:
    return {
        "series_id": SERIES,
        "version": 3,
        "state": "active",
        "venue_id": VENUE,
        "venue_name": "五福茶馆",
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=6",
        "first_date": "2026-11-17",
        "until": "2026-12-22",
        "open_ended": False,
        "local_start": "19:00",
        "minutes": 120,
        "time_zone": "Asia/Shanghai",
        "policy": "skip_and_report",
        "previous_series_id": FOLLOWING,
        "changeable": True,
        "purpose": None,
        "split": False,
        "equipment": [{"equipment_id": EQUIPMENT, "quantity": 1}],
        "person_id": PERSON,
    }


def _date(day: str, state: str, code: str | None, english: bool) -> dict[str, Any]:
    held = state != "skipped"
    moved = state == "moved"
    start = f"{day}T{'20' if moved else '19'}:00"
    return {
        "date": day,
        "state": state,
        "booking_id": BOOKING if held else None,
        "booking_version": 1 if held else None,
        "booking_state": {"cancelled": "cancelled", "skipped": None}.get(state, "confirmed"),
        "space_id": SPACES[1 if moved else 0],
        "space_name": ROOMS[1 if moved else 0][english],
        "local_start": start,
        "local_end": f"{day}T21:00",
        "starts_at": f"{start}:00+08:00" if held else None,
        "ends_at": f"{day}T21:00:00+08:00" if held else None,
        "regime": "commercial" if held else None,
        "price_fen": 6000 if held else None,
        "pick_up_code": "K7M4PX" if held else None,
        "shifted": False,
        "changeable": held and state != "cancelled" and day > "2026-11-23",
        "reason_code": code,
        "reason": _reason(code, english),
    }


def _verdict(day: str, state: str, code: str | None, english: bool) -> dict[str, Any]:
    other = {
        "space_id": SPACES[1],
        "space_name": ROOMS[1][english],
        "starts_at": f"{day}T19:00:00+08:00",
        "ends_at": f"{day}T21:00:00+08:00",
        "price_fen": 6000,
    }
    return {
        "date": day,
        "local_start": f"{day}T19:00",
        "local_end": f"{day}T21:00",
        "shifted": False,
        "state": state,
        "regime": None if code else "commercial",
        "price_fen": None if code else 4500,
        "parts": [] if code else _parts(day),
        "reason_code": code,
        "reason": _reason(code, english),
        "alternatives": [other] if code else [],
    }


def _parts(day: str) -> list[dict[str, Any]]:
    times = [("17:00", "18:00", "public_benefit", 0), ("18:00", "19:30", "commercial", 4500)]
    return [
        {
            "regime": regime,
            "starts_at": f"{day}T{start}:00+08:00",
            "ends_at": f"{day}T{end}:00+08:00",
            "price_fen_per_hour": 3000 if price else 0,
            "price_fen": price,
        }
        for start, end, regime, price in times
    ]


def _reason(code: str | None, english: bool) -> str | None:
    return ("这天的这个时间已有人订了", "somebody else has this time")[english] if code else None


def _left_behind(english: bool) -> dict[str, Any]:
    return {
        "booking_id": BOOKING,
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "local_start": "2026-12-02T19:00",
        "local_end": "2026-12-02T21:00",
        "starts_at": "2026-12-02T18:00:00+08:00",
        "ends_at": "2026-12-02T20:00:00+08:00",
        "release": "2026f",
    }
