# SPDX-License-Identifier: Apache-2.0
"""Calendar feeds through the real application: whose they are, what they tell, and when they stop telling."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
import vobject
from venue.deps import InProcess
from venue.usecases.venues.closures import CloseSpace, close_space

from ..conftest import NEIGHBOUR, WUFUQIAO, at, counter

BASE = "/api/venue/v1"


def make(who, kind="person", **more):
    answer = who.post("/calendar-feeds", {"kind": kind, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def fetch(world, feed, **headers):
    return world.client.get(feed["address"], headers=headers)


def events(answer):
    assert answer.status_code == 200, answer.text
    calendar = vobject.readOne(answer.text)
    return {one.uid.value: one for one in calendar.contents.get("vevent", [])}


def test_ones_own_bookings_with_room_and_code_for_whoever_knows_the_address(world):
    who = world.resident()
    booking, _others = world.booked(who), world.booked()

    answer = fetch(world, make(who))

    (event,) = events(answer).values()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert booking["pick_up_code"] in event.description.value
    assert "社区书屋" in event.summary.value
    assert event.dtstart.value.astimezone(UTC) == datetime.fromisoformat(booking["starts_at"])
    assert event.sequence.value == "1"


def test_a_cancelled_booking_is_told_as_cancelled_with_the_next_sequence(world):
    who = world.resident()
    booking = world.booked(who)
    feed = make(who)
    who.post(f"/bookings/{booking['booking_id']}/cancellation", version=1)

    (event,) = events(fetch(world, feed)).values()

    assert (event.status.value, event.sequence.value) == ("CANCELLED", "2")


def test_a_rooms_calendar_says_when_and_never_who_or_why(world):
    guest = world.resident()
    booking = guest.post("/bookings", world.wish("book_room", purpose="悄悄话")).json()
    feed = make(world.counter(), "room", space_id=str(world.house.spaces["book_room"]))

    answer = fetch(world, feed)

    mine = events(answer)[f"booking-{booking['booking_id']}@linli"]
    assert (mine.summary.value, mine.status.value) == ("已占用", "CONFIRMED")
    for secret in (guest.subject, booking["pick_up_code"], "悄悄话"):
        assert secret not in answer.text


def test_the_whole_house_stands_in_every_rooms_calendar(world):
    house = world.resident().post("/bookings", world.wish("whole_house")).json()
    feed = make(world.counter(), "room", space_id=str(world.house.spaces["service_post"]))

    assert f"booking-{house['booking_id']}@linli" in events(fetch(world, feed))


@pytest.mark.parametrize("kind", ["venue", "community"])
def test_venue_and_community_tell_closures_by_name(world, kind):
    number = next(world.numbers)
    day = 1 + number % 20
    closing = CloseSpace(
        world.house.venue_id, world.house.spaces["elders_space"], at(f"2026-12-{day:02}T09:00"),
        at(f"2026-12-{day:02}T10:00"), "管道检修", "Plumbing",
    )  # fmt: skip
    close_space(world.deps, counter(), closing, InProcess())
    place = {"venue_id": str(world.house.venue_id)} if kind == "venue" else {}

    told = events(fetch(world, make(world.counter(), kind, **place)))

    assert any(one.summary.value == "暂停开放: 管道检修" for one in told.values())


def test_a_reader_that_has_it_is_told_so(world):
    who = world.resident()
    world.booked(who)
    feed = make(who)
    first = fetch(world, feed)

    again = fetch(world, feed, **{"If-None-Match": first.headers["etag"]})
    weak = fetch(world, feed, **{"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    world.booked(who)
    later = fetch(world, feed, **{"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content, weak.status_code, later.status_code) == (304, b"", 304, 200)


def test_revoked_it_is_gone_and_stays_gone(world):
    who = world.resident()
    feed = make(who)
    path = f"/calendar-feeds/{feed['feed_id']}/revocation"

    first, second = who.post(path), who.post(path)

    assert first.json()["revoked_at"] == second.json()["revoked_at"] is not None
    assert fetch(world, feed).json()["code"] == "calendar_not_found"
    assert who.get("/calendar-feeds").json() == {"items": []}


def test_feeds_are_told_apart_by_what_their_owner_calls_them(world):
    who = world.resident()
    plain, kitchen = make(who), make(who, label="  厨房的平板 ")

    told = {one["feed_id"]: one["label"] for one in who.get("/calendar-feeds").json()["items"]}

    assert kitchen["label"] == "厨房的平板"
    assert told == {plain["feed_id"]: None, kitchen["feed_id"]: "厨房的平板"}


def test_what_a_feed_is_called_stands_neither_in_the_calendar_nor_in_the_audit(world):
    who = world.resident()
    feed = make(who, label="给女儿看的")
    who.post(f"/calendar-feeds/{feed['feed_id']}/revocation")
    again = make(who, label="给女儿看的")

    with world.deps.database.read(counter()) as connection:
        rows = connection.execute(sa.text("SELECT * FROM audit WHERE object_id = :id"), {"id": feed["feed_id"]}).all()

    assert "女儿" not in fetch(world, again).text
    assert len(rows) == 2 and "女儿" not in str(rows)


@pytest.mark.parametrize("label", ["", "   ", "名" * 41, "a\x00b", 7])
def test_a_feed_is_called_something_in_at_most_forty_characters(world, label):
    who = world.resident()

    answer = who.post("/calendar-feeds", {"kind": "person", "label": label})

    assert answer.status_code == 400
    assert who.get("/calendar-feeds").json() == {"items": []}


def test_forty_characters_are_enough_and_not_one_too_many(world):
    assert make(world.resident(), label="名" * 40)["label"] == "名" * 40


def test_made_up_addresses_find_nothing(world):
    feed = make(world.resident())
    stem = feed["address"].removesuffix(".ics")

    for address in (stem[:-1] + ("A" if stem[-1] != "A" else "B") + ".ics", f"{BASE}/calendars/{'A' * 80}.ics"):
        assert world.client.get(address).status_code == 404
    assert world.client.get(f"{BASE}/calendars/short.ics").status_code == 400


def test_nobody_revokes_or_sees_anothers_feed(world):
    feed = make(world.resident())
    path = f"/calendar-feeds/{feed['feed_id']}/revocation"

    for other in (world.resident(), world.resident(NEIGHBOUR), world.counter()):
        assert other.post(path).status_code == 404
        assert feed["feed_id"] not in other.get("/calendar-feeds").text
    assert fetch(world, feed).status_code == 200


def test_residents_make_no_feeds_of_rooms_and_staff_none_of_persons(world):
    room = {"kind": "room", "space_id": str(world.house.spaces["book_room"])}

    assert world.resident().post("/calendar-feeds", room).status_code == 403
    assert world.counter().post("/calendar-feeds", {"kind": "person"}).status_code == 403
    assert world.counter().post("/calendar-feeds", {"kind": "room"}).json()["code"] == "feed_place_required"
    assert world.counter(NEIGHBOUR).post("/calendar-feeds", room).json()["code"] == "space_not_found"


def test_an_address_of_one_community_reads_nothing_of_another(world):
    mine = world.booked()
    feed = make(world.counter(NEIGHBOUR), "community")

    assert mine["booking_id"] not in fetch(world, feed).text


def test_only_the_hash_of_an_address_is_in_the_table(world, shared):
    feed = make(world.resident())
    with shared.deps.database.unit_of_work(counter(WUFUQIAO)) as work:
        rows = work.driver.execute("SELECT token_hash FROM calendar_feeds WHERE id = %s", (UUID(feed["feed_id"]),))
        (digest,) = rows.fetchone()

    assert len(digest) == 32
    assert bytes(digest).hex() not in feed["address"]
