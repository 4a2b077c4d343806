# SPDX-License-Identifier: Apache-2.0
"""Free and busy times as tables and lists."""

from __future__ import annotations

from datetime import date, timedelta

from gateway.web import weeks


def interval(first: str, last: str, state: str = "free", price: int = 0, mine: bool = False) -> dict:
    return {
        "starts_at": f"2026-11-26T{first}:00+08:00",
        "ends_at": f"2026-11-26T{last}:00+08:00",
        "state": state,
        "regime": "commercial" if price else "public_benefit",
        "price_fen_per_hour": price,
        "mine": mine,
    }


def day(*intervals: dict) -> dict:
    return {"date": "2026-11-26", "intervals": list(intervals)}


def spans(lines, number=0):
    """The half hours each cell of a day reaches over, from the top; None where one reaches down."""
    return [line.cells[number] and line.cells[number].rows for line in lines]


def test_a_week_is_written_in_half_hours_with_the_full_hours_before_them():
    lines = weeks.table([day(interval("09:30", "12:00"))])

    assert [(line.hour, line.rows) for line in lines] == [
        ("09:30", 1), ("10:00", 2), (None, 0), ("11:00", 2), (None, 0),
    ]  # fmt: skip


def test_a_long_free_stretch_is_divided_at_the_marks_and_at_every_change():
    lines = weeks.table([day(interval("09:00", "12:00"), interval("12:00", "13:30", "busy"))])

    assert spans(lines) == [4, None, None, None, 2, None, 3, None, None]
    assert [f"{cell.starts_at:%H:%M}" for cell in (lines[0].cells[0], lines[4].cells[0])] == ["09:00", "11:00"]


def test_a_half_hour_on_one_day_divides_no_other_days_cell():
    other = {"date": "2026-11-27", "intervals": [interval("09:00", "13:00")]}
    for row in other["intervals"]:
        row.update(starts_at=row["starts_at"].replace("-26T", "-27T"), ends_at=row["ends_at"].replace("-26T", "-27T"))

    lines = weeks.table([day(interval("09:00", "10:30"), interval("10:30", "13:00", "busy")), other])

    assert spans(lines, 1) == [4, None, None, None, 4, None, None, None]
    assert spans(lines) == [3, None, None, 5, None, None, None, None]


def test_hours_when_every_day_is_closed_are_left_out():
    rows = [interval("09:00", "11:00"), interval("11:00", "14:00", "closed"), interval("14:00", "15:00")]

    lines = weeks.table([day(*rows)])

    assert [line.hour for line in lines if line.hour] == ["09:00", "10:00", "14:00"]
    assert all(cell is None or cell.stretch for line in lines for cell in line.cells)


def test_a_closed_morning_beside_an_open_one_is_one_empty_cell():
    other = {"date": "2026-11-27", "intervals": []}

    lines = weeks.table([day(interval("09:00", "11:00")), other])

    assert spans(lines, 1) == [4, None, None, None] and lines[0].cells[1].stretch is None


def test_setting_up_and_cleaning_take_whole_half_hours_from_what_can_be_booked():
    rows = weeks.stretches(
        day(interval("09:00", "13:45"), interval("13:45", "16:10", "busy"), interval("16:10", "18:00"))
    )

    assert [(f"{row.starts_at:%H:%M}", f"{row.ends_at:%H:%M}", row.state) for row in rows] == [
        ("09:00", "13:30", "free"), ("13:30", "16:30", "busy"), ("16:30", "18:00", "free"),
    ]  # fmt: skip
    assert {at.minute for at, _row in weeks.starts(rows)} == {0, 30}


def test_a_free_quarter_of_an_hour_is_no_time_to_book():
    busy = interval("09:00", "09:50", "busy"), interval("10:10", "11:00", "busy")

    rows = weeks.stretches(day(busy[0], interval("09:50", "10:10"), busy[1]))

    assert [row.state for row in rows] == ["busy", "busy"] and rows[0].ends_at == rows[1].starts_at


def test_starts_are_half_hours_of_free_time():
    starts = weeks.starts(weeks.stretches(day(interval("18:00", "19:30"), interval("19:30", "20:00", "busy"))))

    assert [f"{at:%H:%M}" for at, _stretch in starts] == ["18:00", "18:30", "19:00"]


