# SPDX-License-Identifier: Apache-2.0
"""A venue's profile, photos and spaces through the API, and what the public reads the moment they change."""

from __future__ import annotations

import base64

import pytest

from ..conftest import NEIGHBOUR, WUFUQIAO, at
from .operations.venues import PNG
from .operations.venues import photo as shown


def settings(world) -> dict:
    return world.secretary().get(f"/venues/{world.house.venue_id}").json()


def change(world, path: str, body: dict | None = None, *, method: str = "patch"):
    return getattr(world.secretary(), method)(path, body, version=settings(world)["version"])


def published(world) -> dict:
    return world.anonymous.get(f"/divisions/{WUFUQIAO}/venues").json()["items"][0]


def new_space(world, code: str, **more):
    body = {"code": code, "name_zh": "新屋", "name_en": "New room", "capacity": 6, **more}
    return world.secretary().post(f"/venues/{world.house.venue_id}/spaces", body)


def space_of(answer, code: str) -> dict:
    return next(one for one in answer.json()["spaces"] if one["code"] == code)


def booked(world, space_id: str, day: str, start: str = "09:00", end: str = "10:00"):
    body = {"space_id": space_id, "starts_at": at(f"2026-12-{day}T{start}").isoformat()}
    return world.resident().post("/bookings", body | {"ends_at": at(f"2026-12-{day}T{end}").isoformat()})


FREE = [{"regime": "public_benefit", "price_fen_per_hour": 0}]


def test_story_and_house_rules_are_published_with_the_change(world):
    texts = {"story": {"zh": "老茶馆的故事", "en": "An old teahouse"}, "rules": {"zh": "不吸烟", "en": "No smoking"}}

    answer = change(world, f"/venues/{world.house.venue_id}", {**texts, "telephone": "028-8666"})

    assert answer.status_code == 200, answer.text
    shown = published(world)
    assert (shown["story"], shown["rules"], shown["telephone"]) == ("老茶馆的故事", "不吸烟", "028-8666")
    assert shown["version"] == answer.json()["version"]


def test_limits_of_bookings_are_changed_and_hold_at_once(world):
    answer = change(world, f"/venues/{world.house.venue_id}", {"limits": {"longest_minutes": 60}})

    assert answer.json()["limits"]["longest_minutes"] == 60
    assert booked(world, str(world.house.spaces["book_room"]), "01", "09:00", "11:00").json()["code"] == "too_long"
    change(world, f"/venues/{world.house.venue_id}", {"limits": {"longest_minutes": 540}})


def test_marks_pauses_and_ones_own_series_have_limits_that_are_set_like_the_others(world):
    venue, before = f"/venues/{world.house.venue_id}", world.secretary().get(f"/venues/{world.house.venue_id}").json()
    limits = {"marks_limit": 5, "marks_days": 60, "pause_days": 14, "own_series_dates": 4}

    answer = change(world, venue, {"limits": limits})

    assert answer.status_code == 200, answer.text
    assert answer.json()["limits"] == before["limits"] | limits
    weekly = {"space_id": str(world.house.spaces["book_room"]), "rrule": "FREQ=WEEKLY;COUNT=5", "minutes": 60}
    series = world.resident().post("/series", weekly | {"first_date": "2026-12-04", "local_start": "12:00"})
    assert series.status_code == 422, series.text
    assert change(world, venue, {"limits": {"marks_limit": 1}}).status_code == 400
    change(world, venue, {"limits": {name: before["limits"][name] for name in limits}})


