# SPDX-License-Identifier: Apache-2.0
"""Regimes, hours, holidays, prices and the debt of free sessions, as staff change them through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..conftest import WUFUQIAO, at
from .conftest import World, opened

EVERY_DAY = range(1, 8)


@pytest.fixture
def world(databases, tokens, teahouse) -> Iterator[World]:
    """A teahouse of its own for each test: hours are the whole venue's, so tests must not share one."""
    with opened(databases, tokens, teahouse) as made:
        yield made


def hours(public: tuple[str, str], commercial: tuple[str, str]) -> list[dict]:
    return [
        {"regime": regime, "weekday": weekday, "from": start, "until": end}
        for regime, (start, end) in (("public_benefit", public), ("commercial", commercial))
        for weekday in EVERY_DAY
    ]


def settings(world) -> dict:
    return world.secretary().get(f"/venues/{world.house.venue_id}").json()


def change(world, path: str, body: dict, *, method: str = "post", version: int | None = None):
    version = settings(world)["version"] if version is None else version
    return getattr(world.secretary(), method)(f"/venues/{world.house.venue_id}{path}", body, version=version)


def spans(world, day: str, space: str = "book_room") -> list[tuple[str, str, str]]:
    """A room's open stretches as the public and who is signed in see them: the two must agree."""
    week = world.anonymous.get(f"/divisions/{WUFUQIAO}/spaces/{world.house.spaces[space]}/week", **{"from": day}).json()
    mine = world.resident().get("/availability", venue_id=world.house.venue_id, days=1, **{"from": day}).json()
    room = next(one for one in mine["spaces"] if one["code"] == space)
    seen = [_open(one["days"][0]) for one in (week, room)]
    assert seen[0] == seen[1]
    return seen[0]


def _open(day: dict) -> list[tuple[str, str, str]]:
    return [
        (one["regime"], one["starts_at"][11:16], one["ends_at"][11:16]) for one in day["intervals"] if one["regime"]
    ]


def booked(world, start: str, end: str, space: str = "book_room"):
    body = {"space_id": str(world.house.spaces[space])}
    return world.resident().post(
        "/bookings", body | {"starts_at": at(start).isoformat(), "ends_at": at(end).isoformat()}
    )


def test_other_weekly_hours_hold_from_the_day_on_that_is_named(world):
    later = hours(("08:00", "17:00"), ("17:00", "23:00"))

    answer = change(world, "/weekly-hours", {"valid_from": "2026-11-30", "hours": later})

    assert answer.status_code == 200, answer.text
    assert spans(world, "2026-11-29") == [("public_benefit", "09:00", "18:00"), ("commercial", "18:00", "22:00")]
    assert spans(world, "2026-11-30") == [("public_benefit", "08:00", "17:00"), ("commercial", "17:00", "23:00")]
    old = [one for one in answer.json()["weekly_hours"] if one["valid_until"] == "2026-11-30"]
    assert len(old) == 14, "what held before stays on record"


def test_hours_planned_for_later_are_replaced_by_newer_plans(world):
    change(world, "/weekly-hours", {"valid_from": "2026-12-07", "hours": hours(("08:00", "12:00"), ("12:00", "13:00"))})

    change(world, "/weekly-hours", {"valid_from": "2026-12-01", "hours": hours(("10:00", "12:00"), ("12:00", "13:00"))})

    assert spans(world, "2026-12-08") == [("public_benefit", "10:00", "12:00"), ("commercial", "12:00", "13:00")]


def test_open_past_midnight_is_two_stretches_that_join(world):
    after_midnight = {"regime": "commercial", "weekday": 7, "from": "00:00", "until": "02:00"}
    late = [*hours(("09:00", "18:00"), ("18:00", "24:00")), after_midnight]

    answer = change(world, "/weekly-hours", {"valid_from": "2026-11-24", "hours": late})

    assert answer.status_code == 200
    assert booked(world, "2026-11-28T23:00", "2026-11-29T01:00").status_code == 201


def test_overlapping_hours_are_refused_and_nothing_changes(world):
    clash = hours(("09:00", "18:30"), ("18:00", "22:00"))

    answer = change(world, "/weekly-hours", {"valid_from": "2026-11-30", "hours": clash})

    assert (answer.status_code, answer.json()["code"]) == (422, "regimes_overlap")
    assert spans(world, "2026-11-30") == [("public_benefit", "09:00", "18:00"), ("commercial", "18:00", "22:00")]


