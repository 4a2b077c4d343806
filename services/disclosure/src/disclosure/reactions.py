# SPDX-License-Identifier: Apache-2.0
"""Which events of others this service reacts to, and with which use case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.inbox import Received, Subscription

from disclosure.usecases.post_settlement import Settlement, SettlementReversal, post_settlement, reverse_settlement

if TYPE_CHECKING:
    from disclosure.bootstrap import Deps


@dataclass(frozen=True)
class SettledBooking:
    """The few fields of linli.venue.booking.settled.v1 the ledger needs; whatever else it carries is ignored."""

    settlement_id: UUID
    venue_id: UUID
    room: str
    amount_fen: int
    occurred_on: date

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> SettledBooking:
        """Read the event's data. Raises where something needed is missing or is not fen of CNY."""
        return cls(
            UUID(data["settlement_id"]),
            UUID(data["venue_id"]),
            _room(data["space_name"]),
            _fen(data),
            date.fromisoformat(data["occurred_on"]),
        )


@dataclass(frozen=True)
class ReversedSettlement:
    """The few fields of linli.venue.booking.settlement_reversed.v1 the ledger needs."""

    settlement_id: UUID
    reversal_id: UUID
    amount_fen: int
    occurred_on: date
    reason_code: str | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> ReversedSettlement:
        """Read the event's data. Raises where something needed is missing or is not fen of CNY."""
        return cls(
            UUID(data["settlement_id"]),
            UUID(data["reversal_id"]),
            _fen(data),
            date.fromisoformat(data["occurred_on"]),
            data.get("reason_code"),
        )


def on_settled(deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post the takings."""
    post_settlement(work, Settlement(**event.data.__dict__))


def on_settlement_reversed(deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post the opposite."""
    reverse_settlement(work, SettlementReversal(**event.data.__dict__))


SUBSCRIPTIONS = {
    "linli.venue.booking.settled.v1": Subscription(parse=SettledBooking.parse, react=on_settled),
    "linli.venue.booking.settlement_reversed.v1": Subscription(
        parse=ReversedSettlement.parse, react=on_settlement_reversed
    ),
}


def _fen(data: Mapping[str, Any]) -> int:
    amount = data["amount_fen"]
    if data.get("currency", "CNY") != "CNY" or not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise ValueError(f"not an amount in fen of CNY: {amount!r}")
    return amount


def _room(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ValueError("a settlement names its room")
    return name
