# SPDX-License-Identifier: Apache-2.0
"""Deposits, the money of a booking, and the operator's day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply
from chassis.pagination import Page

from venue.domain.booking.pick_up_code import normalised
from venue.usecases.money import booking_money, day_statements, deposits, held_deposits


def get_booking_money(call: Call, booking_id: str) -> dict[str, Any]:
    """Price, deposit, settlement, refunds and payments of a booking."""
    return booking_money.booking_money(call.deps, call.actor, UUID(booking_id), call.language)


def take_deposit(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Take the deposit."""
    return deposits.take_deposit(call.deps, call.actor, UUID(booking_id), body["amount_fen"], call)


def list_deposits(
    call: Call, limit: int = 50, cursor: str | None = None, pick_up_code: str | None = None
) -> dict[str, Any]:
    """Those still held."""
    page = Page.parse(cursor, limit, held_deposits.KEY)
    code = normalised(pick_up_code) if pick_up_code else None
    return held_deposits.list_deposits(call.deps, call.actor, code, page, call.language)


def refund_deposit(call: Call, booking_id: str) -> Reply:
    """Give it back."""
    return deposits.refund_deposit(call.deps, call.actor, UUID(booking_id), call)


def keep_deposit(call: Call, booking_id: str, body: dict[str, Any]) -> Reply:
    """Keep it."""
    return deposits.keep_deposit(call.deps, call.actor, UUID(booking_id), body["reason_code"], call)


def get_day(call: Call, venue_id: str, day: str) -> dict[str, Any]:
    """A venue's day in figures."""
    return day_statements.get_day(call.deps, call.actor, UUID(venue_id), date.fromisoformat(day), call.language)


def list_days(call: Call, venue_id: str) -> dict[str, Any]:
    """The last closed days."""
    return day_statements.list_days(call.deps, call.actor, UUID(venue_id))


def close_day(call: Call, venue_id: str, day: str, body: dict[str, Any]) -> Reply:
    """Close a day."""
    on, counted = date.fromisoformat(day), body["counted_cash_fen"]
    note, confirm = body.get("note"), body.get("confirm", False)
    return day_statements.close_day(call.deps, call.actor, UUID(venue_id), on, counted, note, call, confirm=confirm)
