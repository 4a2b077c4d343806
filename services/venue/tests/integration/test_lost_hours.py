# SPDX-License-Identifier: Apache-2.0
"""An hour the clock jumps over is no time, whoever writes it down: a paper calendar or a closure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest
from chassis.errors import Unprocessable
from venue.deps import InProcess
from venue.usecases.booking.import_bookings import ImportRow, import_bookings
from venue.usecases.venues.closures import CloseSpace, close_space

from ..conftest import counter


@pytest.fixture
def in_helsinki(house, database):
    """The house in Helsinki, open at night: on 28 March 2027 the clock jumps from three to four."""
    with database.superuser() as connection:
        connection.execute("UPDATE venues SET tz = 'Europe/Helsinki', horizon_days = 400")
        connection.execute("UPDATE regime_rules SET from_minute = 0 WHERE regime_code = 'public_benefit'")
    return house


def night(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, 28, hour, minute)


def imported(deps, house, first: datetime, last: datetime) -> list[str | None]:
    told = import_bookings(deps, counter(), house.venue_id, [ImportRow("book_room", first, last, uuid4())], InProcess())
    return [row.get("code") for row in told["rows"]]


def test_a_paper_calendars_hour_that_does_not_exist_is_refused_and_not_moved(deps, in_helsinki, look):
    assert imported(deps, in_helsinki, night(3), night(4, 30)) == ["no_such_local_time"]
    assert look("SELECT count(*) FROM bookings") == [(0,)]

    assert imported(deps, in_helsinki, night(4), night(5)) == [None]
    assert look("SELECT starts_at AT TIME ZONE 'UTC' FROM bookings") == [(night(1),)]


@pytest.mark.parametrize("offset", [2, 3])
def test_a_closure_from_an_hour_that_does_not_exist_is_refused(deps, in_helsinki, look, offset):
    zone = timezone(timedelta(hours=offset))
    times = (night(3, 30).replace(tzinfo=zone), night(6).replace(tzinfo=timezone(timedelta(hours=3))))
    closure = CloseSpace(in_helsinki.venue_id, None, *times, "检修", "Repairs")

    with pytest.raises(Unprocessable) as refused:
        close_space(deps, counter(), closure, InProcess())

    assert refused.value.code == "no_such_local_time"
    assert look("SELECT count(*) FROM closures") == [(0,)]
