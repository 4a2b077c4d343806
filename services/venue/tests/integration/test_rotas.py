# SPDX-License-Identifier: Apache-2.0
"""Weekly sittings: their dates hold rooms like bookings, never over one, and keep their wall time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from chassis.db import uuid7
from chassis.errors import Conflict, NotFound, Unprocessable
from chassis.pagination import Page
from venue.deps import InProcess
from venue.domain.sittings.rotas import Official
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.sittings import rotas, see_sessions, sittings
from venue.usecases.sittings.rotas import NewRota
from venue.usecases.venues.closures import CloseSpace, close_space, end_closure

from ..conftest import NEIGHBOUR, WUFUQIAO, at, book, counter, keyed, resident

OFFICER = uuid7()
STREET = Official("street_officer", "街道干部", "Street officer", OFFICER)
SECRETARY = Official("community_secretary", "社区书记", "Community secretary")

HOUR = "interval '1 hour'"


def tea(house, **more) -> NewRota:
    """Open tea each Wednesday from 15:00 to 17:00 in the pavilion; officials take turns."""
    values = {
        "kind": "sitting",
        "space_id": house.spaces["council_pavilion"],
        "weekdays": (3,),
        "from_minute": 15 * 60,
        "minutes": 120,
        "title_zh": "每周坐谈",
        "title_en": "Weekly open tea",
        "valid_from": date(2026, 11, 23),
        "officials": (STREET, SECRETARY),
    }
    return NewRota(**{**values, **more})


def plan(deps, house, who=None, **more):
    return rotas.create_rota(deps, who or counter(), tea(house, **more), InProcess()).content


def listed(deps, who=None, **wanted):
    page = Page.parse(None, 200, see_sessions.KEY)
    return see_sessions.session_list(deps, who or counter(), SessionFilter(**wanted), page, "zh")["items"]


def test_where_more_sittings_are_public_than_are_shown_those_to_come_are_not_left_out(deps, house, monkeypatch):
    plan(deps, house)
    monkeypatch.setattr(see_sessions, "MOST", 3)

    shown = [one["date"] for one in see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"]]

    assert shown == ["2026-12-30", "2027-01-06", "2027-01-13"]


def test_eight_weeks_are_made_at_once_and_hold_the_room(deps, house, look):
    made = plan(deps, house)

    assert (made["sessions_made"], made["unplaced"]) == (8, [])
    assert [one["date"] for one in listed(deps)][:2] == ["2026-11-25", "2026-12-02"]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(8,)]
    with pytest.raises(Conflict):
        book(deps, resident(), house.spaces["whole_house"], "2026-11-25T16:00", "2026-11-25T17:00")


def test_officials_take_turns_and_the_public_reads_office_and_function_alone(deps, house):
    plan(deps, house)

    shown = see_sessions.public_sittings(deps, WUFUQIAO, "zh")

    assert [one["official"] for one in shown["items"][:3]] == [
        {"office": "street_officer", "function": "街道干部"},
        {"office": "community_secretary", "function": "社区书记"},
        {"office": "street_officer", "function": "街道干部"},
    ]
    assert str(OFFICER) not in str(shown)
    assert listed(deps)[0]["official"]["officer_id"] == str(OFFICER)
    assert see_sessions.public_sittings(deps, NEIGHBOUR, "zh") == {"items": [], "held": 0, "missed": 0}


def test_a_date_whose_room_is_booked_is_kept_without_a_room_and_the_booking_stands(deps, house, look):
    booking = book(deps, resident(), house.spaces["council_pavilion"], "2026-12-02T16:00", "2026-12-02T17:00")

    made = plan(deps, house)

    assert made["unplaced"] == [{"date": "2026-12-02", "reason": "taken"}]
    assert look("SELECT state FROM bookings WHERE id = %s", booking["booking_id"]) == [("confirmed",)]
    assert [one["date"] for one in listed(deps, state="unplaced")] == ["2026-12-02"]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(7,)]


def test_a_room_of_which_only_a_part_is_free_is_not_taken_in_part(deps, house, look):
    book(deps, resident(), house.spaces["book_room"], "2026-11-25T15:00", "2026-11-25T16:00")

    made = plan(deps, house, space_id=house.spaces["whole_house"], valid_until=date(2026, 11, 25))

    assert made["unplaced"] == [{"date": "2026-11-25", "reason": "taken"}]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(0,)]
    assert look("SELECT count(*) FROM published_busy_times WHERE kind = 'session'") == [(0,)]
    book(deps, resident(), house.spaces["elders_space"], "2026-11-25T15:00", "2026-11-25T16:00")


def test_a_time_at_which_the_house_is_shut_finds_no_room(deps, house):
    made = plan(deps, house, from_minute=21 * 60, valid_until=date(2026, 11, 30))

    assert made["unplaced"] == [{"date": "2026-11-25", "reason": "closed"}]


@pytest.mark.parametrize(("kind", "found"), [("closed", 0), ("office_hours", 8), ("government_desk", 8)])
def test_sessions_use_the_hours_kept_for_offices_and_desks_and_none_in_which_the_house_is_shut(
    deps, house, database, kind, found
):
    with database.superuser() as everything:
        everything.execute("UPDATE regimes SET kind = %s WHERE code = 'public_benefit'", (kind,))

    made = plan(deps, house)

    assert made["sessions_made"] - len(made["unplaced"]) == found


def close(deps, house, starts: str, ends: str):
    command = CloseSpace(house.venue_id, None, at(starts), at(ends), "检修", "Repairs", cancel_bookings=True)
    return close_space(deps, counter(), command, InProcess()).content


def test_a_session_makes_way_for_a_closure_and_waits_for_another_room(deps, house, look):
    plan(deps, house)

    close(deps, house, "2026-11-25T12:00", "2026-11-25T16:00")

    (waiting,) = listed(deps, state="unplaced")
    assert (waiting["date"], waiting["reason"]) == ("2026-11-25", "closed")
    assert see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"][0]["state"] == "unplaced"
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(7,)]
    book(deps, resident(), house.spaces["council_pavilion"], "2026-11-25T16:00", "2026-11-25T17:00")


def test_a_session_gets_its_room_back_once_the_closure_is_lifted_or_the_booking_gone(deps, house, look):
    taken = book(deps, resident(), house.spaces["council_pavilion"], "2026-12-02T16:00", "2026-12-02T17:00")
    plan(deps, house)
    closure = close(deps, house, "2026-11-25T14:00", "2026-11-25T18:00")
    rotas.roll_rotas(deps)
    assert [(one["state"], one["reason"]) for one in listed(deps)][:2] == [
        ("unplaced", "closed"),
        ("unplaced", "taken"),
    ]

    end_closure(deps, counter(), UUID(closure["closure_id"]), InProcess())
    cancel_booking(deps, counter(), UUID(taken["booking_id"]), InProcess())
    rotas.roll_rotas(deps)
    rotas.roll_rotas(deps)

    assert [(one["state"], one["reason"], one["version"]) for one in listed(deps)][:2] == [
        ("planned", None, 3),
        ("planned", None, 2),
    ]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(8,)]


def test_a_date_on_which_the_house_is_closed_for_repairs_finds_no_room(deps, house):
    close(deps, house, "2026-12-02T09:00", "2026-12-02T22:00")

    assert plan(deps, house)["unplaced"] == [{"date": "2026-12-02", "reason": "closed"}]


def test_a_session_under_way_makes_way_for_nobody(deps, house, frozen_clock):
    plan(deps, house)
    frozen_clock.set(at("2026-11-25T15:30"))

    with pytest.raises(Conflict):
        close(deps, house, "2026-11-25T16:00", "2026-11-25T18:00")
    assert listed(deps, state="unplaced") == []


def test_a_session_without_a_room_is_put_into_another(deps, house):
    book(deps, resident(), house.spaces["council_pavilion"], "2026-11-25T16:00", "2026-11-25T17:00")
    plan(deps, house)
    (waiting,) = listed(deps, state="unplaced")

    with pytest.raises(Conflict, match="room_not_free"):
        sittings.place_session(deps, counter(), id_of(waiting), house.spaces["council_pavilion"], InProcess(if_match=1))
    placed = sittings.place_session(
        deps, counter(), id_of(waiting), house.spaces["book_room"], InProcess(if_match=1)
    ).content

    assert (placed["state"], placed["reason"], placed["space_name"]) == ("planned", None, "社区书屋")
    with pytest.raises(Conflict):
        book(deps, resident(), house.spaces["book_room"], "2026-11-25T15:00", "2026-11-25T16:00")


def id_of(session):
    return UUID(session["session_id"])


def test_a_cancelled_session_gives_its_room_back_and_says_why(deps, house):
    plan(deps, house)
    first = listed(deps)[0]

    sittings.cancel_session(deps, counter(), id_of(first), "当天全区防汛", InProcess(if_match=1))

    book(deps, resident(), house.spaces["council_pavilion"], "2026-11-25T15:00", "2026-11-25T17:00")
    shown = see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"][0]
    assert (shown["state"], shown["reason"]) == ("cancelled", "当天全区防汛")


def test_the_night_job_makes_each_date_once_and_goes_on(deps, house, frozen_clock, look):
    plan(deps, house)
    rotas.roll_rotas(deps)
    assert look("SELECT count(*) FROM sessions") == [(8,)]

    frozen_clock.advance(weeks=2)
    rotas.roll_rotas(deps)
    rotas.roll_rotas(deps)

    assert look("SELECT count(*), count(DISTINCT on_date) FROM sessions") == [(10, 10)]


def test_an_ended_rota_takes_back_what_lies_after_its_last_day(deps, house, look):
    made = plan(deps, house)

    ended = rotas.end_rota(deps, counter(), UUID(made["rota_id"]), date(2026, 12, 2), InProcess(if_match=1)).content

    assert ended["valid_until"] == "2026-12-02"
    assert look("SELECT state, count(*) FROM sessions GROUP BY 1 ORDER BY 1") == [("cancelled", 6), ("planned", 2)]
    assert look("SELECT count(*) FROM occupancies WHERE kind = 'session' AND active") == [(2,)]


def test_when_the_rules_of_the_zone_change_the_wall_time_stays(deps, house, look, database):
    """The stored instant is an hour off, as if the zone's rules had been different when it was made."""
    plan(deps, house, valid_until=date(2026, 11, 30))
    with database.superuser() as everything:
        for table in ("sessions", "published_busy_times"):
            everything.execute(f"UPDATE {table} SET starts_at = starts_at - {HOUR}, ends_at = ends_at - {HOUR}")
        everything.execute(f"UPDATE occupancies SET during = tstzrange(starts_at - {HOUR}, ends_at - {HOUR})")

    rotas.roll_rotas(deps)

    (session,) = listed(deps)
    assert (session["starts_at"], session["state"]) == ("2026-11-25T15:00:00+08:00", "planned")
    book(deps, resident(), house.spaces["council_pavilion"], "2026-11-25T14:00", "2026-11-25T15:00")
    assert look("SELECT starts_at FROM occupancies WHERE kind = 'session' AND active") == [(at("2026-11-25T15:00"),)]


