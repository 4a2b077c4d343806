# SPDX-License-Identifier: Apache-2.0
"""A question asked at the weekly tea becomes a need, and its number comes back to the board: both services here.

The events go the way they go over Kafka: out of one outbox, through the schema, the other's parsing and its reaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any
from uuid import UUID

import engagement.bootstrap
import engagement.reactions
import engagement.settings
import pytest
import venue.bootstrap
import venue.reactions
import venue.settings
import yaml
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.event_schemas import Schemas
from chassis.http import Call
from chassis.testing.tokens import WUFUQIAO
from engagement.usecases import needs, reading
from venue.deps import InProcess
from venue.domain.sittings.rotas import Official
from venue.domain.venues.definition import parse
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.sittings import rotas, see_sessions, sittings, topics
from venue.usecases.venues import create_venue

from chassis import events

from ..contracts.sources import CONTRACTS

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
STREET = Official("street_officer", "街道干部", "Street officer", uuid7())


@dataclass
class Town:
    """A teahouse, an inbox of needs, and the road between them."""

    venue: Any
    engagement: Any
    rows: dict[str, Any]
    clock: FrozenClock
    space_id: UUID
    carried: dict[str, int] = field(default_factory=lambda: {"venue": 0, "engagement": 0})

    @property
    def officer(self) -> Actor:
        return Actor(str(uuid7()), WUFUQIAO, frozenset({"venue.counter", "engagement.work"}), "community_secretary")

    def resident(self) -> Actor:
        return Actor(str(uuid7()), WUFUQIAO, frozenset({"venue.book", "engagement.own"}))

    def carry(self, times: int = 1) -> None:
        """Take every new event along, both ways; ``times`` delivers each as often."""
        self._carry("venue", engagement.reactions.SUBSCRIPTIONS, self.engagement, times)
        self._carry("engagement", venue.reactions.SUBSCRIPTIONS, self.venue, times)

    def _carry(self, name: str, subscriptions: Any, deps: Any, times: int) -> None:
        found = self.rows[name]("SELECT id, payload FROM outbox WHERE id > %s ORDER BY id", self.carried[name])
        for number, payload in found:
            event = events.parse(bytes(payload))
            Schemas(CONTRACTS, [event.type]).require_exact(event.type, event.data)
            subscription = subscriptions.get(event.type)
            for _ in range(times if subscription else 0):
                with deps.database.unit_of_work(Actor.system(event.division, "test")) as work:
                    understood = subscription.parse(event.data)
                    subscription.react(deps, work, events.Received(**{**vars(event), "data": understood}))
                    work.commit()
            self.carried[name] = number

    def sitting(self) -> UUID:
        """A sitting on Wednesday from 15:00."""
        new = rotas.NewRota(
            "sitting", self.space_id, (3,), 900, 120, "每周坐谈", "Open tea", date(2026, 11, 23), date(2026, 11, 30),
            (STREET,),
        )  # fmt: skip
        rotas.create_rota(self.venue, self.officer, new, InProcess())
        return UUID(self.board()["items"][-1]["session_id"])

    def board(self) -> dict[str, Any]:
        """What anyone reads of the sittings."""
        return see_sessions.public_sittings(self.venue, WUFUQIAO, "zh")

    def question(self, who: Actor, sitting: UUID, words: str, wording: str) -> dict[str, Any]:
        """A topic brought to a sitting, published and handed on."""
        new = topics.NewTopic(words, "lighting", None if who.office is None else "letterbox")
        topic = topics.propose_topic(self.venue, who, sitting, new, InProcess()).content
        key, officer = UUID(topic["topic_id"]), self.officer
        topics.publish_topic(self.venue, officer, key, wording, InProcess())
        return topics.hand_on_topic(self.venue, officer, key, wording, "lighting", InProcess()).content

    def call(self, who: Actor) -> Call:
        return Call(self.engagement, who, "test", "zh", "test", "")


@pytest.fixture(scope="module")
def town(databases, tokens) -> Iterator[Town]:
    clock = FrozenClock(MONDAY)
    made = {}
    for service in (venue, engagement):
        name = service.__name__
        database = databases.fresh(name, service.bootstrap.VERSIONS)
        settings = service.settings.Settings(
            environment="test",
            issuer=tokens.issuer,
            jwks_url="http://unused.invalid/jwks",
            contracts_dir=CONTRACTS,
            app_database_url=database.url("app"),
            public_database_url=database.url("public"),
            sweep_database_url=database.url("sweep"),
        )
        made[name] = database, service.bootstrap.build(settings, clock=clock)
    definition = parse(yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8")))
    create_venue.create_venue(made["venue"][1], Actor.system(WUFUQIAO, "test"), definition)
    rows = {name: _reader(database) for name, (database, _) in made.items()}
    ((space_id,),) = rows["venue"]("SELECT id FROM spaces WHERE code = 'council_pavilion'")
    yield Town(made["venue"][1], made["engagement"][1], rows, clock, space_id)
    for database, deps in made.values():
        deps.database.close()
        databases.drop(database)


def _reader(database: Any) -> Any:
    def read(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with database.superuser() as everything:
            return everything.execute(query, parameters).fetchall()

    return read


def test_a_question_is_asked_once_and_its_answer_is_found_where_it_was_asked(town):
    resident, sitting = town.resident(), town.sitting()
    town.question(resident, sitting, "甲01家门口的路灯不亮", "三号院路灯什么时候修好")

    town.carry(times=2)

    (mine,) = _my_needs(town, resident)
    assert (mine["number"], mine["title"], mine["channel"]) == ("N-2026-0001", "三号院路灯什么时候修好", "meeting")
    (shown,) = town.board()["items"][-1]["topics"]
    assert (shown["state"], shown["need_number"]) == ("handed_on", "N-2026-0001")
    assert town.rows["engagement"]("SELECT count(*) FROM needs") == [(1,)]
    assert "甲01" not in str(town.board())


def test_a_letter_without_a_name_is_followed_up_by_the_officer_who_took_it_on(town):
    sitting = UUID(town.board()["items"][-1]["session_id"])
    town.question(town.officer, sitting, "垃圾房太远", "垃圾房能不能近一点")

    town.carry()

    assert {one["need_number"] for one in town.board()["items"][-1]["topics"]} == {"N-2026-0001", "N-2026-0002"}
    rows = town.rows["engagement"]("SELECT on_behalf_reason, raised_office FROM needs ORDER BY number_no")
    assert rows[-1] == ("坐谈上提出，由社区转办", "community_secretary")


def test_what_became_of_the_need_is_worked_on_like_any_other(town):
    officer = town.officer
    ((need_id,),) = town.rows["engagement"]("SELECT need_id FROM needs WHERE number_no = 1")

    call = town.call(officer)
    needs.assign_need(town.engagement, call, need_id, "路灯所", date(2026, 11, 30), "")
    needs.resolve_need(town.engagement, call, need_id, "换好了")

    assert town.rows["engagement"]("SELECT state FROM needs WHERE number_no = 1") == [("resolved",)]


def test_the_sitting_that_nobody_recorded_stays_on_the_board_with_its_questions(town):
    town.clock.set(datetime(2026, 11, 26, 4, tzinfo=UTC))

    look_after(town.venue, HANDLERS)
    town.carry()

    shown = town.board()
    assert (shown["missed"], shown["items"][-1]["state"], len(shown["items"][-1]["topics"])) == (1, "missed", 2)
    session_id = UUID(shown["items"][-1]["session_id"])
    sittings.record_attendance(town.venue, town.officer, session_id, "missed", "全街道防汛", InProcess())
    assert town.board()["items"][-1]["attendance"] == {"outcome": "missed", "reason": "全街道防汛"}


def _my_needs(town: Town, who: Actor) -> list[dict[str, Any]]:
    return reading.list_my_needs(town.engagement, town.call(who), None, None)["items"]
