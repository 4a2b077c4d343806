# SPDX-License-Identifier: Apache-2.0
"""The frame every change of a venue shares: replay, lock, version, act, publish, tell, answer.

The venue is one aggregate with its spaces, regimes, hours and prices: one version, which whoever edits any of them
must have seen, and one published profile that is replaced with every change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.venues import venue_events
from venue.store.venues import publishing, venue_settings
from venue.store.venues.venue_settings import Row, VenueSettings
from venue.usecases.one_act import one_act
from venue.usecases.venues import venue_profile, venue_shapes

Act = Callable[[UnitOfWork, Row], None]


def change_venue(
    deps: Deps,
    actor: Actor,
    venue_id: UUID,
    attempt: Attempt,
    operation: str,
    what: str,
    act: Act,
    *,
    status: int = 200,
    versioned: bool = True,
) -> Reply:
    """Run ``act`` on the locked venue and answer with the venue's settings as they then are.

    ``what`` names the part that changed, for the event and the record. What only adds something is not ``versioned``:
    it overwrites nobody. Raises NotFound, PreconditionFailed.
    """

    def changed(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        venue = venue_settings.lock(work, venue_id)
        if venue is None:
            raise refusals.unknown_venue()
        refusals.expect_version(venue["version"], attempt.if_match if versioned else None)
        act(work, venue)
        settings = tell(deps, work, venue_id, what)
        work.audit("venue.changed", "venue", venue_id, {"changed": what, "operation": operation}, attempt.request_id)
        return venue_shapes.settings(settings, attempt.language), etag(settings.venue["version"])

    return one_act(deps, actor, attempt, operation, changed, status)


def tell(deps: Deps, work: UnitOfWork, venue_id: UUID, what: str) -> VenueSettings:
    """Give a locked venue its next version, publish it and tell the others."""
    venue_settings.raise_version(work, venue_id)
    settings = publish(deps, work, venue_id)
    work.outbox.add(venue_events.changed(venue_id, settings.venue["version"], what))
    return settings


def publish(deps: Deps, work: UnitOfWork, venue_id: UUID) -> VenueSettings:
    """Replace what the public reads of a venue by what the transaction has made of it."""
    settings = venue_settings.load(work.connection, work.division, venue_id)
    assert settings is not None  # locked or inserted by the caller
    publishing.publish(
        work,
        venue_id,
        settings.venue["version"],
        venue_profile.profile(settings),
        deps.clock.now(),
        {row["id"]: row["atom_ids"] for row in settings.spaces if row["retired_at"] is None},
    )
    return settings
