# SPDX-License-Identifier: Apache-2.0
"""What the tests of sittings and desks plan and ask for, in process."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.pagination import Page
from venue.deps import Deps, InProcess
from venue.domain.sittings.rotas import Official
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.sittings import rotas, see_sessions, tickets, topics
from venue.usecases.sittings.rotas import NewRota
from venue.usecases.sittings.topics import NewTopic

from ..conftest import House, counter

STREET = Official("street_officer", "街道干部", "Street officer")
DEPUTY = Official("community_worker", "社区工作者", "Community worker")


def tea(house: House, **more: Any) -> NewRota:
    """A plan of one sitting on Wednesday 25 November from 15:00 to 17:00."""
    values: dict[str, Any] = {
        "kind": "sitting",
        "space_id": house.spaces["council_pavilion"],
        "weekdays": (3,),
        "from_minute": 15 * 60,
        "minutes": 120,
        "title_zh": "每周坐谈",
        "title_en": "Weekly open tea",
        "valid_from": date(2026, 11, 23),
        "valid_until": date(2026, 11, 30),
        "officials": (STREET,),
    }
    return NewRota(**{**values, **more})


def open_tea(deps: Deps, house: House, **more: Any) -> UUID:
    """Plan it; the id of the sitting."""
    rotas.create_rota(deps, counter(), tea(house, **more), InProcess())
    return session_of(deps, more.get("kind", "sitting"))


def desk(deps: Deps, house: House, seats: int = 3, **more: Any) -> UUID:
    """One session of the elders' insurance desk on Wednesday from 09:00 to 11:30; its id."""
    return open_tea(
        deps,
        house,
        **{
            "kind": "desk",
            "space_id": house.spaces["service_post"],
            "from_minute": 9 * 60,
            "minutes": 150,
            "officials": (),
            "desk_code": "elder_insurance",
            "capacity_per_hour": seats,
            **more,
        },
    )


def session_of(deps: Deps, kind: str) -> UUID:
    """The only session of a kind."""
    page = Page.parse(None, 200, see_sessions.KEY)
    (one,) = see_sessions.session_list(deps, counter(), SessionFilter(kind=kind), page, "zh")["items"]
    return UUID(one["session_id"])


def propose(deps: Deps, who: Actor, sitting: UUID, text: str = "三号院路灯不亮", **more: Any) -> dict[str, Any]:
    """Bring a topic."""
    return topics.propose_topic(deps, who, sitting, NewTopic(text, "lighting", **more), InProcess()).content


def publish(deps: Deps, topic: dict[str, Any], wording: str = "路灯什么时候修好") -> dict[str, Any]:
    """Publish a topic that has just been proposed."""
    attempt = InProcess(if_match=topic["version"])
    return topics.publish_topic(deps, counter(), UUID(topic["topic_id"]), wording, attempt).content


def take(deps: Deps, who: Actor, session: UUID, hour_no: int = 0, behalf: UUID | None = None) -> dict[str, Any]:
    """Take a number."""
    told = {"person_id": str(behalf), "reason": "本人不会用手机"} if behalf else None
    return tickets.take_ticket(deps, who, session, hour_no, told, InProcess()).content
