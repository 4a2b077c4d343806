# SPDX-License-Identifier: Apache-2.0
"""Create the edge's sessions and pending sign-ins."""

from alembic import op
from chassis.division import technical_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GRANTS = {"app": "SELECT, INSERT, UPDATE, DELETE"}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE sessions (
            id_hash bytea NOT NULL,
            subject text NOT NULL,
            office text,
            sealed bytea NOT NULL,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_sessions PRIMARY KEY (id_hash),
            CONSTRAINT ck_sessions_id_hash CHECK (length(id_hash) = 32),
            CONSTRAINT ck_sessions_expires_at CHECK (expires_at > created_at)
        )""")
    op.execute("CREATE INDEX ix_sessions_expires_at ON sessions (expires_at)")
    op.execute("CREATE INDEX ix_sessions_seen_at ON sessions (seen_at)")
    op.execute("CREATE INDEX ix_sessions_subject ON sessions (subject)")
    about = "Signed-in browsers by hash of the cookie; tokens sealed. Deleted when they end."
    technical_table("sessions", about, grants=GRANTS)
    op.execute("""
        CREATE TABLE sign_ins (
            state_hash bytea NOT NULL,
            browser_hash bytea NOT NULL,
            sealed bytea NOT NULL,
            expires_at timestamptz NOT NULL,
            CONSTRAINT pk_sign_ins PRIMARY KEY (state_hash),
            CONSTRAINT ck_sign_ins_state_hash CHECK (length(state_hash) = 32)
        )""")
    op.execute("CREATE INDEX ix_sign_ins_expires_at ON sign_ins (expires_at)")
    about = "Sign-ins under way, by hash of state and browser; used once, ten minutes."
    technical_table("sign_ins", about, grants=GRANTS)
