# SPDX-License-Identifier: Apache-2.0
"""The outbox and its archive, as a migration creates them."""

from __future__ import annotations

from alembic import op

from chassis.division import service, technical_table
from chassis.events import MAX_BYTES, PARTS

# Autovacuum by row count, not by share: the table is nearly empty and turns over all day.
_OUTBOX = f"""
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY,
        event_id uuid NOT NULL,
        division_code text NOT NULL,
        part smallint NOT NULL,
        topic text NOT NULL,
        type text NOT NULL,
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence bigint NOT NULL,
        payload bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_outbox PRIMARY KEY (id),
        CONSTRAINT uq_outbox_sequence UNIQUE (division_code, aggregate_type, aggregate_id, sequence),
        CONSTRAINT ck_outbox_part CHECK (part >= 0 AND part < {PARTS}),
        CONSTRAINT ck_outbox_payload CHECK (octet_length(payload) <= {MAX_BYTES})
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)"""
_EVENT_LOG = """
    CREATE TABLE event_log (
        id bigint NOT NULL,
        event_id uuid NOT NULL,
        division_code text NOT NULL,
        part smallint NOT NULL,
        topic text NOT NULL,
        type text NOT NULL,
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence bigint NOT NULL,
        payload bytea NOT NULL,
        created_at timestamptz NOT NULL,
        sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_event_log PRIMARY KEY (id)
    )"""


def create_tables() -> None:
    """Create ``outbox`` and ``event_log`` (in a migration).

    The app role may only insert into the outbox; the relay role moves rows from there to the archive. The archive's
    reader is a role of its own, ``<service>_reader``, where the installation has one: nobody else reads past events.
    """
    op.execute(_OUTBOX)
    op.execute("CREATE INDEX ix_outbox_part_id ON outbox (part, id)")
    technical_table(
        "outbox",
        "Events not yet sent; the relay moves them to event_log.",
        grants={"app": "INSERT", "sweep": "INSERT", "relay": "SELECT, DELETE"},
    )
    op.execute(_EVENT_LOG)
    op.execute("CREATE INDEX ix_event_log_aggregate ON event_log (division_code, aggregate_type, aggregate_id, id)")
    op.execute("CREATE INDEX ix_event_log_sent_at ON event_log (sent_at)")
    technical_table(
        "event_log",
        "Events already sent, kept for replay until their retention ends.",
        grants={"relay": "SELECT, INSERT, DELETE"},
    )
    _grant_reader("event_log")


def _grant_reader(table: str) -> None:
    role = f"{service()}_reader"
    known = op.get_bind().exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %(role)s", {"role": role}).scalar()
    if known:
        op.execute(f"GRANT SELECT ON {table} TO {role}")
