# SPDX-License-Identifier: Apache-2.0
"""Bookings as residents, the counter and the operator see them."""

from __future__ import annotations

from datetime import UTC
from uuid import uuid4

import pytest

from ..conftest import NEIGHBOUR, RESIDENT, WUFUQIAO, at


def test_the_answer_to_booking_is_what_a_later_read_shows(world):
    who = world.resident()

    made = who.post("/bookings", world.wish(purpose="读书会", party_size=5))

    seen = who.get(f"/bookings/{made.json()['booking_id']}")
    assert seen.json() == made.json()
    assert seen.headers["etag"] == made.headers["etag"] == '"1"'
    assert (seen.json()["purpose"], seen.json()["cancellable"], seen.json()["price_fen"]) == ("读书会", True, 3000)


def test_a_refusal_offers_alternatives_in_the_callers_language(world):
    wish = world.wish(space="council_pavilion")
    world.resident().post("/bookings", wish)
    late = world.resident()
    late.headers["Accept-Language"] = "en"

    refused = late.post("/bookings", wish)

    assert refused.status_code == 409
    assert refused.json()["code"] == "slot_taken"
    assert refused.json()["detail"] == "Somebody has already booked this time."
    offered = refused.json()["alternatives"]
    assert 1 <= len(offered) <= 3
    assert (
        late.post("/bookings", {name: offered[0][name] for name in ("space_id", "starts_at", "ends_at")}).status_code
        == 201
    )


