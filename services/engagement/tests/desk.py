# SPDX-License-Identifier: Apache-2.0
"""People who speak to engagement in tests: each holds a token and asks over HTTP, in-process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.events import Received
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO, TokenFactory
from engagement.deps import Deps
from engagement.domain.notices import News
from engagement.usecases.notices import tell
from starlette.testclient import TestClient

BASE = "/api/engagement/v1"
NEED = {"title": "三号院路灯不亮", "category": "lighting", "detail": "晚上看不清台阶"}


@dataclass
class Person:
    """Somebody with a token; ``anonymous`` people have none."""

    client: TestClient
    headers: dict[str, str]
    person_id: UUID

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Read."""
        return self.client.get(BASE + path, params=parameters, headers=self.headers)

    def post(
        self, path: str, body: Any, *, version: int | None = None, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """Write, under a fresh idempotency key unless one is given."""
        told = {"Idempotency-Key": key or str(uuid7()), **self.headers, **headers}
        if version is not None:
            told["If-Match"] = f'"{version}"'
        return self.client.post(BASE + path, json=body, headers=told)


@dataclass
class Desk:
    """The service under test and whoever comes to it."""

    client: TestClient
    deps: Deps
    database: ServiceDatabase
    clock: FrozenClock
    tokens: TokenFactory
    anybody: Person = field(init=False)

    def __post_init__(self) -> None:
        self.anybody = Person(self.client, {}, uuid7())

    def person(self, *permissions: str, division: str = WUFUQIAO, office: str | None = None) -> Person:
        """Let somebody with exactly these permissions come."""
        person_id = uuid7()
        headers = self.tokens.headers(
            "engagement", *permissions, division=division, subject=str(person_id), office=office
        )
        return Person(self.client, headers, person_id)

    def resident(self, division: str = WUFUQIAO) -> Person:
        """Let a resident come."""
        return self.person("engagement.own", division=division)

    def worker(self, division: str = WUFUQIAO) -> Person:
        """Let a community worker come."""
        return self.person("engagement.work", "engagement.counts", division=division, office="community_worker")

    def foreign_worker(self) -> Person:
        """Let a worker of another community come."""
        return self.worker(SHUANGGUILU)

    def notice(self, resident: Person, division: str = WUFUQIAO) -> dict[str, Any]:
        """Tell the resident of a mark and return the notice."""
        news = News(resident.person_id, "mark", uuid7(), "mark_given", reason_code="no_show")
        event = Received(uuid7(), "linli.venue.mark.given.v1", division, "mark/1", 1, self.clock.now(), news)
        with self.deps.database.unit_of_work(Actor.system(division, "test")) as work:
            tell(self.deps, work, event, news)
            work.commit()
        return resident.get("/my/notices").json()["items"][0]

    def need(self, resident: Person, state: str = "received") -> dict[str, Any]:
        """Bring a need of the resident into a state and return it."""
        need = resident.post("/needs", NEED).json()
        worker = self.worker()
        for done, act, body in (
            ("assigned", "assignment", {"assignee": "路灯所", "due_on": "2026-11-30"}),
            ("resolved", "resolution", {"note": "换好了"}),
        ):
            if need["state"] == state:
                break
            need = worker.post(f"/needs/{need['need_id']}/{act}", body, version=need["version"]).json()
            assert need["state"] == done
        return need
