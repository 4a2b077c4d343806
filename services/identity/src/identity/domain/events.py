# SPDX-License-Identifier: Apache-2.0
"""The events of this service. Ids, codes and dates only: who may see a name asks this service."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from chassis.events import Event


def division_registered(code: str, level: str, parent_code: str | None, valid_from: date, name: str) -> Event:
    """A division appears in the official list. Its name is public."""
    return Event(
        "linli.identity.division.registered.v1",
        code,
        1,
        {"code": code, "level": level, "parent_code": parent_code, "name": name, "valid_from": valid_from},
        division=code,
    )


def place_registered(place_id: UUID, kind: str, parent_id: UUID | None) -> Event:
    """An estate, building or household is registered. The way to it stays here."""
    return Event(
        "linli.identity.place.registered.v1",
        place_id,
        1,
        {"place_id": place_id, "kind": kind, "parent_id": parent_id},
    )


def membership_started(
    membership_id: UUID, person_id: UUID, household_id: UUID | None, kind: str, started_on: date
) -> Event:
    """A person becomes a member of a household, or starts to serve in the community."""
    return Event(
        "linli.identity.membership.started.v1",
        membership_id,
        1,
        {
            "membership_id": membership_id,
            "person_id": person_id,
            "household_id": household_id,
            "kind": kind,
            "started_on": started_on,
        },
    )


def membership_ended(membership_id: UUID, version: int, person_id: UUID, ended_on: date) -> Event:
    """A membership ends; a move is an ending and a start."""
    return Event(
        "linli.identity.membership.ended.v1",
        membership_id,
        version,
        {"membership_id": membership_id, "person_id": person_id, "ended_on": ended_on},
    )


def office_assigned(office_id: UUID, person_id: UUID, office: str, place: str, starts_on: date, ends_on: date) -> Event:
    """A person is given an office for a term."""
    return Event(
        "linli.identity.office.assigned.v1",
        office_id,
        1,
        {
            "office_id": office_id,
            "person_id": person_id,
            "office": office,
            "place": place,
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
    )


def office_ended(
    office_id: UUID, version: int, person_id: UUID, office: str, place: str, ended_at: datetime, is_expired: bool
) -> Event:
    """An office ends, by its term or before it. Why is nobody else's business."""
    return Event(
        "linli.identity.office.ended.v1",
        office_id,
        version,
        {
            "office_id": office_id,
            "person_id": person_id,
            "office": office,
            "place": place,
            "ended_at": ended_at,
            "is_expired": is_expired,
        },
    )
