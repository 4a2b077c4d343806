# SPDX-License-Identifier: Apache-2.0
"""Offices: what each may do, where it is exercised and for how long. One office is active at a time, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.errors import Conflict, Forbidden, Unprocessable

RESIDENT = "resident"
MAX_TERM_YEARS = 5  # the term of a residents' committee (居委会组织法 2018, §8)
INCOMPATIBLE = frozenset({"finance_clerk", "community_secretary"})  # who prepares accounts never approves them


@dataclass(frozen=True)
class Office:
    """The rule of one office: the length of the code of the place it is exercised in, and its permissions."""

    place_digits: int
    permissions: frozenset[str]


def _office(place_digits: int, permissions: str) -> Office:
    return Office(place_digits, frozenset(permissions.split()))


RESIDENT_PERMISSIONS = frozenset(["identity.self", "venue.read", "venue.book", "engagement.own"])
OFFICES: Mapping[str, Office] = {
    "community_worker": _office(
        12,
        "identity.self identity.register.read identity.register.write venue.read venue.counter"
        " engagement.work engagement.counts disclosure.read",
    ),
    "venue_operator": _office(12, "identity.self venue.read venue.operate"),
    "finance_clerk": _office(12, "identity.self disclosure.read disclosure.prepare"),
    "community_secretary": _office(
        12,
        "identity.self identity.register.read identity.accounts.write venue.read venue.counter venue.manage"
        " engagement.work engagement.counts disclosure.read disclosure.approve",
    ),
    "street_officer": _office(9, "identity.self engagement.counts disclosure.read"),
    "district_officer": _office(6, "identity.self engagement.counts disclosure.read"),
}
ALL_PERMISSIONS = RESIDENT_PERMISSIONS.union(*(one.permissions for one in OFFICES.values()))


@dataclass(frozen=True)
class Held:
    """An office that somebody holds today, at a place, until the last day of its term."""

    office: str
    place: str
    until: date


@dataclass(frozen=True)
class Acting:
    """In which capacity somebody acts now. ``office`` is None for a plain resident."""

    office: str | None
    division: str
    permissions: frozenset[str]


def act_as(requested: str | None, held: Sequence[Held], home: str, is_resident: bool) -> Acting:
    """Decide the capacity somebody acts in.

    ``requested`` is an office code, ``<office>@<place>`` where it is held at several places, ``resident``, or None:
    then residents act as residents, and who lives elsewhere acts in the first office held. An active office brings
    its own permissions only. Raises Forbidden (office_not_held) for what the person does not hold today.
    """
    if requested is None:
        requested = RESIDENT if is_resident or not held else f"{held[0].office}@{held[0].place}"
        if requested == RESIDENT and not is_resident:
            return Acting(None, home, frozenset({"identity.self"}))
    if requested == RESIDENT:
        if not is_resident:
            raise _not_held()
        return Acting(None, home, RESIDENT_PERMISSIONS)
    code, _, place = requested.partition("@")
    found = [one for one in held if one.office == code and place in ("", one.place)]
    if not found:
        raise _not_held()
    return Acting(code, found[0].place, OFFICES[code].permissions)


def check_assignment(office: str, place: str, starts_on: date, ends_on: date) -> None:
    """Refuse an office at the wrong kind of place or a term of the wrong length (Unprocessable)."""
    if len(place) != OFFICES[office].place_digits:
        raise Unprocessable(
            "office_of_another_tier", zh="这个职务不在这一级。", en="This office is not exercised at this tier."
        )
    if ends_on < starts_on or ends_on > _years_later(starts_on, MAX_TERM_YEARS):
        raise Unprocessable(
            "term_invalid",
            zh="任期须在开始之后结束,最长五年。",
            en="A term ends after it starts and lasts five years at most.",
        )


def check_compatible(office: str, place: str, open_offices: Sequence[tuple[str, str]]) -> None:
    """Refuse a second open term of the same office, and accounts prepared and approved by one person (Conflict)."""
    here = {code for code, where in open_offices if where == place}
    if office in here:
        raise Conflict("office_held", zh="此人已担任这个职务。", en="This person already holds this office.")
    if office in INCOMPATIBLE and here & INCOMPATIBLE:
        raise Conflict(
            "offices_incompatible",
            zh="编制账目的人和批准账目的人不能是同一人。",
            en="The one who prepares the accounts may not also approve them.",
        )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _not_held() -> Forbidden:
    return Forbidden("office_not_held", zh="您现在不担任这个职务。", en="You do not hold this office today.")
