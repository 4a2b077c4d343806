# SPDX-License-Identifier: Apache-2.0
"""Reversals that came before their settlement: kept until it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from disclosure.store import tables as t


@dataclass(frozen=True)
class SettlementReversal:
    """A settlement that was wrong."""

    settlement_id: UUID
    reversal_id: UUID
    amount_fen: int
    occurred_on: date
    reason_code: str | None


_COLUMNS = tuple(t.awaiting_settlement.c[name] for name in SettlementReversal.__dataclass_fields__)


def keep(work: UnitOfWork, reversal: SettlementReversal) -> None:
    """Keep a reversal whose settlement is unknown; a second one for the same settlement says nothing new."""
    row = reversal.__dict__ | {"division_code": work.division, "received_at": work.clock.now()}
    work.execute(insert(t.awaiting_settlement).values(row).on_conflict_do_nothing())


def take(work: UnitOfWork, settlement_id: UUID) -> SettlementReversal | None:
    """Take out the reversal that waits for a settlement, if one does."""
    row = work.execute(
        sa.delete(t.awaiting_settlement)
        .where(
            t.awaiting_settlement.c.division_code == work.division,
            t.awaiting_settlement.c.settlement_id == settlement_id,
        )
        .returning(*_COLUMNS)
    ).one_or_none()
    return row and SettlementReversal(**row._mapping)
