# SPDX-License-Identifier: Apache-2.0
"""What may be asked for, what it costs, and what may happen to a booking afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from chassis.errors import AppError
from venue.domain import refusals
from venue.domain.booking import booking as rules
from venue.domain.booking.booking import Booking, Offer, Price, Settlement
from venue.domain.opening.hours import EARLIEST, WeeklyRule

from ..conftest import CHENGDU, at

NOW = at("2026-11-23T10:00")
OFFER = Offer(
    capacity=12,
    zone=CHENGDU,
    longest_minutes=540,
    horizon_days=60,
    rules=[
        rule
        for weekday in range(1, 8)
        for rule in (
            WeeklyRule("public_benefit", weekday, 540, 1080),
            WeeklyRule("commercial", weekday, 1080, 1320),
        )
    ],
    prices=[Price("public_benefit", 1, EARLIEST, 0), Price("commercial", 1, EARLIEST, 3000)],
)


def agree(start: str, end: str, offer: Offer = OFFER, **more):
    return rules.agree(offer, at(start), at(end), party_size=more.get("party_size"), now=more.get("now", NOW))


def refusal(act, *arguments, **more) -> AppError:
    with pytest.raises(AppError) as raised:
        act(*arguments, **more)
    return raised.value


def test_the_price_is_frozen_with_its_version():
    terms = agree("2026-11-26T19:00", "2026-11-26T21:00")

    assert (terms.regime, terms.price_version, terms.price_fen_per_hour, terms.price_fen) == (
        "commercial",
        1,
        3000,
        6000,
    )
    assert terms.local_start == datetime(2026, 11, 26, 19)


def test_a_half_hour_costs_half():
    assert agree("2026-11-26T18:00", "2026-11-26T18:30").price_fen == 1500


def test_public_benefit_hours_are_free():
    assert agree("2026-11-26T09:00", "2026-11-26T18:00").price_fen == 0


def test_the_newest_price_valid_on_the_day_is_taken():
    prices = [*OFFER.prices, Price("commercial", 2, date(2026, 12, 1), 4000)]

    before = agree("2026-11-30T19:00", "2026-11-30T20:00", replace(OFFER, prices=prices))
    after = agree("2026-12-01T19:00", "2026-12-01T20:00", replace(OFFER, prices=prices))

    assert (before.price_fen, before.price_version) == (3000, 1)
    assert (after.price_fen, after.price_version) == (4000, 2)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-11-26T21:00", "2026-11-26T19:00", "ends_not_after_start"),
        ("2026-11-26T19:00", "2026-11-26T19:00", "ends_not_after_start"),
        ("2026-11-26T19:10", "2026-11-26T20:00", "not_on_grain"),
        ("2026-11-26T19:00", "2026-11-26T20:15", "not_on_grain"),
        ("2026-11-23T09:30", "2026-11-23T11:00", "in_the_past"),
        ("2020-01-01T10:00", "2020-01-01T11:00", "in_the_past"),
        ("2027-01-23T10:00", "2027-01-23T11:00", "too_far_ahead"),
        ("2199-01-23T10:00", "2199-01-23T11:00", "too_far_ahead"),
        ("2026-11-26T09:00", "2126-11-26T10:00", "too_long"),
        ("2026-11-26T09:00", "2026-11-26T19:00", "too_long"),
        ("2026-11-26T17:00", "2026-11-26T19:00", "crosses_regime"),
        ("2026-11-26T08:00", "2026-11-26T10:00", "outside_opening"),
        ("2026-11-26T21:00", "2026-11-26T22:30", "outside_opening"),
        ("2026-11-26T21:30", "2026-11-27T00:30", "outside_opening"),
        ("2026-11-26T02:00", "2026-11-26T03:00", "outside_opening"),
    ],
)
def test_a_wish_that_breaks_a_rule_is_refused_by_the_name_of_the_rule(start, end, code):
    refused = refusal(agree, start, end)

    assert (refused.status, refused.code) == (422, code)
    assert all(refused.reason.values())


def test_a_booking_may_start_this_very_moment():
    assert agree("2026-11-23T10:00", "2026-11-23T11:00").price_fen == 0


def test_a_gap_between_two_spans_of_one_regime_is_closed():
    offer = replace(OFFER, rules=[WeeklyRule("commercial", 4, 1080, 1200), WeeklyRule("commercial", 4, 1230, 1320)])

    assert refusal(agree, "2026-11-26T19:00", "2026-11-26T21:00", offer).code == "outside_opening"


def test_a_regime_that_goes_on_past_midnight_can_be_booked_over_it():
    offer = replace(OFFER, rules=[WeeklyRule("commercial", 4, 1320, 1440), WeeklyRule("commercial", 5, 0, 60)])

    assert agree("2026-11-26T23:00", "2026-11-27T01:00", offer).price_fen == 6000
    assert refusal(agree, "2026-11-26T23:00", "2026-11-27T01:30", offer).code == "outside_opening"


def test_more_people_than_seats_are_refused():
    refused = refusal(agree, "2026-11-26T19:00", "2026-11-26T20:00", party_size=13)

    assert (refused.code, refused.extra) == ("too_many_people", {"capacity": 12})


def a_booking(**changes) -> Booking:
    booking = Booking(
        booking_id=uuid4(), version=1, state="confirmed", venue_id=uuid4(), space_id=uuid4(), person_id=uuid4(),
        starts_at=at("2026-11-26T19:00").astimezone(UTC), ends_at=at("2026-11-26T21:00").astimezone(UTC),
        tz="Asia/Shanghai", regime="commercial", price_fen=6000,
    )  # fmt: skip
    return replace(booking, **changes)


def a_settlement(**changes) -> Settlement:
    return replace(Settlement(uuid4(), 1, 7, 6000, "cash", at("2026-11-26T20:00")), **changes)


def test_a_booking_can_be_cancelled_until_the_second_it_starts():
    last_second = at("2026-11-26T19:00") - timedelta(seconds=1)

    cancelled = rules.cancel(a_booking(), last_second)

    assert (cancelled.state, cancelled.version, cancelled.cancelled_at) == ("cancelled", 2, last_second)
    assert refusal(rules.cancel, a_booking(), at("2026-11-26T19:00")).code == "already_started"


@pytest.mark.parametrize("state", ["checked_in", "checked_out", "cancelled"])
def test_only_a_confirmed_booking_is_cancelled_or_checked_in(state):
    for act in (rules.cancel, rules.check_in):
        refused = refusal(act, a_booking(state=state), at("2026-11-26T18:45"))

        assert (refused.status, refused.code, refused.extra["state"]) == (409, "wrong_state", state)


def test_check_in_opens_thirty_minutes_before_the_start_and_ends_with_the_booking():
    assert refusal(rules.check_in, a_booking(), at("2026-11-26T18:29")).code == "too_early_to_check_in"
    assert rules.check_in(a_booking(), at("2026-11-26T18:30")).state == "checked_in"
    assert rules.check_in(a_booking(), at("2026-11-26T20:59")).state == "checked_in"
    assert refusal(rules.check_in, a_booking(), at("2026-11-26T21:00")).code == "too_late_to_check_in"


def test_only_who_came_can_leave():
    assert refusal(rules.check_out, a_booking(), at("2026-11-26T20:00")).code == "wrong_state"
    assert rules.check_out(a_booking(state="checked_in"), at("2026-11-26T23:00")).state == "checked_out"


def test_money_is_taken_after_check_in_and_exactly():
    rules.may_settle(a_booking(state="checked_in"), 6000)
    rules.may_settle(a_booking(state="checked_out"), 6000)

    assert refusal(rules.may_settle, a_booking(), 6000).code == "wrong_state"
    assert refusal(rules.may_settle, a_booking(state="checked_in"), 5999).code == "amount_differs"
    assert refusal(rules.may_settle, a_booking(state="checked_in", price_fen=0), 1).code == "nothing_to_settle"


def test_money_is_taken_once_unless_it_was_reversed():
    standing = a_booking(state="checked_out", settlement=a_settlement())
    undone = a_booking(state="checked_out", settlement=a_settlement(reversed_at=NOW, reversal_id=uuid4()))

    assert refusal(rules.may_settle, standing, 6000).code == "already_settled"
    rules.may_settle(undone, 6000)


def test_only_a_standing_settlement_can_be_reversed():
    undone = a_booking(settlement=a_settlement(reversed_at=NOW, reversal_id=uuid4()))

    assert refusal(rules.standing_settlement, a_booking()).code == "not_settled"
    assert refusal(rules.standing_settlement, undone).code == "not_settled"


def test_a_stale_version_is_refused():
    refusals.expect_version(3, 3)

    refused = refusal(refusals.expect_version, 3, 2)
    assert (refused.status, refused.extra) == (412, {"current_version": 3})
