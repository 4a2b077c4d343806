# SPDX-License-Identifier: Apache-2.0
"""What people are told: one row for each matter of a person, so that nobody is told the same thing twice."""

from alembic import op
from chassis.division import community_table, service

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # A null kind tells nothing: the person did it; the row remembers how far the matter has come.
    op.execute("""
        CREATE TABLE notices (
            division_code text NOT NULL,
            notice_id uuid NOT NULL,
            person_id uuid NOT NULL,
            matter text NOT NULL,
            subject_id uuid NOT NULL,
            sequence bigint NOT NULL,
            version integer NOT NULL,
            kind text,
            booking_id uuid,
            space_id uuid,
            starts_at timestamptz,
            ends_at timestamptz,
            expires_at timestamptz,
            dates integer,
            left_out integer,
            amount_fen bigint,
            reason_code text,
            told_at timestamptz NOT NULL,
            created_at timestamptz NOT NULL,
            read_at timestamptz,
            CONSTRAINT pk_notices PRIMARY KEY (division_code, notice_id),
            CONSTRAINT uq_notices_matter UNIQUE (division_code, person_id, matter, subject_id),
            CONSTRAINT ck_notices_sequence CHECK (sequence >= 0),
            CONSTRAINT ck_notices_version CHECK (version > 0),
            CONSTRAINT ck_notices_matter CHECK (matter ~ '^[a-z][a-z_]{1,39}$'),
            CONSTRAINT ck_notices_kind CHECK (kind ~ '^[a-z][a-z_]{1,39}$'),
            CONSTRAINT ck_notices_reason_code CHECK (reason_code ~ '^[a-z][a-z_]{1,39}$'),
            CONSTRAINT ck_notices_dates CHECK (dates >= 0 AND left_out >= 0),
            CONSTRAINT ck_notices_amount_fen CHECK (amount_fen > 0),
            CONSTRAINT ck_notices_silent CHECK (kind IS NOT NULL OR read_at IS NOT NULL)
        )""")
    op.execute("CREATE INDEX ix_notices_told_at ON notices (division_code, person_id, told_at, notice_id)")
    op.execute("CREATE INDEX ix_notices_unread ON notices (division_code, person_id) WHERE read_at IS NULL")
    op.execute("CREATE INDEX ix_notices_age ON notices (told_at)")
    community_table(
        "notices", "What people are told, one for each matter: ids, times and figures, never a name or words."
    )
    # The sweeper forgets by age alone: it may see how old a notice is, never whose.
    sweep = f"{service()}_sweep"
    op.execute(f"GRANT SELECT (told_at, read_at), DELETE ON notices TO {sweep}")
    op.execute(f"GRANT SELECT (ctid) ON notices TO {sweep}")  # to name some of them without their ids
    op.execute(f"CREATE POLICY expiry ON notices TO {sweep} USING (true)")
