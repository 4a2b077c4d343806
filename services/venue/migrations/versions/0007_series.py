# SPDX-License-Identifier: Apache-2.0
"""Recurring bookings with the dates that were left out, and which release of the time zones was applied."""

from alembic import op
from chassis.division import community_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create them."""
    op.execute("""
        ALTER TABLE venues ADD COLUMN own_series_dates smallint NOT NULL DEFAULT 12
            CHECK (own_series_dates BETWEEN 0 AND 400)
        """)
    _series()
    _dates()
    _time_zones()


def _series() -> None:
    op.execute("""
        CREATE TABLE series (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            state text NOT NULL CHECK (state IN ('active', 'cancelled')),
            venue_id uuid NOT NULL,
            space_id uuid NOT NULL,
            person_id uuid NOT NULL,
            group_id uuid,
            booked_by text NOT NULL,
            channel text NOT NULL CHECK (channel IN ('self', 'counter')),
            on_behalf_reason text,
            rrule text NOT NULL CHECK (rrule ~ '^FREQ=(DAILY|WEEKLY|MONTHLY)(;[A-Z]+=[A-Z0-9,-]+)*$'),
            first_date date NOT NULL,
            until date,
            materialised_until date NOT NULL,
            local_start time NOT NULL,
            minutes smallint NOT NULL CHECK (minutes BETWEEN 30 AND 1440 AND minutes % 30 = 0),
            tz text NOT NULL,
            tzdata_version text NOT NULL,
            policy text NOT NULL CHECK (policy IN ('all_or_nothing', 'skip_and_report', 'offer_alternatives')),
            purpose text,
            party_size integer CHECK (party_size > 0),
            previous_series_id uuid,
            created_at timestamptz NOT NULL,
            cancelled_at timestamptz,
            CONSTRAINT pk_series PRIMARY KEY (division_code, id),
            CONSTRAINT ck_series_until CHECK (first_date <= until),
            CONSTRAINT ck_series_open_ended_at_counter CHECK (until IS NOT NULL OR channel = 'counter'),
            CONSTRAINT ck_series_reason CHECK ((channel = 'counter') = (on_behalf_reason IS NOT NULL)),
            CONSTRAINT ck_series_cancelled CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
            CONSTRAINT ck_series_not_its_own_past CHECK (previous_series_id <> id),
            CONSTRAINT fk_series_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id),
            CONSTRAINT fk_series_previous FOREIGN KEY (division_code, previous_series_id)
                REFERENCES series (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_series_person ON series (division_code, person_id, created_at DESC, id DESC)")
    op.execute("CREATE INDEX ix_series_created_at ON series (division_code, created_at DESC, id DESC)")
    op.execute("CREATE INDEX ix_series_open_ended ON series (division_code, materialised_until) WHERE until IS NULL")
    op.execute("""
        ALTER TABLE bookings ADD CONSTRAINT fk_bookings_series
            FOREIGN KEY (division_code, series_id) REFERENCES series (division_code, id)
        """)
    community_table(
        "series", "Bookings that repeat, as one object; the local wall time is the truth, without until it never ends."
    )


def _dates() -> None:
    op.execute("""
        CREATE TABLE series_dates (
            division_code text NOT NULL,
            series_id uuid NOT NULL,
            occurrence_date date NOT NULL,
            space_id uuid NOT NULL,
            planned_start timestamp NOT NULL,
            planned_end timestamp NOT NULL,
            shifted boolean NOT NULL DEFAULT false,
            booking_id uuid,
            reason_code text CHECK (reason_code ~ '^[a-z][a-z_]{2,39}$'),
            CONSTRAINT pk_series_dates PRIMARY KEY (division_code, series_id, occurrence_date),
            CONSTRAINT uq_series_dates_booking UNIQUE (division_code, booking_id),
            CONSTRAINT ck_series_dates_times CHECK (planned_start < planned_end),
            CONSTRAINT ck_series_dates_begins_on_its_date CHECK (planned_start::date = occurrence_date),
            CONSTRAINT ck_series_dates_left_out_for_a_reason CHECK (booking_id IS NOT NULL OR reason_code IS NOT NULL),
            CONSTRAINT fk_series_dates_series FOREIGN KEY (division_code, series_id)
                REFERENCES series (division_code, id),
            CONSTRAINT fk_series_dates_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    community_table(
        "series_dates",
        "Every date a series names, as planned: with its booking, or left out for a reason. Whether the booking was"
        " moved or cancelled since is read off the booking itself.",
        app="SELECT, INSERT, UPDATE, DELETE",
    )


def _time_zones() -> None:
    op.execute("""
        CREATE TABLE time_zone_releases (
            division_code text NOT NULL,
            applied text NOT NULL,
            left_behind integer NOT NULL CHECK (left_behind >= 0),
            applied_at timestamptz NOT NULL,
            CONSTRAINT pk_time_zone_releases PRIMARY KEY (division_code)
        )""")
    op.execute("""
        CREATE TABLE left_behind (
            division_code text NOT NULL,
            booking_id uuid NOT NULL,
            release text NOT NULL,
            noticed_at timestamptz NOT NULL,
            CONSTRAINT pk_left_behind PRIMARY KEY (division_code, booking_id),
            CONSTRAINT fk_left_behind_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id)
        )""")
    op.execute("GRANT UPDATE (starts_at, ends_at) ON booking_parts TO venue_app")
    community_table("time_zone_releases", "The release of the time zones to which the bookings' instants were fitted.")
    community_table(
        "left_behind",
        "Bookings whose wall time now is another instant at which their room is taken: staff must settle them.",
        app="SELECT, INSERT, UPDATE, DELETE",
    )