def test_a_lost_race_is_replayed_as_the_answer_it_was(world):
    wish, key = world.wish(), str(uuid4())
    world.resident().post("/bookings", wish)
    late = world.resident()

    first, second = (late.post("/bookings", wish, key=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (409, 409)
    assert first.json() == second.json()


def test_the_counter_books_for_somebody_who_then_finds_it_among_their_own(world):
    person = world.resident()
    wish = world.wish(on_behalf_of={"person_id": person.subject, "reason": "电话预订"})

    made = world.counter().post("/bookings", wish)

    assert made.status_code == 201
    assert [one["booking_id"] for one in person.get("/my/bookings").json()["items"]] == [made.json()["booking_id"]]


@pytest.mark.parametrize("who", ["resident", "operator"])
def test_nobody_else_books_for_somebody(world, who):
    wish = world.wish(on_behalf_of={"person_id": str(uuid4()), "reason": "帮邻居"})

    answer = getattr(world, who)().post("/bookings", wish)

    assert answer.status_code == 403


def test_the_counter_always_books_for_somebody(world):
    answer = world.counter().post("/bookings", world.wish())

    assert (answer.status_code, answer.json()["code"]) == (403, "on_behalf_only_at_counter")


def test_a_partner_without_a_person_cannot_book(world):
    partner = world.caller(RESIDENT, subject="partner-demo")

    assert partner.post("/bookings", world.wish()).json()["code"] == "person_required"
    assert partner.get("/my/bookings").json()["items"] == []
    assert partner.get("/availability", venue_id=str(world.house.venue_id)).status_code == 200


def test_what_is_to_come_is_not_buried_under_what_is_far_ahead_or_over(world):
    who = world.resident()
    first, gone, last = (world.booked(who) for _ in range(3))
    who.post(f"/bookings/{gone['booking_id']}/cancellation", version=1)

    def told(time):
        ids, cursor = [], {}
        while cursor is not None:
            page = who.get("/my/bookings", time=time, limit=1, **cursor).json()
            ids += [one["booking_id"] for one in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        return ids

    assert told("coming") == [first["booking_id"], last["booking_id"]]
    assert told("past") == [gone["booking_id"]]
    assert who.get("/my/bookings", time="never").status_code == 400


def test_ones_own_bookings_come_latest_first_and_page_by_page(world):
    who = world.resident()
    made = [world.booked(who)["booking_id"] for _ in range(5)]

    first = who.get("/my/bookings", limit=2).json()
    second = who.get("/my/bookings", limit=2, cursor=first["next_cursor"]).json()
    third = who.get("/my/bookings", limit=2, cursor=second["next_cursor"]).json()

    shown = [one["booking_id"] for page in (first, second, third) for one in page["items"]]
    assert shown == made[::-1]
    assert third["next_cursor"] is None


def test_another_resident_does_not_find_it(world):
    booking = world.booked()

    answer = world.resident().get(f"/bookings/{booking['booking_id']}")

    assert (answer.status_code, answer.json()["code"]) == (404, "booking_not_found")


def test_the_operator_finds_a_booking_by_its_code_as_people_say_it_and_sees_no_person(world):
    who = world.resident()
    made = who.post("/bookings", world.wish(purpose="家庭聚会")).json()
    said = f"{made['pick_up_code'][:3].lower()}-{made['pick_up_code'][3:].lower()} "

    found = world.operator().get("/bookings", pick_up_code=said).json()["items"]

    assert [one["booking_id"] for one in found] == [made["booking_id"]]
    assert "purpose" not in found[0]
    assert who.subject not in str(found) and "家庭聚会" not in str(found)
    seen = world.operator().get(f"/bookings/{made['booking_id']}").json()
    assert "purpose" not in seen and who.subject not in str(seen)


def test_the_operator_lists_a_day_by_room_and_state(world):
    booking = world.booked()
    who = world.operator()

    day = who.get("/bookings", date=booking["local_date"], space_id=booking["space_id"], state="confirmed").json()

    assert booking["booking_id"] in [one["booking_id"] for one in day["items"]]
    assert all(one["local_date"] == booking["local_date"] for one in day["items"])
    starts = [one["starts_at"] for one in day["items"]]
    assert starts == sorted(starts)
    assert who.get("/bookings", date="2031-01-01").json()["items"] == []


def test_the_code_of_a_cancelled_booking_finds_nothing(world):
    who = world.resident()
    booking = world.booked(who)
    who.post(f"/bookings/{booking['booking_id']}/cancellation", version=1)

    assert world.operator().get("/bookings", pick_up_code=booking["pick_up_code"]).json()["items"] == []


def test_a_booking_that_has_started_shows_that_it_cannot_be_cancelled(world):
    who = world.resident()
    booking = world.booked(who)
    world.clock.set(at(booking["starts_at"][:16]))

    assert who.get(f"/bookings/{booking['booking_id']}").json()["cancellable"] is False
    refused = who.post(f"/bookings/{booking['booking_id']}/cancellation", version=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_started")


def test_a_receipt_shows_number_amount_and_reversal(world):
    settled = world.settled()

    undone = (
        world.operator()
        .post(f"/bookings/{settled['booking_id']}/settlement/reversal", {"reason_code": "wrong_amount"}, version=3)
        .json()
    )

    assert settled["settlement"]["reversed_at"] is None
    assert undone["settlement"] == settled["settlement"] | {"reversed_at": undone["settlement"]["reversed_at"]}
    assert undone["settlement"]["reversed_at"] is not None
    assert undone["version"] == 4


def test_the_wrong_amount_is_refused_and_nothing_is_taken(world):
    booking = world.checked_in()

    refused = world.operator().post(
        f"/bookings/{booking['booking_id']}/settlement", {"method": "cash", "amount_fen": 2999}, version=2
    )

    assert (refused.status_code, refused.json()["code"], refused.json()["price_fen"]) == (422, "amount_differs", 3000)
    assert world.operator().get(f"/bookings/{booking['booking_id']}").json()["settlement"] is None


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-11-26T17:00:00+08:00", "2026-11-26T19:00:00+08:00", "crosses_regime"),
        ("2026-11-26T19:10:00+08:00", "2026-11-26T20:00:00+08:00", "not_on_grain"),
        ("2026-11-20T19:00:00+08:00", "2026-11-20T20:00:00+08:00", "in_the_past"),
        ("2026-11-26T22:00:00+08:00", "2026-11-26T23:00:00+08:00", "outside_opening"),
        ("2026-11-26T20:00:00+08:00", "2026-11-26T19:00:00+08:00", "ends_not_after_start"),
        ("2026-11-26T09:00:00+08:00", "2126-11-26T09:00:00+08:00", "too_long"),
        ("2200-12-31T23:30:00-12:00", "2200-12-31T23:59:00-12:00", "not_on_grain"),
        ("2200-12-31T23:00:00-12:00", "2200-12-31T23:30:00-12:00", "too_far_ahead"),
    ],
)
def test_a_broken_rule_is_told_by_its_code_and_in_words(world, start, end, code):
    wish = {"space_id": str(world.house.spaces["book_room"]), "starts_at": start, "ends_at": end}

    refused = world.resident().post("/bookings", wish)

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["detail"]


@pytest.mark.parametrize("instant", ["2026-11-26T19:00:00", "2026-11-26", "tomorrow", "9999-12-31T23:59:59Z", "", None])
def test_an_instant_without_an_offset_or_a_calendar_is_refused(world, instant):
    answer = world.resident().post("/bookings", world.wish() | {"starts_at": instant})

    assert answer.status_code == 400


def test_any_offset_means_the_same_instant(world):
    wish = world.wish()
    in_utc = {name: at(wish[name][:16]).astimezone(UTC).isoformat() for name in ("starts_at", "ends_at")}

    made = world.resident().post("/bookings", wish | in_utc).json()

    assert made["starts_at"] == wish["starts_at"]


def test_another_division_in_the_body_is_refused_before_anything_else(world):
    answer = world.resident().post("/bookings", world.wish() | {"division": NEIGHBOUR})

    assert (answer.status_code, answer.json()["code"]) == (403, "division_mismatch")


def test_anyone_reads_venues_and_a_rooms_week_without_a_token(world):
    venues = world.anonymous.get(f"/divisions/{WUFUQIAO}/venues")
    space_id = venues.json()["items"][0]["spaces"][0]["space_id"]

    week = world.anonymous.get(f"/divisions/{WUFUQIAO}/spaces/{space_id}/week", **{"from": "2026-11-23"})

    assert (venues.status_code, week.status_code) == (200, 200)
    assert len(week.json()["days"]) == 7
    assert world.anonymous.get(f"/divisions/{NEIGHBOUR}/spaces/{space_id}/week").status_code == 404
    assert world.anonymous.get(f"/divisions/510104/spaces/{uuid4()}/week").status_code == 404


MALFORMED = [
    "/bookings/nonsense",
    "/bookings?date=2026-13-01",
    "/bookings?state=lost",
    "/bookings?cursor=%25",
    "/bookings?limit=0",
    "/bookings?colour=red",
    "/availability",
    "/availability?venue_id=x",
    "/availability?venue_id={venue}&days=32",
    "/availability?venue_id={venue}&from=0001-01-01",
]


@pytest.mark.parametrize("path", MALFORMED)
def test_a_malformed_address_is_refused(world, path):
    who = world.operator()

    answer = who.get(path.format(venue=world.house.venue_id))

    assert answer.status_code == 400


def test_the_counter_alone_is_told_whose_a_booking_is(world):
    guest = world.resident()
    booking = world.booked(guest)
    paths = (f"/bookings/{booking['booking_id']}", f"/bookings?pick_up_code={booking['pick_up_code']}")

    for path in paths:
        assert f'"person_id":"{guest.subject}"' in world.counter().get(path).text.replace(" ", "")
        assert "person_id" not in world.operator().get(path).text
    assert "person_id" not in booking and "person_id" not in guest.get(paths[0]).text
