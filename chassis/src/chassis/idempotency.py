# SPDX-License-Identifier: Apache-2.0
"""Idempotency keys: a repeated write gives the first answer again instead of acting twice.

The key's row comes first, then a savepoint, then the domain's writes, all in one transaction (house plan, section 2).
2xx and a domain's 409 are stored and replayed; 401, 403, 422 never are, because the transaction rolls back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from alembic import op

from chassis.auth import Actor
from chassis.clock import Clock
from chassis.division import community_table, service
from chassis.errors import Conflict, Unprocessable
from chassis.reply import PROBLEM, Reply, encode, problem

if TYPE_CHECKING:
    from chassis.db import Database, UnitOfWork

KEPT_HOURS = 24
AT_ONCE = 5000  # keys forgotten in one transaction
# Straight on the driver: they are part of every write, and they never change.
_CLAIM = """
    INSERT INTO idempotency (division_code, actor, operation, key, body_hash, created_at)
    VALUES (%(division)s, %(actor)s, %(operation)s, %(key)s, %(body_hash)s, %(now)s)
    ON CONFLICT ON CONSTRAINT pk_idempotency DO NOTHING RETURNING true"""
_MINE = "division_code = %(division)s AND actor = %(actor)s AND operation = %(operation)s AND key = %(key)s"
_FETCH = f"SELECT body_hash, status, response, headers FROM idempotency WHERE {_MINE}"  # noqa: S608 - constant
_STORE = (
    f"UPDATE idempotency SET status = %(status)s, response = %(response)s, headers = %(headers)s::jsonb WHERE {_MINE}"  # noqa: S608 - constant
)
# The oldest first, along ix_idempotency_created_at.
_FORGET = """
    DELETE FROM idempotency WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM idempotency WHERE created_at < %(before)s ORDER BY created_at LIMIT %(at_once)s))"""


class Attempt(Protocol):
    """What ``once`` needs of a request: ``chassis.http.Call`` has it."""

    idempotency_key: str | None
    body_hash: str
    language: str


def create_tables() -> None:
    """Create the idempotency table (in a migration)."""
    op.execute("""
        CREATE TABLE idempotency (
            division_code text NOT NULL,
            actor text NOT NULL,
            operation text NOT NULL,
            key text NOT NULL,
            body_hash text NOT NULL,
            status smallint,
            response bytea,
            headers jsonb,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_idempotency PRIMARY KEY (division_code, actor, operation, key)
        )""")
    op.execute("CREATE INDEX ix_idempotency_created_at ON idempotency (created_at)")
    community_table(
        "idempotency",
        "Answers already given, by idempotency key; kept 24 hours.",
        app="SELECT, INSERT, UPDATE",
        sweep="",
        any_tier=True,
    )
    sweep = f"{service()}_sweep"
    op.execute(f"GRANT SELECT, DELETE ON idempotency TO {sweep}")
    op.execute(f"CREATE POLICY expiry ON idempotency TO {sweep} USING (true)")


def once(work: UnitOfWork, call: Attempt, operation: str, act: Callable[[], Any], status: int = 201) -> Reply:
    """Run ``act`` once per (division, actor, operation, key) and return its answer, or the stored one.

    ``act`` returns a dict, or a dict and headers; it must not commit. A Conflict it raises is rolled back to the
    savepoint, stored and returned as the 409 it is: the caller commits either way and returns the reply.
    Raises Unprocessable (idempotency_key_reused) where the key came with another body before.
    Without a key (reactions, schedules) ``act`` simply runs and Conflict rises.
    """
    if call.idempotency_key is None:
        return _reply(act(), status)
    mine = {
        "division": work.division,
        "actor": work.actor.subject,
        "operation": operation,
        "key": call.idempotency_key,
    }
    claim = {**mine, "body_hash": call.body_hash, "now": work.clock.now()}
    if work.driver.execute(_CLAIM, claim).fetchone() is None:
        return _replay(work, mine, call.body_hash)
    work.driver.execute("SAVEPOINT act")  # never released: the commit does that, without a round trip
    try:
        reply = _reply(act(), status)
    except Conflict as error:
        work.driver.execute("ROLLBACK TO SAVEPOINT act")
        told = problem(error, call.language) | {"request_id": getattr(call, "request_id", None)}
        reply = Reply(error.status, encode(told), {"Content-Type": PROBLEM, **error.headers})
    work.driver.execute(
        _STORE,
        {**mine, "status": reply.status, "response": reply.body, "headers": json.dumps(dict(reply.headers))},
    )
    return reply


def forget(database: Database, clock: Clock) -> int:
    """Forget, over all divisions, keys that nobody may repeat any more; a schedule calls this hourly.

    In transactions of ``AT_ONCE`` keys, so that a busy day's keys keep neither a lock nor a snapshot for long. Returns
    how many.
    """
    before, forgotten = clock.now() - timedelta(hours=KEPT_HOURS), 0
    while True:
        with database.sweep(Actor.system("", "forget_idempotency_keys")) as work:
            some = work.driver.execute(_FORGET, {"before": before, "at_once": AT_ONCE}).rowcount
            work.commit()
        forgotten += some
        if some < AT_ONCE:
            return forgotten


def _replay(work: UnitOfWork, mine: dict[str, Any], body_hash: str) -> Reply:
    known_hash, status, response, headers = work.driver.execute(_FETCH, mine).fetchone()
    if known_hash != body_hash:
        raise Unprocessable(
            "idempotency_key_reused",
            zh="这个提交编号已用于另一份内容，请刷新页面后重新提交。",
            en="This idempotency key was used with another body; use a new key.",
        )
    return Reply(status, bytes(response), {**headers, "Idempotency-Replayed": "true"})


def _reply(result: Any, status: int) -> Reply:
    if isinstance(result, Reply):
        return result
    body, headers = result if isinstance(result, tuple) else (result, {})
    return Reply(status, encode(body), dict(headers))
