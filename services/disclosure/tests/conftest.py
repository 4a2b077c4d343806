# SPDX-License-Identifier: Apache-2.0
"""A disclosure service on a fresh database, and the people and events it meets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.reply import Reply
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO, TokenFactory
from disclosure import bootstrap
from disclosure.domain.months import SHANGHAI
from disclosure.settings import Settings
from disclosure.store.awaiting import SettlementReversal
from disclosure.usecases import decide_statement
from disclosure.usecases.open_books import OperatorContract, open_books
from disclosure.usecases.post_settlement import Settlement, post_settlement, reverse_settlement
from disclosure.usecases.submit_statement import SubmitStatement, submit_statement

TEAHOUSE = UUID("0192f0c0-0000-7000-8000-0000000000aa")
CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
CLERK, SECRETARY = "0192f0c0-0000-7000-8000-00000000000c", "0192f0c0-0000-7000-8000-00000000000d"


@dataclass
class Attempt:
    """What a use case needs of a request, without HTTP."""

    actor: Actor
    idempotency_key: str | None = None
    if_match: int | None = None
    body_hash: str = "0" * 64
    language: str = "zh"
    request_id: str = "test"


@dataclass
class Community:
    """One community at work: settlements arrive, a clerk submits, a secretary decides."""

    deps: bootstrap.Deps
    clock: FrozenClock
    division: str = WUFUQIAO
    settled: list[Settlement] = field(default_factory=list)

    def clerk(self, subject: str = CLERK) -> Actor:
        return Actor(subject, self.division, frozenset({"disclosure.read", "disclosure.prepare"}), "finance_clerk")

    def secretary(self, subject: str = SECRETARY) -> Actor:
        return Actor(
            subject, self.division, frozenset({"disclosure.read", "disclosure.approve"}), "community_secretary"
        )

    def open(self, opened_month: str | None = None, fund_per_mille: int = 600, since: date = date(2026, 1, 1)) -> UUID:
        contract = OperatorContract(TEAHOUSE, "示例茶馆运营方", fund_per_mille, since)
        return open_books(self.deps, self.division, contract, opened_month=opened_month)

    def react(self, act: Callable[..., None], data: Any) -> None:
        with self.deps.database.unit_of_work(Actor.system(self.division, "reactions")) as work:
            act(work, data)
            work.commit()

    def settle(
        self, amount_fen: int = 6000, on: date | None = None, room: str = "议事茶亭", venue: UUID = TEAHOUSE
    ) -> Settlement:
        day = on or self.clock.now().astimezone(SHANGHAI).date()
        settlement = Settlement(uuid7(), venue, room, amount_fen, day)
        self.react(post_settlement, settlement)
        self.settled.append(settlement)
        return settlement

    def reverse(self, settlement: Settlement, on: date | None = None) -> SettlementReversal:
        day = on or self.clock.now().astimezone(SHANGHAI).date()
        reversal = SettlementReversal(settlement.settlement_id, uuid7(), settlement.amount_fen, day, "entry_error")
        self.react(reverse_settlement, reversal)
        return reversal

    def submit(self, month: str, *, confirm: bool = False, by: Actor | None = None) -> dict[str, Any]:
        return self._tell(submit_statement(self.deps, Attempt(by or self.clerk()), SubmitStatement(month, confirm)))

    def approve(self, statement: dict[str, Any], by: Actor | None = None) -> dict[str, Any]:
        attempt = Attempt(by or self.secretary(), if_match=statement["row_version"])
        return self._tell(decide_statement.approve_statement(self.deps, attempt, UUID(statement["statement_id"])))

    def reject(self, statement: dict[str, Any], reason: str = "请核对") -> dict[str, Any]:
        attempt = Attempt(self.secretary(), if_match=statement["row_version"])
        return self._tell(
            decide_statement.reject_statement(self.deps, attempt, UUID(statement["statement_id"]), reason)
        )

    def publish(self, month: str, *, confirm: bool = False) -> dict[str, Any]:
        return self.approve(self.submit(month, confirm=confirm))

    @staticmethod
    def _tell(reply: Reply) -> dict[str, Any]:
        return json.loads(reply.body)


@pytest.fixture
def database(fresh_database: Callable[[str, Path], ServiceDatabase]) -> ServiceDatabase:
    return fresh_database("disclosure", bootstrap.VERSIONS)


@pytest.fixture
def settings(database: ServiceDatabase, tokens: TokenFactory) -> Settings:
    return Settings(
        environment="test",
        issuer=tokens.issuer,
        jwks_url="http://127.0.0.1:9/oauth/jwks",
        contracts_dir=CONTRACTS,
        app_database_url=database.url("app"),
        public_database_url=database.url("public"),
        sweep_database_url=database.url("sweep"),
    )


@pytest.fixture
def deps(settings: Settings, frozen_clock: FrozenClock) -> Iterator[bootstrap.Deps]:
    built = bootstrap.build(settings, frozen_clock)
    yield built
    built.database.close()


@pytest.fixture
def community(deps: bootstrap.Deps, frozen_clock: FrozenClock) -> Community:
    """五福桥社区, with the teahouse's contract 60/40 and books open since October 2026."""
    one = Community(deps, frozen_clock)
    one.open("2026-10")
    return one


@pytest.fixture
def neighbours(deps: bootstrap.Deps, frozen_clock: FrozenClock) -> Community:
    """双桂路社区, which keeps books of its own in the same database."""
    one = Community(deps, frozen_clock, SHUANGGUILU)
    one.open("2026-10")
    return one
