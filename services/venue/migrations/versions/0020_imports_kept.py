# SPDX-License-Identifier: Apache-2.0
"""What became of an imported calendar, row by row: whoever brought it in can come back to it."""

from alembic import op
from chassis.division import community_table

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create the tables. A row was either booked or refused; what was asked for is never edited."""
    op.execute("""
        CREATE TABLE imports (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            imported_by text NOT NULL,
            attempt_key text NOT NULL,
            imported_at timestamptz NOT NULL,
            booked smallint NOT NULL CHECK (booked >= 0),
            refused smallint NOT NULL CHECK (refused >= 0),
            CONSTRAINT pk_imports PRIMARY KEY (division_code, id),
            CONSTRAINT uq_imports_attempt UNIQUE (division_code, imported_by, attempt_key),
            CONSTRAINT fk_imports_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_imports_newest ON imports (division_code, imported_at, id)")
    op.execute("""
        CREATE TABLE import_rows (
            division_code text NOT NULL,
            import_id uuid NOT NULL,
            row_no smallint NOT NULL CHECK (row_no > 0),
            space_code text NOT NULL,
            local_start timestamp NOT NULL,
            local_end timestamp NOT NULL,
            person_id uuid NOT NULL,
            purpose text,
            party_size integer,
            booking_id uuid,
            code text,
            reason text,
            CONSTRAINT pk_import_rows PRIMARY KEY (division_code, import_id, row_no),
            CONSTRAINT ck_import_rows_outcome CHECK ((booking_id IS NULL) = (code IS NOT NULL)),
            CONSTRAINT fk_import_rows_import FOREIGN KEY (division_code, import_id)
                REFERENCES imports (division_code, id),
            CONSTRAINT fk_import_rows_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    community_table(
        "imports",
        "Paper calendars brought in: when, by whom and how much of it.",
        app="SELECT, INSERT, UPDATE (booked, refused)",
    )
    community_table(
        "import_rows",
        "Each row of an import with what became of it.",
        app="SELECT, INSERT, UPDATE (booking_id, code, reason)",
    )
