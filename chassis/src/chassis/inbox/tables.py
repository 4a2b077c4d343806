# SPDX-License-Identifier: Apache-2.0
"""The inbox and the parking place for what could not be applied, as a migration creates them."""

from __future__ import annotations

from alembic import op

from chassis.division import technical_table


def create_tables() -> None:
    """Create ``inbox`` and ``parked`` (in a migration)."""
    op.execute("""
        CREATE TABLE inbox (
            consumer text NOT NULL,
            event_id uuid NOT NULL,
            received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id)
        )""")
    op.execute("CREATE INDEX ix_inbox_received_at ON inbox (received_at)")
    technical_table(
        "inbox",
        "Which events have taken effect here, each once.",
        grants={"app": "SELECT, INSERT", "sweep": "SELECT, DELETE"},
    )
    # The digest tells a redelivery from another record at the same place of a topic that was created anew.
    op.execute("""
        CREATE TABLE parked (
            id bigint GENERATED ALWAYS AS IDENTITY,
            consumer text NOT NULL,
            topic text NOT NULL,
            partition integer NOT NULL,
            position bigint NOT NULL,
            digest bytea NOT NULL,
            division_code text,
            subject text,
            event_id uuid,
            type text,
            follows boolean NOT NULL,
            reason text NOT NULL,
            record_key bytea,
            payload bytea NOT NULL,
            parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            attempts integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_parked PRIMARY KEY (id),
            CONSTRAINT uq_parked_record UNIQUE (consumer, topic, partition, position, digest)
        )""")
    op.execute("CREATE INDEX ix_parked_subject ON parked (consumer, division_code, subject, id)")
    technical_table(
        "parked",
        "Events that could not be applied, and what followed for the same aggregate.",
        grants={"app": "SELECT, INSERT, UPDATE, DELETE"},
    )
