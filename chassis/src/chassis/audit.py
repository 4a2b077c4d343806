# SPDX-License-Identifier: Apache-2.0
"""The audit trail: one row for every write, append-only, in the transaction of the write itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from chassis.clock import Clock
from chassis.division import community_table

if TYPE_CHECKING:
    from chassis.auth import Actor

# Straight on the driver: it is part of every write, and the statement never changes.
_INSERT = """
    INSERT INTO audit (division_code, at, actor, office, client, action, object_type, object_id, request_id, detail)
    VALUES (%(division)s, %(at)s, %(actor)s, %(office)s, %(client)s, %(action)s, %(object_type)s, %(object_id)s,
        %(request_id)s, %(detail)s::jsonb)"""


def create_tables() -> None:
    """Create the audit table (in a migration)."""
    op.execute("""
        CREATE TABLE audit (
            division_code text NOT NULL,
            id bigint GENERATED ALWAYS AS IDENTITY,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            office text,
            client text,
            action text NOT NULL,
            object_type text NOT NULL,
            object_id text NOT NULL,
            request_id text,
            detail jsonb NOT NULL DEFAULT '{}',
            CONSTRAINT pk_audit PRIMARY KEY (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_audit_object ON audit (division_code, object_type, object_id, id)")
    community_table(
        "audit",
        "Who did what to which object; append-only.",
        app="SELECT, INSERT",
        sweep="INSERT",
        any_tier=True,
    )


class AuditTrail:
    """Writes audit rows of one unit of work."""

    def __init__(self, connection: sa.Connection, actor: Actor, clock: Clock) -> None:
        self._connection = connection
        self._actor = actor
        self._clock = clock

    def add(
        self, action: str, object_type: str, object_id: str, detail: Mapping[str, Any], request_id: str | None
    ) -> None:
        """Add a row; ``detail`` may hold ids, codes and amounts, never a name, number or free text of a person."""
        actor = self._actor
        self._connection.connection.driver_connection.execute(
            _INSERT,
            {
                "division": actor.division,
                "at": self._clock.now(),
                "actor": actor.subject,
                "office": actor.office,
                "client": actor.client,
                "action": action,
                "object_type": object_type,
                "object_id": object_id,
                "request_id": request_id,
                "detail": json.dumps(dict(detail), ensure_ascii=False, default=str),
            },
        )
