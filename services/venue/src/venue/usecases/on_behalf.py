# SPDX-License-Identifier: Apache-2.0
"""For whom somebody acts: residents for themselves, the counter for somebody and with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.auth import Actor

from venue.domain.sittings import sitting_refusals as refusals


@dataclass(frozen=True)
class Who:
    """The person an act is for. ``reason`` is why they do not do it themselves."""

    person_id: UUID
    channel: str
    reason: str | None


def who(actor: Actor, on_behalf_of: Mapping[str, Any] | None) -> Who:
    """Return for whom the caller acts. Raises Forbidden."""
    if on_behalf_of is not None:
        if "venue.counter" not in actor.permissions:
            raise refusals.not_for_others()
        return Who(UUID(on_behalf_of["person_id"]), "counter", on_behalf_of["reason"].strip())
    if "venue.book" not in actor.permissions:
        raise refusals.not_for_others()
    return Who(person(actor), "self", None)


def person(actor: Actor) -> UUID:
    """Return the person the caller is. Raises Forbidden where a partner calls in its own name."""
    try:
        return UUID(actor.subject)
    except ValueError:
        raise refusals.only_persons() from None


def person_or_none(actor: Actor) -> UUID | None:
    """Return the person the caller is, or None for a partner."""
    try:
        return UUID(actor.subject)
    except ValueError:
        return None