def test_buffers_of_a_room_are_held_with_its_sessions(deps, house, look, database):
    with database.superuser() as everything:
        everything.execute("UPDATE spaces SET setup_minutes = 30, cleanup_minutes = 30")

    plan(deps, house, valid_until=date(2026, 11, 30))

    (held,) = look("SELECT starts_at, ends_at FROM occupancies WHERE kind = 'session' AND active")
    assert held == (at("2026-11-25T14:30"), at("2026-11-25T17:30"))


def test_the_public_week_says_what_holds_the_room(deps, house, look):
    plan(deps, house, valid_until=date(2026, 11, 30))

    assert look("SELECT kind, label_zh, label_en FROM published_busy_times") == [
        ("session", "每周坐谈", "Weekly open tea")
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from_minute": 23 * 60, "minutes": 120}, "past_midnight"),
        ({"valid_from": date(2026, 11, 22)}, "starts_in_the_past"),
        ({"valid_until": date(2026, 11, 22)}, "ends_before_it_starts"),
        ({"valid_from": date(2126, 11, 22)}, "too_far_away"),
        ({"valid_until": date(2026, 11, 24)}, "names_no_day"),
        ({"officials": ()}, "rota_incomplete"),
        ({"kind": "desk", "officials": ()}, "rota_incomplete"),
        ({"kind": "desk", "desk_code": "palm_reading", "capacity_per_hour": 4}, "unknown_desk"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_its_rule_and_changes_nothing(deps, house, look, wrong, code):
    with pytest.raises(Unprocessable) as refused:
        plan(deps, house, **wrong)

    assert refused.value.code == code
    assert look("SELECT count(*) FROM rotas") == [(0,)]


def test_another_community_finds_neither_room_nor_session(deps, house):
    made = plan(deps, house)
    session = listed(deps)[0]

    with pytest.raises(NotFound):
        plan(deps, house, counter(NEIGHBOUR))
    with pytest.raises(NotFound):
        see_sessions.one_session(deps, counter(NEIGHBOUR), id_of(session), "zh")
    assert listed(deps, counter(NEIGHBOUR)) == []
    assert rotas.list_rotas(deps, counter(), None, Page.parse(None), "zh")["items"][0]["rota_id"] == made["rota_id"]


def test_the_same_plan_twice_under_one_key_is_one_plan(deps, house, look):
    who, attempt = counter(), keyed()

    answers = {rotas.create_rota(deps, who, tea(house), attempt).body for _ in range(2)}

    assert len(answers) == 1
    assert look("SELECT count(*) FROM rotas") == [(1,)]


def test_turns_never_shift_however_far_ahead_one_looks(house):
    from venue.domain.sittings.rotas import Rota

    rota = Rota(rota_id=uuid4(), version=1, tz="Asia/Shanghai", **vars(replace(tea(house), weekdays=(2, 4))))
    days = list(rota.dates(date(2026, 11, 23), date(2026, 11, 23) + timedelta(days=400)))

    assert [rota.official_on(day) for day in days] == [(STREET, SECRETARY)[n % 2] for n in range(len(days))]
