# SPDX-License-Identifier: Apache-2.0
"""A venue's settings: a request of each operation that succeeds."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from venue.usecases.opening.owed_sessions import accrue_owed_sessions

from ...conftest import WUFUQIAO, at
from ..conftest import World
from .request import Prepare, Request

PNG = (  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NUMBERS = count(1)
FREE_HOURS = count()


def keep(world: World, path: str, body: Any = None, **more: Any) -> Request:
    """What the secretary sends about the venue."""
    return Request(world.secretary(), house(world) + path, body, **more)


def _letters() -> str:
    return uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:8]


def house(world: World) -> str:
    """The venue's address."""
    return f"/venues/{world.house.venue_id}"


def seen(world: World) -> int:
    """The version of the venue as it is now."""
    return world.secretary().get(house(world)).json()["version"]


def _space(world: World) -> dict[str, Any]:
    number = next(NUMBERS)
    body = {
        "code": f"corner_{number}", "name_zh": "角落", "name_en": "Corner", "capacity": 4,
        "new_atoms": [f"spot_{number}"], "prices": [{"regime": "commercial", "price_fen_per_hour": 1000}],
    }  # fmt: skip
    made = world.secretary().post(f"{house(world)}/spaces", body).json()
    return next(one for one in made["spaces"] if one["code"] == body["code"])


def _regime(world: World) -> str:
    code = "market_" + _letters()
    world.secretary().post(f"{house(world)}/regimes", _new_regime(code))
    return code


def _new_regime(code: str) -> dict[str, Any]:
    return {
        "code": code, "name_zh": "集市", "name_en": "Market", "purposes_zh": ["集市"], "purposes_en": ["market"],
        "kind": "at_cost", "price_fen_per_hour": 200,
    }  # fmt: skip


def _equipment(world: World) -> str:
    code = f"thing_{next(NUMBERS)}"
    made = world.secretary().post(f"{house(world)}/equipment", _new_equipment(code)).json()
    return next(one["equipment_id"] for one in made["equipment"] if one["code"] == code)


def _new_equipment(code: str) -> dict[str, Any]:
    return {"code": code, "name_zh": "物", "name_en": "Thing", "counting": "numbered", "stock": 2}


def _closure(world: World) -> dict[str, Any]:
    day = at("2027-01-01T09:00").replace(day=1 + next(NUMBERS) % 28, month=1 + next(NUMBERS) % 12)
    return {
        "venue_id": str(world.house.venue_id), "space_id": _space(world)["space_id"], "starts_at": day.isoformat(),
        "ends_at": day.replace(hour=12).isoformat(), "reason_zh": "检修", "reason_en": "Repairs",
    }  # fmt: skip


