# SPDX-License-Identifier: Apache-2.0
"""Try a series out: every date with its verdict, and nothing changed. What is free now is not held."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.errors import AppError

from venue.deps import Deps
from venue.domain.booking.availability import Held
from venue.domain.booking.offer import Offer
from venue.domain.series.series import OFFER_ALTERNATIVES, Equipment, LeftOut, Occurrence, Verdict
from venue.domain.series.series_reasons import words
from venue.store.booking import queries
from venue.store.booking.offers import Room
from venue.store.series.series_equipment import lacking_now
from venue.store.series.series_queries import OtherHolder, held_otherwise
from venue.usecases.booking.book_space import booker_of
from venue.usecases.series import dates, shapes
from venue.usecases.series.alternatives import alternatives_for
from venue.usecases.series.counting import try_quotas
from venue.usecases.series.create import CreateSeries, Prepared, prepare, who
from venue.usecases.series.dates import Placement
from venue.usecases.series.taking import held_by

Judged = tuple[Verdict, AppError | None]


def check_series(deps: Deps, actor: Actor, command: CreateSeries, language: str) -> dict[str, Any]:
    """Say of every date whether it could be had now, and if not, which rule keeps it out."""
    booker, now = booker_of(actor, command.on_behalf_of, command.group_id), deps.clock.now()
    with deps.unit_of_work(actor) as work:  # never committed
        prepared = prepare(work, command, booker, now)
        room = prepared.room
        judged = look(work, room, [(verdict, verdict.failure) for verdict in prepared.verdicts])
        judged = _equipped(work, prepared, command, judged)
        judged = _within_quotas(work, prepared, command, judged)
        left_out = [LeftOut(verdict.occurrence, failure) for verdict, failure in judged if failure is not None]
        offered: dict[str, list[dict[str, Any]]] = {}
        if command.policy == OFFER_ALTERNATIVES:
            offered = alternatives_for(work, room, left_out, who(command, booker), now, language)
    return {
        "rrule": str(prepared.plan.rule),
        "dates_count": len(judged),
        "free_count": len(judged) - len(left_out),
        "price_fen": sum(one.terms.price_fen for one, failure in judged if one.terms and failure is None),
        "dates": [
            _date(verdict, failure, room, language)
            | {"alternatives": offered.get(verdict.occurrence.on.isoformat(), [])}
            for verdict, failure in judged
        ],
    }


def _within_quotas(
    work: UnitOfWork, prepared: Prepared, command: CreateSeries, judged: Sequence[Judged]
) -> list[Judged]:
    """Add ``quota_exceeded`` to the dates that would not fit in beside those before them."""
    wishes = _still_free(prepared, judged)
    person_id = prepared.booker.person_id
    over = try_quotas(work.connection, work.division, prepared.room, person_id, command.group_id, wishes)
    return _but_for(judged, wishes, over)


def _equipped(
    work: UnitOfWork, prepared: Prepared, command: CreateSeries, judged: Sequence[Judged]
) -> Sequence[Judged]:
    """Add ``equipment_taken`` to the dates on which not enough of it is free at this moment."""
    if not command.equipment:
        return judged
    wishes = _still_free(prepared, judged, command.equipment)
    lacking = lacking_now(work, prepared.room.venue_id, [one.needs for one in wishes])
    return _but_for(judged, wishes, lacking)


def _still_free(prepared: Prepared, judged: Sequence[Judged], equipment: Equipment = ()) -> list[Placement]:
    free = {verdict.occurrence.on for verdict, failure in judged if failure is None}
    return [one for one in dates.wanted(prepared.verdicts, equipment) if one.occurrence.on in free]


def _but_for(judged: Sequence[Judged], wishes: Sequence[Placement], refused: Mapping[UUID, AppError]) -> list[Judged]:
    by_day = {one.occurrence.on: refused[one.booking_id] for one in wishes if one.booking_id in refused}
    return [(verdict, failure or by_day.get(verdict.occurrence.on)) for verdict, failure in judged]


def look(
    work: UnitOfWork,
    room: Room,
    judged: Collection[Judged],
) -> list[Judged]:
    """Add ``slot_taken`` to the dates on which the room is held at this moment; one statement."""
    open_dates = [verdict.occurrence for verdict, failure in judged if failure is None]
    if not open_dates:
        return list(judged)
    offer = room.offer
    first, last = open_dates[0].starts_at - offer.setup, open_dates[-1].ends_at + offer.cleanup
    held = queries.held_atoms(work.connection, work.division, room.atom_ids, first, last, person_id=None)
    others = held_otherwise(work.connection, work.division, room.atom_ids, first, last)
    return [(verdict, failure or _taken(verdict.occurrence, offer, held, others)) for verdict, failure in judged]


def _taken(
    at: Occurrence, offer: Offer, held: Mapping[UUID, Collection[Held]], others: Sequence[OtherHolder]
) -> AppError | None:
    first, last = at.starts_at - offer.setup, at.ends_at + offer.cleanup
    if any(one.starts_at < last and first < one.ends_at for times in held.values() for one in times):
        return held_by(others, first, last)
    return None


def _date(verdict: Verdict, failure: AppError | None, room: Room, language: str) -> dict[str, Any]:
    code = failure.code if failure else None
    terms = verdict.terms
    return {
        **shapes.wall_times(verdict.occurrence),
        "state": "skipped" if code else "free",
        "regime": terms.regime if terms else None,
        "price_fen": terms.price_fen if terms else None,
        "parts": shapes.parts(terms.parts, room.offer.zone) if terms and terms.is_split else [],
        "reason_code": code,
        "reason": words(code, language) if code else None,
    }
