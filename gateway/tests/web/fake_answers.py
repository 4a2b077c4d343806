# SPDX-License-Identifier: Apache-2.0
"""What the fake services answer: the shapes of the contracts, invented and obviously fictional facts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
COMMUNITY = "510104030006"
VENUE = "0197f000-0000-7000-8000-000000000001"
SPACES = [f"0197f000-0000-7000-8000-00000000001{n}" for n in range(5)]
BOOKING = "0197f000-0000-7000-8000-000000000021"
NEED = "0197f000-0000-7000-8000-000000000031"
STATEMENT = "0197f000-0000-7000-8000-000000000041"
PERSON = "0197f000-0000-7000-8000-000000000051"
PLACES = [f"0197f000-0000-7000-8000-00000000006{n}" for n in range(3)]
EQUIPMENT = "0197f000-0000-7000-8000-000000000071"
RESIDENT_NAME = "居民甲01"

ROOMS = (
    ("议事茶亭", "Council Pavilion", 12),
    ("服务驿站", "Service Post", 6),
    ("长者空间", "Elders' Space", 20),
    ("社区书屋", "Book Room", 16),
    ("整座茶馆", "The whole house", 54),
)
REGIMES = (
    ("public_benefit", "公益时段", "Public benefit", ["品茶议事", "兴趣课程"]),
    ("commercial", "商业时段", "Commercial", ["休闲服务", "棋牌文娱"]),
)
CATEGORIES = (
    ("lighting", "公共照明", "Lighting"),
    ("repairs", "房屋维修", "Repairs"),
    ("elders", "长者服务", "Elders"),
    ("other", "其他", "Other"),
)


def page(items: list[Any]) -> dict[str, Any]:
    """Wrap items as a page."""
    return {"items": items, "next_cursor": None}


def person() -> dict[str, Any]:
    """Return the one resident there is."""
    return {
        "person_id": PERSON,
        "name": RESIDENT_NAME,
        "household_id": PLACES[2],
        "household_label": "示例小区 1栋 0101",
        "membership": "owner",
        "version": 1,
    }


def regimes(english: bool) -> list[dict[str, Any]]:
    """Return the two regimes."""
    return [
        {"code": code, "name": en if english else zh, "names": {"zh": zh, "en": en}, "purposes": purposes}
        for code, zh, en, purposes in REGIMES
    ]


def venue(english: bool) -> dict[str, Any]:
    """Return the one venue there is."""
    hours = [
        {"regime": code, "weekday": weekday, "from": first, "until": last}
        for weekday in range(1, 8)
        for code, first, last in (("public_benefit", "09:00", "18:00"), ("commercial", "18:00", "22:00"))
    ]
    spaces = [
        {
            "space_id": one,
            "code": f"r{n}",
            "name": ROOMS[n][english],
            "capacity": ROOMS[n][2],
            "prices": [],
            "names": {"zh": ROOMS[n][0], "en": ROOMS[n][1]},
            "parent_id": SPACES[4] if n < 4 else None,
        }
        for n, one in enumerate(SPACES)
    ]
    return {
        "venue_id": VENUE,
        "code": "wufu",
        "name": "五福茶馆",
        "names": {"zh": "五福茶馆", "en": "Wufu Teahouse"},
        "time_zone": "Asia/Shanghai",
        "regimes": regimes(english),
        "hours": hours,
        "spaces": spaces,
        "story": ("老茶厂改的院子。", "A yard that was a tea factory.")[english],
        "rules": ("走时关灯。", "Turn off the light.")[english],
        "opening": "9:00—22:00",
        "terms": {
            "longest_minutes": 540,
            "horizon_days": 60,
            "lead_minutes": 0,
            "late_cancel_minutes": 120,
            "grace_minutes": 15,
            "pays_online": True,
            "refund_percent_late": 50,
        },
        "photos": [{"photo_id": EQUIPMENT, "alt": ("院子里的茶桌", "Tea tables in the yard")[english]}],
        "equipment": [{"equipment_id": EQUIPMENT, "code": "p", "name": ("投影仪", "Projector")[english], "stock": 2}],
    }


def days(first: str | None, count: int, is_public: bool = False) -> list[dict[str, Any]]:
    """Return days with a booking at 11–13, the caller's own at 15–17 and a busy evening hour on some of them."""
    start = date.fromisoformat(first) if first else date(2026, 11, 23)
    result = []
    for number in range(count):
        on = start + timedelta(days=number)
        day = on.weekday()
        parts = [
            (9, 11, "past" if on < date(2026, 11, 23) else "free"),
            (11, 13, "busy" if day % 2 else "free"),
            (13, 15, "free"),
            (15, 17, "mine" if day == 2 else "free"),
            (17, 18, "free"),
            (18, 19, "free"),
            (19, 21, "busy" if day in (2, 4, 5) else "free"),
            (21, 22, "free"),
        ]
        result.append(
            {"date": on.isoformat(), "intervals": [interval(on, *part, is_public) for part in _merged(parts)]}
        )
    return result


