# SPDX-License-Identifier: Apache-2.0
"""What the venue tells says whose it is and why, so that the person can be told without anybody asking back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from chassis.db import uuid7
from venue.domain import events
from venue.domain.booking.booking import Booking
from venue.domain.money import money_events
from venue.domain.money.refunds import Refund
from venue.domain.waiting import waiting_events
from venue.domain.waiting.waiting import Entry, Wish

STARTS = datetime(2026, 11, 26, 11, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=2)
TODAY = date(2026, 11, 23)
NAMES = {"venue_name": "五福茶馆", "space_name": "社区书屋"}
BOOKING = Booking(uuid7(), 2, "confirmed", uuid7(), uuid7(), uuid7(), STARTS, ENDS, "Asia/Shanghai", "commercial", 6000)
ENTRY = Entry(
    uuid7(), 2, "lapsed", uuid7(), uuid7(), "self", None, Wish(uuid7(), STARTS, ENDS, 120), STARTS - timedelta(days=3)
)
REFUND = Refund(uuid7(), uuid7(), 6000, 0, 3000, "cash", "late_cancelled")


@pytest.mark.parametrize(
    "event",
    [
        money_events.deposit_taken(BOOKING, uuid7(), 5000, TODAY, NAMES),
        money_events.deposit_refunded(BOOKING, uuid7(), 5000, TODAY, NAMES),
        money_events.deposit_kept(BOOKING, uuid7(), 5000, TODAY, NAMES, "damage"),
        money_events.refunded(BOOKING, REFUND, TODAY, NAMES),
    ],
    ids=lambda event: event.type,
)
def test_money_says_whose_booking_it_was(event):
    assert event.data["person_id"] == BOOKING.person_id


def test_an_approval_is_told_from_a_booking_that_nobody_had_to_ask_for():
    assert events.confirmed(BOOKING, "self", approved=True).data["approved"] is True
    assert "approved" not in events.confirmed(BOOKING, "self").data


def test_a_refused_request_says_for_when_it_was():
    data = events.declined(replace(BOOKING, state="declined")).data
    assert (data["starts_at"], data["ends_at"]) == (STARTS, ENDS)


def test_a_closure_is_told_from_a_wish_of_the_staff():
    assert events.cancelled(BOOKING, "counter", "closure").data["reason_code"] == "closure"
    assert "reason_code" not in events.cancelled(BOOKING, "counter").data


def test_a_wait_that_ends_says_whether_there_was_an_offer():
    offered = replace(ENTRY, offer_booking_id=uuid7())
    assert waiting_events.ended(offered).data["booking_id"] == offered.offer_booking_id
    assert "booking_id" not in waiting_events.ended(ENTRY).data
