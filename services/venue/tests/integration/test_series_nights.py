# SPDX-License-Identifier: Apache-2.0
"""Night after night an open-ended series reaches as far ahead as the day before."""

from __future__ import annotations

from venue.usecases.series.roll import roll_series

from .test_series import arrange, wish
from .test_series_changes import cancel, change


def test_an_open_ended_series_reaches_four_hundred_days_ahead_every_night(deps, house, look):
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))
    before = look("SELECT count(*), max(occurrence_date)::text FROM series_dates")
    assert before == [(58, "2027-12-28")]

    deps.clock.advance(days=14)
    roll_series(deps)
    roll_series(deps)

    assert look("SELECT count(*), max(occurrence_date)::text FROM series_dates") == [(60, "2028-01-11")]
    assert look("SELECT count(*) FROM bookings") == [(60,)]
    changed = look("SELECT type FROM outbox ORDER BY id")[1:]
    assert changed == [("linli.venue.series.changed.v1",)]


def test_a_night_on_which_no_date_falls_tells_nothing(deps, house, look):
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))

    deps.clock.advance(days=1)
    roll_series(deps)

    assert look("SELECT count(*) FROM outbox") == [(1,)]
    assert look("SELECT materialised_until::text FROM series") == [("2027-12-29",)]


def test_what_is_taken_when_the_night_comes_is_left_out_with_its_reason(deps, house, look):
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))
    deps.clock.advance(days=14)
    arrange(deps, wish(house, "FREQ=DAILY;COUNT=1", first="2028-01-04", start="20:00", minutes=60))
    roll_series(deps)

    left_out = look("SELECT reason_code FROM series_dates WHERE occurrence_date = '2028-01-04' AND booking_id IS NULL")
    assert left_out == [("slot_taken",)]
    assert look("SELECT booking_id IS NULL FROM series_dates WHERE occurrence_date = '2028-01-11'") == [(False,)]


def test_a_cancelled_series_is_not_rolled_on(deps, house, look):
    series = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))
    cancel(deps, series, "all")

    deps.clock.advance(days=30)
    roll_series(deps)

    assert look("SELECT count(*) FROM bookings WHERE state = 'confirmed'") == [(0,)]


def test_an_open_ended_series_may_be_given_an_end(deps, house):
    series = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))

    changed = change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=5")

    assert (changed["open_ended"], changed["until"]) == (False, "2026-12-22")
    assert [row["state"] for row in changed["dates"]].count("booked") == 5