def _held_for_free(world: World) -> str:
    """A booking of the free hours that was held; nothing else here takes that room by day."""
    number = next(FREE_HOURS)
    start = at("2026-11-24T09:00") + timedelta(days=number // 9, hours=number % 9)
    space = world.house.spaces["book_room"]
    body = {"space_id": str(space), "starts_at": start.isoformat(), "ends_at": start.replace(minute=30).isoformat()}
    behalf = {"person_id": str(uuid4()), "reason": "经营人的场次"}
    made = world.counter().post("/bookings", {**body, "purpose": "茶艺课", "on_behalf_of": behalf})
    assert made.status_code == 201, made.text
    path = f"/bookings/{made.json()['booking_id']}"
    now = world.clock.now()
    world.clock.set(start)
    assert world.operator().post(path + "/check-in", version=1).status_code == 200
    assert world.operator().post(path + "/check-out", version=2).status_code == 200
    world.clock.set(now)
    return path


WEEK = [{"regime": "public_benefit", "weekday": day, "from": "09:00", "until": "22:00"} for day in range(1, 8)]
DAY = [{"regime": "public_benefit", "from": "09:00", "until": "12:00"}]
HOLIDAY = {"kind": "holiday", "name_zh": "节", "name_en": "Fair", "follows_weekday": 7}
PHOTO = {"media_type": "image/png", "content_base64": PNG, "alt_zh": "屋", "alt_en": "A room"}


def photo(world: World) -> str:
    listed = world.secretary().get(house(world)).json()["photos"]
    for one in listed:
        world.secretary().post(f"{house(world)}/photos/{one['photo_id']}/removal")
    made = world.secretary().post(f"{house(world)}/photos", PHOTO)
    return made.json()["photos"][0]["photo_id"]


def _without_photos(world: World) -> str:
    world.secretary().post(f"{house(world)}/photos/{photo(world)}/removal")
    return f"{house(world)}/photos"


def _later(world: World) -> str:
    return (date(2028, 1, 1) + timedelta(days=next(NUMBERS) % 365)).isoformat()


def _noted(world: World) -> str:
    day = _later(world)
    world.secretary().post("/special-days", {"date": day, **HOLIDAY})
    return day


def _owing(world: World) -> str:
    month = next(NUMBERS)
    now = world.clock.now()
    world.clock.set(at(f"{2030 + month // 12}-{1 + month % 12:02}-01T00:00"))
    accrue_owed_sessions(world.deps)
    world.clock.set(now)
    return f"{house(world)}/owed-sessions/waivers"


OPERATIONS: dict[str, Prepare] = {
    "get_venue_photo": lambda world: Request(
        world.anonymous, f"/divisions/{WUFUQIAO}/venue-photos/{photo(world)}", method="get"
    ),
    "get_venue_settings": lambda world: keep(world, "", method="get"),
    "get_share_of_use": lambda world: keep(world, "/share-of-use", method="get"),
    "get_owed_sessions": lambda world: keep(world, "/owed-sessions", method="get"),
    "list_closures": lambda world: Request(
        world.secretary(), f"/closures?venue_id={world.house.venue_id}", method="get"
    ),
    "update_venue": lambda world: keep(world, "", {"telephone": "028"}, version=seen(world), method="patch"),
    "add_venue_photo": lambda world: Request(world.secretary(), _without_photos(world), PHOTO),
    "remove_venue_photo": lambda world: keep(world, f"/photos/{photo(world)}/removal"),
    "create_space": lambda world: keep(
        world,
        "/spaces",
        {"code": f"s_{next(NUMBERS)}", "name_zh": "屋", "name_en": "Room", "capacity": 2, "atoms": ["book_room"]},
    ),
    "update_space": lambda world: Request(
        world.secretary(), f"/spaces/{_space(world)['space_id']}", {"capacity": 5}, version=seen(world), method="patch"
    ),
    "retire_space": lambda world: Request(
        world.secretary(), f"/spaces/{_space(world)['space_id']}/retirement", version=seen(world)
    ),
    "create_equipment": lambda world: keep(world, "/equipment", _new_equipment(f"e_{next(NUMBERS)}")),
    "update_equipment": lambda world: Request(
        world.secretary(), f"/equipment/{_equipment(world)}", {"stock": 3}, version=seen(world), method="patch"
    ),
    "create_regime": lambda world: keep(world, "/regimes", _new_regime("fair_" + _letters())),
    "update_regime": lambda world: keep(
        world, f"/regimes/{_regime(world)}", {"approval": "required"}, version=seen(world), method="patch"
    ),
    "end_regime": lambda world: keep(
        world, f"/regimes/{_regime(world)}/end", {"ends_on": "2026-12-01"}, version=seen(world)
    ),
    "set_weekly_hours": lambda world: keep(
        world, "/weekly-hours", {"valid_from": "2029-01-01", "hours": WEEK}, version=seen(world)
    ),
    "set_own_hours": lambda world: keep(world, f"/own-hours/{_later(world)}", {"hours": DAY}, version=seen(world)),
    "clear_own_hours": lambda world: keep(world, f"/own-hours/{_later(world)}/removal", {}, version=seen(world)),
    "set_special_day": lambda world: Request(world.secretary(), "/special-days", {"date": _later(world), **HOLIDAY}),
    "remove_special_day": lambda world: Request(world.secretary(), f"/special-days/{_noted(world)}/removal", {}),
    "set_price": lambda world: Request(
        world.secretary(),
        f"/spaces/{world.house.spaces['book_room']}/prices",
        {"regime": "commercial", "valid_from": "2028-01-01", "price_fen_per_hour": 4000},
    ),
    "close_space": lambda world: Request(world.secretary(), "/closures", _closure(world)),
    "end_closure": lambda world: Request(
        world.secretary(),
        f"/closures/{world.counter().post('/closures', _closure(world)).json()['closure_id']}/end",
        version=1,
    ),
    "waive_owed_sessions": lambda world: Request(world.secretary(), _owing(world), {"sessions": 1, "reason": "停水"}),
    "mark_free_session": lambda world: Request(world.counter(), _held_for_free(world) + "/free-session"),
    "preview_weeks": lambda world: keep(world, "/preview", {"valid_from": "2026-12-01", "hours": WEEK}),
}
