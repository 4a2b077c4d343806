# SPDX-License-Identifier: Apache-2.0
"""A venue as somebody writes it down: rooms, regimes, hours and prices by code, before any of it has an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from venue.domain.hours import EARLIEST, WeeklyRule


class DefinitionError(ValueError):
    """The definition contradicts itself or leaves something out; the message says what."""


@dataclass(frozen=True)
class Names:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class RegimeDefinition:
    """A kind of time with what it is for and when it holds."""

    code: str
    names: Names
    purposes_zh: Sequence[str]
    purposes_en: Sequence[str]
    rules: Sequence[WeeklyRule]


@dataclass(frozen=True)
class SpaceDefinition:
    """Something people book, the atoms it takes, and its price in every regime."""

    code: str
    names: Names
    capacity: int
    atoms: Sequence[str]
    price_fen_per_hour: Mapping[str, int]


@dataclass(frozen=True)
class VenueDefinition:
    """A whole venue."""

    division: str
    code: str
    names: Names
    time_zone: str
    longest_minutes: int
    horizon_days: int
    regimes: Sequence[RegimeDefinition]
    atoms: Sequence[str]
    spaces: Sequence[SpaceDefinition]


def parse(document: Mapping[str, Any]) -> VenueDefinition:
    """Read a definition as YAML gives it. Raises DefinitionError."""
    try:
        definition = _read(document)
        ZoneInfo(definition.time_zone)
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError) as error:
        raise DefinitionError(f"the venue's definition is incomplete or malformed: {error}") from error
    _check(definition)
    return definition


def _read(document: Mapping[str, Any]) -> VenueDefinition:
    return VenueDefinition(
        division=str(document["division"]),
        code=document["code"],
        names=Names(**document["names"]),
        time_zone=document["time_zone"],
        longest_minutes=int(document["longest_minutes"]),
        horizon_days=int(document["horizon_days"]),
        regimes=[_regime(one) for one in document["regimes"]],
        atoms=list(document["atoms"]),
        spaces=[_space(one) for one in document["spaces"]],
    )


def _regime(one: Mapping[str, Any]) -> RegimeDefinition:
    rules = [
        WeeklyRule(one["code"], weekday, minutes(hours["from"]), minutes(hours["until"]), EARLIEST)
        for hours in one["hours"]
        for weekday in hours["weekdays"]
    ]
    purposes = one["purposes"]
    return RegimeDefinition(one["code"], Names(**one["names"]), list(purposes["zh"]), list(purposes["en"]), rules)


def _space(one: Mapping[str, Any]) -> SpaceDefinition:
    prices = {code: int(fen) for code, fen in one["price_fen_per_hour"].items()}
    return SpaceDefinition(one["code"], Names(**one["names"]), int(one["capacity"]), list(one["atoms"]), prices)


def minutes(wall: str) -> int:
    """Read ``HH:MM`` as minutes of the day; 24:00 is its end."""
    hour, minute = (int(part) for part in wall.split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= 1440):
        raise ValueError(f"{wall} is no wall time")
    return hour * 60 + minute


def wall_time(minute: int) -> str:
    """Write minutes of the day as ``HH:MM``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _check(definition: VenueDefinition) -> None:
    regimes = {regime.code for regime in definition.regimes}
    for space in definition.spaces:
        if not space.atoms or not set(space.atoms) <= set(definition.atoms):
            raise DefinitionError(f"{space.code} needs atoms, all of them the venue's")
        if set(space.price_fen_per_hour) != regimes:
            raise DefinitionError(f"{space.code} needs one price for each of {sorted(regimes)}")
