# SPDX-License-Identifier: Apache-2.0
"""Somebody takes a booking back; who waited for the room is told, over Kafka, once, and no more after the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import engagement.bootstrap
import engagement.settings
import pytest
import venue.bootstrap
import venue.settings
import yaml
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.http import Call
from chassis.outbox.relay import Relay
from chassis.testing.loops import running, until
from chassis.testing.tokens import WUFUQIAO
from engagement.usecases.notices import list_my_notices
from venue.deps import InProcess
from venue.domain.venues.definition import parse
from venue.domain.waiting.waiting import Wish
from venue.usecases.booking.book_space import BookSpace, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.holding import confirm_booking
from venue.usecases.venues.closures import CloseSpace, close_space
from venue.usecases.venues.create_venue import create_venue
from venue.usecases.waiting.waiting import JoinWaitingList, join

from ..contracts.sources import CONTRACTS

CHENGDU = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
STARTS, ENDS = (datetime(2026, 11, 26, hour, tzinfo=CHENGDU) for hour in (19, 21))
pytestmark = pytest.mark.slow


@dataclass
class Town:
    """A teahouse and everybody's inbox, with the real road between them."""

    venue: Any
    engagement: Any
    venue_id: UUID
    book_room: UUID

    def resident(self) -> Actor:
        return Actor(str(uuid4()), WUFUQIAO, frozenset({"venue.read", "venue.book", "engagement.own"}))

    def secretary(self) -> Actor:
        powers = frozenset({"venue.read", "venue.counter", "venue.manage"})
        return Actor(str(uuid4()), WUFUQIAO, powers, "community_secretary")

    def booked(self, who: Actor, days: int = 0) -> UUID:
        command = BookSpace(self.book_room, STARTS + timedelta(days=days), ENDS + timedelta(days=days))
        return UUID(book_space(self.venue, who, command, InProcess()).content["booking_id"])

    def told(self, who: Actor) -> dict[str, Any]:
        return list_my_notices(self.engagement, Call(self.engagement, who, "test", "zh", "test", ""), None, None)

    def hears(self, who: Actor, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until somebody's inbox is as wanted."""
        until(lambda: wanted(self.told(who)), "a notice", seconds=60)
        return self.told(who)


@pytest.fixture(scope="module")
def town(databases, tokens, kafka) -> Iterator[Town]:
    """五福茶馆 and the inboxes, each with its own database; their processes speak over a real broker."""
    clock = FrozenClock(MONDAY)
    kafka.create_topics("venue", "engagement")
    made = {one.SERVICE: databases.fresh(one.SERVICE, one.VERSIONS) for one in (venue.bootstrap, engagement.bootstrap)}
    told = {"environment": "test", "issuer": tokens.issuer, "jwks_url": "", "contracts_dir": CONTRACTS}

    def settings(service: Any, name: str) -> Any:
        urls = {f"{role}_database_url": made[name].url(role) for role in ("app", "public", "sweep", "relay")}
        return service.settings.Settings(**told, **urls, kafka_bootstrap=kafka.bootstrap)

    house = venue.bootstrap.build(settings(venue, "venue"), clock=clock)
    inbox = engagement.bootstrap.build(settings(engagement, "engagement"), clock=clock)
    definition = parse(yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8")))
    venue_id = create_venue(house, Actor.system(WUFUQIAO, "test"), definition)
    with made["venue"].superuser() as catalogue:
        ((book_room,),) = catalogue.execute("SELECT id FROM spaces WHERE code = 'book_room'").fetchall()
    relay = Relay("venue", made["venue"].url("relay"), kafka.bootstrap)
    with running(relay), running(engagement.bootstrap.consumer(inbox)):
        yield Town(house, inbox, venue_id, book_room)
    for deps, database in zip((house, inbox), made.values(), strict=True):
        deps.database.close()
        databases.drop(database)


def test_what_is_taken_back_is_offered_and_told_until_it_is_answered(town):
    holder, waiter = town.resident(), town.resident()
    booking_id = town.booked(holder)
    join(town.venue, waiter, JoinWaitingList(Wish(town.book_room, STARTS, ENDS, 120)), InProcess())

    cancel_booking(town.venue, holder, booking_id, InProcess())

    answer = town.hears(waiter, lambda told: told["has_unread"])
    (notice,) = answer["items"]
    assert (notice["kind"], notice["space_id"], notice["starts_at"]) == ("offer_made", town.book_room, STARTS)
    assert answer["soonest"]["expires_at"] > MONDAY
    assert town.told(holder)["items"] == []

    confirm_booking(town.venue, waiter, answer["soonest"]["booking_id"], InProcess())

    assert town.hears(waiter, lambda told: not told["items"])["soonest"] is None


def test_who_was_coming_hears_of_a_closure_once(town):
    guest = town.resident()
    town.booked(guest, days=1)
    closing = CloseSpace(
        town.venue_id, town.book_room, STARTS + timedelta(days=1), ENDS + timedelta(days=1), "检修", "Repairs", True
    )

    close_space(town.venue, town.secretary(), closing, InProcess())

    (notice,) = town.hears(guest, lambda told: told["items"])["items"]
    assert (notice["kind"], notice["reason_code"]) == ("booking_cancelled", "closure")
