# SPDX-License-Identifier: Apache-2.0
"""Create, change and end regimes, and set what a room costs in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import hours, regime_refusals
from venue.domain.opening.hours import EARLIEST
from venue.domain.opening.public_share import PUBLIC
from venue.store.opening import regimes
from venue.store.venues import spaces
from venue.store.venues.venue_settings import Row, VenueSettings
from venue.usecases.opening.opening import expect_public_share, look_at_bookings
from venue.usecases.opening.venue_calendar import monday_of, read
from venue.usecases.venues.change_venue import change_venue


def create_regime(
    deps: Deps, actor: Actor, venue_id: UUID, new: Mapping[str, Any], fen_per_hour: int | None, attempt: Attempt
) -> Reply:
    """Add a regime, with one price for every space in use; without a price no space can be had in it yet."""

    def act(work: UnitOfWork, _venue: Row) -> None:
        _expect_free(new["kind"], fen_per_hour or 0)
        known = regimes.known(work, venue_id)
        position = max((row["position"] for row in known.values()), default=0) + 1
        regimes.insert(work, {**new, "venue_id": venue_id, "position": position})
        if fen_per_hour is not None:
            for space in read(work, venue_id).spaces:
                if space["retired_at"] is None:
                    regimes.next_price(work, venue_id, space["id"], new["code"], EARLIEST, fen_per_hour)

    return change_venue(deps, actor, venue_id, attempt, "create_regime", "regimes", act, status=201, versioned=False)


def update_regime(
    deps: Deps,
    actor: Actor,
    venue_id: UUID,
    code: str,
    changes: Mapping[str, Any],
    attempt: Attempt,
    *,
    keep_bookings: bool = False,
) -> Reply:
    """Change names, purposes, kind, audience or approval. Bookings made before keep what they were promised.

    Another kind or audience is a change of hours, and looked at as one.
    """

    def act(work: UnitOfWork, venue: Row) -> None:
        _expect_known(work, venue_id, code)
        before, today = read(work, venue_id), _today(deps, venue)
        if changes.get("kind") not in (None, regimes.known(work, venue_id)[code]["kind"]):
            _expect_free(changes["kind"], regimes.dearest(work, venue_id, code, today))
        regimes.update(work, venue_id, code, changes)
        if {"kind", "audience", "approval"} & changes.keys():
            after = read(work, venue_id)
            for day in _weeks_that_differ(before, today):
                expect_public_share(before, after, day)
            look_at_bookings(deps, work, before, after=after, keep_bookings=keep_bookings)

    return change_venue(deps, actor, venue_id, attempt, "update_regime", "regimes", act)


def _weeks_that_differ(settings: VenueSettings, today: date) -> list[date]:
    """A day of each week from now on that may have hours unlike the week before it."""
    own = [row["day"] for row in (*settings.exceptions, *settings.special_days)]
    starts = [row["valid_from"] + timedelta(days=offset) for row in settings.rules for offset in (0, 7)]
    mondays = {monday_of(day) for day in (today, today + timedelta(days=7), *own, *starts)}
    return sorted(monday for monday in mondays if monday >= monday_of(today))


def end_regime(deps: Deps, actor: Actor, venue_id: UUID, code: str, on: date, attempt: Attempt) -> Reply:
    """Let a regime end: from that day on no hours may name it. Refused while some do."""

    def act(work: UnitOfWork, venue: Row) -> None:
        _expect_known(work, venue_id, code)
        if on < _today(deps, venue):
            raise regime_refusals.starts_too_early()
        if regimes.is_used(work, venue_id, code, on):
            raise regime_refusals.regime_in_use(code)
        regimes.update(work, venue_id, code, {"ended_on": on})

    return change_venue(deps, actor, venue_id, attempt, "end_regime", "regimes", act)


def set_price(
    deps: Deps,
    actor: Actor,
    space_id: UUID,
    regime: str,
    valid_from: date,
    fen_per_hour: int,
    attempt: Attempt,
    deposit_fen: int | None = None,
) -> Reply:
    """Add the next version of a price, from tomorrow on at the earliest; what is booked keeps its own."""
    with deps.unit_of_work(actor) as work:
        venue_id = spaces.venue_of(work, space_id)
    if venue_id is None:
        raise refusals.unknown_space()

    def act(work: UnitOfWork, venue: Row) -> None:
        _expect_known(work, venue_id, regime)
        _expect_free(regimes.known(work, venue_id)[regime]["kind"], fen_per_hour)
        if valid_from < _today(deps, venue) + timedelta(days=1):
            raise regime_refusals.starts_too_early()
        regimes.next_price(work, venue_id, space_id, regime, valid_from, fen_per_hour, deposit_fen)

    return change_venue(deps, actor, venue_id, attempt, "set_price", "prices", act, status=201, versioned=False)


def _expect_free(kind: str, fen_per_hour: int) -> None:
    if kind == PUBLIC and fen_per_hour:
        raise regime_refusals.must_be_free()


def _expect_known(work: UnitOfWork, venue_id: UUID, code: str) -> None:
    if code not in regimes.known(work, venue_id):
        raise regime_refusals.unknown_regime(code)


def _today(deps: Deps, venue: Row) -> date:
    return hours.local_date(deps.clock.now(), ZoneInfo(venue["tz"]))
