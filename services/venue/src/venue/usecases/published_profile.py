# SPDX-License-Identifier: Apache-2.0
"""A venue as it was published: both languages in store, the reader's language out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from venue.domain.booking import Offer, Price
from venue.domain.definition import minutes
from venue.domain.hours import EARLIEST, WeeklyRule


def venue(profile: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The whole venue, names in the reader's language beside both."""
    return {
        "venue_id": profile["venue_id"],
        "code": profile["code"],
        "name": profile["names"][language],
        "names": profile["names"],
        "time_zone": profile["time_zone"],
        "regimes": regimes(profile, language),
        "hours": profile["hours"],
        "spaces": [{"name": one["names"][language], **one} for one in profile["spaces"]],
    }


def regimes(profile: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The regimes with name and purposes in the reader's language."""
    return [
        {
            "code": one["code"],
            "name": one["names"][language],
            "names": one["names"],
            "purposes": one["purposes"][language],
        }
        for one in profile["regimes"]
    ]


def space(profile: Mapping[str, Any], space_id: UUID) -> Mapping[str, Any]:
    """One room of the profile."""
    return next(one for one in profile["spaces"] if one["space_id"] == str(space_id))


def offer(profile: Mapping[str, Any], space_id: UUID) -> Offer:
    """A room's hours and prices; the limits of a booking are not the public's question."""
    room = space(profile, space_id)
    return Offer(
        capacity=room["capacity"],
        zone=ZoneInfo(profile["time_zone"]),
        longest_minutes=0,
        horizon_days=0,
        rules=[
            WeeklyRule(one["regime"], one["weekday"], minutes(one["from"]), minutes(one["until"]))
            for one in profile["hours"]
        ],
        prices=[Price(one["regime"], 1, EARLIEST, one["price_fen_per_hour"]) for one in room["prices"]],
    )
