# SPDX-License-Identifier: Apache-2.0
"""What a service does about an event of another service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chassis.events import Received

if TYPE_CHECKING:
    from chassis.db import UnitOfWork


@dataclass(frozen=True)
class Subscription:
    """How to read an event's data and what to do about it.

    ``parse(data: dict)`` reads into the consumer's own small dataclass: it takes what it needs, ignores unknown
    fields, and raises (ValueError, KeyError, TypeError) where something it needs is missing: the event is then parked.
    ``react(deps, work, event)`` runs inside the batch's unit of work, whose actor is the system in the event's
    division; ``event.data`` is what ``parse`` returned. It must not commit, must not call anything outside the
    database, and may run again after a rollback. To say "not now" raise ``chassis.errors.Unavailable``.
    """

    parse: Callable[[Mapping[str, Any]], Any]
    react: Callable[[Any, UnitOfWork, Received], None]
