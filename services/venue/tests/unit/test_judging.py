# SPDX-License-Identifier: Apache-2.0
"""Every rule that refuses a wish is told at once, and the first is the one that is raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from venue.domain.booking.booking import Offer, Price, Wish, agree, judge
from venue.domain.opening.hours import EARLIEST, HoursCalendar, Nature, WeeklyRule

from ..conftest import CHENGDU, at

NOW = at("2026-11-23T10:00")
OFFER = Offer(
    capacity=12, zone=CHENGDU, longest_minutes=540, horizon_days=60,
    rules=[
        rule for day in range(1, 8)
        for rule in (WeeklyRule("public_benefit", day, 540, 1080), WeeklyRule("commercial", day, 1080, 1320))
    ],
    prices=[Price("public_benefit", 1, EARLIEST, 0), Price("commercial", 1, EARLIEST, 3000)],
)  # fmt: skip
NIGHT = replace(
    OFFER,
    rules=[rule for day in range(1, 8) for rule in (
        WeeklyRule("commercial", day, 1080, 1440), WeeklyRule("commercial", day, 0, 120),
    )],
)  # fmt: skip


def with_nature(**natures: Nature) -> Offer:
    return replace(OFFER, rules=HoursCalendar(weekly=OFFER.rules, natures=natures))


def codes(start: str, end: str, offer: Offer = OFFER, now=NOW, **more) -> list[str]:
    judged = judge(offer, Wish(at(start), at(end), **more), now)
    return [one.code for one in judged.failures]


def test_a_good_wish_has_no_failure():
    assert codes("2026-11-26T19:00", "2026-11-26T21:00") == []


def test_every_rule_that_refuses_is_told_in_one_answer():
    found = codes("2026-11-20T07:10", "2026-11-20T20:00", party_size=13)

    assert found == ["not_on_grain", "in_the_past", "too_long", "outside_opening", "too_many_people"]


def test_each_failure_has_words_in_both_languages_and_its_limit():
    (failure,) = judge(OFFER, Wish(at("2027-06-01T19:00"), at("2027-06-01T20:00")), NOW).failures

    assert (failure.code, failure.extra) == ("too_far_ahead", {"horizon_days": 60})
    assert (
        "60" in failure.reason["zh"] and "60" in failure.reason["en"] and failure.reason["zh"] != failure.reason["en"]
    )


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (at("2026-11-26T19:00"), at("2126-11-26T19:00"), "too_long"),
        (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC), "in_the_past"),
        (datetime(2200, 12, 31, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC), "ends_not_after_start"),
        (
            datetime(2026, 11, 26, 19, tzinfo=CHENGDU),
            datetime(2026, 11, 26, 19, tzinfo=CHENGDU),
            "ends_not_after_start",
        ),
    ],
)
def test_a_century_an_inverted_and_an_empty_wish_are_refused_at_once(start, end, code):
    assert code in [one.code for one in judge(OFFER, Wish(start, end), NOW).failures]


def test_notice_is_needed_but_not_at_the_counter():
    strict = replace(OFFER, lead_minutes=120)

    assert codes("2026-11-23T11:30", "2026-11-23T12:00", strict) == ["too_soon"]
    assert codes("2026-11-23T11:30", "2026-11-23T12:00", strict, at_counter=True) == []
    assert codes("2026-11-23T12:00", "2026-11-23T12:30", strict) == []


def test_a_time_in_two_regimes_is_refused_with_both_prices_and_granted_when_they_are_agreed_to():
    wish = Wish(at("2026-11-26T17:00"), at("2026-11-26T19:30"))

    (failure,) = judge(OFFER, wish, NOW).failures
    terms = agree(OFFER, wish.starts_at, wish.ends_at, now=NOW, split=True)

    assert failure.code == "crosses_regime"
    assert [(one["regime"], one["price_fen"]) for one in failure.extra["parts"]] == [
        ("public_benefit", 0),
        ("commercial", 4500),
    ]
    assert [(one.regime, one.price_fen) for one in terms.parts] == [("public_benefit", 0), ("commercial", 4500)]
    assert terms.price_fen == failure.extra["price_fen"] == 4500
    assert terms.parts[0].ends_at == terms.parts[1].starts_at == at("2026-11-26T18:00")


def test_a_hole_in_the_opening_cannot_be_split_over():
    lunch = replace(
        OFFER, rules=[WeeklyRule("public_benefit", 4, 540, 720), WeeklyRule("public_benefit", 4, 780, 1080)]
    )

    assert codes("2026-11-26T11:00", "2026-11-26T14:00", lunch, split=True) == ["outside_opening"]


def test_a_booking_may_run_past_midnight_where_the_regime_does():
    terms = agree(NIGHT, at("2026-11-26T23:00"), at("2026-11-27T01:00"), now=NOW)

    assert (terms.regime, terms.price_fen, terms.is_split) == ("commercial", 6000, False)
    assert codes("2026-11-26T23:00", "2026-11-27T02:30", NIGHT) == ["outside_opening"]
    assert codes("2026-11-26T21:00", "2026-11-27T01:00") == ["outside_opening"]


def test_time_that_belongs_to_officials_or_has_no_price_is_not_for_booking():
    offices = with_nature(public_benefit=Nature("office_hours"))
    unpriced = replace(OFFER, prices=OFFER.prices[:1])

    assert codes("2026-11-26T09:00", "2026-11-26T10:00", offices) == ["not_for_booking"]
    assert codes("2026-11-26T19:00", "2026-11-26T20:00", unpriced) == ["not_for_booking"]


def test_time_for_groups_needs_a_group_and_time_for_officials_the_counter():
    groups, officials = (with_nature(commercial=Nature("commercial", who)) for who in ("groups", "officials"))
    times = ("2026-11-26T19:00", "2026-11-26T20:00")

    assert codes(*times, groups) == ["not_for_this_audience"]
    assert codes(*times, groups, for_group=True) == []
    assert codes(*times, officials) == ["not_for_this_audience"]
    assert codes(*times, officials, at_counter=True) == []


def test_time_for_residents_is_for_who_lives_here_and_for_whom_the_counter_gives_it():
    residents = with_nature(commercial=Nature("commercial", "residents"))
    times = ("2026-11-26T19:00", "2026-11-26T20:00")

    assert codes(*times, residents) == ["not_for_this_audience"]
    assert codes(*times, replace(residents, to_resident=True)) == []
    assert codes(*times, residents, at_counter=True) == []


APPROVED = {
    "a room": replace(OFFER, needs_approval=True),
    "a regime": with_nature(commercial=Nature("commercial", needs_approval=True)),
}


@pytest.mark.parametrize("offer", APPROVED.values(), ids=APPROVED)
def test_a_room_or_a_regime_that_needs_approval_asks_for_it_except_at_the_counter(offer):
    times = (at("2026-11-26T19:00"), at("2026-11-26T20:00"))

    assert agree(offer, *times, now=NOW).needs_approval
    assert not agree(offer, *times, now=NOW, at_counter=True).needs_approval


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_local_time_the_clock_jumps_over_is_refused_where_it_was_written_as_local():
    offer = replace(OFFER, zone=BERLIN, rules=[WeeklyRule("commercial", 7, 0, 1440)])
    now = datetime(2026, 3, 20, tzinfo=UTC)

    def judged(written: str) -> list[str]:
        start = datetime.fromisoformat(written)
        return [one.code for one in judge(offer, Wish(start, start + timedelta(hours=1)), now).failures]

    assert judged("2026-03-29T02:30:00+01:00") == ["no_such_local_time"]
    assert judged("2026-03-29T02:30:00+02:00") == ["no_such_local_time"]
    assert judged("2026-03-29T01:30:00Z") == []  # an instant, which is 03:30 there
    assert judged("2026-03-29T03:30:00+02:00") == []
    assert judged("2026-10-25T02:30:00+01:00") == ["too_far_ahead"]  # occurs twice, so it exists
