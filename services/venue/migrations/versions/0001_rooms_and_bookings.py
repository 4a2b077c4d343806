# SPDX-License-Identifier: Apache-2.0
"""Rooms, regimes, prices and bookings, with the constraint that no atom is held twice.

The exclusion constraint is here, in the first migration: adding it to 4.4 million rows later took 142 seconds under an
exclusive lock. It compares ids through ``uuid_range``, so no contrib extension is needed (PostgreSQL 15 to 18).
"""

from alembic import op
from chassis.division import community_table

from chassis import audit, idempotency, outbox

revision = "0001"
down_revision = None

GRAIN_MINUTES = 30
# Equality of a division as a range: btree_gist, which would allow `=`, is an extension.
SAME_DIVISION = "int8range(division_code::bigint, division_code::bigint, '[]') WITH &&"


def upgrade() -> None:
    """Create everything."""
    for part in (idempotency, audit, outbox):
        part.create_tables()
    op.execute("CREATE TYPE uuid_range AS RANGE (subtype = uuid)")
    _venues()
    _spaces()
    _regimes()
    _prices()
    _bookings()
    _occupancies()


def _venues() -> None:
    op.execute("""
        CREATE TABLE venues (
            division_code text NOT NULL,
            id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
            name_zh text NOT NULL CHECK (name_zh <> ''),
            name_en text NOT NULL CHECK (name_en <> ''),
            tz text NOT NULL,
            longest_minutes integer NOT NULL CHECK (longest_minutes BETWEEN 30 AND 1440),
            horizon_days integer NOT NULL CHECK (horizon_days BETWEEN 1 AND 400),
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_venues PRIMARY KEY (division_code, id),
            CONSTRAINT uq_venues_code UNIQUE (division_code, code)
        )""")
    community_table(
        "venues", "Houses with rooms to share; tz is the authority for every local time.", app="SELECT, INSERT"
    )


def _spaces() -> None:
    op.execute("""
        CREATE TABLE spaces (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
            name_zh text NOT NULL CHECK (name_zh <> ''),
            name_en text NOT NULL CHECK (name_en <> ''),
            capacity integer NOT NULL CHECK (capacity > 0),
            position smallint NOT NULL,
            CONSTRAINT pk_spaces PRIMARY KEY (division_code, id),
            CONSTRAINT uq_spaces_code UNIQUE (division_code, venue_id, code),
            CONSTRAINT fk_spaces_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE atoms (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,39}$'),
            CONSTRAINT pk_atoms PRIMARY KEY (division_code, id),
            CONSTRAINT uq_atoms_code UNIQUE (division_code, venue_id, code),
            CONSTRAINT fk_atoms_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE space_atoms (
            division_code text NOT NULL,
            space_id uuid NOT NULL,
            atom_id uuid NOT NULL,
            CONSTRAINT pk_space_atoms PRIMARY KEY (division_code, space_id, atom_id),
            CONSTRAINT fk_space_atoms_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id),
            CONSTRAINT fk_space_atoms_atom FOREIGN KEY (division_code, atom_id) REFERENCES atoms (division_code, id)
        )""")
    community_table("spaces", "What people book: a room, or several as one.", app="SELECT, INSERT")
    community_table("atoms", "The smallest things that can be held.", app="SELECT, INSERT")
    community_table("space_atoms", "Which atoms a space takes when it is booked.", app="SELECT, INSERT")


