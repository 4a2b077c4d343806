# SPDX-License-Identifier: Apache-2.0
"""Each operation on a venue's settings: anonymous, without the permission, elsewhere, stale, spoiled, and twice."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import yaml

from ..conftest import CONTRACTS, NEIGHBOUR, WUFUQIAO, at
from .conftest import Caller, World

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 64).decode()
NUMBERS = count(1)


@dataclass
class Request:
    """One request that succeeds when the secretary sends it; ``version`` True: of the venue as it is then."""

    path: str
    body: Any = None
    method: str = "POST"
    version: bool | int = False


def _space(world: World) -> dict[str, Any]:
    number = next(NUMBERS)
    body = {
        "code": f"corner_{number}", "name_zh": "角落", "name_en": "Corner", "capacity": 4,
        "new_atoms": [f"spot_{number}"], "prices": [{"regime": "commercial", "price_fen_per_hour": 1000}],
    }  # fmt: skip
    made = world.secretary().post(f"/venues/{world.house.venue_id}/spaces", body).json()
    return next(one for one in made["spaces"] if one["code"] == body["code"])


def _regime(world: World) -> str:
    code = "market_" + _letters()
    world.secretary().post(f"/venues/{world.house.venue_id}/regimes", _new_regime(code))
    return code


def _new_regime(code: str) -> dict[str, Any]:
    return {
        "code": code, "name_zh": "集市", "name_en": "Market", "purposes_zh": ["集市"], "purposes_en": ["market"],
        "kind": "at_cost", "price_fen_per_hour": 200,
    }  # fmt: skip


def _equipment(world: World) -> str:
    code = f"thing_{next(NUMBERS)}"
    made = world.secretary().post(f"/venues/{world.house.venue_id}/equipment", _new_equipment(code)).json()
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
    number = next(NUMBERS)
    start = at("2026-11-23T11:00").replace(day=24 + number % 6, hour=9 + number % 8)
    space = world.house.spaces[("book_room", "elders_space", "service_post", "council_pavilion")[number % 4]]
    body = {"space_id": str(space), "starts_at": start.isoformat(), "ends_at": start.replace(minute=30).isoformat()}
    made = world.resident().post("/bookings", body)
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


def _photo(world: World) -> str:
    listed = world.secretary().get(f"/venues/{world.house.venue_id}").json()["photos"]
    for one in listed:
        world.secretary().post(f"/venues/{world.house.venue_id}/photos/{one['photo_id']}/removal")
    made = world.secretary().post(f"/venues/{world.house.venue_id}/photos", PHOTO)
    return made.json()["photos"][0]["photo_id"]


def _without_photos(world: World) -> str:
    world.secretary().post(f"/venues/{world.house.venue_id}/photos/{_photo(world)}/removal")
    return f"/venues/{world.house.venue_id}/photos"


def _later(world: World) -> str:
    return f"2028-{1 + next(NUMBERS) % 12:02}-{1 + next(NUMBERS) % 28:02}"


def _noted(world: World) -> str:
    day = _later(world)
    world.secretary().post("/special-days", {"date": day, **HOLIDAY})
    return day


def _owing(world: World) -> str:
    from venue.usecases.opening.owed_sessions import accrue_owed_sessions

    month = next(NUMBERS)
    now = world.clock.now()
    world.clock.set(at(f"{2030 + month // 12}-{1 + month % 12:02}-01T00:00"))
    accrue_owed_sessions(world.deps)
    world.clock.set(now)
    return f"/venues/{world.house.venue_id}/owed-sessions/waivers"


VENUE = "/venues/{venue}"
OPERATIONS: dict[str, Callable[[World, str], Request]] = {
    "get_venue_settings": lambda world, venue: Request(venue, method="GET"),
    "get_share_of_use": lambda world, venue: Request(venue + "/share-of-use", method="GET"),
    "get_owed_sessions": lambda world, venue: Request(venue + "/owed-sessions", method="GET"),
    "list_closures": lambda world, venue: Request(f"/closures?venue_id={world.house.venue_id}", method="GET"),
    "update_venue": lambda world, venue: Request(venue, {"telephone": "028"}, "PATCH", True),
    "add_venue_photo": lambda world, venue: Request(_without_photos(world), PHOTO),
    "remove_venue_photo": lambda world, venue: Request(f"{venue}/photos/{_photo(world)}/removal"),
    "create_space": lambda world, venue: Request(
        venue + "/spaces",
        {"code": f"s_{next(NUMBERS)}", "name_zh": "屋", "name_en": "Room", "capacity": 2, "atoms": ["book_room"]},
    ),
    "update_space": lambda world, venue: Request(
        f"/spaces/{_space(world)['space_id']}", {"capacity": 5}, "PATCH", True
    ),
    "retire_space": lambda world, venue: Request(f"/spaces/{_space(world)['space_id']}/retirement", version=True),
    "create_equipment": lambda world, venue: Request(venue + "/equipment", _new_equipment(f"e_{next(NUMBERS)}")),
    "update_equipment": lambda world, venue: Request(f"/equipment/{_equipment(world)}", {"stock": 3}, "PATCH", True),
    "create_regime": lambda world, venue: Request(venue + "/regimes", _new_regime("fair_" + _letters())),
    "update_regime": lambda world, venue: Request(
        f"{venue}/regimes/{_regime(world)}", {"approval": "required"}, "PATCH", True
    ),
    "end_regime": lambda world, venue: Request(
        f"{venue}/regimes/{_regime(world)}/end", {"ends_on": "2026-12-01"}, version=True
    ),
    "set_weekly_hours": lambda world, venue: Request(
        venue + "/weekly-hours", {"valid_from": "2029-01-01", "hours": WEEK}, version=True
    ),
    "set_own_hours": lambda world, venue: Request(f"{venue}/own-hours/{_later(world)}", {"hours": DAY}, version=True),
    "clear_own_hours": lambda world, venue: Request(f"{venue}/own-hours/{_later(world)}/removal", {}, version=True),
    "set_special_day": lambda world, venue: Request("/special-days", {"date": _later(world), **HOLIDAY}),
    "remove_special_day": lambda world, venue: Request(f"/special-days/{_noted(world)}/removal", {}),
    "set_price": lambda world, venue: Request(
        f"/spaces/{world.house.spaces['book_room']}/prices",
        {"regime": "commercial", "valid_from": "2028-01-01", "price_fen_per_hour": 4000},
    ),
    "close_space": lambda world, venue: Request("/closures", _closure(world)),
    "end_closure": lambda world, venue: Request(
        f"/closures/{world.counter().post('/closures', _closure(world)).json()['closure_id']}/end", version=1
    ),
    "waive_owed_sessions": lambda world, venue: Request(_owing(world), {"sessions": 1, "reason": "停水"}),
    "mark_free_session": lambda world, venue: Request(_held_for_free(world) + "/free-session"),
    "preview_weeks": lambda world, venue: Request(venue + "/preview", {"valid_from": "2026-12-01", "hours": WEEK}),
}
NAMES = frozenset(OPERATIONS) | {"get_venue_photo"}
READS = ["get_venue_settings", "get_share_of_use", "get_owed_sessions", "list_closures"]
WRITES = [name for name in OPERATIONS if name not in (*READS, "preview_weeks")]
WITH_BODY = [name for name in [*WRITES, "preview_weeks"] if name not in ("clear_own_hours", "remove_special_day")]
VERSIONED = [
    "update_venue", "update_space", "retire_space", "update_equipment", "update_regime", "end_regime",
    "set_weekly_hours", "set_own_hours", "clear_own_hours", "end_closure",
]  # fmt: skip


def _letters() -> str:
    return uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:8]


@pytest.fixture
def prepare(world: World) -> Callable[[str], Request]:
    """Make a request of that name which would succeed."""
    return lambda name: OPERATIONS[name](world, f"/venues/{world.house.venue_id}")


def send(world: World, request: Request, who: Caller | None = None, **more: Any):
    who = who or world.secretary()
    if request.method == "GET":
        return who.get(request.path)
    version = request.version
    if version is True:
        version = world.secretary().get(f"/venues/{world.house.venue_id}").json()["version"]
    version = more.pop("version", version or None)
    return who.send(request.method, request.path, more.pop("body", request.body), version=version, **more)


@pytest.mark.parametrize("name", OPERATIONS)
def test_nobody_without_a_token_or_without_the_permission(world, prepare, name):
    request = prepare(name)

    anonymous, resident = send(world, request, world.anonymous), send(world, request, world.resident())

    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "unauthenticated")
    assert (resident.status_code, resident.json()["code"]) == (403, "permission_missing")


@pytest.mark.parametrize("name", OPERATIONS)
def test_another_communitys_secretary_finds_nothing(world, prepare, name):
    request, who = prepare(name), world.caller(frozenset({"venue.manage", "venue.counter"}), NEIGHBOUR)

    answer = send(world, request, who)

    if name == "list_closures":
        assert answer.json()["items"] == []
    elif name == "set_special_day":
        assert answer.status_code == 200
        assert [one["date"] for one in answer.json()["items"]] == [request.body["date"]], "noted for themselves alone"
    else:
        assert answer.status_code == 404
        assert answer.json()["code"].endswith("_not_found")


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_works_for_whom_it_is_meant(world, prepare, name):
    request = prepare(name)

    answer = send(world, request, world.operator() if name == "mark_free_session" else None)

    assert answer.status_code in (200, 201), answer.text
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", WRITES)
def test_the_same_key_twice_is_one_act_and_one_answer(world, prepare, name):
    request, key = prepare(name), str(uuid4())
    version = request.version and world.secretary().get(f"/venues/{world.house.venue_id}").json()["version"]
    version = 1 if name == "end_closure" else version or None
    who = world.secretary()

    first, second = (send(world, request, who, key=key, version=version) for _ in range(2))

    assert first.status_code in (200, 201), first.text
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("name", WRITES)
def test_a_write_needs_a_key(world, prepare, name):
    answer = send(world, prepare(name), key=None)

    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")


@pytest.mark.parametrize("name", VERSIONED)
def test_a_change_needs_the_version_that_was_seen(world, prepare, name):
    request = prepare(name)

    missing, stale = send(world, request, version=None), send(world, request, version=9999)

    assert (missing.status_code, missing.json()["code"]) == (428, "if_match_required")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize("name", [name for name in WITH_BODY if "remove" not in name and name not in (
    "retire_space", "end_closure", "mark_free_session")])  # fmt: skip
@pytest.mark.parametrize(
    "spoil", [lambda body: {**body, "mayor": 1}, lambda body: dict.fromkeys(body), lambda body: [body]]
)
def test_a_body_that_breaks_the_contract_is_refused(world, prepare, name, spoil):
    request = prepare(name)

    answer = send(world, request, body=spoil(request.body))

    assert answer.status_code == 400


def test_every_operation_named_here_is_in_the_contract():
    contract = yaml.safe_load((CONTRACTS / "openapi" / "venue.v1.yaml").read_text("utf-8"))
    named = {
        entry["operationId"]
        for item in contract["paths"].values()
        for entry in item.values()
        if isinstance(entry, dict)
    }

    assert named >= NAMES


def test_a_photo_is_shown_to_anyone_and_says_how_long_it_may_be_kept(world):
    photo = _photo(world)

    answer = world.anonymous.get(f"/divisions/{WUFUQIAO}/venue-photos/{photo}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == base64.b64decode(PNG)
    assert "immutable" in answer.headers["cache-control"] and answer.headers["etag"]
    assert world.anonymous.get(f"/divisions/{NEIGHBOUR}/venue-photos/{photo}").status_code == 404
