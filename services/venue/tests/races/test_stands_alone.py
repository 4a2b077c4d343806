# SPDX-License-Identifier: Apache-2.0
"""Free rooms are booked whatever else is away: the broker has no part in answering a booking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chassis.broker import BrokerAway
from chassis.outbox.relay import Relay
from venue import bootstrap

from .crowd import CLIENTS, Place, half_hours, outcomes, running_place

ROOMS = ("council_pavilion", "service_post", "elders_space", "book_room")
NOWHERE = "127.0.0.1:1"


@pytest.fixture(scope="module")
def place(databases, teahouse, tokens) -> Iterator[Place]:
    """A teahouse without a broker."""
    database = databases.fresh("venue", bootstrap.VERSIONS)
    with running_place(database, teahouse, tokens) as running:
        yield running
    databases.drop(database)


def test_every_booking_is_accepted_while_the_broker_is_away_and_delivered_when_it_is_back(place, kafka):
    away = Relay("venue", place.database.url("relay"), NOWHERE)
    times = half_hours()
    wishes = [
        {"space_id": str(place.house.spaces[room]), "starts_at": starts, "ends_at": ends}
        for starts, ends in (next(times) for _ in range(CLIENTS // len(ROOMS)))
        for room in ROOMS
    ]
    crowd = [place.resident() for _ in wishes]

    answers = place.together(
        [lambda n=number: crowd[n].send("POST", "/bookings", wishes[n]) for number in range(len(wishes))]
    )

    assert outcomes(answers) == {"201": CLIENTS}
    with pytest.raises(BrokerAway):
        away.run_once()
    away.close()
    assert place.look("SELECT count(*) FROM outbox") == [(CLIENTS,)], "accepted means stored"
    kafka.create_topics("venue")
    back = Relay("venue", place.database.url("relay"), kafka.bootstrap)
    while back.run_once():
        pass
    back.close()
    assert place.look("SELECT count(*) FROM outbox") == [(0,)], "stored means delivered"
    assert place.look("SELECT count(*) FROM event_log") == [(CLIENTS,)]
