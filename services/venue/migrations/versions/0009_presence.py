# SPDX-License-Identifier: Apache-2.0
"""Being there: how guests checked in, what follows from not coming, and what a door shows."""

from alembic import op
from chassis.division import community_table

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create check-ins, marks with their appeals, pauses, exemptions and door displays."""
    _venues()
    _check_ins()
    _marks()
    _exemptions()
    _doors()


def _venues() -> None:
    op.execute("""
        ALTER TABLE venues
            ADD COLUMN marks_limit integer NOT NULL DEFAULT 3 CHECK (marks_limit BETWEEN 2 AND 100),
            ADD COLUMN marks_days integer NOT NULL DEFAULT 90 CHECK (marks_days BETWEEN 1 AND 730),
            ADD COLUMN pause_days integer NOT NULL DEFAULT 30 CHECK (pause_days BETWEEN 0 AND 365)
        """)


def _check_ins() -> None:
    op.execute("""
        CREATE TABLE check_ins (
            division_code text NOT NULL,
            id uuid NOT NULL,
            booking_id uuid,
            way text NOT NULL CHECK (way IN ('pick_up_code', 'door_code', 'list', 'offline')),
            device text,
            nonce uuid,
            happened_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            recorded_by text NOT NULL,
            refused_code text,
            CONSTRAINT pk_check_ins PRIMARY KEY (division_code, id),
            CONSTRAINT ck_check_ins_offline CHECK ((way = 'offline') = (nonce IS NOT NULL)),
            CONSTRAINT ck_check_ins_done CHECK (refused_code IS NOT NULL OR booking_id IS NOT NULL),
            CONSTRAINT uq_check_ins_nonce UNIQUE (division_code, nonce),
            CONSTRAINT fk_check_ins_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_check_ins_booking ON check_ins (division_code, booking_id) WHERE refused_code IS NULL"
    )
    # Few bookings are confirmed and begun at any moment, whatever the years of past ones.
    op.execute("CREATE INDEX ix_bookings_confirmed ON bookings (division_code, starts_at) WHERE state = 'confirmed'")
    community_table(
        "check_ins",
        "How guests checked in; an offline note is kept by its nonce even where it was refused, so it counts once.",
    )


def _marks() -> None:
    op.execute("""
        CREATE TABLE marks (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            state text NOT NULL CHECK (state IN ('standing', 'appealed', 'upheld', 'excused')),
            kind text NOT NULL CHECK (kind IN ('no_show', 'late_cancel')),
            venue_id uuid NOT NULL,
            booking_id uuid NOT NULL,
            person_id uuid NOT NULL,
            given_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            appeal_text text,
            appealed_at timestamptz,
            decided_at timestamptz,
            decided_by text,
            decision_reason text,
            CONSTRAINT pk_marks PRIMARY KEY (division_code, id),
            CONSTRAINT uq_marks_booking UNIQUE (division_code, booking_id),
            CONSTRAINT ck_marks_appeal CHECK (
                (appeal_text IS NULL) = (appealed_at IS NULL) AND (state <> 'appealed' OR appealed_at IS NOT NULL)),
            CONSTRAINT ck_marks_decision CHECK (
                (state IN ('upheld', 'excused')) = (decided_at IS NOT NULL)
                AND (decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decision_reason IS NULL)),
            CONSTRAINT fk_marks_booking FOREIGN KEY (division_code, booking_id) REFERENCES bookings (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_marks_person ON marks (division_code, person_id, given_at, id)")
    op.execute("CREATE INDEX ix_marks_given_at ON marks (division_code, given_at, id)")
    op.execute("""
        CREATE TABLE pauses (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            person_id uuid NOT NULL,
            paused_until timestamptz NOT NULL,
            CONSTRAINT pk_pauses PRIMARY KEY (division_code, venue_id, person_id),
            CONSTRAINT fk_pauses_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    community_table(
        "marks", "A booked time nobody came to, or taken back too late; seen by the person and the counter."
    )
    community_table(
        "pauses",
        "Until when somebody books for the same day only; computed from marks whenever they change.",
        app="SELECT, INSERT, UPDATE, DELETE",
    )


def _exemptions() -> None:
    op.execute("""
        CREATE TABLE exemptions (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            person_id uuid NOT NULL,
            reason text NOT NULL CHECK (reason <> ''),
            until_on date NOT NULL,
            granted_at timestamptz NOT NULL,
            granted_by text NOT NULL,
            ended_at timestamptz,
            CONSTRAINT pk_exemptions PRIMARY KEY (division_code, id)
        )""")
    op.execute("CREATE UNIQUE INDEX uq_exemptions_one ON exemptions (division_code, person_id) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX ix_exemptions_granted_at ON exemptions (division_code, granted_at, id)")
    community_table("exemptions", "Who may come late: no release after the grace time and no mark. For elders.")


def _doors() -> None:
    op.execute("""
        CREATE TABLE door_secrets (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            secret bytea NOT NULL CHECK (length(secret) = 32),
            rotated_at timestamptz NOT NULL,
            CONSTRAINT pk_door_secrets PRIMARY KEY (division_code, venue_id),
            CONSTRAINT fk_door_secrets_venue FOREIGN KEY (division_code, venue_id)
                REFERENCES venues (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE door_displays (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            venue_id uuid NOT NULL,
            space_id uuid NOT NULL,
            label text,
            token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
            created_at timestamptz NOT NULL,
            created_by text NOT NULL,
            revoked_at timestamptz,
            CONSTRAINT pk_door_displays PRIMARY KEY (division_code, id),
            CONSTRAINT uq_door_displays_token UNIQUE (division_code, token_sha256),
            CONSTRAINT fk_door_displays_space FOREIGN KEY (division_code, space_id)
                REFERENCES spaces (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_door_displays_created_at ON door_displays (division_code, created_at, id)")
    community_table("door_secrets", "What a venue's changing door codes are made of; it never leaves the service.")
    community_table("door_displays", "Screens beside a door; the address's secret part is kept as its hash.")
