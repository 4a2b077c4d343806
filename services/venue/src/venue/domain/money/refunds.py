# SPDX-License-Identifier: Apache-2.0
"""How much of what was paid is given back when a booking falls away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

LATE = "late_cancelled"
SOON = timedelta(seconds=1)


@dataclass(frozen=True)
class Refund:
    """Money given back of a settlement, continuing what was given back before."""

    refund_id: UUID
    settlement_id: UUID
    paid_fen: int
    before_fen: int
    amount_fen: int
    method: str
    reason_code: str


def owed(paid_fen: int, before_fen: int, percent: int) -> int:
    """The percentage decided when the booking ended, rounded down to the fen. Never more than is left."""
    return max(0, min(paid_fen * percent // 100, paid_fen) - before_fen)


def reason(state: str, *, late: bool) -> str:
    """Name why a paid booking of this end state is refunded. A guest who stayed away is not."""
    if state == "cancelled":
        return LATE if late else "cancelled"
    return {"declined": "declined", "lapsed": "not_available"}[state]