def test_ends_stay_inside_the_stretch_and_carry_their_price():
    rows = weeks.stretches(day(interval("18:00", "20:00", price=3000), interval("20:00", "22:00", "busy")))

    ends = weeks.ends(rows, weeks.local(date(2026, 11, 26), "18:30"))

    assert [(f"{one.at:%H:%M}", one.price_fen) for one in ends] == [("19:00", 1500), ("19:30", 3000), ("20:00", 4500)]
    assert not any(one.is_split for one in ends)


def test_an_end_in_the_next_regime_costs_both_prices():
    rows = weeks.stretches(day(interval("16:00", "18:00"), interval("18:00", "19:00", price=3000)))

    ends = weeks.ends(rows, weeks.local(date(2026, 11, 26), "17:00"))

    last = ends[-1]
    assert last.is_split and last.price_fen == 3000
    assert [(f"{one.starts_at:%H:%M}", f"{one.ends_at:%H:%M}", one.price_fen) for one in last.parts] == [
        ("17:00", "18:00", 0),
        ("18:00", "19:00", 3000),
    ]


def test_a_length_fits_where_one_regime_has_room_for_it():
    rows = weeks.stretches(
        day(interval("09:00", "10:30"), interval("10:30", "11:00", "busy"), interval("11:00", "12:00", price=3000))
    )

    assert [(f"{at:%H:%M}", price) for at, price in weeks.fitting(rows, timedelta(hours=1))] == [
        ("09:00", 0), ("09:30", 0), ("11:00", 3000),
    ]  # fmt: skip


def test_ones_own_time_is_free_for_ones_own_booking_to_move_in():
    rows = weeks.stretches(day(interval("09:00", "10:00", "busy", mine=True), interval("10:00", "11:00")))
    first = weeks.local(date(2026, 11, 26), "09:00")

    rows = weeks.given_back(rows, first, first + timedelta(hours=1))

    assert [f"{at:%H:%M}" for at, _price in weeks.fitting(rows, timedelta(hours=1))] == ["09:00", "09:30", "10:00"]


def test_office_hours_are_open_and_not_for_booking_and_say_their_name():
    row = {**interval("09:00", "12:00"), "state": "reserved", "regime": "desk", "price_fen_per_hour": None}

    rows = weeks.stretches(day(row), [{"code": "desk", "name": "政务服务"}])

    assert (rows[0].look, rows[0].label) == ("session", "政务服务")
    assert weeks.starts(rows) == []


def test_the_key_names_each_regime_with_its_price():
    rows = weeks.stretches(day(interval("09:00", "12:00"), interval("18:00", "20:00", price=3000)))
    regimes = [{"code": "public_benefit", "name": "公益时段"}, {"code": "commercial", "name": "商业时段"}]

    key = weeks.legend([rows], [*regimes, {"code": "never", "name": "x"}])

    assert [(one["name"], one["prices"]) for one in key] == [("公益时段", [0]), ("商业时段", [3000])]


def test_midnight_is_an_end():
    assert weeks.local(date(2026, 11, 26), "24:00").date() == date(2026, 11, 27)


def test_a_nonsense_time_is_no_time():
    assert weeks.local(date(2026, 11, 26), "soon") is None


def test_ones_own_booking_looks_like_ones_own():
    looks = [row.look for row in weeks.stretches(day(interval("09:00", "10:00", "busy", mine=True)))]

    assert looks == ["mine"]


def test_days_are_grouped_by_regime_in_order():
    rows = weeks.stretches(day(interval("09:00", "18:00"), interval("18:00", "22:00", price=3000)))

    assert [(group.price, len(group.rows)) for group in weeks.by_regime(rows)] == [(0, 1), (3000, 1)]


def test_the_key_shows_each_mark_once_with_every_regime_that_has_it(app):
    key = [
        {"name": "公益时段", "mark": "i-benefit", "prices": [0]},
        {"name": "商业时段", "mark": "i-commercial", "prices": [3000]},
        {"name": "成本时段", "mark": "i-commercial", "prices": [1000]},
    ]

    with app.test_request_context("/"):
        app.preprocess_request()
        text = app.jinja_env.get_template("parts/rooms.html").module.legend(key, False)

    assert text.count("i-commercial") == 1
    assert "商业时段 ・ ¥30/小时；成本时段 ・ ¥10/小时</li>" in text
