# SPDX-License-Identifier: Apache-2.0
"""Series: a request of each operation that succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ...conftest import at
from ..conftest import Caller, World
from .request import Request, by_name


def plan(world: World, **more: Any) -> dict[str, Any]:
    """A body that books two days running at an hour of the day that nobody else has taken."""
    number = next(world.numbers)
    start = at("2026-11-24T09:00") + timedelta(days=2 * (number // 9), hours=number % 9)
    return {
        "space_id": str(world.house.spaces["council_pavilion"]),
        "rrule": "FREQ=DAILY;COUNT=2",
        "first_date": start.date().isoformat(),
        "local_start": f"{start:%H:%M}",
        "minutes": 60,
        **more,
    }


def arranged(world: World, who: Caller | None = None) -> dict[str, Any]:
    answer = (who or world.resident()).post("/series", plan(world))
    assert answer.status_code == 201, answer.text
    return answer.json()


def create_series(world: World) -> Request:
    return Request(world.resident(), "/series", plan(world))


def check_series(world: World) -> Request:
    return Request(world.resident(), "/series/check", plan(world))


def list_series(world: World) -> Request:
    arranged(world)
    return Request(world.counter(), "/series", method="get")


def list_my_series(world: World) -> Request:
    who = world.resident()
    arranged(world, who)
    return Request(who, "/my/series", method="get")


def list_left_behind(world: World) -> Request:
    return Request(world.counter(), "/left-behind-bookings", method="get")


def get_series(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/series/{arranged(world, who)['series_id']}", method="get")


def change_series(world: World) -> Request:
    who = world.resident()
    body = {"scope": "all", "space_id": str(world.house.spaces["service_post"])}
    return Request(who, f"/series/{arranged(world, who)['series_id']}", body, 1, method="patch")


def check_series_change(world: World) -> Request:
    who = world.resident()
    body = {"scope": "all", "space_id": str(world.house.spaces["service_post"])}
    return Request(who, f"/series/{arranged(world, who)['series_id']}/check", body)


def cancel_series(world: World) -> Request:
    who = world.resident()
    return Request(who, f"/series/{arranged(world, who)['series_id']}/cancellation", {"scope": "all"}, 1)


OPERATIONS = by_name(
    [
        create_series,
        check_series,
        list_series,
        list_my_series,
        list_left_behind,
        get_series,
        change_series,
        check_series_change,
        cancel_series,
    ]
)
