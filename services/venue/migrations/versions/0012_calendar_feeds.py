# SPDX-License-Identifier: Apache-2.0
"""Calendar addresses: only the hash of each is kept, and each can be revoked."""

from alembic import op
from chassis.division import community_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE calendar_feeds (
            division_code text NOT NULL,
            id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('person', 'room', 'venue', 'community')),
            person_id uuid,
            space_id uuid,
            venue_id uuid,
            language text NOT NULL CHECK (language IN ('zh', 'en')),
            token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
            created_by text NOT NULL,
            created_at timestamptz NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_calendar_feeds PRIMARY KEY (division_code, id),
            CONSTRAINT uq_calendar_feeds_token_hash UNIQUE (division_code, token_hash),
            CONSTRAINT ck_calendar_feeds_of_what CHECK (
                (kind = 'person') = (person_id IS NOT NULL)
                AND (kind = 'room') = (space_id IS NOT NULL)
                AND (kind = 'venue') = (venue_id IS NOT NULL)),
            CONSTRAINT fk_calendar_feeds_space FOREIGN KEY (division_code, space_id)
                REFERENCES spaces (division_code, id),
            CONSTRAINT fk_calendar_feeds_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES venues (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_calendar_feeds_person ON calendar_feeds (division_code, person_id, created_at)")
    # Who reads a feed is whoever knows its address; to be sure that it opens nothing again, only revoking is an update.
    community_table(
        "calendar_feeds",
        "Calendar feeds by the hash of their address; revoked ones stay to be refused.",
        app="SELECT, INSERT, UPDATE (revoked_at)",
    )
