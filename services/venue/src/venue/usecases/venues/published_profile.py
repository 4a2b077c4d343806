# SPDX-License-Identifier: Apache-2.0
"""A venue as it was published: both languages in store, the reader's language out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.domain.booking.offer import Offer, Price, price_on
from venue.domain.opening.hours import DatedHours, HoursCalendar, Nature, WeeklyRule
from venue.domain.venues.definition import wall_time
from venue.usecases.venues.venue_profile import TEXTS

Profile = Mapping[str, Any]


def venue(profile: Profile, language: str, today: date) -> dict[str, Any]:
    """The whole venue, names in the reader's language beside both; hours and prices as they hold today."""
    weekly = [_rule(one) for one in profile["weekly"]]
    return {
        "venue_id": profile["venue_id"],
        "version": profile["version"],
        "code": profile["code"],
        "name": profile["names"][language],
        "names": profile["names"],
        "time_zone": profile["time_zone"],
        "telephone": profile["telephone"],
        **{text: profile[text][language] for text in TEXTS},
        "min_public_percent": profile["min_public_percent"],
        **{name: profile[name] for name in ("terms",) if name in profile},  # earlier publications have none
        "regimes": regimes(profile, language),
        "hours": [_hours(rule) for rule in weekly if _holds(rule, today)],
        "special_days": [_special_day(one, language) for one in profile["special_days"] if one["date"] >= str(today)],
        "own_hours": own_hours(profile, today),
        "spaces": [_space(one, language, today) for one in profile["spaces"]],
        "equipment": [{**one, "name": one["names"][language]} for one in profile["equipment"]],
        "photos": [{"photo_id": one["photo_id"], "alt": one["alts"][language]} for one in profile["photos"]],
    }


def regimes(profile: Profile, language: str) -> list[dict[str, Any]]:
    """The regimes with name and purposes in the reader's language."""
    return [
        {
            "code": one["code"],
            "name": one["names"][language],
            "names": one["names"],
            "purposes": one["purposes"][language],
            "kind": one["kind"],
            "audience": one["audience"],
            "approval": one["approval"],
        }
        for one in profile["regimes"]
    ]


def own_hours(profile: Profile, since: date) -> list[dict[str, Any]]:
    """The days from ``since`` on that have hours of their own; a day without a stretch is closed."""
    days: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in profile["own_hours"]:
        if one["date"] >= str(since):
            stretches = days[one["date"]]
            if one["regime"] is not None:
                hours = {"from": wall_time(one["from_minute"]), "until": wall_time(one["until_minute"])}
                stretches.append({"regime": one["regime"], **hours})
    return [{"date": day, "hours": stretches} for day, stretches in sorted(days.items())]


def space(profile: Profile, space_id: UUID) -> Mapping[str, Any]:
    """One room of the profile."""
    return next(one for one in profile["spaces"] if one["space_id"] == str(space_id))


def offer(profile: Profile, space_id: UUID) -> Offer:
    """A room's hours and prices; the limits of a booking are not the public's question."""
    room = space(profile, space_id)
    return Offer(
        capacity=room["capacity"],
        zone=ZoneInfo(profile["time_zone"]),
        longest_minutes=0,
        horizon_days=0,
        rules=calendar(profile),
        prices=[_price(one) for one in room["prices"]],
        setup_minutes=room.get("setup_minutes", 0),
        cleanup_minutes=room.get("cleanup_minutes", 0),
    )


def calendar(profile: Profile) -> HoursCalendar:
    """All that decides when the venue is open. Time of a regime that means closed is no open time."""
    closed = {one["code"] for one in profile["regimes"] if one["kind"] == "closed"}
    own: dict[date, list[DatedHours]] = defaultdict(list)
    for one in profile["own_hours"]:
        regime = None if one["regime"] in closed else one["regime"]
        own[date.fromisoformat(one["date"])].append(DatedHours(one["from_minute"], one["until_minute"], regime))
    return HoursCalendar(
        weekly=[_rule(one) for one in profile["weekly"] if one["regime"] not in closed],
        follows={
            date.fromisoformat(one["date"]): one["follows_weekday"]
            for one in profile["special_days"]
            if one["follows_weekday"]
        },
        exceptions=dict(own),
        natures={
            one["code"]: Nature(one["kind"], one["audience"], one["approval"] == "required")
            for one in profile["regimes"]
        },
    )


def _rule(one: Mapping[str, Any]) -> WeeklyRule:
    return WeeklyRule(
        one["regime"],
        one["weekday"],
        one["from_minute"],
        one["until_minute"],
        date.fromisoformat(one["valid_from"]),
        date.fromisoformat(one["valid_until"]) if one["valid_until"] else None,
    )


def _holds(rule: WeeklyRule, today: date) -> bool:
    return rule.valid_from <= today and (rule.valid_until is None or today < rule.valid_until)


def _hours(rule: WeeklyRule) -> dict[str, Any]:
    return {
        "regime": rule.regime,
        "weekday": rule.weekday,
        "from": wall_time(rule.from_minute),
        "until": wall_time(rule.until_minute),
    }


def _special_day(one: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {**one, "name": one["names"][language]}


def _space(one: Mapping[str, Any], language: str, today: date) -> dict[str, Any]:
    versions = [_price(price) for price in one["prices"]]
    valid = (price_on(today, regime, versions) for regime in dict.fromkeys(price.regime for price in versions))
    prices = [{"regime": price.regime, "price_fen_per_hour": price.fen_per_hour} for price in valid if price]
    return {**one, "name": one["names"][language], "prices": prices}


def _price(one: Mapping[str, Any]) -> Price:
    return Price(one["regime"], one["version"], date.fromisoformat(one["valid_from"]), one["price_fen_per_hour"])
