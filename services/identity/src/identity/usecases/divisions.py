# SPDX-License-Identifier: Apache-2.0
"""The published list of divisions: import from the official file, and reading."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chassis.auth import Actor
from chassis.errors import NotFound
from chassis.pagination import Page

from identity.domain import events
from identity.domain.divisions import Division
from identity.store import divisions as store

if TYPE_CHECKING:
    from identity.bootstrap import Deps

DISTRICT = Division("510104", "锦江区", None)
VALID_FROM = date(2023, 6, 30)  # the state of the official list, see data/NOTICE
# The list has no contacts; until a district enters its own these are visibly made up.
TELEPHONE, HOURS = "028-0000-0000", "周一至周五 9:00–12:00, 13:30–17:30"


def import_divisions(deps: Deps) -> int:
    """Register what the shipped list has and the registry has not; return how many entries were new.

    One transaction for each division, so that its event and audit row carry its own code. Safe to repeat.
    """
    with deps.database.published() as connection:
        known = set(store.open_codes(connection))
    new = [one for one in official_list() if one.code not in known]
    for division in new:
        _register(deps, division)
    return len(new)


def official_list() -> Iterator[Division]:
    """Read the shipped list: the district, then each street before its communities."""
    yield DISTRICT
    seen: set[str] = set()
    with files("identity").joinpath("data/jinjiang_communities.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["street_code"] not in seen:
                seen.add(row["street_code"])
                yield Division(row["street_code"], row["street_name"], row["street_name"])
            yield Division(row["code"], row["name"], row["street_name"])


def list_divisions(deps: Deps, page: Page, within: str | None, level: str | None) -> dict[str, Any]:
    """List open entries by code."""
    with deps.database.published() as connection:
        rows, cursor = store.page(connection, page, within, level)
    return {"items": [_summary(row) for row in rows], "next_cursor": cursor}


def get_division(deps: Deps, code: str) -> dict[str, Any]:
    """Read one open entry with its contact. Raises NotFound."""
    with deps.database.published() as connection:
        row = store.find(connection, code)
    if row is None:
        raise NotFound("division_not_found")
    contact = {name: getattr(row, name) for name in ("office_name", "telephone", "address", "hours")}
    return {
        **_summary(row),
        "registered_name": row.registered_name,
        "valid_from": row.valid_from.isoformat(),
        "contact": contact,
    }


def _register(deps: Deps, division: Division) -> None:
    with deps.database.unit_of_work(Actor.system(division.code, "import-divisions")) as work:
        store.insert(work.connection, _entry(division))
        work.outbox.add(
            events.division_registered(
                division.code, division.level, division.parent_code, VALID_FROM, division.display_name
            )
        )
        work.audit("division.registered", "division", division.code)
        work.commit()


def _entry(division: Division) -> dict[str, Any]:
    office = {"district": "社区治理办公室(示例)", "street": "办事处(示例)", "community": "居民委员会(示例)"}
    return {
        "division_code": division.code,
        "valid_from": VALID_FROM,
        "level": division.level,
        "parent_code": division.parent_code,
        "registered_name": division.registered_name,
        "display_name": division.display_name,
        "street_name": division.street_name,
        "office_name": division.display_name + office[division.level],
        "telephone": TELEPHONE,
        "address": f"示例路{int(division.code[-3:])}号(示例)",
        "hours": HOURS,
    }


def _summary(row: Any) -> dict[str, Any]:
    return {
        "code": row.division_code,
        "name": row.display_name,
        "level": row.level,
        "parent_code": row.parent_code,
        "street_name": row.street_name,
    }
