# SPDX-License-Identifier: Apache-2.0
"""One date, the following, or all: what a change touches, what it keeps, and what it never may touch."""

from __future__ import annotations

from datetime import date, time

import pytest
from chassis.errors import Conflict, NotFound, PreconditionFailed, Unprocessable
from chassis.pagination import Page
from venue.deps import InProcess
from venue.domain.waiting.waiting import Wish
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.series.cancel import cancel_series
from venue.usecases.series.change import change_series
from venue.usecases.series.locking import ChangeSeries
from venue.usecases.series.see import KEY, my_series, one_series
from venue.usecases.waiting.waiting import JoinWaitingList, join

from ..conftest import NEIGHBOUR, OVERLAPS, at, book, counter, keyed, resident
from .test_series import arrange, own, states, wish


def change(deps, series, scope, *, actor=None, attempt=None, **wanted):
    if "local_start" in wanted:
        wanted["local_start"] = time.fromisoformat(wanted["local_start"])
    if "from_date" in wanted:
        wanted["from_date"] = date.fromisoformat(wanted["from_date"])
    attempt = attempt or InProcess()
    return change_series(deps, actor or counter(), series["series_id"], ChangeSeries(scope, **wanted), attempt).content


def cancel(deps, series, scope, from_date=None, actor=None):
    day = date.fromisoformat(from_date) if from_date else None
    return cancel_series(deps, actor or counter(), series["series_id"], scope, day, InProcess()).content


def times(shape):
    return [(row["local_start"], row["state"]) for row in shape["dates"]]


def events_of(look):
    return [row[0].split(".", 2)[2] for row in look("SELECT type FROM outbox ORDER BY id")]


def test_all_to_come_move_and_keep_their_bookings(deps, house, look):
    series = arrange(deps, wish(house))
    before = {row["booking_id"] for row in series["dates"]}

    changed = change(deps, series, "all", local_start="18:00")

    assert times(changed) == [
        ("2026-11-24T18:00", "booked"),
        ("2026-12-01T18:00", "booked"),
        ("2026-12-08T18:00", "booked"),
        ("2026-12-15T18:00", "booked"),
    ]
    assert {row["booking_id"] for row in changed["dates"]} == before
    assert (changed["series_id"], changed["version"]) == (series["series_id"], 2)
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(4,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(4,)]
    assert events_of(look) == ["series.confirmed.v1", "series.changed.v1"]


def test_what_is_over_is_never_touched(deps, house):
    series = arrange(deps, wish(house))
    deps.clock.set(at("2026-12-03T10:00"))

    changed = change(deps, series, "all", local_start="18:00")

    assert [row[0] for row in times(changed)] == [
        "2026-11-24T19:00", "2026-12-01T19:00", "2026-12-08T18:00", "2026-12-15T18:00",
    ]  # fmt: skip


def test_what_has_begun_is_not_moved_under_the_guests(deps, house):
    series = arrange(deps, wish(house))
    deps.clock.set(at("2026-12-01T19:30"))

    changed = change(deps, series, "all", local_start="20:00")

    assert [row[0] for row in times(changed)][1:3] == ["2026-12-01T19:00", "2026-12-08T20:00"]


def test_the_following_become_a_series_of_their_own_and_keep_their_bookings(deps, house, look):
    series = arrange(deps, wish(house))

    following = change(deps, series, "following", from_date="2026-12-08", local_start="18:00", minutes=60)

    assert following["previous_series_id"] == series["series_id"]
    assert times(following) == [("2026-12-08T18:00", "booked"), ("2026-12-15T18:00", "booked")]
    assert {row["booking_id"] for row in following["dates"]} == {row["booking_id"] for row in series["dates"][2:]}
    rest = one_series(deps, counter(), series["series_id"], "zh")
    assert [row[0] for row in times(rest)] == ["2026-11-24T19:00", "2026-12-01T19:00"]
    assert rest["rrule"] == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261207"
    assert events_of(look) == ["series.confirmed.v1", "series.changed.v1"]


