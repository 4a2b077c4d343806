# SPDX-License-Identifier: Apache-2.0
"""The four services as one in-process answerer: the shapes of the contracts, invented and obviously fictional facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

SHANGHAI = ZoneInfo("Asia/Shanghai")
COMMUNITY = "510104030006"
VENUE = "0197f000-0000-7000-8000-000000000001"
SPACES = [f"0197f000-0000-7000-8000-00000000001{n}" for n in range(5)]
BOOKING = "0197f000-0000-7000-8000-000000000021"
NEED = "0197f000-0000-7000-8000-000000000031"
STATEMENT = "0197f000-0000-7000-8000-000000000041"
PERSON = "0197f000-0000-7000-8000-000000000051"
PLACES = [f"0197f000-0000-7000-8000-00000000006{n}" for n in range(3)]
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


class FakeServices:
    """Answers by path. A test may replace one answer with ``refuse`` and read what was sent in ``sent``."""

    def __init__(self, communities: list[dict[str, str]]) -> None:
        self.communities = communities
        self.sent: list[httpx.Request] = []
        self.refusals: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.settlement: dict[str, Any] | None = None
        self.booking_state = "confirmed"
        self.need_state = "assigned"

    def refuse(self, method: str, path: str, status: int, code: str, **extra: Any) -> None:
        """Answer this path with a problem from now on."""
        body = {"type": f"/problems/{code}", "title": code, "status": status, "code": code, **extra}
        self.refusals[method, path] = (status, body)

    def transport(self) -> httpx.MockTransport:
        """Return what the pages' client speaks through."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as the contracts would."""
        self.sent.append(request)
        path = request.url.path
        if (request.method, path) in self.refusals:
            status, body = self.refusals[request.method, path]
            return httpx.Response(status, json=body)
        service, rest = path.removeprefix("/api/").split("/v1", 1)
        english = request.headers.get("Accept-Language") == "en"
        handler: Callable[..., Any] = getattr(self, f"_{service}")
        body = handler(request.method, rest, request, english)
        if body is None:
            problem = {"type": "about:blank", "title": "not found", "status": 404, "code": "not_found"}
            return httpx.Response(404, json=problem)
        if isinstance(body, str):
            return httpx.Response(200, text=body)
        return httpx.Response(201 if request.method == "POST" else 200, json=body)

    # identity
    def _identity(self, method: str, path: str, request: httpx.Request, english: bool) -> Any:
        if path == "/openapi.yaml":
            return CONTRACT
        if path == "/divisions":
            return {"items": [self._division(row) for row in self.communities], "next_cursor": None}
        if path.startswith("/divisions/"):
            return self._division_detail(path.rsplit("/", 1)[1])
        if path == "/me":
            return {
                "person_id": PERSON,
                "name": RESIDENT_NAME,
                "household_label": "示例小区 1栋 0101",
                "is_resident": True,
                "home": COMMUNITY,
                "division": COMMUNITY,
                "offices": [],
                "office": None,
            }
        if path == "/me/password":
            return {}
        if path == "/places":
            return page(self._places(request.url.params.get("parent")))
        if path == "/persons":
            return page([person()])
        if path.startswith("/persons/"):
            return {**person(), "telephone": None}
        return None

    def _places(self, parent: str | None) -> list[dict[str, Any]]:
        level = PLACES.index(parent) + 1 if parent in PLACES else 0
        kind, name = (("estate", "示例小区"), ("building", "1栋"), ("household", "0101"))[min(level, 2)]
        return [
            {"place_id": PLACES[level], "kind": kind, "parent_id": parent, "name": name, "label": name, "version": 1}
        ]

    def _division(self, row: dict[str, str]) -> dict[str, Any]:
        return {
            "code": row["code"],
            "name": row["name"],
            "level": "community",
            "parent_code": row["street_code"],
            "street_name": row["street_name"],
        }

    def _division_detail(self, code: str) -> Any:
        row = next((self._division(one) for one in self.communities if one["code"] == code), None)
        if code == "510104":
            row = {"code": code, "name": "锦江区", "level": "district", "parent_code": None, "street_name": None}
        if row is None:
            return None
        contact = {
            "office_name": f"{row['name'].removesuffix('居委会')}居民委员会",
            "telephone": "028-0000-0000",
            "address": "示例路1号",
            "hours": "周一至周五 9:00—17:00",
        }
        return {**row, "registered_name": row["name"], "valid_from": "2023-06-30", "contact": contact}

    # venue
    def _venue(self, method: str, path: str, request: httpx.Request, english: bool) -> Any:
        if path == "/openapi.yaml":
            return CONTRACT
        if path.endswith("/venues"):
            return {"items": [venue(english)] if COMMUNITY in path else []}
        if path.endswith("/week"):
            space = SPACES.index(path.split("/")[4]) if path.split("/")[4] in SPACES else None
            return (
                None
                if space is None
                else {
                    "venue_id": VENUE,
                    "venue_name": "五福茶馆",
                    "space_id": SPACES[space],
                    "name": ROOMS[space][english],
                    "capacity": ROOMS[space][2],
                    "time_zone": "Asia/Shanghai",
                    "regimes": regimes(english),
                    "days": days(request.url.params.get("from"), 7, is_public=True),
                }
            )
        if path == "/availability":
            count = int(request.url.params.get("days", 7))
            return {
                "venue_id": VENUE,
                "venue_name": "五福茶馆",
                "time_zone": "Asia/Shanghai",
                "regimes": regimes(english),
                "spaces": [
                    {
                        "space_id": one,
                        "code": f"r{n}",
                        "name": ROOMS[n][english],
                        "capacity": ROOMS[n][2],
                        "days": days(request.url.params["from"], count),
                    }
                    for n, one in enumerate(SPACES)
                ],
            }
        if path == "/my/bookings" or (path == "/bookings" and method == "GET"):
            return page([self.booking(english)])
        if path.startswith("/bookings"):
            self._act_on_booking(path.rsplit("/", 1)[-1], path)
            return self.booking(english)
        return None

    def _act_on_booking(self, act: str, path: str) -> None:
        states = {"check-in": "checked_in", "check-out": "checked_out", "cancellation": "cancelled"}
        self.booking_state = states.get(act, self.booking_state)
        if act == "settlement":
            self.settlement = {
                "settlement_id": BOOKING,
                "receipt_no": 42,
                "amount_fen": 6000,
                "method": "cash",
                "settled_at": "2026-11-23T20:50:00+08:00",
                "reversed_at": None,
            }
        if act == "reversal" and self.settlement:
            self.settlement["reversed_at"] = "2026-11-23T20:55:00+08:00"

    def booking(self, english: bool = False) -> dict[str, Any]:
        """Return the one booking there is."""
        return {
            "booking_id": BOOKING,
            "version": 3,
            "state": self.booking_state,
            "venue_id": VENUE,
            "venue_name": "五福茶馆",
            "space_id": SPACES[0],
            "space_name": ROOMS[0][english],
            "starts_at": "2026-11-23T19:00:00+08:00",
            "ends_at": "2026-11-23T21:00:00+08:00",
            "local_date": "2026-11-23",
            "regime": "commercial",
            "price_fen": 6000,
            "price_fen_per_hour": 3000,
            "pick_up_code": "K7M4P",
            "settlement": self.settlement,
            "cancellable": self.booking_state == "confirmed",
            "purpose": None,
        }

    # disclosure
    def _disclosure(self, method: str, path: str, request: httpx.Request, english: bool) -> Any:
        if path == "/openapi.yaml":
            return CONTRACT
        if path.startswith("/divisions/"):
            return self._published(path, request) if COMMUNITY in path else page([])
        if path == "/entries":
            return page([entry(1), entry(2)])
        if path == "/periods":
            return {
                "items": [
                    {"month": "2026-11", "state": "open", "is_over": False, "entries_count": 2, "statement": None},
                    {
                        "month": "2026-10",
                        "state": "closed",
                        "is_over": True,
                        "entries_count": 46,
                        "statement": statement(),
                    },
                ]
            }
        if path.endswith("/preview"):
            return {
                **figures(),
                "month": path.split("/")[2],
                "is_over": False,
                "state": "open",
                "accounts": accounts(),
                "lines": lines(),
            }
        if path == "/statements" and method == "GET":
            return page([statement()])
        return {**statement(), "accounts": accounts(), "lines": lines()}

    def _published(self, path: str, request: httpx.Request) -> Any:
        parts = path.split("/")
        if len(parts) == 4:
            return page(
                [published("2026-10", 63118_40), published("2026-09", 57603_90), published("2026-08", 50000_00)]
            )
        if parts[4] not in ("2026-10", "2026-09", "2026-08"):
            return None
        if parts[-1] == "lines":
            return page(lines())
        return {**published(parts[4], 63118_40), "accounts": accounts(), "versions": [1, 2]}

    # engagement
    def _engagement(self, method: str, path: str, request: httpx.Request, english: bool) -> Any:
        if path == "/openapi.yaml":
            return CONTRACT
        if path == "/need-categories":
            return {"items": [{"code": c, "names": {"zh": zh, "en": en}} for c, zh, en in CATEGORIES]}
        if path.endswith("/need-counts"):
            return counts(path.split("/")[2])
        if path == "/visits":
            return {"visit": {"visit_id": NEED, "need_number": "N-2026-0001"}, "need": self.need(english)}
        if path in ("/needs", "/my/needs") and method == "GET":
            return page([self.need(english)])
        return self.need(english)

    def need(self, english: bool = False) -> dict[str, Any]:
        """Return the one need there is, in the state a test has put it."""
        acts = {
            "received": ["assign", "remark"],
            "assigned": ["assign", "resolve", "remark"],
            "resolved": ["rate", "reopen", "remark"],
            "reopened": ["assign", "remark"],
            "rated": [],
        }
        rating = {"score": 5, "comment": None} if self.need_state == "rated" else None
        return {
            "need_id": NEED,
            "number": "N-2026-0001",
            "version": 2,
            "state": self.need_state,
            "title": "三号院路灯不亮",
            "category": "lighting",
            "category_name": CATEGORIES[0][1 + english],
            "channel": "visit",
            "person_id": PERSON,
            "raised_at": "2026-11-21T18:00:00+08:00",
            "assignee": "路灯所",
            "due_on": "2026-11-28",
            "is_overdue": False,
            "detail": "晚上倒垃圾看不清台阶，三号院进门第二盏灯。",
            "visit_id": None,
            "rating": rating,
            "on_behalf": {"office": "community_worker", "reason": "走访"},
            "acts": acts[self.need_state],
            "timeline": [
                {
                    "at": "2026-11-21T18:00:00+08:00",
                    "by": "resident",
                    "office": None,
                    "kind": "raised",
                    "state": "received",
                    "text": "晚上倒垃圾看不清台阶。",
                    "assignee": None,
                    "due_on": None,
                    "score": None,
                },
                {
                    "at": "2026-11-22T09:12:00+08:00",
                    "by": "office",
                    "office": "community_worker",
                    "kind": "assigned",
                    "state": "assigned",
                    "text": "已转路灯所。",
                    "assignee": "路灯所",
                    "due_on": "2026-11-28",
                    "score": None,
                },
            ],
        }


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
info: {title: Linli example, version: 1.0.0, description: An example contract.}
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


def sent_json(request: httpx.Request) -> Any:
    """Return the body of a request that a page sent."""
    return json.loads(request.content)
