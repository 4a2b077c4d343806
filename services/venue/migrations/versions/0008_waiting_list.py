# SPDX-License-Identifier: Apache-2.0
"""Who waits for a room, and what they were offered."""

from alembic import op
from chassis.division import community_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the waiting list."""
    op.execute("""
        CREATE TABLE waiting_entries (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            state text NOT NULL CHECK (state IN ('waiting', 'offered', 'accepted', 'lapsed', 'left')),
            venue_id uuid NOT NULL,
            space_id uuid NOT NULL,
            person_id uuid NOT NULL,
            channel text NOT NULL CHECK (channel IN ('self', 'counter')),
            on_behalf_reason text,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            minutes integer NOT NULL CHECK (minutes BETWEEN 30 AND 1440 AND minutes % 30 = 0),
            party_size integer CHECK (party_size > 0),
            created_at timestamptz NOT NULL,
            offered_at timestamptz,
            offer_booking_id uuid,
            offer_expires_at timestamptz,
            refused_code text,
            ended_at timestamptz,
            CONSTRAINT pk_waiting_entries PRIMARY KEY (division_code, id),
            CONSTRAINT ck_waiting_entries_wish CHECK (ends_at - starts_at >= make_interval(mins => minutes)),
            CONSTRAINT ck_waiting_entries_reason CHECK ((channel = 'counter') = (on_behalf_reason IS NOT NULL)),
            CONSTRAINT ck_waiting_entries_offer CHECK (
                (offer_booking_id IS NULL) = (offered_at IS NULL)
                AND (offer_booking_id IS NULL) = (offer_expires_at IS NULL)
                AND (state NOT IN ('offered', 'accepted') OR offer_booking_id IS NOT NULL)),
            CONSTRAINT ck_waiting_entries_ended CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL)),
            CONSTRAINT uq_waiting_entries_offer UNIQUE (division_code, offer_booking_id),
            CONSTRAINT fk_waiting_entries_space FOREIGN KEY (division_code, space_id)
                REFERENCES spaces (division_code, id),
            CONSTRAINT fk_waiting_entries_booking FOREIGN KEY (division_code, offer_booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_waiting_entries_once"
        " ON waiting_entries (division_code, person_id, space_id, starts_at, ends_at)"
        " WHERE state IN ('waiting', 'offered')"
    )
    op.execute(
        "CREATE INDEX ix_waiting_entries_queue ON waiting_entries (division_code, venue_id, created_at, id)"
        " WHERE state = 'waiting'"
    )
    op.execute("CREATE INDEX ix_waiting_entries_person ON waiting_entries (division_code, person_id, created_at, id)")
    community_table("waiting_entries", "Who waits for a room, first come first served; an entry gets one offer.")
