# SPDX-License-Identifier: Apache-2.0
"""What a series tells the others: one event an act, whatever the number of its dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chassis.events import Event

from venue.domain.booking.offer import Terms
from venue.domain.series.series import LeftOut, Occurrence, Series

_TYPE = "linli.venue.series.{}.v1"


def confirmed(one: Series, dates: Sequence[dict[str, Any]], left_out: Iterable[LeftOut]) -> Event:
    """A series was arranged."""
    return _event("confirmed", one, {**_about(one), "dates": list(dates), "skipped": _skipped(left_out)})


def changed(
    one: Series,
    change: str,
    *,
    dates: Sequence[dict[str, Any]],
    left_out: Iterable[LeftOut],
    cancelled: Iterable[dict[str, Any]] = (),
    reason_code: str | None = None,
) -> Event:
    """Dates were moved, added or dropped. ``change`` says by whom: edited, extended, or the clock's new rules.

    ``reason_code`` says why they were dropped, where it is a rule's reason: ``closure``.
    """
    data = {
        **_about(one),
        "change": change,
        "previous_series_id": one.previous_series_id,
        "dates": list(dates),
        "skipped": _skipped(left_out),
        "cancelled": list(cancelled),
        **({"reason_code": reason_code} if reason_code else {}),
    }
    return _event("changed", one, data)


def cancelled(one: Series, channel: str, scope: str, dates: Iterable[dict[str, Any]]) -> Event:
    """The series, or what of it was still to come, was taken back."""
    data = {
        "series_id": one.series_id,
        "venue_id": one.venue_id,
        "space_id": one.space_id,
        "person_id": one.person_id,
        "channel": channel,
        "scope": scope,
        "dates": list(dates),
    }
    return _event("cancelled", one, data)


def date_of(booking_id: UUID, at: Occurrence, terms: Terms) -> dict[str, Any]:
    """A date that is held, with its prices where it lies in several regimes."""
    parts = [
        {"regime": part.regime, "starts_at": part.starts_at, "ends_at": part.ends_at, "price_fen": part.price_fen}
        for part in terms.parts
    ]
    return {
        "date": at.on,
        "booking_id": booking_id,
        "starts_at": at.starts_at,
        "ends_at": at.ends_at,
        "regime": terms.regime,
        "price_fen": terms.price_fen,
        "shifted": at.shifted,
        **({"parts": parts} if terms.is_split else {}),
    }


def _skipped(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    return [{"date": one.occurrence.on, "reason_code": one.failure.code} for one in left_out]


def _about(one: Series) -> dict[str, Any]:
    return {
        "series_id": one.series_id,
        "venue_id": one.venue_id,
        "space_id": one.space_id,
        "person_id": one.person_id,
        "channel": one.channel,
        "rrule": one.rrule,
        "local_start": f"{one.local_start:%H:%M}",
        "minutes": one.minutes,
        "time_zone": one.tz,
        "open_ended": one.until is None,
    }


def _event(happened: str, one: Series, data: dict[str, Any]) -> Event:
    return Event(_TYPE.format(happened), one.series_id, one.version, data)
