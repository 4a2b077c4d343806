# SPDX-License-Identifier: Apache-2.0
"""Whether a person's quotas and pause admit other times too, so that nobody is offered what would be refused again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from venue.domain.booking import alternatives
from venue.domain.booking import quotas as rules
from venue.domain.booking.alternatives import Admits
from venue.domain.booking.judging import Wish, judge
from venue.domain.booking.offer import Offer
from venue.domain.booking.quotas import Use, Used
from venue.domain.opening import hours
from venue.store.booking import households, quota_uses
from venue.store.booking.offers import Room


def admitted(
    connection: sa.Connection,
    division: str,
    asked: Wish,
    person_id: UUID,
    group_id: UUID | None,
    room: Room,
    now: datetime,
) -> Admits:
    """Read what the person has used up around the wish, and return the judge of other times. Two statements at most."""
    quotas = room.offer.quotas
    days = alternatives.days_to_look_at(room.offer, asked.starts_at, now) if quotas else ()
    household = households.of_person(connection, division, person_id, days[0]) if days else None
    subjects = rules.subjects_of(person_id, household, group_id, room.venue_id)
    kept = {
        (one.quota_id, subject, rules.period_start(one.period, day)): Use(
            one, subject, rules.period_start(one.period, day), 0
        )
        for one in quotas
        for day in days
        if (subject := subjects[one.subject]) is not None
    }
    used = dict(zip(kept, quota_uses.used(connection, division, list(kept.values())), strict=True))

    def admits(offer: Offer, starts_at: datetime, ends_at: datetime) -> bool:
        other = replace(asked, starts_at=starts_at, ends_at=ends_at)
        asker = {"paused_until": room.offer.paused_until, "to_resident": room.offer.to_resident}
        judged = judge(replace(offer, **asker), other, now)
        if judged.failures or judged.terms is None:
            return False
        wanted = rules.uses(quotas, hours.local_date(starts_at, offer.zone), judged.terms.parts, subjects)
        return not any(
            rules.exceeds(one, used.get((one.quota.quota_id, one.subject_id, one.period_start), Used()))
            for one in wanted
        )

    return admits
