# SPDX-License-Identifier: Apache-2.0
"""Trying a change of a series out tells what the change then does, date by date, and leaves no trace."""

from __future__ import annotations

from datetime import date, time

import pytest
from chassis.errors import Conflict, NotFound, Unprocessable
from venue.deps import InProcess
from venue.usecases.series.change import change_series
from venue.usecases.series.check_change import check_series_change
from venue.usecases.series.locking import ChangeSeries

from ..conftest import at, book, counter, resident
from .test_series import arrange, own, wish
from .test_series_changes import cancel

TABLES = ("series", "series_dates", "bookings", "occupancies", "outbox", "audit", "quota_uses", "idempotency")
BOTH = "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261210"


def asked(deps, series, scope, *, actor=None, **wanted):
    if "local_start" in wanted:
        wanted["local_start"] = time.fromisoformat(wanted["local_start"])
    if "from_date" in wanted:
        wanted["from_date"] = date.fromisoformat(wanted["from_date"])
    command = ChangeSeries(scope, **wanted)
    return check_series_change(deps, actor or counter(), series["series_id"], command, InProcess()).content


def told(answer):
    return [(row["date"], row["change"], row["reason_code"]) for row in answer["dates"]]


def test_a_new_rule_is_told_date_by_date_as_kept_added_or_dropped(deps, house):
    series = arrange(deps, wish(house))  # four Tuesdays from 24 November on

    answer = asked(deps, series, "following", from_date="2026-12-01", rrule=BOTH)

    assert told(answer) == [
        ("2026-12-01", "kept", None),
        ("2026-12-03", "added", None),
        ("2026-12-08", "kept", None),
        ("2026-12-10", "added", None),
        ("2026-12-15", "dropped", None),
    ]
    assert (answer["rrule"], answer["until"]) == (BOTH, "2026-12-10")


def test_what_the_series_itself_holds_is_not_in_its_own_way(deps, house):
    series = arrange(deps, wish(house))

    answer = asked(deps, series, "all", local_start="18:30")  # overlaps every one of its own bookings

    assert {row["change"] for row in answer["dates"]} == {"moved"}
    assert answer["dates"][0]["local_start"] == "2026-11-24T18:30"
    assert answer["dates"][0]["was"]["local_start"] == "2026-11-24T19:00"


def test_a_date_that_cannot_follow_is_told_with_its_reason(deps, house):
    series = arrange(deps, wish(house))
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T21:00", "2026-12-01T22:00")

    answer = asked(deps, series, "all", local_start="20:00", rrule=BOTH)

    assert ("2026-12-01", "kept", "slot_taken") in told(answer)
    assert ("2026-11-26", "added", None) in told(answer)


def test_trying_a_change_leaves_no_trace_and_the_change_then_does_what_was_told(deps, house, look):
    series = arrange(deps, wish(house))
    before = [look(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t") for name in TABLES]

    answer = asked(deps, series, "all", rrule=BOTH)

    assert before == [
        look(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t") for name in TABLES
    ]
    command = ChangeSeries("all", rrule=BOTH)
    changed = change_series(deps, counter(), series["series_id"], command, InProcess()).content
    expected = {day for day, change, _code in told(answer) if change in ("kept", "added", "moved")}
    assert {row["date"] for row in changed["dates"] if row["state"] == "booked"} == expected


def test_one_date_is_told_alone(deps, house):
    series = arrange(deps, wish(house))

    answer = asked(deps, series, "one", from_date="2026-12-08", local_start="18:00")

    assert told(answer) == [("2026-12-08", "moved", None)]


def test_what_is_over_or_cancelled_by_itself_is_not_told(deps, house):
    series = arrange(deps, wish(house))
    cancel(deps, series, "one", "2026-12-08")
    deps.clock.set(at("2026-11-26T10:00"))

    assert [row[0] for row in told(asked(deps, series, "all", minutes=60))] == ["2026-12-01", "2026-12-15"]


def test_it_refuses_what_the_change_refuses(deps, house):
    series = arrange(deps, wish(house))
    book(deps, resident(), house.spaces["council_pavilion"], "2026-12-01T21:00", "2026-12-01T22:00")

    for wanted, refusal, code in (
        ({"scope": "all"}, Unprocessable, "nothing_to_change"),
        ({"scope": "one", "from_date": "2026-12-01", "rrule": BOTH}, Unprocessable, "one_date_has_no_rule"),
        ({"scope": "all", "local_start": "20:00", "policy": "all_or_nothing"}, Conflict, "series_dates_refused"),
        ({"scope": "one", "from_date": "2026-12-02", "minutes": 60}, NotFound, "series_date_not_found"),
    ):
        with pytest.raises(refusal) as raised:
            asked(deps, series, **wanted)
        assert raised.value.code == code


def test_a_resident_tries_only_their_own(deps, house):
    who = resident()
    series = arrange(deps, own(house), who)

    assert asked(deps, series, "all", actor=who, minutes=60)["dates"]
    with pytest.raises(NotFound):
        asked(deps, series, "all", actor=resident(), minutes=60)