@pytest.mark.parametrize(
    ("stretch", "code"),
    [
        ({"from": "12:00", "until": "12:00"}, "stretch_is_empty"),
        ({"from": "18:00", "until": "09:00"}, "stretch_is_empty"),
        ({"from": "09:10", "until": "12:00"}, "stretch_is_empty"),
        ({"regime": "night_market"}, "regime_not_found"),
    ],
)
def test_a_stretch_that_is_none_is_refused(world, stretch, code):
    one = {"regime": "public_benefit", "weekday": 1, "from": "09:00", "until": "12:00", **stretch}

    answer = change(world, "/weekly-hours", {"valid_from": "2026-11-30", "hours": [one]})

    assert answer.json()["code"] == code


def test_the_past_is_not_changed(world):
    body = {"valid_from": "2026-11-22", "hours": hours(("09:00", "18:00"), ("18:00", "22:00"))}

    assert change(world, "/weekly-hours", body).json()["code"] == "starts_too_early"
    assert change(world, "/own-hours/2026-11-22", {"hours": []}).json()["code"] == "starts_too_early"


def test_hours_that_would_strand_a_booking_name_it_and_keep_it_on_request(world):
    made = booked(world, "2026-12-01T20:00", "2026-12-01T21:00").json()
    body = {"valid_from": "2026-11-30", "hours": hours(("09:00", "18:00"), ("18:00", "20:00"))}

    refused = change(world, "/weekly-hours", body)
    kept = change(world, "/weekly-hours", body | {"keep_bookings": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "bookings_outside_hours")
    assert refused.json()["codes"] == [made["pick_up_code"]]
    assert kept.status_code == 200
    again = change(world, "/own-hours/2026-12-05", {"hours": []})
    assert again.status_code == 200, "who was outside before is not asked about again"


def test_a_day_with_hours_of_its_own_follows_them_alone(world):
    own = [{"regime": "commercial", "from": "10:00", "until": "12:00"}]

    answer = change(world, "/own-hours/2026-12-02", {"hours": own})

    assert answer.json()["own_hours"] == [{"date": "2026-12-02", "hours": own}]
    assert spans(world, "2026-12-02") == [("commercial", "10:00", "12:00")]
    assert spans(world, "2026-12-03")[0] == ("public_benefit", "09:00", "18:00")
    assert booked(world, "2026-12-02T13:00", "2026-12-02T14:00").json()["code"] == "outside_opening"


def test_a_day_can_be_closed_and_opened_again(world):
    change(world, "/own-hours/2026-12-02", {"hours": []})
    assert spans(world, "2026-12-02") == []

    answer = change(world, "/own-hours/2026-12-02/removal", {})

    assert answer.status_code == 200
    assert spans(world, "2026-12-02")[0] == ("public_benefit", "09:00", "18:00")


def test_a_holiday_keeps_the_hours_of_the_weekday_it_names(world):
    weekdays = [one for one in hours(("09:00", "18:00"), ("18:00", "22:00")) if one["weekday"] <= 5]
    sunday = [{"regime": "public_benefit", "weekday": 7, "from": "10:00", "until": "16:00"}]
    change(world, "/weekly-hours", {"valid_from": "2026-11-24", "hours": weekdays + sunday})
    day = {"date": "2026-12-02", "kind": "holiday", "name_zh": "社区节", "name_en": "Fair", "follows_weekday": 7}

    answer = world.secretary().post("/special-days", day)

    assert answer.status_code == 200, answer.text
    assert spans(world, "2026-12-02") == [("public_benefit", "10:00", "16:00")]
    venue = world.anonymous.get(f"/divisions/{WUFUQIAO}/venues").json()["items"][0]
    assert [one["name"] for one in venue["special_days"]] == ["社区节"]
    removed = world.secretary().post("/special-days/2026-12-02/removal", {})
    assert removed.json() == {"items": []}
    assert spans(world, "2026-12-02")[0] == ("public_benefit", "09:00", "18:00")
    assert world.secretary().post("/special-days/2026-12-02/removal", {}).json()["code"] == "special_day_not_found"


def test_hours_below_the_agreed_public_share_are_refused_with_the_numbers(world):
    assert change(world, "", {"min_public_percent": 60}, method="patch").status_code == 200

    answer = change(
        world,
        "/weekly-hours",
        {"valid_from": "2026-11-30", "hours": hours(("09:00", "12:00"), ("12:00", "22:00"))},
    )

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "public_share_too_small")
    assert (told["public_percent"], told["min_public_percent"]) == (23, 60)
    one_day = change(
        world, "/own-hours/2026-12-02", {"hours": [{"regime": "commercial", "from": "00:00", "until": "24:00"}]}
    )
    assert one_day.json()["code"] == "public_share_too_small"