def _merged(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for first, last, state in parts:
        if merged and merged[-1][2] == state and first != 18:
            merged[-1] = (merged[-1][0], last, state)
        else:
            merged.append((first, last, state))
    return merged


def interval(on: date, first: int, last: int, state: str, is_public: bool) -> dict[str, Any]:
    """Return one interval of the contract."""
    at = [datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI).isoformat() for hour in (first, last)]
    row = {
        "starts_at": at[0],
        "ends_at": at[1],
        "state": "busy" if state == "mine" else state,
        "regime": "commercial" if first >= 18 else "public_benefit",
        "price_fen_per_hour": 3000 if first >= 18 else 0,
    }
    return row if is_public else {**row, "mine": state == "mine"}


def share_of_use(first: str, count: int) -> dict[str, Any]:
    """Return weeks of use; the last one falls short of what was agreed."""
    start = date.fromisoformat(first)
    regimes = [("public_benefit", 15120, 6000), ("commercial", 6720, 2400)]
    return {
        "venue_id": VENUE,
        "min_public_percent": 60,
        "weeks": [
            {
                "week_from": (start + timedelta(days=7 * number)).isoformat(),
                "public_percent": 55 if number == count - 1 else 69,
                "regimes": [
                    {"regime": code, "planned_minutes": planned, "used_minutes": used + 60 * number}
                    for code, planned, used in regimes
                ],
            }
            for number in range(count)
        ],
    }


def closed_day(on: str) -> dict[str, Any]:
    """Return a day that the operator has closed."""
    cash = {"expected_cash_fen": 12000, "counted_cash_fen": 12000, "difference_fen": 0}
    return {"day": on, **cash, "note": None, "closed_at": f"{on}T22:10:00+08:00"}


def quota() -> dict[str, Any]:
    """Return the one quota there is."""
    return {
        "quota_id": EQUIPMENT,
        "version": 1,
        "venue_id": VENUE,
        "regime": None,
        "subject": "household",
        "period": "month",
        "count_limit": 4,
        "minutes_limit": 600,
        "valid_from": "2026-11-01",
        "valid_until": None,
    }


def figures() -> dict[str, Any]:
    """Return a statement's sums."""
    return {
        "as_of_entry_no": 46,
        "opening_fen": 57603_90,
        "income_fen": 18420_00,
        "expense_fen": 12905_50,
        "closing_fen": 63118_40,
        "lines_count": 2,
    }


def published(month: str, closing: int) -> dict[str, Any]:
    """Return a published statement's summary."""
    return {
        **figures(),
        "month": month,
        "title_to_date": None,
        "version": 2 if month == "2026-10" else 1,
        "is_latest": True,
        "supersedes": None,
        "closing_fen": closing,
        "sha256": "9f3c71e0b2d45a18" * 4,
        "published_at": "2026-11-03T09:00:00+08:00",
        "prepared_office": "finance_clerk",
        "approved_office": "community_secretary",
    }


