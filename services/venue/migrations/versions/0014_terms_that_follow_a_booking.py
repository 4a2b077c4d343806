# SPDX-License-Identifier: Apache-2.0
"""A deposit that follows its booking, a refund decided once, and holds that run out in public too.

What a booking is asked for and what it is given back are frozen by the database at the moment they are decided.
"""

from alembic import op
from chassis.division import service

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create them."""
    _deposits_follow_the_booking()
    _refunds_are_decided_once()
    _holds_end_in_public()


def _deposits_follow_the_booking() -> None:
    """A moved booking asks for the deposit of where it is now, whatever was taken for where it was."""
    op.execute("""
        CREATE OR REPLACE FUNCTION freeze_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT deposit_fen INTO NEW.deposit_fen FROM prices
                WHERE division_code = NEW.division_code AND space_id = NEW.space_id
                AND regime_code = NEW.regime_code AND version = NEW.price_version;
            RETURN NEW;
        END $$""")


def _refunds_are_decided_once() -> None:
    """The share a paid booking gives back is that of the day it was cancelled, whatever the venue says later."""
    op.execute("ALTER TABLE bookings ADD COLUMN refund_percent smallint")
    # Not looked at now, under a lock that nobody books beside; revision 0021 does, beside everybody.
    op.execute("""
        ALTER TABLE bookings ADD CONSTRAINT ck_bookings_refund_percent
            CHECK (refund_percent BETWEEN 0 AND 100) NOT VALID""")
    op.execute("""
        CREATE FUNCTION freeze_refund() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.refund_percent := 100;
            IF NEW.state = 'cancelled' AND NEW.late_cancelled THEN
                SELECT refund_percent_late INTO NEW.refund_percent FROM venues
                    WHERE division_code = NEW.division_code AND id = NEW.venue_id;
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER freeze_refund BEFORE UPDATE OF state ON bookings FOR EACH ROW
            WHEN (OLD.state <> NEW.state AND NEW.state IN ('cancelled', 'declined', 'lapsed'))
            EXECUTE FUNCTION freeze_refund()""")


def _holds_end_in_public() -> None:
    """Until when a held time is kept, so that nobody reads it as busy a second longer; confirmed, it is for good."""
    op.execute("ALTER TABLE published_busy_times ADD COLUMN held_until timestamptz")
    op.execute(f"GRANT UPDATE (held_until) ON published_busy_times TO {service()}_app")
