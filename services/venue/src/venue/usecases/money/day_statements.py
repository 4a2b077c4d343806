# SPDX-License-Identifier: Apache-2.0
"""The operator's day: what it must come to, what was counted, and the moment it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.money import day_statement as rules
from venue.domain.money.day_statement import Move
from venue.domain.opening import hours
from venue.store.money import day_statements, reconciliation
from venue.usecases.booking import shapes
from venue.usecases.money.money import compare_tonight
from venue.usecases.one_act import one_act
from venue.usecases.opening import venue_calendar

SHOWN = 31


def close_day(
    deps: Deps,
    actor: Actor,
    venue_id: UUID,
    day: date,
    counted_fen: int,
    note: str | None,
    attempt: Attempt,
    *,
    confirm: bool = False,
) -> Reply:
    """Close a day once, with the cash that was counted; what comes later is booked on the next open day.

    A day that is not over for the venue is closed where that is ``confirm``-ed.
    """

    def act(work: UnitOfWork) -> dict[str, Any]:
        # The lock first: whoever takes money now waits, so the day closes around whole acts.
        if not day_statements.lock(work, venue_id):
            raise refusals.unknown_venue()
        venue = day_statements.venue(work.connection, work.division, venue_id)
        assert venue is not None  # it has a counter
        now, zone = deps.clock.now(), ZoneInfo(venue["tz"])
        last = day_statements.last_closed(work.connection, work.division, venue_id)
        first = day_statements.first_open(work.connection, work.division, venue_id, last, day)
        rules.may_close(day, today=hours.local_date(now, zone), last_closed=last, first_open=first)
        rules.expect_over(day, _closes_at(work, venue_id, day, zone), now, confirmed=confirm)
        totals = _totals(work.connection, work.division, venue_id, day)
        rules.explained(counted_fen - totals["expected_cash_fen"], note)
        day_statements.insert(work, venue_id, day, totals, counted_fen, (note or "").strip() or None, now)
        compare_tonight(work, hours.local_date(now, zone), zone)
        detail = {"day": day.isoformat(), "expected_cash_fen": totals["expected_cash_fen"], "counted": counted_fen}
        work.audit("day.closed", "venue", venue_id, detail, attempt.request_id)
        return _day(work.connection, work.division, venue, day, attempt.language)

    return one_act(deps, actor, attempt, "close_day", act, 201)


def _closes_at(work: UnitOfWork, venue_id: UUID, day: date, zone: ZoneInfo) -> datetime | None:
    """When the venue's last hours of a day end; None on a day it does not open."""
    spans = hours.spans_on(day, venue_calendar.calendar_of(venue_calendar.read(work, venue_id)), zone)
    return max((span.ends_at.astimezone(zone) for span in spans), default=None)


def get_day(deps: Deps, actor: Actor, venue_id: UUID, day: date, language: str) -> dict[str, Any]:
    """A day as its rows say it is now, and as it was closed."""
    with deps.database.read(actor) as connection:
        venue = day_statements.venue(connection, actor.division, venue_id)
        if venue is None:
            raise refusals.unknown_venue()
        return _day(connection, actor.division, venue, day, language)


def list_days(deps: Deps, actor: Actor, venue_id: UUID) -> dict[str, Any]:
    """The last closed days of a venue."""
    with deps.database.read(actor) as connection:
        venue = day_statements.venue(connection, actor.division, venue_id)
        if venue is None:
            raise refusals.unknown_venue()
        rows = day_statements.latest(connection, actor.division, venue_id, SHOWN)
    return {"items": [{"day": row["day"].isoformat(), **_closing(row, ZoneInfo(venue["tz"]))} for row in rows]}


def _day(
    connection: sa.Connection, division: str, venue: Mapping[str, Any], day: date, language: str
) -> dict[str, Any]:
    closed = day_statements.closed(connection, division, venue["id"], day)
    zone = ZoneInfo(venue["tz"])
    return {
        "venue_id": str(venue["id"]),
        "venue_name": venue[f"name_{language}"],
        "day": day.isoformat(),
        "totals": _totals(connection, division, venue["id"], day),
        "closing": _closing(closed, zone) if closed else None,
        "differences": [
            {
                "kind": row["kind"],
                "source_kind": row["source_kind"],
                "source_id": str(row["source_id"]),
                "venue_fen": row["venue_fen"],
                "ledger_fen": row["ledger_fen"],
                "found_at": shapes.local(row["found_at"], zone),
            }
            for row in reconciliation.open_on(connection, division, venue["id"], day)
        ],
    }


def _totals(connection: sa.Connection, division: str, venue_id: UUID, day: date) -> dict[str, int]:
    return rules.totals(Move(*row) for row in day_statements.moves(connection, division, venue_id, day))


def _closing(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "expected_cash_fen": row["expected_cash_fen"],
        "counted_cash_fen": row["counted_cash_fen"],
        "difference_fen": row["difference_fen"],
        "note": row["note"],
        "closed_at": shapes.local(row["closed_at"], zone),
    }
