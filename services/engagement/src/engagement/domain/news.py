# SPDX-License-Identifier: Apache-2.0
"""Which events tell somebody something: one function an event, from its data to the news of one person.

A reader takes what it needs and raises (KeyError, ValueError) where that is missing; None tells nobody. What people did
themselves is no news to them: only what an office, the clock or a rule did is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from engagement.domain.notices import News

Data = Mapping[str, Any]


def offered(data: Data) -> News:
    """A room is kept for somebody who waited, for a short time."""
    return _about("offer", "entry_id", "offer_made", data, expires_at=_instant(data["expires_at"]))


def wait_ended(data: Data) -> News:
    """The waiting is over. ``booking_id`` is the offer's: without it nothing had ever come free."""
    lapsed = "offer_lapsed" if data.get("booking_id") else "wait_lapsed"
    kind = {"lapsed": lapsed, "left": "wait_ended"}.get(data["how"])
    left = data["how"] == "left"
    return _about("offer", "entry_id", kind, data, unless_self=left, reason_code=data.get("reason_code"))


def booked(data: Data) -> News | None:
    """A request was approved, or the counter booked for somebody; who booked on their own knows."""
    if data.get("approved"):
        return _booking("booking_approved", data)
    return _booking("booking_made", data) if data["channel"] == "counter" else None


def declined(data: Data) -> News:
    """A request was declined; the reason is read in the venue."""
    return _booking("booking_declined", data)


def undecided(data: Data) -> News:
    """Nobody decided about a request before its time began."""
    return _booking("booking_undecided", data)


def cancelled(data: Data) -> News:
    """A booking was cancelled: by its person, which settles what was told of it, or by the counter or a closure."""
    kind = "booking_cancelled" if data["channel"] == "counter" else None
    return _booking(kind, data, reason_code=data.get("reason_code"))


def moved(data: Data) -> News:
    """A booking went elsewhere."""
    return _booking("booking_moved", {**data, **data["to"]}, unless_self=True)


def released(data: Data) -> News | None:
    """Nobody came; told here only where no mark tells it."""
    return None if data["mark_id"] else _booking("booking_released", data)


def series_confirmed(data: Data) -> News | None:
    """A room was booked that repeats: told once for all dates, where staff did it or dates were left out."""
    return _series("series_made", data) if data["skipped"] or data["channel"] == "counter" else None


def series_changed(data: Data) -> News | None:
    """Dates changed, or were dropped as by a closure.

    What somebody arranged or the night added without leaving any out is no news.
    """
    by_rule = data["change"] == "clock" or bool(data["skipped"]) or "reason_code" in data
    return _series("series_changed", data, unless_self=not by_rule, reason_code=data.get("reason_code"))


def series_cancelled(data: Data) -> News:
    """Dates were cancelled: by the person, or by staff."""
    return _series("series_cancelled" if data["channel"] == "counter" else None, data)


def mark_given(data: Data) -> News:
    """Somebody got a mark; for them alone."""
    return _about("mark", "mark_id", "mark_given", data, reason_code=data["kind"])


def mark_decided(data: Data) -> News | None:
    """The counter decided about a mark; an outcome not known here is no news."""
    kind = {"excused": "mark_excused", "upheld": "mark_upheld"}.get(data["outcome"])
    return _about("mark", "mark_id", kind, data) if kind else None


def refunded(data: Data) -> News | None:
    """Money came back."""
    return _money("refund_made", "refund_id", data)


def deposit_returned(data: Data) -> News | None:
    """A deposit was given back."""
    return _money("deposit_returned", "deposit_id", data)


def deposit_kept(data: Data) -> News | None:
    """A deposit was kept."""
    return _money("deposit_kept", "deposit_id", data)


def topic_declined(data: Data) -> News | None:
    """A topic stays unpublished; where nobody in particular raised it, nobody is told."""
    return (
        _about("topic", "topic_id", "topic_declined", data, reason_code=data["reason"]) if "person_id" in data else None
    )


