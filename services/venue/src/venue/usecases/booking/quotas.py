# SPDX-License-Identifier: Apache-2.0
"""Set, end and read quotas. A changed limit is an old quota ended and a new one set: history keeps both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply, etag

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.booking import quotas as rules
from venue.domain.opening import hours
from venue.store.booking import quotas
from venue.store.venues import venue_settings
from venue.usecases.one_act import one_act


@dataclass(frozen=True)
class SetQuota:
    """A limit for somebody's bookings; without a regime for all of them, without a day from today on."""

    subject: str
    period: str
    count_limit: int | None = None
    minutes_limit: int | None = None
    regime: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def set_quota(deps: Deps, actor: Actor, venue_id: UUID, command: SetQuota, attempt: Attempt) -> Reply:
    """Store a quota. Bookings there are keep their place and count: whoever is over it books no more."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        venue = venue_settings.lock(work, venue_id)
        if venue is None:
            raise refusals.unknown_venue()
        today = hours.local_date(deps.clock.now(), ZoneInfo(venue["tz"]))
        row = _row(command, venue_id, today) | {"created_at": deps.clock.now()}
        if command.regime is not None and not quotas.has_regime(work, venue_id, command.regime):
            raise rules.unknown_regime()
        quotas.insert(work, row)
        venue_settings.have_judged_anew(work, venue_id)
        work.audit("quota.set", "quota", row["id"], {"subject": command.subject}, attempt.request_id)
        return _shape({**row, "version": 1}), etag(1)

    return one_act(deps, actor, attempt, "set_quota", act, status=201)


def end_quota(deps: Deps, actor: Actor, quota_id: UUID, until: date | None, attempt: Attempt) -> Reply:
    """Let a quota hold no longer from a day on, today without one."""

    def act(work: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        row = quotas.lock(work, quota_id)
        if row is None:
            raise rules.unknown_quota()
        refusals.expect_version(row["version"], attempt.if_match)
        today = _today(deps, work, row["venue_id"])
        if until is not None and until < today:
            raise rules.quota_begins_in_the_past()
        if until is not None and row["valid_until"] is not None and until > row["valid_until"]:
            raise rules.quota_ends_earlier(row["valid_until"])
        valid_until = min(max(until or today, row["valid_from"]), row["valid_until"] or date.max)
        quotas.end(work, quota_id, valid_until)
        work.audit("quota.ended", "quota", quota_id, {}, attempt.request_id)
        changed = {**row, "valid_until": valid_until, "version": row["version"] + 1}
        return _shape(changed), etag(changed["version"])

    return one_act(deps, actor, attempt, "end_quota", act)


def list_quotas(deps: Deps, actor: Actor, venue_id: UUID) -> dict[str, Any]:
    """The limits that hold or will hold; everybody may know them."""
    with deps.database.read(actor) as connection:
        zone = quotas.zone_of(connection, actor.division, venue_id)
        if zone is None:
            raise refusals.unknown_venue()
        rows = quotas.of_venue(connection, actor.division, venue_id, hours.local_date(deps.clock.now(), ZoneInfo(zone)))
    return {"items": [_shape(row) for row in rows]}


def _row(command: SetQuota, venue_id: UUID, today: date) -> dict[str, Any]:
    if command.count_limit is None and command.minutes_limit is None:
        raise rules.limits_nothing()
    valid_from = command.valid_from or today
    if valid_from < today or (command.valid_until is not None and command.valid_until <= valid_from):
        raise rules.quota_begins_in_the_past()
    return {
        "id": uuid7(),
        "venue_id": venue_id,
        "regime_code": command.regime,
        "subject": command.subject,
        "period": command.period,
        "count_limit": command.count_limit,
        "minutes_limit": command.minutes_limit,
        "valid_from": valid_from,
        "valid_until": command.valid_until,
    }


def _today(deps: Deps, work: UnitOfWork, venue_id: UUID) -> date:
    zone = quotas.zone_of(work.connection, work.division, venue_id)
    if zone is None:
        raise refusals.unknown_venue()
    return hours.local_date(deps.clock.now(), ZoneInfo(zone))


def _shape(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quota_id": str(row["id"]),
        "version": row["version"],
        "venue_id": str(row["venue_id"]),
        "regime": row["regime_code"],
        "subject": row["subject"],
        "period": row["period"],
        "count_limit": row["count_limit"],
        "minutes_limit": row["minutes_limit"],
        "valid_from": row["valid_from"].isoformat(),
        "valid_until": row["valid_until"].isoformat() if row["valid_until"] else None,
    }
