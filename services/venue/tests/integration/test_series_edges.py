# SPDX-License-Identifier: Apache-2.0
"""The corners of a series: paid dates, dates in each other's way, who changes what, and series that are long over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from chassis.errors import Conflict, NotFound, Unprocessable
from venue.deps import InProcess
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.placing import OnBehalf
from venue.usecases.series.roll import roll_series
from venue.usecases.series.see import one_series

from ..conftest import at, book, counter, resident
from .test_series import arrange, own, states, wish
from .test_series_changes import cancel, change, times


@pytest.fixture
def pay(database):
    """Note a booking as paid in full, as the counter's till would."""

    def pay(booking_id):
        with database.superuser() as connection:
            connection.execute(
                "INSERT INTO settlements (division_code, id, booking_id, venue_id, attempt, receipt_no, amount_fen,"
                " method, settled_at, occurred_on, settled_by) SELECT division_code, gen_random_uuid(), id, venue_id,"
                " 1, 1, price_fen, 'cash', created_at, created_at::date, 'test' FROM bookings WHERE id = %s",
                (booking_id,),
            )

    return pay


def test_what_is_paid_stays_where_it_is_if_the_new_time_has_another_price(deps, house, pay):
    series = arrange(deps, wish(house))
    pay(series["dates"][1]["booking_id"])

    changed = change(deps, series, "all", local_start="18:00", minutes=60)

    assert [(row["local_start"][11:], row["reason_code"]) for row in changed["dates"]] == [
        ("18:00", None), ("19:00", "paid_at_another_price"), ("18:00", None), ("18:00", None),
    ]  # fmt: skip
    moved = change(deps, series, "all", local_start="18:00", minutes=120)
    assert {(row["local_start"][11:], row["reason_code"]) for row in moved["dates"]} == {("18:00", None)}


def test_what_is_paid_moves_where_it_costs_the_same(deps, house, pay):
    series = arrange(deps, wish(house))
    pay(series["dates"][1]["booking_id"])

    changed = change(deps, series, "all", local_start="18:00")

    assert {row[0][11:] for row in times(changed)} == {"18:00"}


def test_a_date_that_another_of_the_same_series_was_moved_onto_says_so(deps, house):
    series = arrange(deps, wish(house))
    onto = MoveBooking(at("2026-12-08T17:00"), at("2026-12-08T18:00"))
    move_booking(deps, counter(), series["dates"][1]["booking_id"], onto, InProcess())

    changed = change(deps, series, "all", local_start="16:00", minutes=90)

    assert changed["dates"][2]["reason_code"] == "own_other_date"
    assert changed["dates"][2]["reason"] == "这个系列的另一天占着这个时间"
    assert times(changed)[1] == ("2026-12-08T17:00", "moved")


def test_a_date_cancelled_twice_is_not_there_the_second_time(deps, house, look):
    series = arrange(deps, wish(house))
    cancel(deps, series, "one", "2026-12-01")

    with pytest.raises(NotFound) as refused:
        cancel(deps, series, "one", "2026-12-01")

    assert refused.value.code == "series_date_not_found"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(3,)]


