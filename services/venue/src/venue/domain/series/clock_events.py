# SPDX-License-Identifier: Apache-2.0
"""What is told when the rules of a clock change and a booking cannot follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.events import Event


def left_behind(
    booking: Mapping[str, Any], version: int, should_start_at: datetime, should_end_at: datetime, release: str
) -> Event:
    """The wall time of a booking has become an instant at which its room is taken; staff must settle it."""
    return Event(
        "linli.venue.booking.left_behind.v1",
        booking["id"],
        version,
        {
            "booking_id": booking["id"],
            "venue_id": booking["venue_id"],
            "space_id": booking["space_id"],
            "series_id": booking["series_id"],
            "starts_at": booking["starts_at"],
            "ends_at": booking["ends_at"],
            "should_start_at": should_start_at,
            "should_end_at": should_end_at,
            "time_zone": booking["tz"],
            "release": release,
        },
    )
