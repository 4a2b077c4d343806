# SPDX-License-Identifier: Apache-2.0
"""A venue as somebody writes it down: rooms, regimes, hours and prices by code, before any of it has an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from venue.domain.opening.hours import EARLIEST, WeeklyRule

KINDS = ("public_benefit", "at_cost", "commercial", "office_hours", "government_desk", "closed")
TERMS = (
    "lead_minutes", "late_cancel_minutes", "grace_minutes", "hold_minutes", "offer_minutes", "min_public_percent",
    "owed_free_sessions_per_month", "refund_percent_late", "pays_online",
)  # fmt: skip


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
    kind: str = "commercial"
    audience: str = "everyone"
    approval: str = "none"


@dataclass(frozen=True)
class SpaceDefinition:
    """Something people book, the atoms it takes, and its price in every regime."""

    code: str
    names: Names
    capacity: int
    atoms: Sequence[str]
    price_fen_per_hour: Mapping[str, int]
    parent: str | None = None
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    needs_approval: bool = False
    deposit_fen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EquipmentDefinition:
    """Something that can be booked with a room: each item by its number, or so many of them."""

    code: str
    names: Names
    counting: str
    stock: int


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
    equipment: Sequence[EquipmentDefinition] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, int] = field(default_factory=dict)


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
        equipment=[
            EquipmentDefinition(one["code"], Names(**one["names"]), one["counting"], int(one["stock"]))
            for one in document.get("equipment", ())
        ],
        about=_about(document.get("about", {})),
        terms={name: int(value) for name, value in document.get("terms", {}).items() if name in TERMS},
    )


def _about(words: Mapping[str, Any]) -> dict[str, str]:
    told = {"telephone": str(words["telephone"])} if "telephone" in words else {}
    for text in ("story", "rules", "address", "opening"):
        told |= {f"{text}_{language}": said for language, said in words.get(text, {}).items()}
    return told


def _regime(one: Mapping[str, Any]) -> RegimeDefinition:
    rules = [
        WeeklyRule(one["code"], weekday, minutes(hours["from"]), minutes(hours["until"]), EARLIEST)
        for hours in one["hours"]
        for weekday in hours["weekdays"]
    ]
    purposes = one["purposes"]
    kind = one.get("kind", one["code"] if one["code"] in KINDS else "commercial")
    return RegimeDefinition(
        one["code"], Names(**one["names"]), list(purposes["zh"]), list(purposes["en"]), rules, kind,
        one.get("audience", "everyone"), one.get("approval", "none"),
    )  # fmt: skip


def _space(one: Mapping[str, Any]) -> SpaceDefinition:
    prices = {code: int(fen) for code, fen in one["price_fen_per_hour"].items()}
    return SpaceDefinition(
        one["code"], Names(**one["names"]), int(one["capacity"]), list(one["atoms"]), prices, one.get("parent"),
        int(one.get("setup_minutes", 0)), int(one.get("cleanup_minutes", 0)), bool(one.get("needs_approval")),
        {code: int(fen) for code, fen in one.get("deposit_fen", {}).items()},
    )  # fmt: skip


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
    codes = {space.code for space in definition.spaces}
    for space in definition.spaces:
        if space.parent is not None and space.parent not in codes - {space.code}:
            raise DefinitionError(f"{space.code} is part of {space.parent}, which is no other space of the venue")
        if not space.atoms or not set(space.atoms) <= set(definition.atoms):
            raise DefinitionError(f"{space.code} needs atoms, all of them the venue's")
        if set(space.price_fen_per_hour) != regimes:
            raise DefinitionError(f"{space.code} needs one price for each of {sorted(regimes)}")
        free = {regime.code for regime in definition.regimes if regime.kind == "public_benefit"}
        if any(space.price_fen_per_hour[code] for code in free):
            raise DefinitionError(f"{space.code} asks for money in {sorted(free)}, which is for the public benefit")
