# SPDX-License-Identifier: Apache-2.0
"""A room that repeats: all its dates by one act, those that cannot be had kept with their reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from chassis.db import uuid7
from chassis.errors import Conflict, Forbidden, NotFound, Unprocessable
from venue.deps import InProcess
from venue.usecases.booking.placing import OnBehalf
from venue.usecases.series.check import check_series
from venue.usecases.series.create import CreateSeries, create_series
from venue.usecases.venues.closures import CloseSpace, close_space

from ..conftest import NEIGHBOUR, at, book, build_house, counter, keyed, resident

NEIGHBOUR_AT_HOME = uuid7()
TUESDAYS = "FREQ=WEEKLY;BYDAY=TU;COUNT=4"


def wish(house, rrule=TUESDAYS, *, room="council_pavilion", start="19:00", minutes=120, first="2026-11-24", **more):
    more.setdefault("on_behalf_of", OnBehalf(uuid7(), "每周固定"))
    return CreateSeries(
        house.spaces[room], rrule, date.fromisoformat(first), time.fromisoformat(start), minutes, **more
    )


def own(house, *arguments, **more):
    return wish(house, *arguments, on_behalf_of=None, **more)


def arrange(deps, command, actor=None, attempt=None):
    return create_series(deps, actor or counter(), command, attempt or InProcess()).content


def states(shape):
    return [(row["date"], row["state"], row["reason_code"]) for row in shape["dates"]]


def test_every_date_is_a_booking_at_the_same_wall_time(deps, house, look):
    shape = arrange(deps, wish(house))

    assert [row["starts_at"] for row in shape["dates"]] == [
        f"2026-{day}T19:00:00+08:00" for day in ("11-24", "12-01", "12-08", "12-15")
    ]
    rows = look("SELECT local_start::text, local_end::text, tz, state FROM bookings ORDER BY local_start")
    assert rows[0] == ("2026-11-24 19:00:00", "2026-11-24 21:00:00", "Asia/Shanghai", "confirmed")
    assert len(rows) == 4
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(4,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(4,)]


def test_a_series_is_one_notice_and_no_booking_gives_another(deps, house, look):
    arrange(deps, wish(house))

    assert look("SELECT type FROM outbox") == [("linli.venue.series.confirmed.v1",)]
    assert look("SELECT action FROM audit WHERE action <> 'venue.created'") == [("series.confirmed",)]


def test_a_date_somebody_has_is_left_out_and_the_others_are_kept(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T20:00", "2026-12-01T21:00")

    shape = arrange(deps, wish(house))

    assert states(shape) == [
        ("2026-11-24", "booked", None),
        ("2026-12-01", "skipped", "slot_taken"),
        ("2026-12-08", "booked", None),
        ("2026-12-15", "booked", None),
    ]
    assert shape["dates"][1]["reason"] == "这天的这个时间已有人订了"


def test_all_or_nothing_names_the_clashing_dates_and_changes_nothing(deps, house, look):
    book(deps, resident(), house.spaces["whole_house"], "2026-12-08T20:00", "2026-12-08T21:00")

    with pytest.raises(Conflict) as refused:
        arrange(deps, wish(house, policy="all_or_nothing"))

    assert refused.value.code == "series_dates_refused"
    assert [(row["date"], row["reason_code"]) for row in refused.value.extra["dates"]] == [("2026-12-08", "slot_taken")]
    assert look("SELECT count(*) FROM series") == [(0,)]
    assert look("SELECT count(*) FROM bookings") == [(1,)]


def test_all_or_nothing_refuses_by_a_rule_too(deps, house, look):
    with pytest.raises(Conflict) as refused:
        arrange(deps, wish(house, policy="all_or_nothing", start="21:00"))

    assert {row["reason_code"] for row in refused.value.extra["dates"]} == {"outside_opening"}
    assert look("SELECT count(*) FROM series") == [(0,)]


def test_where_nothing_can_be_had_nothing_is_arranged(deps, house, look):
    with pytest.raises(Conflict) as refused:
        arrange(deps, wish(house, start="03:00"))

    assert refused.value.code == "series_dates_refused"
    assert len(refused.value.extra["dates"]) == 4
    assert look("SELECT count(*) FROM series") == [(0,)]


def test_alternatives_are_offered_for_each_date_left_out(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T19:00", "2026-12-01T20:00")

    shape = arrange(deps, wish(house, policy="offer_alternatives"))

    offered = {row["date"]: row["alternatives"] for row in shape["dates"]}
    assert offered["2026-11-24"] == []
    assert 1 <= len(offered["2026-12-01"]) <= 3
    assert all(one["starts_at"].startswith("2026-12-01") for one in offered["2026-12-01"])


def test_a_trial_says_of_every_date_what_would_become_of_it_and_changes_nothing(deps, house, look):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T19:00", "2026-12-01T20:00")

    told = check_series(deps, counter(), wish(house, policy="offer_alternatives"), "zh")

    assert [(row["date"], row["state"], row["reason_code"]) for row in told["dates"]][:2] == [
        ("2026-11-24", "free", None),
        ("2026-12-01", "skipped", "slot_taken"),
    ]
    assert (told["dates_count"], told["free_count"], told["price_fen"]) == (4, 3, 3 * 6000)
    assert told["dates"][1]["alternatives"]
    assert look("SELECT count(*) FROM bookings") == [(1,)]
    assert look("SELECT count(*) FROM series") == [(0,)]


def test_what_the_trial_promises_is_what_is_arranged_when_nobody_comes_between(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T19:00", "2026-12-01T20:00")
    command = wish(house, "FREQ=DAILY;COUNT=30", start="20:00")

    told = check_series(deps, counter(), command, "zh")
    shape = arrange(deps, command)

    assert [row["date"] for row in told["dates"] if row["state"] == "free"] == [
        row["date"] for row in shape["dates"] if row["state"] == "booked"
    ]


def test_fifty_two_weeks_are_one_series(deps, house, look):
    shape = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU;COUNT=52"))

    assert {row["state"] for row in shape["dates"]} == {"booked"}
    assert look("SELECT count(DISTINCT pick_up_code) FROM bookings") == [(52,)]


def set_quota(database, subject="person", period="month", count=2):
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO quotas (division_code, id, venue_id, subject, period, count_limit, valid_from, created_at)"
            " SELECT division_code, gen_random_uuid(), id, %s, %s, %s, '2026-01-01', created_at FROM venues",
            (subject, period, count),
        )


@pytest.mark.parametrize("quotas", [(), (("person", "week", 9), ("community", "year", 99), ("household", "day", 9))])
def test_the_number_of_statements_does_not_grow_with_the_dates(deps, house, database, counted, quotas):
    for quota in quotas:
        set_quota(database, *quota)

    def sent(weeks, start):
        return counted(lambda: arrange(deps, wish(house, f"FREQ=WEEKLY;BYDAY=TU;COUNT={weeks}", start=start)))

    assert sent(2, "18:00") == sent(52, "20:00")


def test_a_quota_keeps_out_what_exceeds_it_and_begins_anew_with_the_month(deps, house, database, look):
    set_quota(database, period="month", count=3)

    shape = arrange(deps, wish(house, "FREQ=WEEKLY;BYDAY=TU;COUNT=9", first="2026-12-01"))

    reasons = {row["date"]: row["reason_code"] for row in shape["dates"]}
    assert [day for day, reason in reasons.items() if reason] == ["2026-12-22", "2026-12-29", "2027-01-26"]
    assert look("SELECT period_start::text, used_count FROM quota_counters ORDER BY 1") == [
        ("2026-12-01", 3),
        ("2027-01-01", 3),
    ]
    assert look("SELECT count(*) FROM quota_uses") == [(6,)]


def test_the_trial_knows_the_quotas_too(deps, house, database, look):
    set_quota(database, "household", "month", 2)
    person, household = uuid7(), uuid7()
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO household_members (division_code, membership_id, person_id, household_id, started_on)"
            " SELECT division_code, gen_random_uuid(), one, %s, '2020-01-01' FROM venues, unnest(%s::uuid[]) AS one",
            (household, [person, NEIGHBOUR_AT_HOME]),
        )
    book(deps, resident(subject=NEIGHBOUR_AT_HOME), house.spaces["book_room"], "2026-12-02T19:00", "2026-12-02T20:00")
    command = wish(house, on_behalf_of=OnBehalf(person, "每周固定"))

    told = check_series(deps, counter(), command, "zh")
    assert [row["reason_code"] for row in told["dates"]] == [None, None, "quota_exceeded", "quota_exceeded"]
    assert look("SELECT sum(used_count)::int FROM quota_counters") == [(1,)]

    shape = arrange(deps, command)
    assert [row["reason_code"] for row in shape["dates"]] == [row["reason_code"] for row in told["dates"]]


def test_a_resident_arranges_no_series_in_a_groups_name(deps, house):
    for act in (arrange, lambda deps, command, actor: check_series(deps, actor, command, "zh")):
        with pytest.raises(Forbidden) as refused:
            act(deps, own(house, group_id=uuid7()), resident())
        assert refused.value.code == "group_only_at_counter"


def test_a_resident_takes_a_few_dates_within_the_horizon(deps, house):
    shape = arrange(deps, own(house, "FREQ=WEEKLY;BYDAY=TU;COUNT=12"), resident())

    kept_out = [row for row in shape["dates"] if row["state"] == "skipped"]
    assert {row["reason_code"] for row in kept_out} == {"too_far_ahead"}
    assert len(shape["dates"]) == 12


def test_a_resident_who_wants_more_is_sent_to_the_counter(deps, house, look):
    with pytest.raises(Unprocessable) as refused:
        arrange(deps, own(house, "FREQ=DAILY;COUNT=13"), resident())

    assert (refused.value.code, refused.value.extra["most_dates"]) == ("series_too_long", 12)
    assert look("SELECT count(*) FROM series") == [(0,)]


def test_how_many_dates_a_resident_may_take_is_data(deps, house, database):
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET own_series_dates = 3")

    with pytest.raises(Unprocessable) as refused:
        arrange(deps, own(house), resident())

    assert refused.value.extra["most_dates"] == 3


def test_an_evening_may_run_past_midnight(deps, house, look, database):
    with database.superuser() as connection:
        connection.execute("UPDATE regime_rules SET until_minute = 1440 WHERE regime_code = 'commercial'")
        connection.execute(
            "INSERT INTO regime_rules (division_code, id, venue_id, regime_code, weekday, from_minute, until_minute,"
            " valid_from) SELECT division_code, gen_random_uuid(), venue_id, 'commercial', weekday, 0, 60, valid_from"
            " FROM regime_rules WHERE regime_code = 'commercial'"
        )

    shape = arrange(deps, wish(house, start="23:00", minutes=120))

    assert shape["dates"][0]["ends_at"] == "2026-11-25T01:00:00+08:00"
    assert shape["dates"][0]["date"] == "2026-11-24"


def test_setup_and_cleaning_hold_the_room_on_every_date(deps, house, look, database):
    with database.superuser() as connection:
        connection.execute("UPDATE spaces SET setup_minutes = 30, cleanup_minutes = 30")

    arrange(deps, wish(house, start="19:00", minutes=60))

    assert look("SELECT DISTINCT ends_at - starts_at FROM occupancies")[0][0].total_seconds() == 2 * 3600


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"rrule": "FREQ=DAILY"}, "rrule_endless"),
        ({"rrule": "FREQ=DAILY;COUNT=401"}, "rrule_too_many"),
        ({"rrule": "FREQ=DAILY;UNTIL=21261231"}, "rrule_too_many"),
        ({"rrule": "FREQ=MINUTELY;COUNT=3"}, "rrule_not_supported"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20261101"}, "rrule_empty"),
        ({"start": "19:15"}, "not_on_grain"),
        ({"minutes": 45}, "not_on_grain"),
        ({"minutes": 0}, "ends_not_after_start"),
        ({"minutes": -30}, "ends_not_after_start"),
        ({"minutes": 1440}, "too_long"),
        ({"first": "1900-01-01"}, "in_the_past"),
        ({"first": "2126-01-01"}, "too_far_ahead"),
        ({"open_ended": True}, "open_ended_has_no_end"),
    ],
)
def test_a_series_that_cannot_be_is_refused_by_its_rule_and_changes_nothing(deps, house, look, more, code):
    with pytest.raises(Unprocessable) as refused:
        arrange(deps, wish(house, **more))

    assert refused.value.code == code
    for table in ("series", "bookings", "occupancies", "outbox"):
        assert look(f"SELECT count(*) FROM {table}") == [(0,)]


def test_only_the_counter_keeps_a_series_without_an_end(deps, house):
    with pytest.raises(Forbidden) as refused:
        arrange(deps, own(house, "FREQ=WEEKLY;BYDAY=TU", open_ended=True), resident())

    assert refused.value.code == "open_ended_at_counter"


def test_a_neighbours_room_is_not_found(deps, house):
    with pytest.raises(NotFound):
        arrange(deps, wish(house), counter(NEIGHBOUR))


def test_the_same_click_twice_is_one_series(deps, house, look):
    who, command, attempt = counter(), wish(house), keyed()

    first, second = (create_series(deps, who, command, attempt) for _ in range(2))

    assert first.body == second.body
    assert look("SELECT count(*) FROM series") == [(1,)]


def test_a_refusal_is_stored_under_its_key_as_the_answer_it_is(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T20:00", "2026-12-01T21:00")

    reply = create_series(deps, counter(), wish(house, policy="all_or_nothing"), keyed())

    assert (reply.status, reply.content["code"]) == (409, "series_dates_refused")


def test_wall_times_cross_a_jump_of_the_clock_unchanged(deps, database, teahouse):
    helsinki = build_house(deps, database, replace(teahouse, code="sauna_house", time_zone="Europe/Helsinki"))
    deps.clock.set(at("2027-03-01T10:00"))

    shape = arrange(deps, wish(helsinki, "FREQ=WEEKLY;BYDAY=SU;COUNT=6", first="2027-03-14", start="12:00", minutes=60))

    assert [row["starts_at"] for row in shape["dates"]] == [
        "2027-03-14T12:00:00+02:00",
        "2027-03-21T12:00:00+02:00",
        "2027-03-28T12:00:00+03:00",
        "2027-04-04T12:00:00+03:00",
        "2027-04-11T12:00:00+03:00",
        "2027-04-18T12:00:00+03:00",
    ]


def test_a_closed_day_is_told_from_one_that_somebody_has(deps, house):
    closing = CloseSpace(
        venue_id=house.venue_id,
        space_id=house.spaces["council_pavilion"],
        starts_at=at("2026-12-01T00:00"),
        ends_at=at("2026-12-02T00:00"),
        reason_zh="检修",
        reason_en="Repairs",
    )
    close_space(deps, counter(), closing, InProcess())
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-08T19:00", "2026-12-08T20:00")

    told = check_series(deps, counter(), wish(house), "zh")
    shape = arrange(deps, wish(house))

    assert [row["reason_code"] for row in told["dates"]] == [None, "closed", "slot_taken", None]
    assert [row["reason_code"] for row in shape["dates"]] == [None, "closed", "slot_taken", None]


def test_a_holiday_is_left_out_because_the_house_does_not_open(deps, house, database):
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO regime_exceptions (division_code, venue_id, id, day, from_minute, until_minute, regime_code)"
            " SELECT division_code, id, gen_random_uuid(), '2026-12-08', 0, 1440, NULL FROM venues"
        )

    shape = arrange(deps, wish(house))

    assert states(shape)[2] == ("2026-12-08", "skipped", "outside_opening")