def ticket_cancelled(data: Data) -> News:
    """The session of a number does not take place."""
    return _about("ticket", "ticket_id", "ticket_cancelled", data)


def ticket_displaced(data: Data) -> News:
    """The session of a number has lost its room; another is being looked for."""
    return _about("ticket", "ticket_id", "ticket_displaced", data)


def ticket_moved(data: Data) -> News:
    """The session of a number has another room or time."""
    return _about("ticket", "ticket_id", "ticket_moved", data)


def ticket_lapsed(data: Data) -> News | None:
    """A desk closed before a number was called; who was called knows better than the record."""
    return None if data["was_called"] else _about("ticket", "ticket_id", "ticket_lapsed", data)


def need_raised(data: Data) -> News:
    """Staff wrote a need down for somebody."""
    return _about("need", "need_id", "need_raised", data, unless_self=True)


def need_assigned(data: Data) -> News:
    """Somebody promised to see to a need."""
    return _about("need", "need_id", "need_assigned", data)


def need_resolved(data: Data) -> News:
    """A need is said to be done; its person judges."""
    return _about("need", "need_id", "need_resolved", data)


def need_answered(data: Data) -> News:
    """The person rated or reopened a need: what was told of it is dealt with."""
    return _about("need", "need_id", None, data)


READERS: Mapping[str, Callable[[Data], News | None]] = {
    "linli.venue.waiting.offered.v1": offered,
    "linli.venue.waiting.ended.v1": wait_ended,
    "linli.venue.booking.confirmed.v1": booked,
    "linli.venue.booking.declined.v1": declined,
    "linli.venue.booking.request_lapsed.v1": undecided,
    "linli.venue.booking.cancelled.v1": cancelled,
    "linli.venue.booking.moved.v1": moved,
    "linli.venue.booking.no_show.v1": released,
    "linli.venue.series.confirmed.v1": series_confirmed,
    "linli.venue.series.changed.v1": series_changed,
    "linli.venue.series.cancelled.v1": series_cancelled,
    "linli.venue.mark.given.v1": mark_given,
    "linli.venue.mark.decided.v1": mark_decided,
    "linli.venue.booking.refunded.v1": refunded,
    "linli.venue.booking.deposit_refunded.v1": deposit_returned,
    "linli.venue.booking.deposit_kept.v1": deposit_kept,
    "linli.venue.topic.declined.v1": topic_declined,
    "linli.venue.ticket.cancelled.v1": ticket_cancelled,
    "linli.venue.ticket.displaced.v1": ticket_displaced,
    "linli.venue.ticket.moved.v1": ticket_moved,
    "linli.venue.ticket.lapsed.v1": ticket_lapsed,
}
OF_NEEDS: Mapping[str, Callable[[Data], News | None]] = {
    "raised": need_raised,
    "assigned": need_assigned,
    "resolved": need_resolved,
    "rated": need_answered,
    "reopened": need_answered,
}


def _booking(kind: str | None, data: Data, **facts: Any) -> News:
    return _about("booking", "booking_id", kind, data, **facts)


def _series(kind: str | None, data: Data, **facts: Any) -> News:
    first = min((_instant(one["starts_at"]) for one in data["dates"] if "starts_at" in one), default=None)
    dates = len(data["dates"]) + len(data.get("cancelled", ()))
    left_out = len(data.get("skipped", ()))
    return _about("series", "series_id", kind, data, starts_at=first, dates=dates, left_out=left_out, **facts)


def _money(kind: str, subject: str, data: Data) -> News | None:
    """Read what was paid; an event from before it said whose money it is tells nobody."""
    return _about("money", subject, kind, data, amount_fen=int(data["amount_fen"])) if "person_id" in data else None


def _about(matter: str, subject: str, kind: str | None, data: Data, **facts: Any) -> News:
    known = {name: UUID(data[name]) for name in ("booking_id", "space_id") if data.get(name)}
    known |= {name: _instant(data[name]) for name in ("starts_at", "ends_at") if data.get(name)}
    return News(UUID(data["person_id"]), matter, UUID(data[subject]), kind, **(known | facts))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at
