# SPDX-License-Identifier: Apache-2.0
"""Deposits, payments, closed days and calendar feeds of the invented venue."""

from __future__ import annotations

import json
from typing import Any

import httpx

from .fake_answers import BOOKING, SPACES, VENUE

PAYMENT, FEED = (BOOKING[:-2] + digits for digits in ("81", "82"))
ADDRESS = f"/api/venue/v1/calendars/{'A' * 80}.ics"
CALLBACK = {"payload": "{}", "timestamp": 1, "signature": "0" * 64}
KINDS = ("settled", "reversed", "deposits_taken", "deposits_refunded", "deposits_kept", "refunded")


def answer(method: str, path: str, request: httpx.Request, english: bool) -> Any:
    """Answer what belongs to these pages; None for everything else."""
    parts = path.strip("/").split("/")
    if parts[0] == "bookings" and parts[-1] == "money":
        return money()
    if parts[0] == "bookings" and parts[-1] == "payments":
        return payment("created")
    if parts[0] == "deposits":
        return {
            "items": [held(english), {**held(english), "state": "confirmed", "is_over": False}],
            "next_cursor": None,
        }
    if parts[0] == "payments":
        return _of_payment(method, parts)
    if parts[0] == "calendar-feeds":
        return _of_feeds(method, parts, request, english)
    if len(parts) >= 4 and parts[0] == "venues" and parts[2] == "days":
        return day(parts[3], english, is_closed=method == "POST" or parts[3] == "2026-11-22")
    return None


def money() -> dict[str, Any]:
    """A booking's deposit, its payments, and a refund on its way."""
    return {
        "booking_id": BOOKING,
        "version": 2,
        "price_fen": 6000,
        "deposit_fen": 10000,
        "pays_online": True,
        "refund_percent_late": 50,
        "deposit": {
            "deposit_id": PAYMENT,
            "amount_fen": 10000,
            "state": "standing",
            "reason_code": None,
            "taken_at": "2026-11-23T14:00:00+08:00",
            "ended_at": None,
        },
        "settlement": None,
        "refunds": [
            {
                "refund_id": FEED,
                "amount_fen": 3000,
                "method": "online",
                "reason_code": "late_cancelled",
                "refunded_at": "2026-11-23T14:30:00+08:00",
                "executed": False,
            }
        ],
        "payments": [payment("failed")],
    }


def held(english: bool) -> dict[str, Any]:
    """A deposit at the counter although its booking was cancelled."""
    return {
        "deposit_id": PAYMENT,
        "amount_fen": 10000,
        "taken_at": "2026-11-22T14:00:00+08:00",
        "booking_id": BOOKING,
        "pick_up_code": "K7M4P",
        "space_name": "Council Pavilion" if english else "议事茶亭",
        "starts_at": "2026-11-23T19:00:00+08:00",
        "ends_at": "2026-11-23T21:00:00+08:00",
        "state": "cancelled",
        "is_over": True,
    }


def payment(state: str) -> dict[str, Any]:
    """A payment in the sandbox."""
    return {
        "payment_id": PAYMENT,
        "booking_id": BOOKING,
        "state": state,
        "amount_fen": 6000,
        "currency": "CNY",
        "provider": "sandbox",
        "pay_url": f"/my/payments/sandbox/{PAYMENT}" if state == "pending" else None,
        "failure_code": "refused" if state == "failed" else None,
        "expires_at": "2026-11-23T15:15:00+08:00",
    }


def day(on: str, english: bool, *, is_closed: bool) -> dict[str, Any]:
    """A day with takings, a deposit and something that the ledger tells otherwise."""
    totals = {f"{kind}_{how}_{what}": 0 for kind in KINDS for how in ("cash", "online") for what in ("fen", "count")}
    totals |= {"settled_cash_fen": 12000, "settled_cash_count": 2, "settled_online_fen": 6000}
    totals |= {"settled_online_count": 1, "deposits_taken_cash_fen": 10000, "deposits_taken_cash_count": 1}
    difference = {
        "kind": "not_in_ledger",
        "source_kind": "settlement",
        "source_id": PAYMENT,
        "venue_fen": 6000,
        "ledger_fen": None,
        "found_at": "2026-11-23T03:00:00+08:00",
    }
    closing = {
        "expected_cash_fen": 22000,
        "counted_cash_fen": 21900,
        "difference_fen": -100,
        "note": "One yuan of change too much" if english else "找零差一元",
        "closed_at": f"{on}T22:10:00+08:00",
    }
    return {
        "venue_id": VENUE,
        "venue_name": "五福茶馆",
        "day": on,
        "totals": totals | {"expected_cash_fen": 22000, "total_fen": 28000},
        "closing": closing if is_closed else None,
        "differences": [difference],
    }


def feed(english: bool, kind: str, label: str | None = None) -> dict[str, Any]:
    """A feed that leads somewhere."""
    return {
        "feed_id": FEED,
        "kind": kind,
        "space_id": SPACES[0] if kind == "room" else None,
        "venue_id": None,
        "name": None if kind == "person" else "Council Pavilion" if english else "议事茶亭",
        "label": label,
        "created_at": "2026-11-20T02:00:00+00:00",
        "revoked_at": None,
    }


def _of_payment(method: str, parts: list[str]) -> Any:
    if parts[-1] == "sandbox-decision":
        return {"provider": "sandbox", "callback": CALLBACK}
    if parts[-1] == "callbacks":
        return {"outcome": "settled"}
    return payment("pending") if method == "GET" else None


def _of_feeds(method: str, parts: list[str], request: httpx.Request, english: bool) -> Any:
    if method == "GET":
        return {
            "items": [feed(english, "room", "Tablet at the door" if english else "门口的平板"), feed(english, "person")]
        }
    if parts[-1] == "revocation":
        return {**feed(english, "room"), "revoked_at": "2026-11-23T07:00:00+00:00"}
    body = json.loads(request.content)
    return {**feed(english, body["kind"], body.get("label")), "address": ADDRESS}