def statement() -> dict[str, Any]:
    """Return a submitted statement."""
    return {
        **figures(),
        "statement_id": STATEMENT,
        "row_version": 1,
        "state": "submitted",
        "month": "2026-10",
        "title_to_date": None,
        "version": 1,
        "sha256": "9f3c71e0b2d45a18" * 4,
        "submitted_at": "2026-11-02T09:00:00+08:00",
        "prepared_office": "finance_clerk",
        "prepared_by_me": False,
        "decided_at": None,
        "decided_office": None,
        "rejection_reason": None,
    }


def accounts() -> list[dict[str, Any]]:
    """Return the accounts of a statement."""
    rows = (
        ("4001", "income", "茶馆商业时段分成", "Teahouse evening share", 0, 18420_00),
        ("5001", "expense", "长者食堂补贴", "Elders' canteen", 12905_50, 0),
        ("2001", "liability", "应付经营者", "Operator payable", 0, 12280_00),
    )
    return [
        {
            "code": c,
            "kind": k,
            "name_zh": zh,
            "name_en": en,
            "opening_fen": 0,
            "debit_fen": d,
            "credit_fen": cr,
            "closing_fen": cr - d,
        }
        for c, k, zh, en, d, cr in rows
    ]


def lines() -> list[dict[str, Any]]:
    """Return two lines: an income and its reversal."""
    base = {"room": "议事茶亭", "suspense_fen": 0, "reversed_by_entry_no": None, "notes": [], "note": None}
    return [
        {
            **base,
            "line_no": 1,
            "entry_no": 1,
            "occurred_on": "2026-10-31",
            "posted_on": "2026-11-01",
            "kind": "income",
            "gross_fen": 6000,
            "fund_fen": 3600,
            "operator_fen": 2400,
            "relates_to_line": None,
            "relates_to_entry_no": None,
        },
        {
            **base,
            "line_no": 2,
            "entry_no": 2,
            "occurred_on": "2026-10-31",
            "posted_on": "2026-11-01",
            "kind": "reversal",
            "gross_fen": -6000,
            "fund_fen": -3600,
            "operator_fen": -2400,
            "relates_to_line": 1,
            "relates_to_entry_no": 1,
        },
    ]


def entry(number: int) -> dict[str, Any]:
    """Return a journal entry."""
    return {
        "entry_id": STATEMENT,
        "entry_no": number,
        "month": "2026-11",
        "kind": "income",
        "occurred_on": "2026-11-20",
        "posted_on": "2026-11-20",
        "room": "议事茶亭",
        "relates_to_entry_no": None,
        "postings": [
            {"account": "operator_clearing", "amount_fen": 6000},
            {"account": "fund_income", "amount_fen": -3600},
            {"account": "operator_payable", "amount_fen": -2400},
        ],
    }


def counts(code: str) -> dict[str, Any]:
    """Return counts with hidden cells."""
    row = {
        "total": 17,
        "by_category": {"lighting": 9, "repairs": None, "elders": None},
        "by_state": {"received": 6, "assigned": None, "resolved": 5},
    }
    items = [{"division": code, **row}]
    if code != COMMUNITY:
        items.append({"division": COMMUNITY, **row, "total": None})
    return {"division": code, "as_of": "2026-11-23T10:00:00+08:00", "hidden_below_persons": 5, "items": items}


CONTRACT = """
openapi: 3.0.3
info: {title: Linli example, version: 1.0.0, description: An example contract of `things`.}
servers: [{url: /api/example/v1}]
paths:
  /things/{thing_id}:
    get:
      operationId: get_thing
      summary: Read a thing
      security: [{oauth: [venue.read]}]
      parameters: [{name: thing_id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The thing.}, '404': {description: None such.}}
  /things:
    post:
      operationId: create_thing
      summary: Create a thing
      security: []
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'201': {description: Created.}}
components:
  schemas:
    Thing: {type: object, required: [name], properties: {name: {type: string, description: Its name.}}}
"""