def test_a_promise_that_the_hours_do_not_keep_is_refused(world):
    answer = change(world, "", {"min_public_percent": 80}, method="patch")

    assert (answer.status_code, answer.json()["code"]) == (422, "public_share_too_small")


def test_a_preview_shows_the_weeks_and_whom_they_would_strand_and_stores_nothing(world):
    made = booked(world, "2026-12-01T20:00", "2026-12-01T21:00").json()
    body = {"valid_from": "2026-11-30", "weeks": 2, "hours": hours(("09:00", "15:00"), ("15:00", "20:00"))}

    answer = world.secretary().post(f"/venues/{world.house.venue_id}/preview", body, key=None)

    shown = answer.json()
    assert answer.status_code == 200, answer.text
    assert [week["week_from"] for week in shown["weeks"]] == ["2026-11-30", "2026-12-07"]
    assert shown["weeks"][0]["public_percent"] == 54
    assert {one["regime"]: one["minutes"] for one in shown["weeks"][0]["regimes"]} == {
        "public_benefit": 7 * 360,
        "commercial": 7 * 300,
    }
    assert shown["bookings_outside_hours"] == {"count": 1, "codes": [made["pick_up_code"]]}
    assert spans(world, "2026-11-30")[0] == ("public_benefit", "09:00", "18:00")
    clash = {**body, "hours": hours(("09:00", "18:30"), ("18:00", "22:00"))}
    refused = world.secretary().post(f"/venues/{world.house.venue_id}/preview", clash, key=None)
    assert refused.json()["code"] == "regimes_overlap"


def test_a_regime_is_added_priced_used_and_ended(world):
    new = {
        "code": "at_cost", "name_zh": "成本时段", "name_en": "At cost", "purposes_zh": ["培训"],
        "purposes_en": ["training"], "kind": "at_cost", "price_fen_per_hour": 1000,
    }  # fmt: skip
    assert world.secretary().post(f"/venues/{world.house.venue_id}/regimes", new).status_code == 201
    assert world.secretary().post(f"/venues/{world.house.venue_id}/regimes", new).json()["code"] == "code_taken"
    own = {"hours": [{"regime": "at_cost", "from": "09:00", "until": "12:00"}]}
    change(world, "/own-hours/2026-12-02", own)

    booking = booked(world, "2026-12-02T09:00", "2026-12-02T10:30").json()
    in_use = change(world, "/regimes/at_cost/end", {"ends_on": "2026-11-30"})
    ended = change(world, "/regimes/at_cost/end", {"ends_on": "2026-12-03"})

    assert (booking["regime"], booking["price_fen"]) == ("at_cost", 1500)
    assert (in_use.status_code, in_use.json()["code"]) == (409, "regime_in_use")
    assert ended.status_code == 200
    assert change(world, "/own-hours/2026-12-04", own).json()["code"] == "regime_not_found"


def test_a_closed_regime_is_no_open_time(world):
    new = {
        "code": "midday_rest", "name_zh": "午休", "name_en": "Midday rest", "purposes_zh": [], "purposes_en": [],
        "kind": "closed",
    }  # fmt: skip
    world.secretary().post(f"/venues/{world.house.venue_id}/regimes", new)
    rest = [{"regime": "midday_rest", "weekday": day, "from": "12:00", "until": "14:00"} for day in EVERY_DAY]
    mornings = hours(("09:00", "12:00"), ("18:00", "20:00"))

    answer = change(world, "/weekly-hours", {"valid_from": "2026-11-24", "hours": mornings + rest})

    assert answer.status_code == 200
    assert spans(world, "2026-11-25") == [("public_benefit", "09:00", "12:00"), ("commercial", "18:00", "20:00")]


