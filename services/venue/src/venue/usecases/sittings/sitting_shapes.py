# SPDX-License-Identifier: Apache-2.0
"""What callers see of rotas, sessions, topics and tickets, as contracts/openapi/venue.v1.yaml describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.auth import Actor

from venue.domain.sittings import tickets as ticket_rules
from venue.domain.sittings.rotas import Official, Rota
from venue.domain.sittings.sittings import HOUR, Session
from venue.domain.sittings.topics import Topic, shown_supporters
from venue.domain.venues.definition import wall_time
from venue.store.sittings import desk_catalogue
from venue.store.sittings.sessions import as_session
from venue.store.sittings.tickets import as_ticket
from venue.store.sittings.topics import as_topic
from venue.usecases.booking.shapes import local

Row = Mapping[str, Any]


def rota(one: Rota, names: Row, language: str, made: Sequence[Session]) -> dict[str, Any]:
    """Shape a plan; ``made`` are the sessions this act has made, with the dates that found no room."""
    return {
        "rota_id": str(one.rota_id),
        "version": one.version,
        "kind": one.kind,
        "space_id": str(one.space_id),
        "space_name": names[f"name_{language}"],
        "title": one.title_en if language == "en" else one.title_zh,
        "titles": {"zh": one.title_zh, "en": one.title_en},
        "weekdays": list(one.weekdays),
        "from": wall_time(one.from_minute),
        "until": wall_time(one.from_minute + one.minutes),
        "time_zone": one.tz,
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "officials": [official(who, language) for who in one.officials],
        "desk": one.desk_code,
        "capacity_per_hour": one.capacity_per_hour,
        "sessions_made": len(made),
        "unplaced": [
            {"date": session.on_date.isoformat(), "reason": session.reason}
            for session in made
            if session.state == "unplaced"
        ],
    }


def official(who: Official, language: str) -> dict[str, Any]:
    """Shape who sits, for staff: with the officer's id, whose name identity knows."""
    return {
        "office": who.office,
        "function": who.function_en if language == "en" else who.function_zh,
        "functions": {"zh": who.function_zh, "en": who.function_en},
        "officer_id": str(who.officer_id) if who.officer_id else None,
    }


def session(row: Row, language: str, now: datetime, taken: Mapping[tuple[UUID, int], int]) -> dict[str, Any]:
    """Shape a session for staff; ``taken`` counts the seats of a desk's hours."""
    one, zone = as_session(row), ZoneInfo(row["tz"])
    recorded = {"outcome": one.attendance, "reason": one.attendance_reason} if one.attendance else None
    return {
        "session_id": str(one.session_id),
        "version": one.version,
        "kind": one.kind,
        "rota_id": str(one.rota_id),
        "title": one.title_en if language == "en" else one.title_zh,
        "space_id": str(one.space_id),
        "space_name": row[f"name_{language}"],
        "date": one.on_date.isoformat(),
        "starts_at": local(one.starts_at, zone),
        "ends_at": local(one.ends_at, zone),
        "state": one.state,
        "reason": one.reason,
        "official": official(one.official, language) if one.official else None,
        "substitute": official(one.substitute, language) if one.substitute else None,
        "substitute_reason": one.substitute_reason,
        "attendance": recorded,
        "desk": one.desk_code,
        "desk_name": desk_catalogue.desks()[one.desk_code].names[language] if one.desk_code else None,
        "hours": hours_of(one, taken, now) if one.desk_code else [],
        "acts": one.acts(now),
    }


def hours_of(one: Session, taken: Mapping[tuple[UUID, int], int], now: datetime) -> list[dict[str, Any]]:
    """Shape a desk's hours with their seats; counts of seats, which anyone may know."""
    zone, offered = ZoneInfo(one.tz), ticket_rules.offered_hours(one, now)
    return [
        {
            "hour_no": hour_no,
            "starts_at": local(start, zone),
            "ends_at": local(min(start + HOUR, one.ends_at), zone),
            "seats": ticket_rules.seats_of(one, hour_no),
            "free": max(ticket_rules.seats_of(one, hour_no) - taken.get((one.session_id, hour_no), 0), 0)
            if hour_no in offered
            else 0,
            "is_offered": hour_no in offered,
        }
        for hour_no, start in enumerate(one.hour_starts)
    ]


def topic(row: Row, actor: Actor, language: str) -> dict[str, Any]:
    """Shape a topic: staff see its own words and all who stand behind it; others see their own words."""
    one, serves = as_topic(row), "venue.counter" in actor.permissions
    is_own = str(one.raised_by) == actor.subject
    shape = {
        "topic_id": str(one.topic_id),
        "version": one.version,
        "session_id": str(one.session_id),
        "state": one.state,
        "category": one.category,
        "channel": one.channel,
        "text": one.text if serves or is_own else None,
        "wording": one.wording,
        "answer": one.answer,
        "need": {"need_id": str(one.need_id), "number": one.need_number} if one.need_id else None,
        "merged_into": str(one.merged_into) if one.merged_into else None,
        "supporters": row["supporters"] if serves else shown_supporters(row["supporters"]),
        "supported": row["supported"],
        "is_own": is_own,
        "created_at": one.created_at.isoformat(),
        "acts": one.acts if serves else [],
        "declined": _declined(one) if serves or is_own else None,
    }
    if serves:
        shape["raised_by"] = str(one.raised_by) if one.raised_by else None
    return shape


def _declined(one: Topic) -> dict[str, Any] | None:
    return {"reason": one.declined_for, "words": one.declined_words} if one.declined_for else None


def ticket(row: Row, actor: Actor, language: str) -> dict[str, Any]:
    """Shape a ticket. Whose it is, the counter alone learns."""
    one, zone = as_ticket(row), ZoneInfo(row["tz"])
    desk = desk_catalogue.desks()[row["desk_code"]]
    starts_at = row["starts_at"] + HOUR * one.hour_no
    shape = {
        "ticket_id": str(one.ticket_id),
        "version": one.version,
        "number": ticket_rules.number(starts_at.astimezone(zone), one.seat_no),
        "state": one.state,
        "session_id": str(one.session_id),
        "desk": desk.code,
        "desk_name": desk.names[language],
        "space_name": row[f"name_{language}"],
        "date": row["on_date"].isoformat(),
        "starts_at": local(starts_at, zone),
        "ends_at": local(min(starts_at + HOUR, row["ends_at"]), zone),
        "people_before": row["ahead"] if one.state == "waiting" else 0,
        "what_to_bring": list(desk.what_to_bring[language]),
        "referral": desk.referral[language],
        "can_leave": one.state in ticket_rules.LIVE,
        "was_called": one.called_at is not None,
        "session_state": row["session_state"],
        "session_reason": row["session_reason"],
    }
    if "venue.counter" in actor.permissions:
        shape["person_id"] = str(one.person_id)
    return shape
