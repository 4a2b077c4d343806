# SPDX-License-Identifier: Apache-2.0
"""Every date of a series has its equipment with the room, or is left out; what is given up others may have."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from chassis.db import uuid7
from chassis.errors import Conflict, NotFound
from venue.store.venues.equipment import EquipmentWish
from venue.usecases.series.check import check_series
from venue.usecases.series.roll import roll_series

from ..conftest import at, book, counter, resident
from .test_series import arrange, states, wish
from .test_series_changes import cancel, change

NUMBERED = "SELECT count(*) FROM occupancies o JOIN atoms a ON a.id = o.atom_id AND a.kind = 'equipment' WHERE o.active"
COUNTED = "SELECT coalesce(sum(quantity), 0)::int FROM equipment_holds WHERE active"
MORE_THAN_THERE_IS = """
    SELECT count(*) FROM equipment_holds h JOIN equipment e ON e.id = h.equipment_id
    WHERE h.active AND equipment_peak(h.division_code, h.equipment_id, h.starts_at, h.ends_at) > e.stock"""


@pytest.fixture
def things(house, look) -> dict[str, UUID]:
    """The teahouse's two projectors and thirty chairs."""
    return dict(look("SELECT code, id FROM equipment"))


def some(things, projectors: int, chairs: int):
    wanted = [(things["projector"], projectors), (things["folding_chair"], chairs)]
    return tuple(sorted((one, number) for one, number in wanted if number))


def held(look) -> tuple[int, int]:
    return look(NUMBERED)[0][0], look(COUNTED)[0][0]


def rival(deps, house, things, day, projectors, chairs, room="elders_space", start="19:00", end="21:00"):
    wishes = [EquipmentWish(one, number) for one, number in some(things, projectors, chairs)]
    return book(deps, resident(), house.spaces[room], f"{day}T{start}", f"{day}T{end}", equipment=wishes)


def test_every_date_has_the_equipment_and_the_series_says_so(deps, house, things, look):
    shape = arrange(deps, wish(house, equipment=some(things, 1, 12)))

    assert held(look) == (4, 48)
    assert {one["equipment_id"]: one["quantity"] for one in shape["equipment"]} == {
        str(things["projector"]): 1,
        str(things["folding_chair"]): 12,
    }
    assert look("SELECT count(DISTINCT booking_id) FROM equipment_holds WHERE starts_at::time = '11:00'") == [(4,)]


@pytest.mark.parametrize(("projectors", "chairs"), [(2, 0), (0, 25), (1, 19)])
def test_a_date_whose_equipment_is_not_there_is_left_out_and_holds_nothing(
    deps, house, things, look, projectors, chairs
):
    rival(deps, house, things, "2026-12-01", 1, 12)
    before = held(look)

    told = check_series(deps, counter(), wish(house, equipment=some(things, projectors, chairs)), "zh")
    shape = arrange(deps, wish(house, equipment=some(things, projectors, chairs)))

    assert states(shape)[1] == ("2026-12-01", "skipped", "equipment_taken")
    assert [row["state"] for row in shape["dates"]].count("booked") == 3
    assert [row["reason_code"] for row in told["dates"]] == [row["reason_code"] for row in shape["dates"]]
    assert held(look) == (before[0] + 3 * projectors, before[1] + 3 * chairs)
    assert look("SELECT count(*) FROM occupancies WHERE active AND atom_id = %s", house.atoms["council_pavilion"]) == [
        (3,)
    ]


def test_all_or_nothing_holds_for_equipment_too(deps, house, things, look):
    rival(deps, house, things, "2026-12-01", 2, 0)

    with pytest.raises(Conflict) as refused:
        arrange(deps, wish(house, policy="all_or_nothing", equipment=some(things, 1, 1)))

    assert [(row["date"], row["reason_code"]) for row in refused.value.extra["dates"]] == [
        ("2026-12-01", "equipment_taken")
    ]
    assert look("SELECT count(*) FROM series_equipment") == [(0,)]


def test_the_number_of_statements_does_not_grow_with_the_dates_that_have_equipment(deps, house, things, counted):
    def sent(weeks, room):
        command = wish(house, f"FREQ=WEEKLY;BYDAY=TU;COUNT={weeks}", room=room, equipment=some(things, 1, 3))
        return counted(lambda: arrange(deps, command))

    assert sent(2, "book_room") == sent(52, "elders_space")


def test_equipment_that_is_no_equipment_of_the_house_is_not_found(deps, house, look):
    for act in (arrange, lambda deps, command: check_series(deps, counter(), command, "zh")):
        with pytest.raises(NotFound) as refused:
            act(deps, wish(house, equipment=((uuid7(), 1),)))
        assert refused.value.code == "equipment_not_found"
    assert look("SELECT count(*) FROM series") == [(0,)]


