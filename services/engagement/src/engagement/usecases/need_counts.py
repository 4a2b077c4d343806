# SPDX-License-Identifier: Apache-2.0
"""Keeping the published counts: marked by the service's own events, counted and published by the clock."""

from __future__ import annotations

from chassis.auth import Actor
from chassis.db import UnitOfWork

from engagement.deps import Deps
from engagement.domain.counts import publishable, roll_up
from engagement.store import count_queries

COMMUNITY_DIGITS, DISTRICT_DIGITS = 12, 6
NAME = "need_counts"


def mark_community(work: UnitOfWork) -> None:
    """Note that a need of the current community changed; the caller commits."""
    count_queries.mark(work, work.division)


def publish_counts(deps: Deps) -> None:
    """Count every marked community again, then publish the districts they lie in."""
    for community in _due(deps, COMMUNITY_DIGITS):
        count_community(deps, community)
    for district in _due(deps, DISTRICT_DIGITS):
        publish_district(deps, district)


def count_community(deps: Deps, community: str) -> None:
    """Count one community's needs again and mark its district."""
    with deps.database.sweep(Actor.system(community, NAME)) as work:
        if count_queries.unmark(work, community):
            count_queries.recount(work)
            count_queries.mark(work, community[:DISTRICT_DIGITS])
            work.commit()


def publish_district(deps: Deps, district: str) -> None:
    """Publish what of a district's counts may be told; the whole district at once, so that no two versions mix."""
    with deps.database.sweep(Actor.system(district, NAME)) as work:
        if count_queries.unmark(work, district):
            tallies = count_queries.tallies(work)
            divisions = sorted({division for division, _, _ in roll_up(tallies)})
            count_queries.publish(work, divisions, publishable(tallies), deps.clock.now())
            work.commit()


def _due(deps: Deps, digits: int) -> list[str]:
    with deps.database.sweep(Actor.system("", NAME)) as work:
        return count_queries.due(work, digits)