def test_every_other_week_stays_the_same_other_week_after_a_split(deps, house):
    series = arrange(deps, wish(house, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=6"))

    following = change(deps, series, "following", from_date="2026-12-14", local_start="18:00")

    assert [row["date"] for row in following["dates"]] == [row["date"] for row in series["dates"][2:]]


def test_a_new_rule_keeps_the_dates_it_still_names_and_drops_the_others(deps, house, look):
    series = arrange(deps, wish(house))

    changed = change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261206")

    assert states(changed) == [
        ("2026-11-24", "booked", None),
        ("2026-11-26", "booked", None),
        ("2026-12-01", "booked", None),
        ("2026-12-03", "booked", None),
        ("2026-12-08", "cancelled", "rule_changed"),
        ("2026-12-15", "cancelled", "rule_changed"),
    ]
    assert look("SELECT version FROM bookings WHERE local_start::date = '2026-11-24'") == [(1,)]
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(4,)]


def test_a_date_that_was_dropped_may_come_back(deps, house):
    series = arrange(deps, wish(house))
    change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261206")

    changed = change(deps, series, "all", rrule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261220")

    assert [row[1] for row in states(changed)] == ["booked"] * 4


def test_a_clash_under_all_or_nothing_changes_nothing(deps, house, look):
    series = arrange(deps, wish(house, policy="all_or_nothing"))
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-08T18:00", "2026-12-08T19:00")

    with pytest.raises(Conflict) as refused:
        change(deps, series, "all", local_start="18:00")

    assert [row["date"] for row in refused.value.extra["dates"]] == ["2026-12-08"]
    untouched = one_series(deps, counter(), series["series_id"], "zh")
    assert untouched == series


def test_a_date_that_cannot_move_keeps_its_old_time_and_says_why(deps, house, look):
    series = arrange(deps, wish(house))
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-08T18:00", "2026-12-08T19:00")

    changed = change(deps, series, "all", local_start="18:00")

    assert times(changed)[2] == ("2026-12-08T19:00", "booked")
    assert changed["dates"][2]["reason_code"] == "slot_taken"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(5,)]
    assert look(OVERLAPS) == [(0,)]


def test_a_date_left_out_is_tried_again_with_the_change(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T20:00", "2026-12-01T21:00")
    series = arrange(deps, wish(house))

    changed = change(deps, series, "all", local_start="18:00", minutes=60)

    assert [row[1] for row in times(changed)] == ["booked"] * 4


def test_the_times_of_a_series_may_slide_over_one_another(deps, house):
    series = arrange(deps, wish(house, "FREQ=DAILY;COUNT=5"))

    changed = change(deps, series, "all", local_start="19:30")

    assert {row[1] for row in times(changed)} == {"booked"}
    assert {row[0][11:] for row in times(changed)} == {"19:30"}


def test_another_room_takes_the_whole_series(deps, house, look):
    series = arrange(deps, wish(house))

    changed = change(deps, series, "all", space_id=house.spaces["book_room"])

    assert {row["space_name"] for row in changed["dates"]} == {"社区书屋"}
    assert look("SELECT DISTINCT atom_id FROM occupancies WHERE active") == [(house.atoms["book_room"],)]


def test_one_date_moves_as_the_booking_it_is(deps, house, look):
    series = arrange(deps, wish(house))

    changed = change(deps, series, "one", from_date="2026-12-01", local_start="20:00", minutes=60)

    assert times(changed)[1] == ("2026-12-01T20:00", "moved")
    assert [row[1] for row in times(changed)].count("booked") == 3
    assert events_of(look) == ["series.confirmed.v1", "booking.moved.v1"]


def test_what_was_decided_about_one_date_outlives_a_change_of_all(deps, house):
    series = arrange(deps, wish(house))
    change(deps, series, "one", from_date="2026-12-01", local_start="20:00", minutes=60)
    cancel_booking(deps, counter(), series["dates"][2]["booking_id"], InProcess())

    changed = change(deps, series, "all", local_start="18:00")

    assert times(changed) == [
        ("2026-11-24T18:00", "booked"),
        ("2026-12-01T20:00", "moved"),
        ("2026-12-08T19:00", "cancelled"),
        ("2026-12-15T18:00", "booked"),
    ]


def test_a_booking_moved_by_itself_is_seen_as_moved_in_its_series(deps, house):
    series = arrange(deps, wish(house))
    wanted = MoveBooking(at("2026-12-02T19:00"), at("2026-12-02T20:00"))
    move_booking(deps, counter(), series["dates"][1]["booking_id"], wanted, InProcess())

    seen = one_series(deps, counter(), series["series_id"], "zh")

    assert (seen["dates"][1]["date"], seen["dates"][1]["local_start"]) == ("2026-12-01", "2026-12-02T19:00")
    assert seen["dates"][1]["state"] == "moved"


def test_one_date_has_no_rule_of_its_own(deps, house):
    series = arrange(deps, wish(house))

    with pytest.raises(Unprocessable) as refused:
        change(deps, series, "one", from_date="2026-12-01", rrule="FREQ=DAILY;COUNT=2")

    assert refused.value.code == "one_date_has_no_rule"


@pytest.mark.parametrize(
    ("scope", "wanted", "code"),
    [
        ("one", {"local_start": "18:00"}, "from_date_required"),
        ("following", {"local_start": "18:00"}, "from_date_required"),
        ("all", {}, "nothing_to_change"),
        ("one", {"local_start": "18:00", "from_date": "2026-12-02"}, "series_date_not_found"),
        ("one", {"local_start": "18:00", "from_date": "2026-11-17"}, "series_date_not_found"),
        ("following", {"local_start": "18:00", "from_date": "2027-12-01"}, "series_date_not_found"),
        ("following", {"rrule": "FREQ=DAILY;COUNT=2", "from_date": "9999-12-31"}, "too_far_ahead"),
        ("all", {"rrule": "FREQ=DAILY"}, "rrule_endless"),
        ("all", {"rrule": "FREQ=WEEKLY;COUNT=401"}, "rrule_too_many"),
        ("all", {"local_start": "18:10"}, "not_on_grain"),
        ("all", {"minutes": 1440}, "too_long"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(deps, house, scope, wanted, code):
    series = arrange(deps, wish(house))

    with pytest.raises((Unprocessable, NotFound)) as refused:
        change(deps, series, scope, **wanted)

    assert refused.value.code == code
    assert one_series(deps, counter(), series["series_id"], "zh") == series


def test_a_change_needs_the_version_that_was_seen(deps, house):
    series = arrange(deps, wish(house))

    with pytest.raises(PreconditionFailed):
        change(deps, series, "all", local_start="18:00", attempt=keyed(if_match=7))


def test_nobody_changes_or_sees_another_persons_series(deps, house):
    series = arrange(deps, wish(house))

    for stranger in (resident(), counter(NEIGHBOUR)):
        with pytest.raises(NotFound):
            one_series(deps, stranger, series["series_id"], "zh")
        with pytest.raises(NotFound):
            change(deps, series, "all", local_start="18:00", actor=stranger)
        with pytest.raises(NotFound):
            cancel(deps, series, "all", actor=stranger)


def test_cancelling_all_frees_what_is_to_come_with_one_notice(deps, house, look):
    series = arrange(deps, wish(house))
    deps.clock.set(at("2026-11-26T10:00"))

    cancelled = cancel(deps, series, "all")

    assert [row["state"] for row in cancelled["dates"]] == ["booked", "cancelled", "cancelled", "cancelled"]
    assert cancelled["state"] == "cancelled"
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]
    assert look("SELECT count(*) FROM published_busy_times") == [(1,)]
    assert events_of(look) == ["series.confirmed.v1", "series.cancelled.v1"]
    with pytest.raises(Conflict) as refused:
        change(deps, series, "all", local_start="18:00")
    assert refused.value.code == "series_over"


def test_the_number_of_statements_of_a_change_does_not_grow_with_the_dates(deps, house, counted):
    """Nobody waits for what is given up; who does is served date by date."""

    def sent(weeks, room, start, act):
        series = arrange(deps, wish(house, f"FREQ=WEEKLY;BYDAY=TU;COUNT={weeks}", room=room, start=start, minutes=60))
        return counted(lambda: act(series))

    for start, act in (
        ("19:00", lambda series: change(deps, series, "all", local_start="18:00")),
        ("20:00", lambda series: change(deps, series, "following", from_date="2026-12-01", local_start="21:00")),
        ("19:00", lambda series: cancel(deps, series, "all")),
    ):
        assert sent(2, "book_room", start, act) == sent(52, "elders_space", start, act)


def test_cancelling_the_following_ends_the_series_before_them(deps, house):
    series = arrange(deps, wish(house))

    cancelled = cancel(deps, series, "following", "2026-12-08")

    assert [row["state"] for row in cancelled["dates"]] == ["booked", "booked", "cancelled", "cancelled"]
    assert (cancelled["state"], cancelled["until"]) == ("active", "2026-12-07")


def test_cancelling_one_date_is_told_by_its_booking(deps, house, look):
    series = arrange(deps, wish(house))

    cancelled = cancel(deps, series, "one", "2026-12-01")

    assert [row["state"] for row in cancelled["dates"]] == ["booked", "cancelled", "booked", "booked"]
    assert events_of(look) == ["series.confirmed.v1", "booking.cancelled.v1"]


def test_a_person_gives_up_their_own_and_the_late_one_is_marked(deps, house, look):
    person = resident()
    series = arrange(deps, own(house), person)
    deps.clock.set(at("2026-11-24T18:00"))

    cancel(deps, series, "all", actor=person)

    assert look("SELECT local_start::date::text FROM bookings WHERE late_cancelled") == [("2026-11-24",)]
    assert look("SELECT kind FROM marks") == [("late_cancel",)]


def test_a_series_arranged_at_short_notice_may_be_given_up_for_a_quarter_of_an_hour(deps, house, look, frozen_clock):
    person = resident()
    frozen_clock.set(at("2026-11-24T18:00"))
    series = arrange(deps, own(house), person)
    frozen_clock.set(at("2026-11-24T18:14"))

    cancel(deps, series, "all", actor=person)

    assert look("SELECT state, late_cancelled, count(*) FROM bookings GROUP BY 1, 2") == [("cancelled", False, 4)]
    assert look("SELECT count(*) FROM marks") == [(0,)]


def test_what_is_too_late_to_move_by_itself_stays_when_the_series_moves(deps, house):
    person = resident()
    series = arrange(deps, own(house), person)
    deps.clock.set(at("2026-11-24T17:30"))

    changed = change(deps, series, "all", local_start="20:00", minutes=60, actor=person)

    assert [row[0] for row in times(changed)][:2] == ["2026-11-24T19:00", "2026-12-01T20:00"]


def test_a_quota_keeps_the_later_dates_out_and_is_given_back(deps, house, look, database):
    with database.superuser() as connection:
        connection.execute(
            "INSERT INTO quotas (division_code, id, venue_id, subject, period, count_limit, valid_from, created_at)"
            " SELECT division_code, gen_random_uuid(), id, 'person', 'month', 2, '2026-01-01', created_at FROM venues"
        )
    person = resident()

    series = arrange(deps, own(house), person)

    assert states(series) == [
        ("2026-11-24", "booked", None),
        ("2026-12-01", "booked", None),
        ("2026-12-08", "booked", None),
        ("2026-12-15", "skipped", "quota_exceeded"),
    ]
    moved = change(deps, series, "all", local_start="18:00", minutes=60, actor=person)
    assert [row["state"] for row in moved["dates"]] == ["booked", "booked", "booked", "skipped"]
    cancel(deps, series, "all", actor=person)
    assert look("SELECT sum(used_count)::int FROM quota_counters") == [(0,)]


def test_ones_own_series_are_listed_newest_first_with_what_is_to_come(deps, house):
    person = resident()
    arrange(deps, own(house), person)
    deps.clock.advance(minutes=1)
    newest = arrange(deps, own(house, "FREQ=WEEKLY;BYDAY=WE;COUNT=2", first="2026-11-25"), person)
    arrange(deps, own(house, start="21:00", minutes=60), resident())

    listed = my_series(deps, person, Page.parse(None, 50, KEY), "zh")["items"]

    assert listed[0]["series_id"] == newest["series_id"]
    sums = [tuple(row[f"{name}_count"] for name in ("dates", "skipped", "to_come")) for row in listed]
    assert sums == [(2, 0, 2), (4, 0, 4)]
    assert listed[0]["next_starts_at"] == "2026-11-25T19:00:00+08:00"


def test_who_waits_is_offered_what_a_series_gives_up(deps, house, look):
    series = arrange(deps, wish(house))

    wanted = Wish(house.spaces["council_pavilion"], at("2026-12-08T19:00"), at("2026-12-08T21:00"), 120)
    join(deps, resident(), JoinWaitingList(wanted), InProcess())

    cancel(deps, series, "all")

    assert look("SELECT state, starts_at FROM bookings WHERE series_id IS NULL") == [("held", at("2026-12-08T19:00"))]


def test_days_to_come_are_counted_from_the_venues_midnight(deps, house):
    series = arrange(deps, wish(house, "FREQ=DAILY;COUNT=3"))
    deps.clock.set(at("2026-11-25T00:30"))

    changed = change(deps, series, "all", local_start="18:00")

    assert [row[0] for row in times(changed)] == ["2026-11-24T19:00", "2026-11-25T18:00", "2026-11-26T18:00"]
