# SPDX-License-Identifier: Apache-2.0
"""What every installation of the pilot district has: its divisions, 五福茶馆, and the fund's books."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from chassis.auth import Actor
from disclosure.usecases.open_books import OperatorContract, open_books
from identity.usecases.divisions import import_divisions
from venue.domain.opening import special_days
from venue.domain.venues.definition import parse
from venue.usecases.opening.opening import load_special_days
from venue.usecases.venues.create_venue import create_venue

from tools.first_data.platform import Platform
from tools.first_data.progress import Progress

CHENGDU = ZoneInfo("Asia/Shanghai")
FUND_PER_MILLE = 600  # of what the teahouse takes in commercial hours; the rest is the operator's


def first_of_last_month(now: datetime) -> date:
    """Return the day on which the synthetic history begins."""
    first = now.astimezone(CHENGDU).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def fill(platform: Platform, progress: Progress) -> None:
    """Register the divisions, create the teahouse and open its community's books. Repeating it changes nothing."""
    import_divisions(platform.identity)
    definition = parse(_read("wufu_teahouse.yaml"))
    actor = Actor.system(definition.division, "first-data")
    venue_id = create_venue(platform.venue, actor, definition)
    load_special_days(platform.venue, actor, special_days.parse(_read("special_days_cn_2026.yaml")))
    begins = date.fromisoformat(progress.once("books open", lambda: first_of_last_month(platform.now).isoformat()))
    open_books(
        platform.disclosure,
        definition.division,
        OperatorContract(venue_id, "五福茶馆运营方(示例)", FUND_PER_MILLE, begins),
        opened_month=begins.strftime("%Y-%m"),
    )


def _read(name: str) -> Any:
    return yaml.safe_load((resources.files("venue.data") / name).read_text("utf-8"))
