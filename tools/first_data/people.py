# SPDX-License-Identifier: Apache-2.0
"""Synthetic places, residents, staff and their accounts. Every name says that nobody of that name exists."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from identity.usecases.accounts import create_account
from identity.usecases.clients import NewClient, register_client
from identity.usecases.offices import assign_office
from identity.usecases.persons import create_person
from identity.usecases.places import create_place

from tools.first_data.official import CHENGDU, first_of_last_month
from tools.first_data.platform import Platform, officer
from tools.first_data.progress import Progress

WUFUQIAO, SHUANGGUILU, NIUSHALU, SHAHE, DISTRICT = "510104030006", "510104030009", "510104030007", "510104030", "510104"
PARTNER = "demo-property-firm"
ESTATES = {
    WUFUQIAO: ("示例一号院", "示例二号院", "示例三号院"),
    SHUANGGUILU: ("示例桂园",),
    NIUSHALU: ("示例沙园",),
}
BUILDINGS, HOUSEHOLDS = 2, 4
# username, what the person does, office (None: a resident), the office's place, where they are registered
STAFF = (
    ("worker", "社区工作者", "community_worker", WUFUQIAO, WUFUQIAO),
    ("operator", "茶馆运营员", "venue_operator", WUFUQIAO, WUFUQIAO),
    ("finance", "财务人员", "finance_clerk", WUFUQIAO, WUFUQIAO),
    ("secretary", "社区书记", "community_secretary", WUFUQIAO, WUFUQIAO),
    ("other-worker", "社区工作者", "community_worker", SHUANGGUILU, SHUANGGUILU),
    ("street", "街道干部", "street_officer", SHAHE, WUFUQIAO),
    ("district", "区级干部", "district_officer", DISTRICT, WUFUQIAO),
)
REGISTER = "identity.register.read identity.register.write identity.accounts.write"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that elderly eyes take for another


def registrar(division: str) -> Any:
    """Return the actor who keeps a community's register."""
    return officer(division, "community_secretary", REGISTER)


def fill(platform: Platform, progress: Progress) -> dict[str, list[dict[str, str]]]:
    """Register places and residents; return the residents (person_id, household_id) of each community."""
    platform.at(_begin(platform))
    return {division: _community(platform, progress, division) for division in ESTATES}


def open_accounts(platform: Platform, progress: Progress, residents: dict[str, list[dict[str, str]]]) -> list[Any]:
    """Give offices and accounts, register a partner's client, and return what belongs into accounts.json."""
    platform.at(_begin(platform))
    accounts = [_resident_account(platform, progress, residents, number) for number in (1, 2, 3)]
    for username, title, office, place, registered in STAFF:
        accounts.append(
            progress.once(
                f"account {username}",
                lambda u=username, t=title, o=office, p=place, r=registered: _staff(platform, progress, u, t, o, p, r),
            )
        )
    accounts.append(progress.once("partner", lambda: _partner(platform)))
    return accounts


def _begin(platform: Platform) -> Any:
    day = first_of_last_month(platform.now)
    return platform.now.astimezone(CHENGDU).replace(year=day.year, month=day.month, day=1, hour=9, minute=0)


def _community(platform: Platform, progress: Progress, division: str) -> list[dict[str, str]]:
    people = []
    for estate in ESTATES[division]:
        estate_id = _place(platform, progress, division, "estate", estate, None)
        for building in range(1, BUILDINGS + 1):
            building_id = _place(platform, progress, division, "building", f"{building}栋", estate_id)
            for household in range(1, HOUSEHOLDS + 1):
                name = f"{household}01室"
                household_id = _place(platform, progress, division, "household", name, building_id)
                person_id = _person(platform, progress, division, f"示例居民{len(people) + 1:02d}", household_id)
                people.append({"person_id": person_id, "household_id": household_id})
    return people


def _place(platform: Platform, progress: Progress, division: str, kind: str, name: str, parent: str | None) -> str:
    def make() -> str:
        command = {"kind": kind, "name": name, "parent_id": parent}
        return create_place(platform.identity, registrar(division), command).content["place_id"]

    return progress.once(f"{division} {kind} {parent or ''} {name}", make)


def _person(platform: Platform, progress: Progress, division: str, name: str, household_id: str | None) -> str:
    def make() -> str:
        command: dict[str, Any] = {"name": name, "membership": "owner" if household_id else "staff"}
        if household_id:
            command |= {"household_id": household_id, "telephone": f"000-0000-{secrets.randbelow(10_000):04d}"}
        return create_person(platform.identity, registrar(division), command).content["person_id"]

    return progress.once(f"{division} person {name}", make)


def _resident_account(platform: Platform, progress: Progress, residents: Any, number: int) -> dict[str, str]:
    division = WUFUQIAO if number < 3 else SHUANGGUILU
    person_id = residents[division][number - 1]["person_id"]

    def make() -> dict[str, str]:
        return _account(platform, division, person_id, f"resident{number}", "居民", division)

    return progress.once(f"account resident{number}", make)


def _staff(
    platform: Platform, progress: Progress, username: str, title: str, office: str, place: str, registered: str
) -> dict[str, str]:
    person_id = _person(
        platform, progress, registered, f"示例{title}{'乙' if username == 'other-worker' else ''}", None
    )
    today = platform.clock.now().astimezone(CHENGDU).date()
    command = {
        "person_id": person_id,
        "office": office,
        "place": place,
        "starts_on": today,
        "ends_on": today + timedelta(days=730),
    }
    progress.once(
        f"office {username}",
        lambda: assign_office(platform.identity, registrar(registered), command).content["office_id"],
    )
    return _account(platform, registered, person_id, username, title, place)


def _account(
    platform: Platform, division: str, person_id: str, username: str, title: str, place: str
) -> dict[str, str]:
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    command = {"person_id": person_id, "username": username, "password": password}
    create_account(platform.identity, registrar(division), command)
    return {"office": title, "place": place, "username": username, "password": password}


def _partner(platform: Platform) -> dict[str, str]:
    secret = secrets.token_urlsafe(32)
    scopes = ("venue.read", "engagement.work")
    register_client(platform.identity, NewClient(PARTNER, "partner", "示例物业公司", secret, WUFUQIAO, scopes))
    return {"office": "伙伴接口(示例物业公司)", "place": WUFUQIAO, "username": PARTNER, "password": secret}
