# SPDX-License-Identifier: Apache-2.0
"""Quotas, the parts of a booking that lies in two regimes, and who lives in which household."""

from alembic import op
from chassis.division import community_table

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
    _quotas()
    _counters()
    _parts()
    _households()


def _quotas() -> None:
    op.execute("""
        CREATE TABLE quotas (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL DEFAULT 1 CHECK (version > 0),
            venue_id uuid NOT NULL,
            regime_code text,
            subject text NOT NULL CHECK (subject IN ('person', 'household', 'group', 'community')),
            period text NOT NULL CHECK (period IN ('day', 'week', 'month', 'year')),
            count_limit integer CHECK (count_limit > 0),
            minutes_limit integer CHECK (minutes_limit > 0),
            valid_from date NOT NULL,
            valid_until date,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_quotas PRIMARY KEY (division_code, id),
            CONSTRAINT ck_quotas_limits_something CHECK (count_limit IS NOT NULL OR minutes_limit IS NOT NULL),
            CONSTRAINT ck_quotas_valid CHECK (valid_from <= valid_until),
            CONSTRAINT fk_quotas_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id),
            CONSTRAINT fk_quotas_regime FOREIGN KEY (division_code, venue_id, regime_code)
                REFERENCES regimes (division_code, venue_id, code)
        )""")
    op.execute("CREATE INDEX ix_quotas_venue ON quotas (division_code, venue_id)")
    community_table("quotas", "How much of a venue one person, household, group or community may book in a period.")


def _counters() -> None:
    # One row for each quota, subject and period: its lock is where two bookings at once learn of each other.
    op.execute("""
        CREATE TABLE quota_counters (
            division_code text NOT NULL,
            quota_id uuid NOT NULL,
            subject_id uuid NOT NULL,
            period_start date NOT NULL,
            used_count integer NOT NULL CHECK (used_count >= 0),
            used_minutes integer NOT NULL CHECK (used_minutes >= 0),
            count_limit integer,
            minutes_limit integer,
            CONSTRAINT pk_quota_counters PRIMARY KEY (division_code, quota_id, subject_id, period_start),
            CONSTRAINT ck_quota_counters_within CHECK (used_count <= count_limit AND used_minutes <= minutes_limit),
            CONSTRAINT fk_quota_counters_quota FOREIGN KEY (division_code, quota_id)
                REFERENCES quotas (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE quota_uses (
            division_code text NOT NULL,
            booking_id uuid NOT NULL,
            quota_id uuid NOT NULL,
            subject_id uuid NOT NULL,
            period_start date NOT NULL,
            minutes integer NOT NULL CHECK (minutes > 0),
            CONSTRAINT pk_quota_uses PRIMARY KEY (division_code, booking_id, quota_id),
            CONSTRAINT fk_quota_uses_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT fk_quota_uses_counter FOREIGN KEY (division_code, quota_id, subject_id, period_start)
                REFERENCES quota_counters (division_code, quota_id, subject_id, period_start)
        )""")
    community_table("quota_counters", "How much of a quota is used up, with the limit copied for the constraint.")
    community_table(
        "quota_uses", "What a live booking uses of a quota, to be given back with it.", app="SELECT, INSERT, DELETE"
    )


def _parts() -> None:
    op.execute("""
        CREATE TABLE booking_parts (
            division_code text NOT NULL,
            booking_id uuid NOT NULL,
            part_no smallint NOT NULL CHECK (part_no > 0),
            space_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            regime_code text NOT NULL,
            price_version integer NOT NULL,
            price_fen_per_hour bigint NOT NULL CHECK (price_fen_per_hour >= 0),
            price_fen bigint NOT NULL CHECK (price_fen >= 0),
            CONSTRAINT pk_booking_parts PRIMARY KEY (division_code, booking_id, part_no),
            CONSTRAINT ck_booking_parts_times CHECK (starts_at < ends_at),
            CONSTRAINT fk_booking_parts_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT fk_booking_parts_price FOREIGN KEY (division_code, space_id, regime_code, price_version)
                REFERENCES prices (division_code, space_id, regime_code, version)
        )""")
    community_table(
        "booking_parts",
        "The stretches of a booking that lies in several regimes, each with its price; others have none.",
        app="SELECT, INSERT, DELETE",
    )
    op.execute("ALTER TABLE bookings ADD COLUMN split boolean NOT NULL DEFAULT false")
    op.execute("""
        CREATE FUNCTION booking_parts_cover() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            booking bookings%ROWTYPE;
            parts record;
            wanted uuid := CASE TG_TABLE_NAME WHEN 'bookings' THEN (to_jsonb(NEW) ->> 'id')::uuid
                ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'booking_id')::uuid END;
        BEGIN
            SELECT * INTO STRICT booking FROM bookings
                WHERE division_code = (coalesce(NEW, OLD)).division_code AND id = wanted;
            SELECT count(*) AS number, min(starts_at) AS starts_at, max(ends_at) AS ends_at,
                    sum(price_fen) AS price_fen, bool_and(starts_at = coalesce(ended_at, starts_at)) AS contiguous
                INTO parts FROM (
                    SELECT *, lag(ends_at) OVER (ORDER BY part_no) AS ended_at FROM booking_parts
                    WHERE division_code = booking.division_code AND booking_id = booking.id
                ) AS ordered;
            IF booking.split AND NOT coalesce(parts.number > 1 AND parts.contiguous
                    AND parts.starts_at = booking.starts_at AND parts.ends_at = booking.ends_at
                    AND parts.price_fen = booking.price_fen, false) OR NOT booking.split AND parts.number > 0 THEN
                RAISE EXCEPTION 'the parts of booking % do not cover it exactly', booking.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_parts_cover';
            END IF;
            RETURN NULL;
        END $$""")
    for name, event in (
        ("new", "INSERT ON bookings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.split)"),
        (
            "moved",
            "UPDATE OF split, starts_at, ends_at, price_fen ON bookings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        ),
        ("part", "INSERT OR UPDATE OR DELETE ON booking_parts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"),
    ):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER booking_parts_cover_{name} AFTER {event} EXECUTE FUNCTION booking_parts_cover()"
        )


def _households() -> None:
    op.execute("""
        CREATE TABLE household_members (
            division_code text NOT NULL,
            membership_id uuid NOT NULL,
            person_id uuid,
            household_id uuid,
            started_on date,
            ended_on date,
            CONSTRAINT pk_household_members PRIMARY KEY (division_code, membership_id)
        )""")
    op.execute("CREATE INDEX ix_household_members_person ON household_members (division_code, person_id)")
    community_table(
        "household_members",
        "Who shares a household, told by identity: ids alone. An ending may arrive before its start.",
    )
