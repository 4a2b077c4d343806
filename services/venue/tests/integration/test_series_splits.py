# SPDX-License-Identifier: Apache-2.0
"""Dates that lie in two regimes: left out unless both prices are agreed to, and then booked as parts."""

from __future__ import annotations

import pytest
from chassis.errors import Conflict
from venue.usecases.series.check import check_series
from venue.usecases.series.see import one_series

from ..conftest import at, counter
from .test_series import arrange, states, wish
from .test_series_changes import cancel, change

PARTS = "SELECT count(*), count(DISTINCT booking_id), sum(price_fen)::int FROM booking_parts"


def evening(house, **more):
    """An hour that costs nothing and one and a half at ¥30."""
    return wish(house, start="17:00", minutes=150, **more)


def test_without_agreeing_every_date_is_left_out_for_its_two_regimes(deps, house, look):
    with pytest.raises(Conflict) as refused:
        arrange(deps, evening(house))

    assert {row["reason_code"] for row in refused.value.extra["dates"]} == {"crosses_regime"}
    assert look("SELECT count(*) FROM bookings") == [(0,)]


def test_agreed_to_each_date_is_booked_in_parts_with_two_prices(deps, house, look):
    shape = arrange(deps, evening(house, split=True))

    assert shape["split"] is True
    assert {row["state"] for row in shape["dates"]} == {"booked"}
    first = [(one["regime"], one["starts_at"][11:16], one["price_fen"]) for one in shape["dates"][0]["parts"]]
    assert first == [("public_benefit", "17:00", 0), ("commercial", "18:00", 4500)]
    assert look(PARTS) == [(8, 4, 18000)]
    assert look("SELECT DISTINCT price_fen, split FROM bookings") == [(4500, True)]
    ((told,),) = look("SELECT convert_from(payload, 'UTF8')::jsonb -> 'data' -> 'dates' FROM outbox")
    assert [[part["price_fen"] for part in date["parts"]] for date in told] == [[0, 4500]] * 4


def test_the_trial_says_both_prices(deps, house):
    told = check_series(deps, counter(), evening(house, split=True), "zh")

    assert (told["free_count"], told["price_fen"]) == (4, 18000)
    assert [part["price_fen"] for part in told["dates"][0]["parts"]] == [0, 4500]
    alone = check_series(deps, counter(), wish(house), "zh")
    assert [row["parts"] for row in alone["dates"]] == [[]] * 4


def test_the_number_of_statements_does_not_grow_with_the_dates_in_parts(deps, house, counted):
    def sent(weeks, room):
        command = evening(house, rrule=f"FREQ=WEEKLY;BYDAY=TU;COUNT={weeks}", split=True, room=room)
        return counted(lambda: arrange(deps, command))

    assert sent(2, "book_room") == sent(52, "elders_space")


def test_a_series_moves_out_of_the_two_regimes_and_into_them_again(deps, house, look):
    series = arrange(deps, evening(house, split=True))

    change(deps, series, "all", local_start="18:00")
    assert look(PARTS) == [(0, 0, None)]
    assert look("SELECT DISTINCT price_fen, split FROM bookings") == [(7500, False)]

    change(deps, series, "all", local_start="17:30", minutes=60)
    assert look(PARTS) == [(8, 4, 6000)]


def test_what_was_left_out_for_its_two_regimes_is_had_once_they_are_agreed_to(deps, house):
    series = arrange(deps, wish(house))
    stayed = change(deps, series, "all", local_start="17:00")
    assert {(row["local_start"][11:], row["reason_code"]) for row in stayed["dates"]} == {("19:00", "crosses_regime")}

    moved = change(deps, series, "all", local_start="17:00", split=True)

    assert {row["local_start"][11:] for row in moved["dates"]} == {"17:00"}
    assert [len(row["parts"]) for row in moved["dates"]] == [2] * 4


def test_one_date_moves_into_two_regimes_by_what_its_series_agreed_to(deps, house, look):
    series = arrange(deps, wish(house, split=True))

    changed = change(deps, series, "one", from_date="2026-12-01", local_start="17:30")

    assert states(changed)[1] == ("2026-12-01", "moved", None)
    assert [len(row["parts"]) for row in changed["dates"]] == [0, 2, 0, 0]
    assert one_series(deps, counter(), series["series_id"], "zh")["dates"][1]["price_fen"] == 4500


def test_the_following_keep_their_parts_and_give_them_up_with_the_booking(deps, house, look):
    series = arrange(deps, evening(house, split=True))

    following = change(deps, series, "following", from_date="2026-12-08", space_id=house.spaces["book_room"])
    assert following["split"] is True
    assert look("SELECT count(*) FROM booking_parts WHERE space_id = %s", house.spaces["book_room"]) == [(4,)]

    deps.clock.set(at("2026-11-25T09:00"))
    cancel(deps, following, "all")
    assert look("SELECT count(*) FROM bookings WHERE state = 'confirmed'") == [(2,)]
