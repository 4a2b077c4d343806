# SPDX-License-Identifier: Apache-2.0
"""Bring a paper calendar in: row after row through the one way a room is booked, so no import can double-book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import retry_conflicts, uuid7
from chassis.errors import AppError
from chassis.reply import problem

from venue.deps import Attempt, Deps, InProcess
from venue.domain import refusals
from venue.store.booking import imports
from venue.store.venues import queries as venue_queries
from venue.usecases.booking.book_space import BookSpace, OnBehalf, book_space


@dataclass(frozen=True)
class ImportRow:
    """A line of the paper calendar: a room's code and local wall times."""

    space_code: str
    local_start: datetime
    local_end: datetime
    person_id: UUID
    purpose: str | None = None
    party_size: int | None = None


def import_bookings(
    deps: Deps, actor: Actor, venue_id: UUID, rows: Sequence[ImportRow], attempt: Attempt
) -> dict[str, Any]:
    """Book what can be booked and say of every other row which rule refused it.

    Each row is a transaction with a key of its own (the import's key and the row's number): an import that broke off
    is sent again under the same key, and what it had booked is answered again instead of booked twice. What became of
    the rows is kept once all are through.
    """
    with deps.database.read(actor) as connection:
        found = venue_queries.rooms_of_venue(connection, actor.division, venue_id)
    if not found:
        raise refusals.unknown_venue()
    rooms = {row["code"]: row["space_id"] for row in found}
    zone = ZoneInfo(found[0]["tz"])
    results = [_row(deps, actor, rooms, zone, number, row, attempt) for number, row in enumerate(rows, 1)]
    booked = sum(one["outcome"] == "booked" for one in results)
    key = f"{attempt.idempotency_key}:{attempt.body_hash}" if attempt.idempotency_key else str(uuid7())
    kept = imports.Kept(venue_id, key, deps.clock.now(), booked, len(results) - booked)
    import_id = retry_conflicts(lambda: _keep(deps, actor, kept, rows, results, attempt))
    return {"import_id": str(import_id), "booked": booked, "refused": kept.refused, "rows": results}


def _keep(
    deps: Deps,
    actor: Actor,
    kept: imports.Kept,
    rows: Sequence[ImportRow],
    results: Sequence[Mapping[str, Any]],
    attempt: Attempt,
) -> UUID:
    with deps.unit_of_work(actor) as work:
        told = [_stored(row, result) for row, result in zip(rows, results, strict=True)]
        import_id = imports.keep(work, kept, told)
        detail = {"booked": kept.booked, "refused": kept.refused}
        work.audit("bookings.imported", "import", import_id, detail, attempt.request_id)
        work.commit()
    return import_id


def _stored(row: ImportRow, result: Mapping[str, Any]) -> dict[str, Any]:
    return {"row_no": result["row"], **vars(row)} | {
        name: result.get(name) for name in ("booking_id", "code", "reason")
    }


def _row(
    deps: Deps, actor: Actor, rooms: dict[str, UUID], zone: ZoneInfo, number: int, row: ImportRow, attempt: Attempt
) -> dict[str, Any]:
    key = f"{attempt.idempotency_key}:{number}" if attempt.idempotency_key else None
    one = InProcess(attempt.language, attempt.request_id, key, attempt.body_hash)
    try:
        if row.space_code not in rooms:
            raise refusals.unknown_space()
        reply = book_space(deps, actor, _wish(rooms[row.space_code], zone, row), one)
    except AppError as refusal:
        return _refused(number, problem(refusal, attempt.language))
    if reply.status != 201:  # a lost race is a stored answer
        return _refused(number, reply.content)
    return {"row": number, "outcome": "booked", "booking_id": reply.content["booking_id"]}


def _refused(number: int, why: dict[str, Any]) -> dict[str, Any]:
    return {"row": number, "outcome": "refused", "code": why["code"], "reason": why["detail"]}


def _wish(space_id: UUID, zone: ZoneInfo, row: ImportRow) -> BookSpace:
    return BookSpace(
        space_id=space_id,
        starts_at=_instant(row.local_start, zone),
        ends_at=_instant(row.local_end, zone),
        purpose=row.purpose,
        party_size=row.party_size,
        on_behalf_of=OnBehalf(row.person_id, "paper calendar"),
    )


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Write a wall time with the zone's own offset: the rules then refuse one the clock jumps over."""
    offset = wall.replace(tzinfo=zone).utcoffset()
    assert offset is not None  # a zone always has an offset
    return wall.replace(tzinfo=timezone(offset))
