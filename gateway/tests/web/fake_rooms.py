# SPDX-License-Identifier: Apache-2.0
"""What the fake venue answers about its settings, closures and the operator's debt: the shapes of the contract."""

from __future__ import annotations

from typing import Any

from .fake_answers import EQUIPMENT, ROOMS, SPACES, VENUE, page, regimes

ID = "0197f000-0000-7000-8000-0000000000"
CLOSURE, PHOTO = f"{ID}c1", f"{ID}c2"


def answer(method: str, path: str, english: bool) -> Any:
    """Answer a path of the settings; None for any other."""
    parts = path.strip("/").split("/")
    if parts[0] == "closures":
        closures = [_closure(CLOSURE, SPACES[3], english), _closure(f"{ID}c3", None, english)]
        return page(closures) if method == "GET" else closures[0]
    if parts[-1] in ("owed-sessions", "waivers", "free-session"):
        return _owed()
    if parts[-1] == "preview":
        return _preview()
    if parts[0] == "special-days":
        return {"items": [_special_day(english)]}
    is_settings = parts[0] == "venues" and (
        len(parts) == 2 or parts[2] in ("photos", "spaces", "regimes", "weekly-hours")
    )
    is_part = parts[0] in ("spaces", "equipment") or (
        parts[0] == "venues" and parts[2:3] in (["own-hours"], ["equipment"])
    )
    return settings(english) if is_settings or is_part else None


def settings(english: bool) -> dict[str, Any]:
    """Everything staff keep about the teahouse: hours of two kinds, a day of its own, a holiday, a price to come."""
    texts = {name: {"zh": f"zh {name}", "en": f"words of {name}"} for name in ("story", "rules", "address", "opening")}
    return {
        "venue_id": VENUE,
        "version": 7,
        "code": "wufu",
        "name": ("五福茶馆", "Wufu Teahouse")[english],
        "names": {"zh": "五福茶馆", "en": "Wufu Teahouse"},
        "time_zone": "Asia/Shanghai",
        "telephone": "028-0000",
        **texts,
        "limits": {
            "longest_minutes": 540,
            "horizon_days": 60,
            "lead_minutes": 0,
            "late_cancel_minutes": 120,
            "grace_minutes": 15,
            "hold_minutes": 5,
            "offer_minutes": 60,
            "marks_limit": 3,
            "marks_days": 90,
            "pause_days": 30,
            "own_series_dates": 12,
        },
        "pays_online": True,
        "refund_percent_late": 50,
        "min_public_percent": 50,
        "owed_free_sessions_per_month": 4,
        "photos": [{"photo_id": PHOTO, "position": 1, "media_type": "image/png", "alts": {"zh": "门口", "en": "Door"}}],
        "regimes": [_regime(one) for one in regimes(english)],
        "weekly_hours": [
            {"regime": code, "weekday": day, "from": start, "until": end, "valid_from": "2000-01-01",
             "valid_until": None}
            for code, start, end in (("public_benefit", "09:00", "18:00"), ("commercial", "18:00", "22:00"))
            for day in range(1, 8)
        ],
        "special_days": [_special_day(english)],
        "own_hours": [
            {"date": "2026-12-02", "hours": [{"regime": "commercial", "from": "10:00", "until": "12:00"}]},
            {"date": "2026-12-03", "hours": []},
        ],
        "spaces": [_space(number, english) for number in range(5)],
        "prices": [_price(1, "2000-01-01", 3000, 20000), _price(2, "2027-01-01", 3500)],
        "equipment": [
            {"equipment_id": EQUIPMENT, "code": "projector", "name": ("投影仪", "Projector")[english],
             "names": {"zh": "投影仪", "en": "Projector"}, "counting": "numbered", "stock": 2},
        ],
    }  # fmt: skip


def _regime(one: dict[str, Any]) -> dict[str, Any]:
    names = one.get("names") or {"zh": one["name"], "en": one["name"]}
    rules = {"kind": one["code"], "audience": "everyone", "approval": "none", "ended_on": None}
    return {
        "code": one["code"],
        "name": one["name"],
        "names": names,
        "purposes_zh": ["品茶"],
        "purposes_en": ["tea"],
        **rules,
    }


def _space(number: int, english: bool) -> dict[str, Any]:
    zh, en, capacity = ROOMS[number]
    return {
        "space_id": SPACES[number], "code": f"r{number}", "name": (zh, en)[english], "names": {"zh": zh, "en": en},
        "capacity": capacity, "parent_id": SPACES[4] if number < 4 else None, "atoms": [f"r{number}"],
        "setup_minutes": 0, "cleanup_minutes": 15, "needs_approval": number == 4, "is_retired": False,
    }  # fmt: skip


def _price(version: int, since: str, fen: int, deposit: int = 0) -> dict[str, Any]:
    return {
        "space_id": SPACES[0], "regime": "commercial", "version": version, "valid_from": since,
        "price_fen_per_hour": fen, "deposit_fen": deposit,
    }  # fmt: skip


def _special_day(english: bool) -> dict[str, Any]:
    return {
        "date": "2027-01-01", "kind": "holiday", "name": ("元旦", "New Year's Day")[english],
        "names": {"zh": "元旦", "en": "New Year's Day"}, "follows_weekday": 7,
    }  # fmt: skip


def _closure(closure_id: str, space_id: str | None, english: bool) -> dict[str, Any]:
    return {
        "closure_id": closure_id, "version": 1, "venue_id": VENUE, "space_id": space_id,
        "space_name": (ROOMS[3][english] if space_id else None), "starts_at": "2026-12-01T09:00:00+08:00",
        "ends_at": "2026-12-01T12:00:00+08:00", "reason": ("检修空调", "Repairs")[english],
        "reasons": {"zh": "检修空调", "en": "Repairs"}, "ended_at": None,
    }  # fmt: skip


def _owed() -> dict[str, Any]:
    def entry(kind: str, sessions: int, **ground: Any) -> dict[str, Any]:
        blank = {"month": None, "booking_id": None, "reason": None}
        at = "2026-11-01T00:00:00+08:00"
        return {"entry_id": f"{ID}d1", "kind": kind, "sessions": sessions, "entered_at": at, **blank, **ground}

    entries = [
        entry("waived", -1, reason="no water"), entry("delivered", -1, booking_id=f"{ID}21"),
        entry("accrued", 4, month="2026-11"),
    ]  # fmt: skip
    return {"venue_id": VENUE, "balance": 2, "owed_free_sessions_per_month": 4, "entries": entries}


def _preview() -> dict[str, Any]:
    open_day = [
        {"starts_at": "2026-11-30T09:00:00+08:00", "ends_at": "2026-11-30T18:00:00+08:00", "regime": "public_benefit"},
        {"starts_at": "2026-11-30T18:00:00+08:00", "ends_at": "2026-11-30T20:00:00+08:00", "regime": "commercial"},
    ]
    days = [
        {"date": day, "stretches": open_day if number < 2 else []}
        for number, day in enumerate(["2026-11-30", *(f"2026-12-0{n}" for n in range(1, 7))])
    ]
    week = {"week_from": "2026-11-30", "public_percent": 81, "regimes": [], "days": days}
    return {
        "min_public_percent": 50,
        "weeks": [week],
        "bookings_outside_hours": {"count": 2, "codes": ["BCDFGH", "JKMNPR"]},
    }
