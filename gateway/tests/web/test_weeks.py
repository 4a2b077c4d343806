# SPDX-License-Identifier: Apache-2.0
"""Free and busy times as tables and lists."""

from __future__ import annotations

from datetime import date

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


def test_a_long_free_stretch_is_divided_at_the_marks_and_at_every_change():
    rows = weeks.table([day(interval("09:00", "10:30"), interval("10:30", "12:00", "busy"))])

    assert [line for line, _cells in rows] == ["09:00", "10:30", "11:00"]
    assert [cells[0] and cells[0].stretch.state for _line, cells in rows] == ["free", "busy", None]


def test_a_half_hour_on_one_day_divides_no_other_days_cell():
    other = {"date": "2026-11-27", "intervals": [interval("09:00", "13:00")]}
    for row in other["intervals"]:
        row.update(starts_at=row["starts_at"].replace("-26T", "-27T"), ends_at=row["ends_at"].replace("-26T", "-27T"))

    rows = weeks.table([day(interval("09:00", "10:30"), interval("10:30", "13:00", "busy")), other])

    assert [(line, cells[1].rows if cells[1] else None) for line, cells in rows] == [
        ("09:00", 2), ("10:30", None), ("11:00", 1),
    ]  # fmt: skip
    assert [cells[0].rows if cells[0] else None for _line, cells in rows] == [1, 2, None]


def test_closed_time_leaves_no_cell():
    rows = weeks.table([day(interval("08:00", "09:00", "closed"), interval("09:00", "11:00"))])

    assert [line for line, _cells in rows] == ["09:00"]


def test_starts_are_half_hours_of_free_time():
    starts = weeks.starts(weeks.stretches(day(interval("18:00", "19:30"), interval("19:30", "20:00", "busy"))))

    assert [f"{at:%H:%M}" for at, _stretch in starts] == ["18:00", "18:30", "19:00"]


def test_ends_stay_inside_the_stretch_and_carry_their_price():
    stretch = weeks.stretches(day(interval("18:00", "20:00", price=3000)))[0]

    ends = weeks.ends(stretch, weeks.local(date(2026, 11, 26), "18:30"))

    assert [(f"{at:%H:%M}", price) for at, price in ends] == [("19:00", 1500), ("19:30", 3000), ("20:00", 4500)]


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
