# SPDX-License-Identifier: Apache-2.0
"""The four services as one in-process answerer by path."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from . import fake_imports, fake_money, fake_notices, fake_presence, fake_rooms, fake_series, fake_sittings
from .fake_answers import (
    BOOKING,
    CATEGORIES,
    COMMUNITY,
    CONTRACT,
    NEED,
    PERSON,
    PLACES,
    RESIDENT_NAME,
    ROOMS,
    SPACES,
    VENUE,
    accounts,
    closed_day,
    counts,
    days,
    entry,
    figures,
    lines,
    page,
    person,
    published,
    quota,
    regimes,
    share_of_use,
    statement,
    venue,
)


class FakeServices:
    """Answers by path. A test may replace one answer with ``refuse`` and read what was sent in ``sent``."""

    def __init__(self, communities: list[dict[str, str]]) -> None:
        self.communities = communities
        self.sent: list[httpx.Request] = []
        self.refusals: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
        self.mine: list[dict[str, Any]] = []
        self.settlement: dict[str, Any] | None = None
        self.booking_state = "confirmed"
        self.need_state = "assigned"
        self.check: dict[str, Any] = {"allowed": True, "failures": [], "alternatives": []}
        self.slot = SPACES[0], "2026-11-23T19:00:00+08:00", "2026-11-23T21:00:00+08:00"

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
        if path == "/offices":
            held = {"office_id": BOOKING, "person_id": PERSON, "office": "community_secretary", "place": COMMUNITY}
            return page([{**held, "starts_on": "2026-01-01", "ends_on": "2028-12-31", "ended_at": None, "version": 1}])
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
        found = fake_sittings.answer(method, path, request.url.params, english)
        found = fake_series.answer(method, path, english) if found is None else found
        if found is None:
            found = fake_presence.answer(method, path, request, english)
        if found is None:
            found = fake_money.answer(method, path, request, english)
        if found is None:
            found = fake_rooms.answer(method, path, english)
        if found is not None:
            return found
        if path == "/my/check-ins":
            self.booking_state = "checked_in"
            return self.booking(english)
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
        if path == "/bookings" and request.url.params.get("date", "2026-11-23") != "2026-11-23":
            return page([])
        if "pick_up_code" in request.url.params and self.booking_state in ("cancelled", "no_show"):
            return page([])
        if path == "/my/bookings":
            wanted = request.url.params.get("time", "coming") == "coming"
            rows = self.mine or [self.booking(english)]
            return page([row for row in rows if wanted == (row["state"] in ("requested", "held", "confirmed"))])
        if path == "/bookings" and method == "GET":
            return page([self.booking(english)])
        if path.endswith("/share-of-use"):
            return share_of_use(request.url.params["from"], int(request.url.params["weeks"]))
        if path.endswith("/days"):
            return {"items": [closed_day("2026-11-22"), closed_day("2026-11-21")]}
        if path == "/booking-requests":
            row = {**self.booking(english), "state": "requested"}
            asked = {"person_id": PERSON, "requested_at": row["starts_at"], "rivals": 1, "is_free": True}
            return page([{"booking": row, **asked}])
        if path.endswith("/quotas"):
            return {"items": [quota()]} if method == "GET" else quota()
        if path.startswith("/quotas/"):
            return quota()
        if path.startswith("/imports"):
            return fake_imports.answer(method, path, request)
        if path == "/bookings/check":
            return self.check
        if path.startswith("/bookings"):
            self._act_on_booking(path.rsplit("/", 1)[-1], json.loads(request.content or b"{}"))
            return self.booking(english)
        return None

    def _act_on_booking(self, act: str, body: dict[str, Any]) -> None:
        states = {
            "check-in": "checked_in",
            "check-out": "checked_out",
            "cancellation": "cancelled",
            "confirmation": "confirmed",
            "approval": "confirmed",
            "decline": "declined",
        }
        self.booking_state = states.get(act, self.booking_state)
        if body.get("hold"):
            self.booking_state = "held"
        if act == "move":
            self.slot = body.get("space_id", self.slot[0]), body["starts_at"], body["ends_at"]
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
            "person_id": PERSON,
            "version": 3,
            "state": self.booking_state,
            "venue_id": VENUE,
            "venue_name": "五福茶馆",
            "space_id": self.slot[0],
            "space_name": ROOMS[SPACES.index(self.slot[0])][english],
            "starts_at": self.slot[1],
            "ends_at": self.slot[2],
            "local_date": "2026-11-23",
            "regime": "commercial",
            "price_fen": 6000,
            "price_fen_per_hour": 3000,
            "pick_up_code": "K7M4P",
            "settlement": self.settlement,
            "cancellable": self.booking_state in ("requested", "held", "confirmed"),
            "movable": self.booking_state in ("requested", "held", "confirmed"),
            "late_cancel_from": "2026-11-23T18:00:00+08:00",
            "late_cancelled": False,
            "held_until": "2026-11-23T15:05:00+08:00" if self.booking_state == "held" else None,
            "needs_approval": self.booking_state == "requested",
            "series_id": None,
            "occurrence_date": None,
            "deposit_fen": 0,
            "parts": [],
            "purpose": None,
            "ended_reason": "那天要检修" if self.booking_state == "declined" else None,
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
        if "/notices" in path:
            return fake_notices.answer(method, path)
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


def sent_json(request: httpx.Request) -> Any:
    """Return the body of a request that a page sent."""
    return json.loads(request.content)
