# SPDX-License-Identifier: Apache-2.0
"""Money taken and undone, and what the public reads."""

from alembic import op
from chassis.division import community_table, published_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of both."""
    _settlements()
    _published()


def _settlements() -> None:
    op.execute("""
        CREATE TABLE receipt_counters (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            last_no integer NOT NULL DEFAULT 0 CHECK (last_no >= 0),
            CONSTRAINT pk_receipt_counters PRIMARY KEY (division_code, venue_id),
            CONSTRAINT fk_receipt_counters_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES venues (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE settlements (
            division_code text NOT NULL,
            id uuid NOT NULL,
            booking_id uuid NOT NULL,
            venue_id uuid NOT NULL,
            attempt smallint NOT NULL CHECK (attempt > 0),
            after_reversal_id uuid,
            receipt_no integer NOT NULL CHECK (receipt_no > 0),
            previous_receipt_no integer GENERATED ALWAYS AS (nullif(receipt_no - 1, 0)) STORED,
            amount_fen bigint NOT NULL CHECK (amount_fen > 0),
            method text NOT NULL CHECK (method = 'cash'),
            settled_at timestamptz NOT NULL,
            occurred_on date NOT NULL,
            settled_by text NOT NULL,
            CONSTRAINT pk_settlements PRIMARY KEY (division_code, id),
            CONSTRAINT uq_settlements_of_booking UNIQUE (division_code, booking_id, id),
            CONSTRAINT uq_settlements_attempt UNIQUE (division_code, booking_id, attempt),
            CONSTRAINT uq_settlements_after_reversal UNIQUE (division_code, after_reversal_id),
            CONSTRAINT uq_settlements_receipt_no UNIQUE (division_code, venue_id, receipt_no),
            CONSTRAINT ck_settlements_again_only_after_reversal CHECK ((attempt = 1) = (after_reversal_id IS NULL)),
            CONSTRAINT fk_settlements_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT fk_settlements_no_gap FOREIGN KEY (division_code, venue_id, previous_receipt_no)
                REFERENCES settlements (division_code, venue_id, receipt_no)
        )""")
    op.execute("""
        CREATE TABLE reversals (
            division_code text NOT NULL,
            id uuid NOT NULL,
            booking_id uuid NOT NULL,
            settlement_id uuid NOT NULL,
            amount_fen bigint NOT NULL CHECK (amount_fen > 0),
            reason_code text NOT NULL CHECK (reason_code IN ('wrong_booking', 'wrong_amount', 'not_paid', 'other')),
            reversed_at timestamptz NOT NULL,
            occurred_on date NOT NULL,
            reversed_by text NOT NULL,
            CONSTRAINT pk_reversals PRIMARY KEY (division_code, id),
            CONSTRAINT uq_reversals_of_booking UNIQUE (division_code, booking_id, id),
            CONSTRAINT uq_reversals_settlement UNIQUE (division_code, settlement_id),
            CONSTRAINT fk_reversals_settlement FOREIGN KEY (division_code, booking_id, settlement_id)
                REFERENCES settlements (division_code, booking_id, id)
        )""")
    op.execute("""
        ALTER TABLE settlements ADD CONSTRAINT fk_settlements_after_reversal
            FOREIGN KEY (division_code, booking_id, after_reversal_id)
            REFERENCES reversals (division_code, booking_id, id)
        """)
    community_table("receipt_counters", "The last receipt number of each venue; its row lock keeps numbers gapless.")
    # Each settlement but the first uses up one reversal of its booking: at most one stands, and none is ever edited.
    community_table("settlements", "Money taken for bookings; append-only.", app="SELECT, INSERT")
    community_table("reversals", "Settlements undone, visibly; append-only.", app="SELECT, INSERT")


def _published() -> None:
    op.execute("""
        CREATE TABLE published_venues (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            profile jsonb NOT NULL,
            published_at timestamptz NOT NULL,
            CONSTRAINT pk_published_venues PRIMARY KEY (division_code, venue_id)
        )""")
    op.execute("""
        CREATE TABLE published_spaces (
            division_code text NOT NULL,
            space_id uuid NOT NULL,
            venue_id uuid NOT NULL,
            atom_ids uuid[] NOT NULL,
            CONSTRAINT pk_published_spaces PRIMARY KEY (division_code, space_id),
            CONSTRAINT fk_published_spaces_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES published_venues (division_code, venue_id)
        )""")
    op.execute("""
        CREATE TABLE published_busy_times (
            division_code text NOT NULL,
            atom_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            CONSTRAINT pk_published_busy_times PRIMARY KEY (division_code, atom_id, ends_at)
        )""")
    published_table(
        "published_venues", "A venue with its rooms, hours and prices, as anyone may read it.", app="INSERT"
    )
    published_table("published_spaces", "Which atoms make a room busy.", app="INSERT")
    # A cancellation takes its row away again; to name the row the role must be able to read it.
    published_table(
        "published_busy_times",
        "When an atom is taken: no name, no purpose, no booking. Written in the booking's own transaction.",
        app="SELECT, INSERT, DELETE",
    )
