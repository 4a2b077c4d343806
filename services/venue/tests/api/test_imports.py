# SPDX-License-Identifier: Apache-2.0
"""A paper calendar comes in row by row; what cannot be booked says why, and a second try books nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from ..conftest import NEIGHBOUR, at, counter
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


def brought_in(world: World, who: Any = None, *rooms: str) -> dict[str, Any]:
    body = {"venue_id": str(world.house.venue_id), "rows": rows(world, *(rooms or ("book_room", "cellar")))}
    body["rows"][-1] |= {"purpose": "邻里读书会", "party_size": 8}
    answer = (who or world.counter()).post("/imports", body)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "asked": body["rows"]}


def test_what_became_of_every_row_can_be_read_again(world):
    told = brought_in(world)

    answer = world.counter().get(f"/imports/{told['import_id']}")

    assert answer.status_code == 200, answer.text
    kept = answer.json()
    assert (kept["booked"], kept["refused"], kept["venue_name"]) == (1, 1, "五福茶馆")
    names = ("space_code", "local_start", "local_end", "person_id")
    assert [{name: row[name] for name in names} for row in kept["rows"]] == [
        {name: row[name] for name in names} for row in told["asked"]
    ]
    booked, refused = kept["rows"]
    assert (booked["outcome"], booked["booking_id"], booked["code"]) == ("booked", told["rows"][0]["booking_id"], None)
    assert (refused["code"], refused["reason"]) == ("space_not_found", told["rows"][1]["reason"])
    assert (refused["purpose"], refused["party_size"]) == ("邻里读书会", 8)


def test_an_import_sent_again_is_kept_once(world):
    who, key = world.counter(), str(uuid4())
    body = {"venue_id": str(world.house.venue_id), "rows": rows(world, "book_room")}

    first, second = (who.post("/imports", body, key=key).json()["import_id"] for _ in range(2))
    other = world.counter().post("/imports", body, key=key).json()["import_id"]

    assert first == second != other
    assert len(who.get(f"/imports/{first}").json()["rows"]) == 1


def test_another_sheet_under_a_used_key_leaves_what_is_kept_as_it_is(world):
    who, key, venue = world.counter(), str(uuid4()), str(world.house.venue_id)
    first = who.post("/imports", {"venue_id": venue, "rows": rows(world, "book_room")}, key=key).json()

    who.post("/imports", {"venue_id": venue, "rows": rows(world, "book_room")}, key=key)

    (row,) = who.get(f"/imports/{first['import_id']}").json()["rows"]
    assert (row["outcome"], row["booking_id"]) == ("booked", first["rows"][0]["booking_id"])


def test_imports_are_listed_newest_first_page_by_page(world):
    ids = [brought_in(world)["import_id"] for _ in range(3)]
    who = world.counter()

    first = who.get("/imports", limit=2).json()
    second = who.get("/imports", limit=2, cursor=first["next_cursor"]).json()

    assert [one["import_id"] for one in (*first["items"], *second["items"])][:3] == ids[::-1]


def test_nobody_else_reads_an_import(world):
    import_id = brought_in(world)["import_id"]

    for who, status in ((world.counter(NEIGHBOUR), 404), (world.resident(), 403), (world.operator(), 403)):
        assert who.get(f"/imports/{import_id}").status_code == status
        assert import_id not in who.get("/imports").text


def test_an_import_leaves_one_line_in_the_audit_without_what_was_written(world):
    import_id = brought_in(world)["import_id"]

    with world.deps.database.read(counter()) as connection:
        (line,) = connection.execute(sa.text("SELECT * FROM audit WHERE object_id = :id"), {"id": import_id}).all()

    assert line.action == "bookings.imported" and "读书会" not in str(line)
