# SPDX-License-Identifier: Apache-2.0
"""A paper calendar comes in row by row; what cannot be booked says why, and a second try books nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from ..conftest import at
from .conftest import World


def rows(world: World, *rooms: str) -> list[dict[str, Any]]:
    made = []
    for room in rooms:
        wish = world.wish("book_room")
        made.append(
            {
                "space_code": room,
                "local_start": wish["starts_at"][:16],
                "local_end": wish["ends_at"][:16],
                "person_id": str(uuid4()),
            }
        )
    return made


def test_what_is_free_is_booked_and_every_refusal_names_its_rule(world):
    wanted = rows(world, "book_room", "book_room", "cellar", "book_room")
    wanted[1] |= {"local_start": wanted[0]["local_start"], "local_end": wanted[0]["local_end"]}
    wanted[3]["local_end"] = wanted[3]["local_start"]

    answer = world.counter().post("/imports", {"venue_id": str(world.house.venue_id), "rows": wanted})

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["booked"], told["refused"]) == (1, 3)
    assert [row.get("code") for row in told["rows"]] == [None, "slot_taken", "space_not_found", "ends_not_after_start"]
    assert all(row["reason"] for row in told["rows"][1:])


def test_an_import_sent_again_books_nothing_twice(world):
    body, key, who = (
        {"venue_id": str(world.house.venue_id), "rows": rows(world, *["book_room"] * 3)},
        str(uuid4()),
        world.counter(),
    )

    first, second = (who.post("/imports", body, key=key) for _ in range(2))

    assert first.json()["booked"] == 3
    assert second.json() == first.json()


def test_wall_times_are_the_venues_and_mad_ones_are_refused(world):
    (row,) = rows(world, "book_room")
    who, venue = world.counter(), str(world.house.venue_id)

    booked = who.post("/imports", {"venue_id": venue, "rows": [row]}).json()["rows"][0]["booking_id"]

    assert world.operator().get(f"/bookings/{booked}").json()["starts_at"] == at(row["local_start"]).isoformat()
    far = (at(row["local_start"]) + timedelta(days=36500)).isoformat()[:16]
    assert who.post("/imports", {"venue_id": venue, "rows": [{**row, "local_end": far}]}).status_code == 400
    never = {**row, "local_start": "2026-02-31T09:00"}
    assert who.post("/imports", {"venue_id": venue, "rows": [never]}).json()["code"] == "no_such_day"


def test_residents_do_not_import(world):
    answer = world.resident().post(
        "/imports", {"venue_id": str(world.house.venue_id), "rows": rows(world, "book_room")}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