def test_the_following_may_be_changed_again_and_again(deps, house):
    series = arrange(deps, wish(house, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=6"))

    second = change(deps, series, "following", from_date="2026-12-15", local_start="18:00")
    third = change(deps, second, "following", from_date="2027-01-10", local_start="20:00", minutes=60)

    seen = [one_series(deps, counter(), one["series_id"], "zh") for one in (series, second, third)]
    assert [(row["date"], row["local_start"][11:]) for one in seen for row in one["dates"]] == [
        ("2026-11-24", "19:00"), ("2026-12-08", "19:00"), ("2026-12-22", "18:00"), ("2027-01-05", "18:00"),
        ("2027-01-19", "20:00"), ("2027-02-02", "20:00"),
    ]  # fmt: skip
    assert [one["previous_series_id"] for one in seen] == [None, series["series_id"], second["series_id"]]
    with pytest.raises(NotFound):  # what the first has after the split is the second's
        change(deps, series, "following", from_date="2026-12-22", local_start="21:00")


def test_a_new_rule_from_a_date_on_takes_its_day_from_that_date(deps, house):
    series = arrange(deps, wish(house))

    following = change(deps, series, "following", from_date="2026-12-03", rrule="FREQ=WEEKLY;COUNT=3")

    assert [row["date"] for row in following["dates"] if row["state"] == "booked"] == [
        "2026-12-03", "2026-12-10", "2026-12-17",
    ]  # fmt: skip


def test_skipped_dates_count_among_the_number_of_dates(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T19:00", "2026-12-01T20:00")

    shape = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU;COUNT=3"))

    assert states(shape) == [
        ("2026-11-24", "booked", None), ("2026-12-01", "skipped", "slot_taken"), ("2026-12-08", "booked", None),
    ]  # fmt: skip


def test_the_thirty_first_skips_the_months_that_have_none(deps, house):
    shape = arrange(deps, wish(house, "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", first="2026-12-01"))

    assert [row["date"] for row in shape["dates"]] == ["2026-12-31", "2027-01-31", "2027-03-31", "2027-05-31"]


def test_a_series_that_is_over_is_neither_changed_nor_cancelled(deps, house, look):
    series = arrange(deps, wish(house))
    deps.clock.set(at("2027-03-01T10:00"))

    for act in (lambda: change(deps, series, "all", local_start="18:00"), lambda: cancel(deps, series, "all")):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "series_over"
    assert look("SELECT state, version FROM series") == [("active", 1)]


def test_a_series_that_is_over_may_be_given_new_dates(deps, house):
    series = arrange(deps, wish(house))
    deps.clock.set(at("2027-03-01T10:00"))

    changed = change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20270310")

    assert [row["date"] for row in changed["dates"][4:] if row["state"] == "booked"][-2:] == [
        "2027-03-02",
        "2027-03-09",
    ]


def test_what_has_gone_on_for_years_may_be_given_an_end(deps, house, look):
    series = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))
    for _ in range(3):
        deps.clock.advance(days=390)
        roll_series(deps)
    last = deps.clock.now().date() + timedelta(days=30)

    changed = change(deps, series, "all", rrule=f"FREQ=WEEKLY;BYDAY=TU;UNTIL={last:%Y%m%d}")

    assert changed["open_ended"] is False
    to_come = [row for row in changed["dates"] if row["changeable"]]
    assert 4 <= len(to_come) <= 5
    assert {row["reason_code"] for row in changed["dates"] if row["state"] == "cancelled"} == {"rule_changed"}


def test_one_series_that_cannot_be_rolled_on_keeps_no_other_from_it(deps, house, look, database):
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True))
    arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=WE", open_ended=True))
    with database.superuser() as connection:
        connection.execute("UPDATE series SET rrule = 'FREQ=WEEKLY;BYDAY=XX' WHERE rrule LIKE '%%TU'")

    deps.clock.advance(days=14)
    roll_series(deps)

    assert look("SELECT rrule, materialised_until::text FROM series ORDER BY rrule") == [
        ("FREQ=WEEKLY;BYDAY=WE", "2028-01-11"), ("FREQ=WEEKLY;BYDAY=XX", "2027-12-28"),
    ]  # fmt: skip


def test_a_resident_stretches_no_series_beyond_what_they_may_take(deps, house):
    person = resident()
    series = arrange(deps, own(house), person)

    with pytest.raises(Unprocessable) as refused:
        change(deps, series, "all", rrule="FREQ=DAILY;COUNT=30", actor=person)

    assert (refused.value.code, refused.value.extra["most_dates"]) == ("series_too_long", 12)
    assert len(change(deps, series, "all", rrule="FREQ=DAILY;COUNT=12", actor=person)["dates"]) >= 12


def test_a_resident_moves_the_year_that_staff_arranged_but_not_into_what_staff_alone_may_have(
    deps, house, database, look
):
    person = resident()
    behalf = OnBehalf(person.subject, "每周固定")
    series = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU;COUNT=52", on_behalf_of=behalf))

    moved = change(deps, series, "all", local_start="20:00", minutes=60, actor=person)
    assert {row["local_start"][11:] for row in moved["dates"]} == {"20:00"}

    with database.superuser() as connection:
        connection.execute("UPDATE regimes SET audience = 'officials' WHERE code = 'public_benefit'")
    stayed = change(deps, series, "all", local_start="10:00", actor=person)
    assert {(row["local_start"][11:], row["reason_code"]) for row in stayed["dates"]} == {
        ("20:00", "not_for_this_audience")
    }
