# SPDX-License-Identifier: Apache-2.0
"""What follows from not coming: marks that decay, may be excused and appealed, and at their worst a short pause.

A pause never shuts anybody out: who is paused books for the same day only, and the counter books for anybody as before.
Nobody sees a mark but the person and the counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from venue.domain.presence import marks_refusals

NO_SHOW, LATE_CANCEL = "no_show", "late_cancel"
COUNTED = ("standing", "upheld")  # a mark under appeal counts only once the appeal is rejected


@dataclass(frozen=True)
class Policy:
    """The venue's rule: so many marks in so many days pause booking ahead for so many days."""

    marks_limit: int
    marks_days: int
    pause_days: int


@dataclass(frozen=True)
class Mark:
    """One booked time nobody came to, or that was taken back too late for others."""

    mark_id: UUID
    version: int
    state: str
    kind: str
    venue_id: UUID
    booking_id: UUID
    person_id: UUID
    given_at: datetime
    expires_at: datetime
    appeal_text: str | None = None
    appealed_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None


def paused_until(marks: Iterable[Mark], policy: Policy, now: datetime) -> datetime | None:
    """Return until when somebody with these marks books for the same day only; None where they do not.

    The first late cancellation is forgiven: it counts for nothing until there is a second. The pause begins with the
    mark that fills the measure, so excusing any of them ends it.
    """
    counted = sorted(
        (one for one in marks if one.state in COUNTED and one.expires_at > now), key=lambda one: one.given_at
    )
    forgiven = next((one for one in counted if one.kind == LATE_CANCEL), None)
    weighing = [one for one in counted if one is not forgiven]
    if len(weighing) < policy.marks_limit:
        return None
    until = weighing[-1].given_at + timedelta(days=policy.pause_days)
    return until if until > now else None


def appeal(mark: Mark, text: str, now: datetime) -> Mark:
    """Say why it was not one's fault: once, while the mark stands."""
    if mark.state != "standing":
        raise marks_refusals.cannot_appeal(mark.state)
    if mark.expires_at <= now:
        raise marks_refusals.mark_has_decayed()
    return replace(mark, version=mark.version + 1, state="appealed", appeal_text=text, appealed_at=now)


def decide(mark: Mark, outcome: str, reason: str, by: str, now: datetime) -> Mark:
    """Answer an appeal: ``excused`` or ``upheld``, with the reason the person will read."""
    if mark.state != "appealed":
        raise marks_refusals.nothing_to_decide(mark.state)
    return _decided(mark, outcome, reason, by, now)


def excuse(mark: Mark, reason: str, by: str, now: datetime) -> Mark:
    """Take a mark away without being asked, or on second thoughts after an appeal was rejected."""
    if mark.state == "excused":
        raise marks_refusals.nothing_to_decide(mark.state)
    return _decided(mark, "excused", reason, by, now)


def _decided(mark: Mark, outcome: str, reason: str, by: str, now: datetime) -> Mark:
    return replace(mark, version=mark.version + 1, state=outcome, decided_at=now, decided_by=by, decision_reason=reason)