def test_a_regimes_purposes_and_audience_are_changed_and_published(world):
    answer = change(world, "/regimes/commercial", {"purposes_zh": ["品茶"], "audience": "residents"}, method="patch")

    assert answer.status_code == 200, answer.text
    venue = world.anonymous.get(f"/divisions/{WUFUQIAO}/venues").json()["items"][0]
    told = next(one for one in venue["regimes"] if one["code"] == "commercial")
    assert (told["purposes"], told["audience"], told["kind"]) == (["品茶"], "residents", "commercial")


def test_a_new_price_holds_from_its_day_on_and_what_is_booked_keeps_its_own(world):
    before = booked(world, "2026-12-02T18:00", "2026-12-02T19:00").json()
    path = f"/spaces/{world.house.spaces['book_room']}/prices"
    body = {"regime": "commercial", "valid_from": "2026-12-01", "price_fen_per_hour": 5000}

    answer = world.secretary().post(path, body)

    assert answer.status_code == 201, answer.text
    after = booked(world, "2026-12-02T19:00", "2026-12-02T20:00").json()
    earlier = booked(world, "2026-11-30T19:00", "2026-11-30T20:00").json()
    assert (before["price_fen"], after["price_fen"], earlier["price_fen"]) == (3000, 5000, 3000)
    again = world.resident().get("/bookings/" + before["booking_id"])
    assert again.status_code == 404  # somebody else's
    assert world.operator().get("/bookings/" + before["booking_id"]).json()["price_fen"] == 3000
    for day in ("2026-11-23", "2026-11-22"):
        assert world.secretary().post(path, body | {"valid_from": day}).json()["code"] == "starts_too_early"
    assert world.secretary().post(path, body | {"price_fen_per_hour": 3001}).status_code == 400
    assert world.secretary().post(path, body | {"price_fen_per_hour": -2}).status_code == 400


def test_time_for_the_public_benefit_asks_for_no_money(world):
    path = f"/spaces/{world.house.spaces['book_room']}/prices"
    body = {"valid_from": "2026-12-01", "price_fen_per_hour": 500}

    priced = world.secretary().post(path, body | {"regime": "public_benefit"})
    added = world.secretary().post(
        f"/venues/{world.house.venue_id}/regimes",
        {
            "code": "mornings", "name_zh": "早间公益", "name_en": "Mornings", "purposes_zh": [], "purposes_en": [],
            "kind": "public_benefit", "price_fen_per_hour": 500,
        },
    )  # fmt: skip
    renamed = change(world, "/regimes/commercial", {"kind": "public_benefit"}, method="patch")

    assert [(one.status_code, one.json()["code"]) for one in (priced, added, renamed)] == [(422, "must_be_free")] * 3


def test_use_is_told_by_week_and_regime_with_the_house_counted_for_each_room(world):
    booked(world, "2026-11-25T10:00", "2026-11-25T12:00")
    booked(world, "2026-11-26T18:00", "2026-11-26T19:00", "whole_house")
    closure = {
        "venue_id": str(world.house.venue_id), "space_id": str(world.house.spaces["service_post"]),
        "starts_at": at("2026-11-27T09:00").isoformat(), "ends_at": at("2026-11-27T18:00").isoformat(),
        "reason_zh": "检修", "reason_en": "Repairs",
    }  # fmt: skip
    world.counter().post("/closures", closure)

    shown = world.secretary().get(f"/venues/{world.house.venue_id}/share-of-use", weeks=1).json()

    week = {one["regime"]: one for one in shown["weeks"][0]["regimes"]}
    assert week["public_benefit"]["used_minutes"] == 120
    assert week["commercial"]["used_minutes"] == 4 * 60
    assert week["public_benefit"]["planned_minutes"] == 4 * 7 * 540 - 540
    assert week["commercial"]["planned_minutes"] == 4 * 7 * 240


def test_two_secretaries_do_not_overwrite_each_others_hours(world):
    body = {"valid_from": "2026-11-30", "hours": hours(("08:00", "17:00"), ("17:00", "23:00"))}
    seen = settings(world)["version"]
    assert change(world, "/weekly-hours", body, version=seen).status_code == 200

    answer = change(world, "/weekly-hours", body, version=seen)

    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
