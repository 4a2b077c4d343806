# SPDX-License-Identifier: Apache-2.0
"""What comes back of a booking's money: what cancelling would give back now or later, and what it gave back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web.client import Problem

# Why a booking ended, where no person wrote it but a rule of the service.
ENDED = {
    "series_cancelled": lazy_gettext("跟着固定预订一起取消了"),
    "rule_changed": lazy_gettext("固定预订改过，这一天不在里面了"),
}
CLOSED = "closure"


@dataclass(frozen=True)
class Returns:
    """The money of a booking as far as it comes back. ``late_fen`` is None where the service does not say."""

    paid_fen: int
    late_fen: int | None
    back_fen: int
    is_back: bool
    deposit_fen: int

    @property
    def kept_fen(self) -> int:
        """Return what of the payment does not come back."""
        return self.paid_fen - self.back_fen

    @property
    def lost_late_fen(self) -> int:
        """Return what a late cancellation would lose."""
        return 0 if self.late_fen is None else self.paid_fen - self.late_fen


def of_booking(booking: dict[str, Any]) -> Returns | None:
    """Read what comes back of a booking; None where no money is in it, or it cannot be read now."""
    if not (booking.get("settlement") or booking.get("deposit_fen")):
        return None
    try:
        return told(booking, g.api.get("venue", f"/bookings/{booking['booking_id']}/money"))
    except Problem:
        return None


def told(booking: dict[str, Any], money: dict[str, Any]) -> Returns:
    """Say what came back or, of a booking that ended a moment ago, what will."""
    settlement, deposit = booking.get("settlement"), money.get("deposit")
    paid = settlement["amount_fen"] if settlement and not settlement["reversed_at"] else 0
    percent = money.get("refund_percent_late")
    late = None if percent is None else paid * percent // 100
    refunds = money.get("refunds") or []
    back = sum(one["amount_fen"] for one in refunds)
    if not refunds and booking["state"] in ("cancelled", "declined", "lapsed"):
        back = late if booking.get("late_cancelled") and late is not None else paid
    standing = deposit["amount_fen"] if deposit and deposit["state"] == "standing" else 0
    return Returns(paid, late, back, bool(refunds) and all(one["executed"] for one in refunds), standing)


def why_ended(booking: dict[str, Any]) -> str:
    """Say why a booking ended, in words; a closure in its own."""
    reason = booking.get("ended_reason") or ""
    if reason == CLOSED:
        label = _closure(booking)
        return _("那段时间屋子停用：%(why)s", why=label) if label else _("那段时间屋子停用")
    return str(ENDED.get(reason, reason))


def _closure(booking: dict[str, Any]) -> str | None:
    """Return what the public week says about the closure that a booking had to give way to."""
    path = f"/divisions/{g.visitor.division}/spaces/{booking['space_id']}/week"
    try:
        days = g.api.public("venue", path, **{"from": booking["local_date"]})["days"]
    except Problem:
        return None
    lying = [row for day in days if day["date"] == booking["local_date"] for row in day["intervals"]]
    return next((row["label"] for row in lying if row.get("kind") == CLOSED and row.get("label")), None)
