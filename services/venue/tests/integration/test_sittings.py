# SPDX-License-Identifier: Apache-2.0
"""Who sits and whether they came: recorded on the day, missed by itself, shown as the office's and nobody's."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa
from chassis.db import uuid7
from chassis.errors import Conflict, PreconditionFailed
from chassis.event_schemas import Schemas
from chassis.pagination import Page
from chassis.testing.tokens import WUFUQIAO
from venue.deps import InProcess
from venue.domain.sittings.rotas import Official
from venue.schedule import HANDLERS
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.due import look_after
from venue.usecases.sittings import rotas, see_sessions, sittings

from ..conftest import CONTRACTS, at, book, counter, resident
from .sitting_house import DEPUTY, STREET, desk, open_tea, tea

HELD, MISSED = "linli.venue.sitting.held.v1", "linli.venue.sitting.missed.v1"


def told(look):
    return [json.loads(bytes(payload)) for (payload,) in look("SELECT payload FROM outbox ORDER BY id")]


def record(deps, sitting, outcome="came", reason=None, version=None):
    attempt = InProcess(if_match=version)
    return sittings.record_attendance(deps, counter(), sitting, outcome, reason, attempt).content


def public(deps):
    return see_sessions.public_sittings(deps, WUFUQIAO, "zh")


def test_attendance_is_recorded_from_the_start_and_told(deps, house, look, frozen_clock):
    sitting = open_tea(deps, house)
    with pytest.raises(Conflict, match="session_not_started"):
        record(deps, sitting)

    frozen_clock.set(at("2026-11-25T15:10"))
    shown = record(deps, sitting, version=1)

    assert (shown["state"], shown["attendance"]) == ("held", {"outcome": "came", "reason": None})
    (event,) = told(look)
    assert (event["type"], event["sequence"], event["data"]["office"]) == (HELD, 2, "street_officer")
    Schemas(CONTRACTS, [HELD]).require_exact(HELD, event["data"])
    assert (public(deps)["held"], public(deps)["missed"]) == (1, 0)


def test_a_substitute_sits_and_whose_turn_it_was_stays_visible(deps, house, look, frozen_clock):
    sitting = open_tea(deps, house)
    sittings.set_substitute(deps, counter(), sitting, DEPUTY, "去区里开会", InProcess(if_match=1))
    frozen_clock.set(at("2026-11-25T16:00"))

    record(deps, sitting, "substitute_came")

    (shown,) = public(deps)["items"]
    assert (shown["official"]["office"], shown["substitute"]["office"]) == ("street_officer", "community_worker")
    assert (shown["substitute_reason"], shown["attendance"]["outcome"]) == ("去区里开会", "substitute_came")
    assert told(look)[0]["data"] | {"sitting_id": 0, "space_id": 0} == {
        "sitting_id": 0, "space_id": 0, "on": "2026-11-25", "office": "community_worker", "by_substitute": True,
    }  # fmt: skip


def test_nobody_comes_as_a_substitute_who_was_not_named(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-25T16:00"))

    with pytest.raises(Conflict, match="no_substitute"):
        record(deps, sitting, "substitute_came")


def test_what_nobody_recorded_by_noon_is_missed_by_itself_and_stays_on_the_board(deps, house, look, frozen_clock):
    open_tea(deps, house)
    frozen_clock.set(at("2026-11-26T11:59"))
    look_after(deps, HANDLERS)
    assert public(deps)["items"][0]["state"] == "planned"

    frozen_clock.set(at("2026-11-26T12:00"))
    look_after(deps, HANDLERS)
    look_after(deps, HANDLERS)

    shown = public(deps)
    assert (shown["missed"], shown["items"][0]["state"]) == (1, "missed")
    assert shown["items"][0]["official"] == {"office": "street_officer", "function": "街道干部"}
    (event,) = told(look)
    assert event["type"] == MISSED
    Schemas(CONTRACTS, [MISSED]).require_exact(MISSED, event["data"])


def test_a_missed_sitting_is_given_its_reason_once_and_told_once(deps, house, look, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-26T12:00"))
    look_after(deps, HANDLERS)

    shown = record(deps, sitting, "missed", "全街道防汛")

    assert shown["attendance"] == {"outcome": "missed", "reason": "全街道防汛"}
    assert public(deps)["items"][0]["attendance"]["reason"] == "全街道防汛"
    with pytest.raises(Conflict, match="session_state"):
        record(deps, sitting, "missed", "别的原因")
    with pytest.raises(Conflict, match="session_state"):
        record(deps, sitting, "came")
    assert len(told(look)) == 1


def test_after_noon_nobody_records_that_somebody_came(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-26T12:00"))

    with pytest.raises(Conflict, match="too_late_to_record"):
        record(deps, sitting)


def reminders(deps):
    page = Page.parse(None, 50, see_sessions.KEY)
    wanted = SessionFilter(unrecorded=True, first=date(2026, 11, 11))
    return see_sessions.session_list(deps, counter(), wanted, page, "zh")["items"]


def test_staff_are_reminded_of_what_nobody_recorded_until_somebody_does(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-25T16:59"))
    assert reminders(deps) == []

    frozen_clock.set(at("2026-11-25T17:00"))
    assert [one["acts"] for one in reminders(deps)] == [["substitute", "record"]]

    record(deps, sitting)
    assert reminders(deps) == []


def test_after_noon_they_are_reminded_of_the_reason_until_it_is_given(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-26T12:00"))
    look_after(deps, HANDLERS)
    assert [(one["state"], one["acts"]) for one in reminders(deps)] == [("missed", ["explain"])]

    record(deps, sitting, "missed", "全街道防汛")

    assert reminders(deps) == []


def test_nobody_is_reminded_of_a_desk_a_cancelled_sitting_or_one_that_can_no_longer_be_recorded(
    deps, house, frozen_clock
):
    desk(deps, house)
    cancelled = open_tea(deps, house)
    sittings.cancel_session(deps, counter(), cancelled, "防汛", InProcess())
    book(deps, resident(), house.spaces["council_pavilion"], "2026-11-26T15:00", "2026-11-26T16:00")
    rotas.create_rota(deps, counter(), tea(house, weekdays=(4,)), InProcess())

    frozen_clock.set(at("2026-11-26T18:00"))
    assert [one["state"] for one in reminders(deps)] == ["unplaced"]
    frozen_clock.set(at("2026-11-27T12:00"))

    assert reminders(deps) == []


@pytest.mark.parametrize("many", [1, 9])
def test_the_reminder_is_read_in_the_same_statements_however_many_there_are(deps, house, frozen_clock, many):
    for hour in range(many):
        rotas.create_rota(deps, counter(), tea(house, from_minute=(9 + hour) * 60, minutes=60), InProcess())
    frozen_clock.set(at("2026-11-25T23:00"))
    counted: list[str] = []
    sa.event.listen(deps.database._app, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))

    assert len(reminders(deps)) == many
    assert len(counted) == 3, "the transaction's own first one, the sessions, their seats"


def test_who_sat_instead_at_the_last_moment_is_named_afterwards_until_attendance_is_recorded(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-25T20:00"))

    sittings.set_substitute(deps, counter(), sitting, DEPUTY, "临时开会", InProcess())
    assert record(deps, sitting, "substitute_came")["state"] == "held"

    with pytest.raises(Conflict, match="session_state"):
        sittings.set_substitute(deps, counter(), sitting, DEPUTY, "再换", InProcess())


def test_a_sitting_without_a_room_or_that_was_cancelled_is_never_missed(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    sittings.cancel_session(deps, counter(), sitting, "当天全区防汛", InProcess(if_match=1))
    frozen_clock.set(at("2026-11-26T13:00"))

    look_after(deps, HANDLERS)

    assert public(deps)["items"][0]["state"] == "cancelled"


def test_an_official_named_anew_takes_the_substitute_back(deps, house):
    sitting, other = open_tea(deps, house), Official("community_secretary", "社区书记", "Secretary", uuid7())
    sittings.set_substitute(deps, counter(), sitting, DEPUTY, "开会", InProcess(if_match=1))

    shown = sittings.assign_official(deps, counter(), sitting, other, InProcess(if_match=2)).content

    assert (shown["official"]["office"], shown["substitute"]) == ("community_secretary", None)
    assert str(other.officer_id) not in str(public(deps))


def test_who_saw_an_older_version_changes_nothing(deps, house):
    sitting = open_tea(deps, house)
    sittings.assign_official(deps, counter(), sitting, DEPUTY, InProcess(if_match=1))

    with pytest.raises(PreconditionFailed):
        sittings.assign_official(deps, counter(), sitting, STREET, InProcess(if_match=1))
    assert public(deps)["items"][0]["official"]["office"] == "community_worker"


def test_every_act_is_written_down_without_a_word(deps, house, look, frozen_clock):
    sitting = open_tea(deps, house)
    sittings.set_substitute(deps, counter(), sitting, DEPUTY, "去区里开会", InProcess())
    frozen_clock.set(at("2026-11-25T16:00"))
    record(deps, sitting, "missed", "临时有事")

    rows = look("SELECT action, detail::text FROM audit WHERE object_type <> 'venue' ORDER BY id")

    assert [action for action, _ in rows] == ["rota.created", "sitting.substituted", "sitting.recorded"]
    assert "开会" not in str(rows) and "有事" not in str(rows)
