# SPDX-License-Identifier: Apache-2.0
"""Say what would become of a wish and store nothing: every rule that refuses, the price, and what else there is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.errors import AppError

from venue.deps import Deps
from venue.domain import refusals
from venue.domain.booking import booking as rules
from venue.domain.booking import quotas as quota_rules
from venue.domain.booking.booking import Judgement
from venue.store.booking import holds, households, offers, quota_uses
from venue.store.booking.offers import Room
from venue.store.money import deposits
from venue.usecases.booking import offering, own_limits, shapes
from venue.usecases.booking.book_space import booker_of
from venue.usecases.booking.placing import MOST_HOLDS, Booker, BookSpace, wish_of

# Other times do not help against these.
NOT_HELPED_BY_ANOTHER_TIME = frozenset({"quota_exceeded", "too_many_holds", "ends_not_after_start"})


def check_booking(deps: Deps, actor: Actor, wish: BookSpace, language: str) -> dict[str, Any]:
    """Judge a wish by all rules at once. What it says holds at this moment and promises nothing."""
    booker, now = booker_of(actor, wish.on_behalf_of, wish.group_id), deps.clock.now()
    with deps.database.read(actor) as connection:
        room = offers.read_room(connection, actor.division, wish.space_id, booker.person_id)
        if room is None:
            raise refusals.unknown_space()
        judgement = rules.judge(room.offer, wish_of(wish, booker), now)
        failures = [
            *judgement.failures,
            *_about_the_person(connection, actor.division, wish, booker, room, judgement, now),
        ]
        free = judgement.terms is None or offering.is_free(
            connection, actor.division, room, wish.starts_at, wish.ends_at, now
        )
        terms = judgement.terms
        deposit = terms and deposits.asked(connection, actor.division, room.space_id, terms.regime, terms.price_version)
        others: list[dict[str, Any]] = []
        if not free or not {one.code for one in failures} <= NOT_HELPED_BY_ANOTHER_TIME:
            person = (wish_of(wish, booker), booker.person_id, wish.group_id)
            others = offering.alternatives(
                connection, actor.division, room, wish.starts_at, wish.ends_at, now, language,
                party_size=wish.party_size, admits=own_limits.admitted(connection, actor.division, *person, room, now),
            )  # fmt: skip
        if not free:
            failures.append(refusals.slot_taken(others))
    return {**_shape(judgement, failures, others, room, language, now), "deposit_fen": deposit or 0}


def _about_the_person(
    connection: sa.Connection,
    division: str,
    wish: BookSpace,
    booker: Booker,
    room: Room,
    judgement: Judgement,
    now: datetime,
) -> list[AppError]:
    """Rules about what somebody has booked or holds already."""
    failures = []
    if wish.hold and holds.count_open(connection, division, booker.person_id, now) >= MOST_HOLDS:
        failures.append(refusals.too_many_holds(MOST_HOLDS))
    if judgement.terms is not None and room.offer.quotas:
        terms, day = judgement.terms, judgement.terms.local_start.date()
        household = households.of_person(connection, division, booker.person_id, day)
        subjects = quota_rules.subjects_of(booker.person_id, household, wish.group_id, room.venue_id)
        wanted = quota_rules.uses(room.offer.quotas, day, terms.parts, subjects)
        for use, used in zip(wanted, quota_uses.used(connection, division, wanted), strict=True):
            if quota_rules.exceeds(use, used):
                failures.append(quota_rules.quota_exceeded(use, used))
    return failures


def _shape(
    judgement: Judgement,
    failures: list[AppError],
    others: list[dict[str, Any]],
    room: Room,
    language: str,
    now: datetime,
) -> dict[str, Any]:
    terms, zone = judgement.terms, room.offer.zone
    late_from = None
    if terms is not None:
        late_from = rules.late_cancel_from(terms.parts[0].starts_at, room.offer.late_cancel_minutes, now)
    return {
        "allowed": not failures,
        "failures": [
            {"code": one.code, "reason": one.detail(language), "reasons": dict(one.reason), "details": _details(one)}
            for one in failures
        ],
        "price_fen": terms.price_fen if terms else None,
        "parts": [shapes.part(part, zone) for part in terms.parts] if terms else [],
        "needs_approval": bool(terms and terms.needs_approval),
        "late_cancel_from": late_from and shapes.local(late_from, zone),
        "alternatives": others,
    }


def _details(refusal: AppError) -> dict[str, Any]:
    """What a program may want to know of a refusal; alternatives and parts stand beside it."""
    return {name: value for name, value in refusal.extra.items() if name not in ("alternatives", "parts")}
