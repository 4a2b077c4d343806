# SPDX-License-Identifier: Apache-2.0
"""One date of a rota: where and when it is, who sits, whether they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.domain.opening import hours
from venue.domain.opening.hours import Span
from venue.domain.sittings import sitting_refusals as because
from venue.domain.sittings.rotas import Official, Rota

NOON = 12 * 60
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Session:
    """A sitting, or a session of a desk. ``reason`` says why it has no room or was cancelled."""

    session_id: UUID
    version: int
    kind: str
    rota_id: UUID
    space_id: UUID
    on_date: date
    from_minute: int
    minutes: int
    tz: str
    starts_at: datetime
    ends_at: datetime
    state: str
    title_zh: str
    title_en: str
    reason: str | None = None
    official: Official | None = None
    substitute: Official | None = None
    substitute_reason: str | None = None
    attendance: str | None = None
    attendance_reason: str | None = None
    recorded_at: datetime | None = None
    desk_code: str | None = None
    capacity_per_hour: int | None = None

    @property
    def deadline(self) -> datetime:
        """Noon of the next local day: until then attendance is recorded, then the sitting counts as missed."""
        return hours.instant(self.on_date + timedelta(days=1), NOON, ZoneInfo(self.tz))

    @property
    def hour_starts(self) -> list[datetime]:
        """When each hour of the session begins; the last one may be shorter."""
        return [self.starts_at + HOUR * number for number in range(-((self.starts_at - self.ends_at) // HOUR))]

    @property
    def cancellable_until(self) -> datetime:
        """Until when it is cancelled: a desk may close in the middle; of a sitting attendance is recorded instead."""
        return self.ends_at if self.kind == "desk" else self.starts_at

    def acts(self, now: datetime) -> list[str]:
        """List what staff may do with it now, in the order pages show it."""
        open_, sitting = self.state in ("planned", "unplaced"), self.kind == "sitting"
        can = {
            "assign": open_ and sitting and now < self.ends_at,
            "substitute": open_ and sitting and now < self.deadline,
            "record": sitting and _is_recordable(self, now),
            "explain": self.state == "missed" and self.attendance_reason is None,
            "place": open_ and now < self.starts_at,
            "cancel": open_ and now < self.cancellable_until,
        }
        return [act for act, allowed in can.items() if allowed]


def new_session(rota: Rota, day: date, session_id: UUID) -> Session:
    """Return the session of a rota's day, at the instants its wall time means in the zone's rules of today."""
    zone = ZoneInfo(rota.tz)
    return Session(
        session_id=session_id,
        version=1,
        kind=rota.kind,
        rota_id=rota.rota_id,
        space_id=rota.space_id,
        on_date=day,
        from_minute=rota.from_minute,
        minutes=rota.minutes,
        tz=rota.tz,
        starts_at=hours.instant(day, rota.from_minute, zone),
        ends_at=hours.instant(day, rota.from_minute + rota.minutes, zone),
        state="planned",
        title_zh=rota.title_zh,
        title_en=rota.title_en,
        official=rota.official_on(day),
        desk_code=rota.desk_code,
        capacity_per_hour=rota.capacity_per_hour,
    )


def is_open(session: Session, spans: Sequence[Span]) -> bool:
    """Tell whether the house is open, in whatever regime, for all of the session; ``spans`` are its day's open ones."""
    reached = session.starts_at
    for span in spans:
        if span.starts_at <= reached < span.ends_at:
            reached = span.ends_at
    return reached >= session.ends_at


def require_kind(session: Session, kind: str) -> None:
    """Refuse a sitting's act on a desk, or the reverse."""
    if session.kind != kind:
        raise because.wrong_kind(kind)


def assign(session: Session, official: Official, now: datetime) -> Session:
    """Name who sits; a substitute named for somebody else is taken back."""
    require_kind(session, "sitting")
    _require_open(session, now, session.ends_at)
    return _next(session, official=official, substitute=None, substitute_reason=None)


def substitute(session: Session, official: Official, reason: str, now: datetime) -> Session:
    """Name who sits instead, or sat, and why; whose turn it was stays visible."""
    require_kind(session, "sitting")
    _require_open(session, now, session.deadline)
    return _next(session, substitute=official, substitute_reason=reason)


def record(session: Session, outcome: str, reason: str | None, now: datetime) -> Session:
    """Note whether they came; of a sitting that counts as missed already, only the reason may still be given."""
    require_kind(session, "sitting")
    if session.state == "missed" and outcome == "missed" and reason and session.attendance_reason is None:
        return _next(session, attendance_reason=reason)
    if session.state not in ("planned", "unplaced"):
        raise because.session_state(session.state)
    if now < session.starts_at:
        raise because.session_not_started()
    if now >= session.deadline:
        raise because.too_late_to_record(session.deadline)
    if outcome == "substitute_came" and session.substitute is None:
        raise because.no_substitute()
    state = "missed" if outcome == "missed" else "held"
    return _next(session, state=state, attendance=outcome, attendance_reason=reason, recorded_at=now)


def missed(session: Session, now: datetime) -> Session:
    """Count a sitting nobody recorded as missed; nobody is blamed, the date is shown."""
    return _next(session, state="missed", attendance="missed", recorded_at=now)


def placed(session: Session, space_id: UUID) -> Session:
    """Give the session a room."""
    return _next(session, state="planned", reason=None, space_id=space_id)


def unplaced(session: Session, reason: str) -> Session:
    """Keep a date whose room is taken or closed, with the reason, for staff to see."""
    return replace(session, state="unplaced", reason=reason)


def displaced(session: Session) -> Session:
    """Take its room from a session that has not begun, because the room is closed; staff see it and place it anew."""
    return _next(session, state="unplaced", reason="closed")


def moved(session: Session, starts_at: datetime, ends_at: datetime) -> Session:
    """Keep the wall time where the zone's rules have changed."""
    return _next(session, starts_at=starts_at, ends_at=ends_at)


def require_before_start(session: Session, now: datetime) -> None:
    """Refuse to move what is over, cancelled or under way."""
    _require_open(session, now, session.starts_at)


def require_cancellable(session: Session, now: datetime) -> None:
    """Refuse to cancel what is over, cancelled already, or a sitting under way."""
    _require_open(session, now, session.cancellable_until)


def cancelled(session: Session, reason: str) -> Session:
    """Take the session out of the plan; the date stays visible with the reason."""
    return _next(session, state="cancelled", reason=reason)


def _require_open(session: Session, now: datetime, until: datetime) -> None:
    if session.state not in ("planned", "unplaced"):
        raise because.session_state(session.state)
    if now >= until:
        raise because.session_started()


def _is_recordable(session: Session, now: datetime) -> bool:
    return session.state in ("planned", "unplaced") and session.starts_at <= now < session.deadline


def _next(session: Session, **changes: object) -> Session:
    return replace(session, version=session.version + 1, **changes)  # type: ignore[arg-type]