def test_what_a_late_guest_gets_back_and_how_long_a_room_is_kept_is_published_with_the_change(world):
    before = published(world)["terms"]

    change(world, f"/venues/{world.house.venue_id}", {"refund_percent_late": 20, "limits": {"grace_minutes": 25}})

    assert published(world)["terms"] == before | {"refund_percent_late": 20, "grace_minutes": 25}
    limits = {"grace_minutes": before["grace_minutes"]}
    back = {"refund_percent_late": before["refund_percent_late"], "limits": limits}
    change(world, f"/venues/{world.house.venue_id}", back)


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"<svg onload=alert(1)>........", "image/png", "not_a_photo"),
        (b"\xff\xd8\xff" + b"\0" * 40, "image/png", "not_a_photo"),
        (b"GIF89a" + b"\0" * 40, "image/jpeg", "not_a_photo"),
        (b"\x89PNG", "image/png", "not_a_photo"),
    ],
)
def test_what_is_no_photo_is_refused_whatever_it_is_called(world, content, media_type, code):
    body = {"media_type": media_type, "content_base64": base64.b64encode(content).decode().ljust(16, "="),
            "alt_zh": "屋", "alt_en": "A room"}  # fmt: skip

    answer = world.secretary().post(f"/venues/{world.house.venue_id}/photos", body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_ninth_photo_is_refused(world):
    body = {"media_type": "image/webp", "alt_zh": "屋", "alt_en": "A room",
            "content_base64": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="}  # fmt: skip
    path = f"/venues/{world.house.venue_id}/photos"
    for _ in range(8):
        assert world.secretary().post(path, body).status_code == 201

    answer = world.secretary().post(path, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_photos")
    assert [one["alt"] for one in published(world)["photos"]] == ["屋"] * 8


def test_halves_of_a_divided_room_and_the_room_make_each_other_busy_and_so_does_the_house(world):
    whole = str(world.house.spaces["elders_space"])
    halves = [
        space_of(new_space(world, code, new_atoms=[f"{code}_half"], parent_id=whole, prices=FREE), code)["space_id"]
        for code in ("east", "west")
    ]

    assert booked(world, halves[0], "02").status_code == 201
    assert booked(world, halves[1], "02").status_code == 201
    assert booked(world, whole, "02").json()["code"] == "slot_taken"
    assert booked(world, str(world.house.spaces["whole_house"]), "02").json()["code"] == "slot_taken"
    assert booked(world, whole, "03").status_code == 201
    assert booked(world, halves[0], "03").json()["code"] == "slot_taken"
    shown = {one["code"]: one for one in published(world)["spaces"]}
    assert shown["east"]["parent_id"] == whole
    assert booked(world, str(world.house.spaces["whole_house"]), "04").status_code == 201
    assert booked(world, halves[1], "04").json()["code"] == "slot_taken"


def test_a_room_is_not_divided_under_bookings_that_would_not_hold_its_halves(world):
    whole = str(world.house.spaces["service_post"])
    made = booked(world, whole, "05").json()

    answer = new_space(world, "north", new_atoms=["north_half"], parent_id=whole)

    assert (answer.status_code, answer.json()["code"]) == (409, "space_in_use")
    assert made["pick_up_code"] in answer.json()["codes"]


def test_a_part_with_atoms_that_its_whole_lacks_is_refused(world):
    answer = new_space(world, "annex", atoms=["service_post"], parent_id=str(world.house.spaces["book_room"]))

    assert (answer.status_code, answer.json()["code"]) == (422, "outside_its_parent")
    assert new_space(world, "annex", atoms=["attic"]).json()["code"] == "unknown_atoms"
    assert new_space(world, "book_room", atoms=["book_room"]).json()["code"] == "code_taken"


def test_a_space_that_takes_nothing_or_costs_in_no_regime_there_is_is_refused(world):
    lost = [{"regime": "night_market", "price_fen_per_hour": 0}]

    assert new_space(world, "void").json()["code"] == "nothing_to_hold"
    assert new_space(world, "void", new_atoms=["void"], prices=lost).json()["code"] == "regime_not_found"


def test_a_space_with_bookings_ahead_is_not_retired_and_one_without_is(world):
    space = space_of(new_space(world, "shed", new_atoms=["shed"], prices=FREE), "shed")
    made = booked(world, space["space_id"], "06").json()
    path = f"/spaces/{space['space_id']}/retirement"

    refused = change(world, path, method="post")
    world.counter().post(f"/bookings/{made['booking_id']}/cancellation", version=made["version"])
    retired = change(world, path, method="post")

    assert (refused.status_code, refused.json()["code"]) == (409, "space_in_use")
    assert refused.json()["codes"] == [made["pick_up_code"]]
    assert space_of(retired, "shed")["is_retired"] is True
    assert booked(world, space["space_id"], "07").json()["code"] == "space_not_found"
    assert "shed" not in [one["code"] for one in published(world)["spaces"]]
    assert change(world, path, method="post").json()["code"] == "space_not_found"


def test_a_space_whose_parts_are_in_use_is_not_retired(world):
    space = space_of(new_space(world, "hall", new_atoms=["hall"]), "hall")
    new_space(world, "stage", new_atoms=["stage"], parent_id=space["space_id"])

    answer = change(world, f"/spaces/{space['space_id']}/retirement", method="post")

    assert (answer.status_code, answer.json()["code"]) == (409, "space_has_parts")


def test_seats_and_buffers_are_changed_for_bookings_to_come(world):
    space = space_of(new_space(world, "loft", new_atoms=["loft"], prices=FREE), "loft")

    answer = change(world, f"/spaces/{space['space_id']}", {"capacity": 2, "cleanup_minutes": 30})

    assert space_of(answer, "loft")["cleanup_minutes"] == 30
    assert booked(world, space["space_id"], "08").status_code == 201
    assert booked(world, space["space_id"], "08", "10:00", "11:00").json()["code"] == "slot_taken"
    assert booked(world, space["space_id"], "08", "10:30", "11:00").status_code == 201


def test_negative_stock_is_refused(world):
    body = {"code": "kettle", "name_zh": "壶", "name_en": "Kettle", "counting": "counted", "stock": -1}

    answer = world.secretary().post(f"/venues/{world.house.venue_id}/equipment", body)

    assert answer.status_code == 400


def test_a_photo_is_shown_to_anyone_and_says_how_long_it_may_be_kept(world):
    photo = shown(world)

    answer = world.anonymous.get(f"/divisions/{WUFUQIAO}/venue-photos/{photo}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == base64.b64decode(PNG)
    assert "immutable" in answer.headers["cache-control"] and answer.headers["etag"]
    assert world.anonymous.get(f"/divisions/{NEIGHBOUR}/venue-photos/{photo}").status_code == 404


def test_a_special_day_that_a_neighbour_notes_is_theirs_alone(world):
    body = {"date": "2028-05-01", "kind": "holiday", "name_zh": "节", "name_en": "Fair", "follows_weekday": 7}

    answer = world.secretary(NEIGHBOUR).post("/special-days", body)

    assert answer.status_code == 200
    assert [one["date"] for one in answer.json()["items"]] == ["2028-05-01"]


def test_a_quota_set_meanwhile_leaves_an_open_page_of_settings_as_it_is(world):
    path, seen = f"/venues/{world.house.venue_id}", settings(world)

    quota = {"subject": "group", "period": "year", "count_limit": 300}
    assert world.secretary().post(f"{path}/quotas", quota).status_code == 201

    assert settings(world)["version"] == seen["version"]
    assert world.secretary().patch(path, {"telephone": "028-8777"}, version=seen["version"]).status_code == 200
    assert world.secretary().patch(path, {"telephone": "028-8778"}, version=seen["version"]).status_code == 412
