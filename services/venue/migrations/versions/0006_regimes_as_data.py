# SPDX-License-Identifier: Apache-2.0
"""What a regime is for, special days and dated exceptions, the public share and owed free sessions."""

from alembic import op
from chassis.division import community_table, without_force

revision = "0006"
down_revision = "0005"

KINDS = "'public_benefit', 'at_cost', 'commercial', 'office_hours', 'government_desk', 'closed'"
SAME_DIVISION = "int8range(division_code::bigint, division_code::bigint, '[]') WITH &&"


def upgrade() -> None:
    """Create them."""
    _regimes()
    _special_days()
    _exceptions()
    _public_share()
    _owed_sessions()


def _regimes() -> None:
    op.execute(f"""
        ALTER TABLE regimes
            ADD COLUMN kind text NOT NULL DEFAULT 'commercial' CHECK (kind IN ({KINDS})),
            ADD COLUMN audience text NOT NULL DEFAULT 'everyone'
                CHECK (audience IN ('everyone', 'residents', 'groups', 'officials')),
            ADD COLUMN approval text NOT NULL DEFAULT 'none' CHECK (approval IN ('none', 'required')),
            ADD COLUMN ended_on date
        """)
    with without_force("regimes"):
        op.execute("UPDATE regimes SET kind = code WHERE code IN ('public_benefit', 'at_cost', 'office_hours')")
    op.execute("GRANT UPDATE ON regimes TO venue_app")
    # Hours that have held are closed by a date and stay; hours that never held may be planned anew.
    op.execute("GRANT UPDATE, DELETE ON regime_rules TO venue_app")


def _special_days() -> None:
    op.execute("""
        CREATE TABLE special_days (
            division_code text NOT NULL,
            day date NOT NULL,
            kind text NOT NULL CHECK (kind IN ('holiday', 'make_up_workday')),
            name_zh text NOT NULL CHECK (name_zh <> ''),
            name_en text NOT NULL CHECK (name_en <> ''),
            follows_weekday smallint CHECK (follows_weekday BETWEEN 1 AND 7),
            CONSTRAINT pk_special_days PRIMARY KEY (division_code, day)
        )""")
    community_table(
        "special_days",
        "Public holidays and make-up workdays; the weekday whose hours hold then, none: the day's own.",
        app="SELECT, INSERT, UPDATE, DELETE",
    )


def _exceptions() -> None:
    op.execute(f"""
        CREATE TABLE regime_exceptions (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            day date NOT NULL,
            from_minute smallint NOT NULL CHECK (from_minute >= 0 AND from_minute % 30 = 0),
            until_minute smallint NOT NULL CHECK (until_minute <= 1440 AND until_minute % 30 = 0),
            regime_code text,
            CONSTRAINT pk_regime_exceptions PRIMARY KEY (division_code, id),
            CONSTRAINT ck_regime_exceptions_hours CHECK (from_minute < until_minute),
            CONSTRAINT fk_regime_exceptions_regime FOREIGN KEY (division_code, venue_id, regime_code)
                REFERENCES regimes (division_code, venue_id, code),
            CONSTRAINT ex_regime_exceptions_one_at_a_time EXCLUDE USING gist (
                uuid_range(venue_id, venue_id, '[]') WITH &&,
                daterange(day, day, '[]') WITH &&,
                int4range(from_minute, until_minute) WITH &&,
                {SAME_DIVISION})
        )""")
    op.execute("CREATE INDEX ix_regime_exceptions_day ON regime_exceptions (division_code, venue_id, day)")
    community_table(
        "regime_exceptions",
        "The hours of one day instead of its weekly ones; a row without a regime says closed.",
        app="SELECT, INSERT, DELETE",
    )


def _public_share() -> None:
    op.execute("""
        ALTER TABLE venues
            ADD COLUMN min_public_percent smallint NOT NULL DEFAULT 0 CHECK (min_public_percent BETWEEN 0 AND 100),
            ADD COLUMN owed_free_sessions_per_month smallint NOT NULL DEFAULT 0
                CHECK (owed_free_sessions_per_month BETWEEN 0 AND 100)
        """)
    op.execute("""
        CREATE TABLE public_share_shortfalls (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            monday date NOT NULL CHECK (extract(isodow FROM monday) = 1),
            public_percent smallint NOT NULL,
            min_public_percent smallint NOT NULL,
            noticed_at timestamptz NOT NULL,
            CONSTRAINT pk_public_share_shortfalls PRIMARY KEY (division_code, venue_id, monday),
            CONSTRAINT fk_public_share_shortfalls_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES venues (division_code, id)
        )""")
    community_table(
        "public_share_shortfalls",
        "Weeks whose public hours fell short of the minimum; the key makes each week's notice happen once.",
        app="SELECT, INSERT",
    )


def _owed_sessions() -> None:
    op.execute("""
        CREATE TABLE owed_sessions (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('accrued', 'delivered', 'waived')),
            sessions smallint NOT NULL,
            month text CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
            booking_id uuid,
            reason text,
            entered_at timestamptz NOT NULL,
            entered_by text NOT NULL,
            CONSTRAINT pk_owed_sessions PRIMARY KEY (division_code, id),
            CONSTRAINT uq_owed_sessions_accrued_once UNIQUE (division_code, venue_id, month),
            CONSTRAINT uq_owed_sessions_delivered_once UNIQUE (division_code, booking_id),
            CONSTRAINT ck_owed_sessions_sign CHECK (
                (kind = 'accrued' AND sessions > 0) OR (kind = 'delivered' AND sessions = -1)
                OR (kind = 'waived' AND sessions < 0)),
            CONSTRAINT ck_owed_sessions_ground CHECK (
                (kind = 'accrued') = (month IS NOT NULL) AND (kind = 'delivered') = (booking_id IS NOT NULL)
                AND (kind = 'waived') = (reason IS NOT NULL)),
            CONSTRAINT fk_owed_sessions_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES venues (division_code, id),
            CONSTRAINT fk_owed_sessions_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_owed_sessions_venue ON owed_sessions (division_code, venue_id, id)")
    community_table(
        "owed_sessions",
        "Free sessions the operator owes: accrued, delivered, waived; append-only.",
        app="SELECT, INSERT",
    )