def _regimes() -> None:
    op.execute("""
        CREATE TABLE regimes (
            division_code text NOT NULL,
            venue_id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z_]{1,39}$'),
            name_zh text NOT NULL CHECK (name_zh <> ''),
            name_en text NOT NULL CHECK (name_en <> ''),
            purposes_zh text[] NOT NULL,
            purposes_en text[] NOT NULL,
            position smallint NOT NULL,
            CONSTRAINT pk_regimes PRIMARY KEY (division_code, venue_id, code),
            CONSTRAINT fk_regimes_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    op.execute(f"""
        CREATE TABLE regime_rules (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            regime_code text NOT NULL,
            weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
            from_minute smallint NOT NULL CHECK (from_minute >= 0 AND from_minute % {GRAIN_MINUTES} = 0),
            until_minute smallint NOT NULL CHECK (until_minute <= 1440 AND until_minute % {GRAIN_MINUTES} = 0),
            valid_from date NOT NULL,
            valid_until date,
            CONSTRAINT pk_regime_rules PRIMARY KEY (division_code, id),
            CONSTRAINT ck_regime_rules_hours CHECK (from_minute < until_minute),
            CONSTRAINT ck_regime_rules_valid CHECK (valid_from < valid_until),
            CONSTRAINT fk_regime_rules_regime FOREIGN KEY (division_code, venue_id, regime_code)
                REFERENCES regimes (division_code, venue_id, code),
            CONSTRAINT ex_regime_rules_one_regime_at_a_time EXCLUDE USING gist (
                uuid_range(venue_id, venue_id, '[]') WITH &&,
                int4range(weekday, weekday, '[]') WITH &&,
                int4range(from_minute, until_minute) WITH &&,
                daterange(valid_from, valid_until) WITH &&,
                {SAME_DIVISION})
        )""")
    community_table("regimes", "Named kinds of time, such as public benefit and commercial.", app="SELECT, INSERT")
    community_table(
        "regime_rules",
        "When a regime holds, weekly, in minutes of the local wall clock; 1440 is the end of the day.",
        app="SELECT, INSERT",
    )


def _prices() -> None:
    op.execute("""
        CREATE TABLE prices (
            division_code text NOT NULL,
            space_id uuid NOT NULL,
            venue_id uuid NOT NULL,
            regime_code text NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            valid_from date NOT NULL,
            price_fen_per_hour bigint NOT NULL CHECK (price_fen_per_hour >= 0),
            CONSTRAINT pk_prices PRIMARY KEY (division_code, space_id, regime_code, version),
            CONSTRAINT ck_prices_half_hour_is_whole_fen CHECK (price_fen_per_hour % 2 = 0),
            CONSTRAINT fk_prices_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id),
            CONSTRAINT fk_prices_regime FOREIGN KEY (division_code, venue_id, regime_code)
                REFERENCES regimes (division_code, venue_id, code)
        )""")
    community_table(
        "prices", "Versions of a price; bookings keep the version they were made under.", app="SELECT, INSERT"
    )


def _bookings() -> None:
    op.execute("""
        CREATE TABLE bookings (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            state text NOT NULL CHECK (state IN ('confirmed', 'checked_in', 'checked_out', 'cancelled')),
            venue_id uuid NOT NULL,
            space_id uuid NOT NULL,
            person_id uuid NOT NULL,
            booked_by text NOT NULL,
            channel text NOT NULL CHECK (channel IN ('self', 'counter')),
            on_behalf_reason text,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            local_start timestamp NOT NULL,
            local_end timestamp NOT NULL,
            tz text NOT NULL,
            regime_code text NOT NULL,
            price_version integer NOT NULL,
            price_fen_per_hour bigint NOT NULL CHECK (price_fen_per_hour >= 0),
            price_fen bigint NOT NULL CHECK (price_fen >= 0),
            pick_up_code text NOT NULL CHECK (pick_up_code ~ '^[A-Z]{6}$'),
            purpose text,
            party_size integer CHECK (party_size > 0),
            created_at timestamptz NOT NULL,
            cancelled_at timestamptz,
            checked_in_at timestamptz,
            checked_out_at timestamptz,
            CONSTRAINT pk_bookings PRIMARY KEY (division_code, id),
            CONSTRAINT ck_bookings_times CHECK (starts_at < ends_at),
            CONSTRAINT ck_bookings_reason CHECK ((channel = 'counter') = (on_behalf_reason IS NOT NULL)),
            CONSTRAINT ck_bookings_cancelled CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL)),
            CONSTRAINT ck_bookings_checked_in
                CHECK ((state IN ('checked_in', 'checked_out')) = (checked_in_at IS NOT NULL)),
            CONSTRAINT ck_bookings_checked_out CHECK ((state = 'checked_out') = (checked_out_at IS NOT NULL)),
            CONSTRAINT fk_bookings_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id),
            CONSTRAINT fk_bookings_price FOREIGN KEY (division_code, space_id, regime_code, price_version)
                REFERENCES prices (division_code, space_id, regime_code, version)
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_bookings_pick_up_code ON bookings (division_code, venue_id, pick_up_code)"
        " WHERE state <> 'cancelled'"
    )
    op.execute("CREATE INDEX ix_bookings_person ON bookings (division_code, person_id, local_start DESC, id DESC)")
    op.execute("CREATE INDEX ix_bookings_local_start ON bookings (division_code, local_start, id)")
    community_table("bookings", "Who may use which space when, at the price frozen when it was booked.")


def _occupancies() -> None:
    op.execute(f"""
        CREATE TABLE occupancies (
            division_code text NOT NULL,
            id uuid NOT NULL DEFAULT gen_random_uuid(),
            atom_id uuid NOT NULL,
            booking_id uuid NOT NULL,
            during tstzrange NOT NULL,
            active boolean NOT NULL DEFAULT true,
            starts_at timestamptz GENERATED ALWAYS AS (lower(during)) STORED,
            ends_at timestamptz GENERATED ALWAYS AS (upper(during)) STORED,
            CONSTRAINT pk_occupancies PRIMARY KEY (division_code, id),
            CONSTRAINT ck_occupancies_not_empty CHECK (NOT isempty(during)),
            CONSTRAINT ck_occupancies_bounds CHECK (lower_inc(during) AND NOT upper_inc(during)),
            CONSTRAINT ck_occupancies_finite CHECK (
                isfinite(lower(during)) AND isfinite(upper(during))
                AND NOT lower_inf(during) AND NOT upper_inf(during)),
            CONSTRAINT fk_occupancies_atom FOREIGN KEY (division_code, atom_id) REFERENCES atoms (division_code, id),
            CONSTRAINT fk_occupancies_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT ex_occupancies_held_once EXCLUDE USING gist (
                uuid_range(atom_id, atom_id, '[]') WITH &&,
                during WITH &&,
                {SAME_DIVISION}
            ) WHERE (active)
        )""")
    # Range operators are not leakproof, so row-level security keeps reads off the constraint's own index.
    op.execute("CREATE INDEX ix_occupancies_atom_ends_at ON occupancies (division_code, atom_id, ends_at) WHERE active")
    op.execute("CREATE INDEX ix_occupancies_booking ON occupancies (division_code, booking_id)")
    community_table("occupancies", "When an atom is held; the constraint holds each instant of an atom once.")
