# SPDX-License-Identifier: Apache-2.0
"""The teahouse as its stories need it: rooms by code, neighbours by number, and acts that are done once.

Every act has a key of its own, so a story that was interrupted is told again from its beginning and changes nothing
of what it had done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.reply import Reply
from venue.deps import Deps
from venue.usecases.booking.book_space import BookSpace, OnBehalf, book_space
from venue.usecases.presence.attendance import check_in, check_out

from tools.first_data.official import CHENGDU
from tools.first_data.people import WUFUQIAO
from tools.first_data.platform import Here, Platform, officer, resident

SECRETARY = officer(WUFUQIAO, "community_secretary", "venue.read venue.counter venue.manage")
WORKER = officer(WUFUQIAO, "community_worker", "venue.read venue.counter")
OPERATOR = officer(WUFUQIAO, "venue_operator", "venue.read venue.operate")
WORKERS = Actor.system(WUFUQIAO, "first-data")  # what the platform does by itself
BY_TELEPHONE = "本人来电"


class Refused(Exception):
    """An act of a story was refused: the story does not fit the rules any more."""


@dataclass(frozen=True)
class House:
    """五福茶馆 with its neighbours; the first two have accounts."""

    platform: Platform
    venue_id: UUID
    spaces: dict[str, UUID]
    people: list[UUID]

    @property
    def deps(self) -> Deps:
        """The venue service's dependencies."""
        return self.platform.venue

    @property
    def today(self) -> date:
        """The day on which the synthetic month ends."""
        return self.platform.now.astimezone(CHENGDU).date()

    def on(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A wall time so many days from today."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), CHENGDU)

    def days_to(self, weekday: int, at_least: int) -> int:
        """How many days from today an ISO weekday comes, ``at_least`` so many ahead."""
        return at_least + (weekday - (self.today.isoweekday() + at_least)) % 7

    def at(self, instant: datetime) -> None:
        """Let the next acts happen then, never later than now."""
        self.platform.at(instant)

    def guest(self, number: int) -> Actor:
        """A neighbour acting for themselves."""
        return resident(WUFUQIAO, str(self.people[number]))

    def for_guest(self, number: int) -> OnBehalf:
        """A neighbour for whom the counter acts."""
        return OnBehalf(self.people[number], BY_TELEPHONE)

    def book(self, actor: Actor, key: str, room: str, starts: datetime, hours: float, **wish: Any) -> dict[str, Any]:
        """Book a room; ``key`` names the booking within the synthetic month."""
        command = BookSpace(self.spaces[room], starts, starts + timedelta(hours=hours), **wish)
        return done(book_space(self.deps, actor, command, under(actor, key)))

    def use(self, booking: dict[str, Any], key: str, late: timedelta = timedelta()) -> None:
        """Let the guests of a booking come at its start, or so much later, and leave at its end."""
        booking_id = UUID(booking["booking_id"])
        self.at(datetime.fromisoformat(booking["starts_at"]) + late)
        done(check_in(self.deps, OPERATOR, booking_id, under(OPERATOR, f"{key} in")))
        self.leave(booking, key)

    def leave(self, booking: dict[str, Any], key: str) -> None:
        """Let guests who came leave at their booking's end."""
        self.at(datetime.fromisoformat(booking["ends_at"]))
        done(check_out(self.deps, OPERATOR, UUID(booking["booking_id"]), under(OPERATOR, f"{key} out")))


def under(actor: Actor, key: str) -> Here:
    """Give an act its key."""
    return Here(actor, idempotency_key=f"first-data {key}")


def done(reply: Reply) -> Any:
    """Return what an act answered. Raises Refused."""
    if reply.status >= 400:
        raise Refused(reply.content)
    return reply.content