def test_it_moves_along_with_every_date_and_a_date_that_lacks_it_keeps_its_time(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 12)))
    rival(deps, house, things, "2026-12-08", 2, 0, start="15:00", end="16:00")

    changed = change(deps, series, "all", local_start="15:00")

    assert [(row["local_start"][11:], row["reason_code"]) for row in changed["dates"]] == [
        ("15:00", None), ("15:00", None), ("19:00", "equipment_taken"), ("15:00", None),
    ]  # fmt: skip
    assert held(look) == (4 + 2, 48)
    assert len(look("SELECT 1 FROM equipment_holds WHERE active AND starts_at::time = '07:00'")) == 3


def test_its_own_equipment_does_not_stand_in_its_way(deps, house, things, look):
    series = arrange(deps, wish(house, "FREQ=DAILY;COUNT=5", equipment=some(things, 2, 30)))

    changed = change(deps, series, "all", local_start="19:30")

    assert {(row["local_start"][11:], row["state"]) for row in changed["dates"]} == {("19:30", "booked")}
    assert held(look) == (10, 150)


def test_a_change_gives_every_date_other_equipment_or_none(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 12)))

    more = change(deps, series, "all", equipment=some(things, 0, 20))
    assert held(look) == (0, 80)
    assert [one["quantity"] for one in more["equipment"]] == [20]
    assert {row["local_start"][11:] for row in more["dates"]} == {"19:00"}

    none = change(deps, more, "all", equipment=())
    assert held(look) == (0, 0)
    assert none["equipment"] == []


def test_the_following_take_other_equipment_and_those_before_keep_theirs(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 0)))

    following = change(deps, series, "following", from_date="2026-12-08", equipment=some(things, 2, 0))

    assert held(look) == (2 * 1 + 2 * 2, 0)
    assert [one["quantity"] for one in following["equipment"]] == [2]
    assert look("SELECT quantity FROM series_equipment WHERE series_id = %s", series["series_id"]) == [(1,)]


def test_one_date_takes_other_equipment_and_keeps_it_when_all_move(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 0)))

    changed = change(deps, series, "one", from_date="2026-12-01", equipment=some(things, 2, 5))
    assert held(look) == (5, 5)
    assert {row["state"] for row in changed["dates"]} == {"booked"}

    change(deps, series, "all", local_start="18:00")
    assert held(look) == (5, 5)


def test_one_date_that_cannot_have_it_stays_as_it_is(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 10)))
    rival(deps, house, things, "2026-12-01", 1, 10)

    with pytest.raises(Conflict) as refused:
        change(deps, series, "one", from_date="2026-12-01", equipment=some(things, 2, 10))

    assert refused.value.code == "equipment_taken"
    assert held(look) == (5, 50)


def test_one_date_moves_with_its_equipment(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 10)))

    change(deps, series, "one", from_date="2026-12-01", local_start="20:00", minutes=60)

    assert held(look) == (4, 40)
    assert look("SELECT starts_at FROM equipment_holds WHERE active ORDER BY starts_at")[1] == (at("2026-12-01T20:00"),)


@pytest.mark.parametrize(
    ("scope", "day", "left"), [("all", None, 0), ("following", "2026-12-08", 2), ("one", "2026-12-08", 3)]
)
def test_what_is_cancelled_gives_its_equipment_back(deps, house, things, look, scope, day, left):
    series = arrange(deps, wish(house, equipment=some(things, 1, 10)))

    cancel(deps, series, scope, day)

    assert held(look) == (left, 10 * left)


def test_a_date_the_rule_no_longer_names_gives_its_equipment_back(deps, house, things, look):
    series = arrange(deps, wish(house, equipment=some(things, 1, 10)))

    change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261206")

    assert held(look) == (2, 20)


def test_the_night_gives_new_dates_the_equipment_of_their_series(deps, house, things, look):
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True, equipment=some(things, 1, 10)))
    before = held(look)

    deps.clock.advance(days=14)
    roll_series(deps)

    assert held(look) == (before[0] + 2, before[1] + 20)


def test_many_who_want_the_last_chairs_are_never_promised_more_than_there_are(deps, house, things, look):
    rooms = ["council_pavilion", "service_post", "elders_space", "book_room"]

    def one(room):
        try:
            return arrange(deps, wish(house, room=room, equipment=some(things, 1, 12)))["dates"]
        except Conflict as refusal:
            return refusal.extra["dates"]

    with ThreadPoolExecutor(4) as clients:
        results = list(clients.map(one, rooms))

    assert look(MORE_THAN_THERE_IS) == [(0,)]
    assert held(look) == (8, 96)
    assert {row["reason_code"] for dates in results for row in dates} == {None, "equipment_taken"}
