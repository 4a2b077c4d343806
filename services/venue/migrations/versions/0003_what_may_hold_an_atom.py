# SPDX-License-Identifier: Apache-2.0
"""What may hold an atom besides a booking, the states a booking may pass through, and what falls due by the clock.

Later revisions add closures, sittings and desks; each of them holds atoms through the one constraint of 0001.
"""

from alembic import op
from chassis.division import technical_table

from chassis import inbox

revision = "0003"
down_revision = "0002"

STATES = "'requested', 'held', 'confirmed', 'checked_in', 'checked_out', 'cancelled', 'declined', 'lapsed', 'no_show'"
OVER = "'cancelled', 'declined', 'lapsed', 'no_show'"


def upgrade() -> None:
    """Widen venues, spaces, bookings and occupancies; create what is due and the inbox."""
    inbox.create_tables()
    _venues_and_spaces()
    _bookings()
    _occupancies()
    _due()


def _venues_and_spaces() -> None:
    op.execute("""
        ALTER TABLE venues
            ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
            ADD COLUMN lead_minutes integer NOT NULL DEFAULT 0 CHECK (lead_minutes BETWEEN 0 AND 43200),
            ADD COLUMN late_cancel_minutes integer NOT NULL DEFAULT 120 CHECK (late_cancel_minutes BETWEEN 0 AND 43200),
            ADD COLUMN grace_minutes integer NOT NULL DEFAULT 15 CHECK (grace_minutes BETWEEN 5 AND 120),
            ADD COLUMN hold_minutes integer NOT NULL DEFAULT 5 CHECK (hold_minutes BETWEEN 1 AND 60),
            ADD COLUMN offer_minutes integer NOT NULL DEFAULT 30 CHECK (offer_minutes BETWEEN 1 AND 1440)
        """)
    op.execute("""
        ALTER TABLE spaces
            ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
            ADD COLUMN parent_id uuid,
            ADD COLUMN setup_minutes smallint NOT NULL DEFAULT 0 CHECK (setup_minutes BETWEEN 0 AND 240),
            ADD COLUMN cleanup_minutes smallint NOT NULL DEFAULT 0 CHECK (cleanup_minutes BETWEEN 0 AND 240),
            ADD COLUMN needs_approval boolean NOT NULL DEFAULT false,
            ADD CONSTRAINT ck_spaces_not_its_own_parent CHECK (parent_id <> id),
            ADD CONSTRAINT fk_spaces_parent FOREIGN KEY (division_code, parent_id)
                REFERENCES spaces (division_code, id)
        """)
    for table in ("venues", "spaces"):
        op.execute(f"GRANT UPDATE ON {table} TO venue_app")


def _bookings() -> None:
    op.execute(f"""
        ALTER TABLE bookings
            DROP CONSTRAINT bookings_state_check,
            ADD CONSTRAINT ck_bookings_state CHECK (state IN ({STATES})),
            DROP CONSTRAINT bookings_channel_check,
            ADD CONSTRAINT ck_bookings_channel CHECK (channel IN ('self', 'counter', 'partner')),
            ADD COLUMN occupied_minutes_before smallint NOT NULL DEFAULT 0,
            ADD COLUMN occupied_minutes_after smallint NOT NULL DEFAULT 0,
            ADD COLUMN hold_expires_at timestamptz,
            ADD COLUMN household_id uuid,
            ADD COLUMN group_id uuid,
            ADD COLUMN series_id uuid,
            ADD COLUMN occurrence_date date,
            ADD COLUMN late_cancelled boolean NOT NULL DEFAULT false,
            ADD COLUMN ended_reason text,
            ADD CONSTRAINT ck_bookings_held CHECK ((state = 'held') = (hold_expires_at IS NOT NULL)),
            ADD CONSTRAINT ck_bookings_occurrence CHECK ((series_id IS NULL) = (occurrence_date IS NULL))
        """)
    op.execute("DROP INDEX uq_bookings_pick_up_code")
    op.execute(
        "CREATE UNIQUE INDEX uq_bookings_pick_up_code ON bookings (division_code, venue_id, pick_up_code)"
        f" WHERE state NOT IN ({OVER})"
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_bookings_occurrence ON bookings (division_code, series_id, occurrence_date)"
        f" WHERE series_id IS NOT NULL AND state NOT IN ({OVER})"
    )


def _occupancies() -> None:
    op.execute("""
        ALTER TABLE occupancies
            ALTER COLUMN booking_id DROP NOT NULL,
            ADD COLUMN kind text NOT NULL DEFAULT 'booking',
            ADD COLUMN closure_id uuid,
            ADD COLUMN session_id uuid,
            ADD COLUMN hold_expires_at timestamptz,
            ADD CONSTRAINT ck_occupancies_kind CHECK (kind IN ('booking', 'hold', 'closure', 'session')),
            ADD CONSTRAINT ck_occupancies_holder CHECK (
                (kind IN ('booking', 'hold')) = (booking_id IS NOT NULL)
                AND (kind = 'closure') = (closure_id IS NOT NULL)
                AND (kind = 'session') = (session_id IS NOT NULL)),
            ADD CONSTRAINT ck_occupancies_hold_ends CHECK ((kind = 'hold') = (hold_expires_at IS NOT NULL))
        """)
    op.execute("""
        ALTER TABLE published_busy_times
            ADD COLUMN kind text NOT NULL DEFAULT 'busy' CHECK (kind IN ('busy', 'closure', 'session')),
            ADD COLUMN label_zh text,
            ADD COLUMN label_en text,
            ADD CONSTRAINT ck_published_busy_times_label
                CHECK ((kind = 'busy') = (label_zh IS NULL) AND (label_zh IS NULL) = (label_en IS NULL))
        """)


def _due() -> None:
    op.execute("""
        CREATE TABLE due (
            division_code text NOT NULL,
            kind text NOT NULL CHECK (kind ~ '^[a-z_]{3,40}$'),
            due_at timestamptz NOT NULL,
            CONSTRAINT pk_due PRIMARY KEY (due_at, division_code, kind)
        )""")
    technical_table(
        "due",
        "In which community something falls due when: no id and no person, so that one query serves them all.",
        grants={"app": "SELECT, INSERT, DELETE"},
    )
