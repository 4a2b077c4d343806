# SPDX-License-Identifier: Apache-2.0
"""Booking on a real database."""

from __future__ import annotations

import pytest
from chassis.errors import Conflict

from ..conftest import at, book, resident


def test_a_resident_books_the_pavilion_in_the_evening_at_the_commercial_price(deps, house):
    booking = book(deps, resident(), house.spaces["council_pavilion"], "2026-11-26T19:00", "2026-11-26T21:00")

    assert booking["state"] == "confirmed"
    assert booking["price_fen"] == 6000
    assert booking["space_name"] == "议事茶亭"
    assert booking["starts_at"] == at("2026-11-26T19:00").isoformat()


def test_an_overlapping_wish_is_refused_with_free_alternatives(deps, house):
    pavilion = house.spaces["council_pavilion"]
    book(deps, resident(), pavilion, "2026-11-26T19:00", "2026-11-26T21:00")

    with pytest.raises(Conflict) as refused:
        book(deps, resident(), pavilion, "2026-11-26T20:00", "2026-11-26T22:00")

    assert refused.value.code == "slot_taken"
    offered = [(one["space_name"], one["starts_at"][11:16]) for one in refused.value.extra["alternatives"]]
    assert offered == [("社区书屋", "20:00"), ("长者空间", "20:00"), ("服务驿站", "20:00")]
