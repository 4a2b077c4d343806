# SPDX-License-Identifier: Apache-2.0
"""Which events of others this service reacts to, and with which use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.inbox import Received, Subscription

from disclosure.domain.ledger import DEPOSIT, DEPOSIT_KEPT, DEPOSIT_REFUND
from disclosure.store.awaiting import SettlementReversal
from disclosure.usecases.post_deposit import Deposit, end_deposit, post_deposit
from disclosure.usecases.post_refund import Refund, post_refund
from disclosure.usecases.post_settlement import Settlement, post_settlement, reverse_settlement

if TYPE_CHECKING:
    from disclosure.deps import Deps


def read_settlement(data: Mapping[str, Any]) -> Settlement:
    """Read the few fields of booking.settled the ledger needs. Raises where one is missing or is not fen of CNY."""
    return Settlement(
        settlement_id=UUID(data["settlement_id"]),
        venue_id=UUID(data["venue_id"]),
        room=_room(data["space_name"]),
        amount_fen=_fen(data),
        occurred_on=date.fromisoformat(data["occurred_on"]),
    )


def read_reversal(data: Mapping[str, Any]) -> SettlementReversal:
    """Read the few fields of booking.settlement_reversed the ledger needs."""
    return SettlementReversal(
        settlement_id=UUID(data["settlement_id"]),
        reversal_id=UUID(data["reversal_id"]),
        amount_fen=_fen(data),
        occurred_on=date.fromisoformat(data["occurred_on"]),
        reason_code=data.get("reason_code"),
    )


def read_refund(data: Mapping[str, Any]) -> Refund:
    """Read the few fields of booking.refunded the ledger needs."""
    return Refund(
        settlement_id=UUID(data["settlement_id"]),
        refund_id=UUID(data["refund_id"]),
        amount_fen=_fen(data),
        occurred_on=date.fromisoformat(data["occurred_on"]),
        reason_code=data.get("reason_code"),
    )


def read_deposit(kind: str) -> Callable[[Mapping[str, Any]], Deposit]:
    """Read the few fields of booking.deposit_taken, deposit_refunded or deposit_kept the ledger needs."""

    def read(data: Mapping[str, Any]) -> Deposit:
        return Deposit(
            kind=kind,
            deposit_id=UUID(data["deposit_id"]),
            venue_id=UUID(data["venue_id"]),
            room=_room(data["space_name"]),
            amount_fen=_fen(data),
            occurred_on=date.fromisoformat(data["occurred_on"]),
            reason_code=data.get("reason_code"),
        )

    return read


def on_settled(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post the takings."""
    post_settlement(work, event.data)


def on_settlement_reversed(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post the opposite."""
    reverse_settlement(work, event.data)


def on_refunded(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post what was given back."""
    post_refund(work, event.data)


def on_deposit_taken(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post what is owed to the guest."""
    post_deposit(work, event.data)


def on_deposit_ended(_deps: Deps, work: UnitOfWork, event: Received) -> None:
    """Post that it is owed no more."""
    end_deposit(work, event.data)


SUBSCRIPTIONS = {
    "linli.venue.booking.settled.v1": Subscription(parse=read_settlement, react=on_settled),
    "linli.venue.booking.settlement_reversed.v1": Subscription(parse=read_reversal, react=on_settlement_reversed),
    "linli.venue.booking.refunded.v1": Subscription(parse=read_refund, react=on_refunded),
    "linli.venue.booking.deposit_taken.v1": Subscription(parse=read_deposit(DEPOSIT), react=on_deposit_taken),
    "linli.venue.booking.deposit_refunded.v1": Subscription(parse=read_deposit(DEPOSIT_REFUND), react=on_deposit_ended),
    "linli.venue.booking.deposit_kept.v1": Subscription(parse=read_deposit(DEPOSIT_KEPT), react=on_deposit_ended),
}


def _fen(data: Mapping[str, Any]) -> int:
    amount = data["amount_fen"]
    if data.get("currency", "CNY") != "CNY" or not isinstance(amount, int) or isinstance(amount, bool) or amount < 1:
        raise ValueError(f"not an amount in fen of CNY: {amount!r}")
    return amount


def _room(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ValueError("a settlement names its room")
    return name
