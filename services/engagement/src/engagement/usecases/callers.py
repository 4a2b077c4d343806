# SPDX-License-Identifier: Apache-2.0
"""Who is calling: a person with needs of their own, an office of the community, or both."""

from __future__ import annotations

from uuid import UUID

from chassis.auth import Actor
from chassis.errors import Forbidden, NotFound

from engagement.domain.needs import Need

OWN, WORK = "engagement.own", "engagement.work"
COMMUNITY_DIGITS = 12


def person_of(actor: Actor) -> UUID | None:
    """Return the person the caller is, or None for partners and for staff while they serve in their office."""
    if OWN not in actor.permissions:
        return None
    try:
        return UUID(actor.subject)
    except ValueError:
        return None


def own_person(actor: Actor) -> UUID:
    """Return the person the caller is; raises Forbidden where it is none."""
    actor.require(OWN)
    person_id = person_of(actor)
    if person_id is None:
        raise Forbidden("person_required", zh="这件事只能由居民本人办理。", en="Only a resident in person may do this.")
    return person_id


def office_of(actor: Actor) -> str | None:
    """Return the office that speaks in a timeline: of staff always one, of a resident none."""
    if WORK not in actor.permissions:
        return None
    return actor.office or "partner"


def require_community(actor: Actor) -> None:
    """Refuse callers of a street or district: needs and visits belong to communities."""
    if len(actor.division) != COMMUNITY_DIGITS:
        raise Forbidden(
            "community_required", zh="请以社区的身份办理。", en="Only somebody acting in a community may do this."
        )


def require_visible(actor: Actor, need: Need | None) -> Need:
    """Return the need if this caller may know of it; another's need looks exactly like none at all."""
    if need is None or not (WORK in actor.permissions or person_of(actor) == need.person_id):
        raise NotFound("need_not_found", zh="没有找到这条需求。", en="There is no such need.")
    return need
