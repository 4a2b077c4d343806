# SPDX-License-Identifier: Apache-2.0
"""Equipment, closures, and what a venue tells about itself.

Three rules that no constraint of PostgreSQL can say are triggers: a half lies within its room, stock is never promised
twice, and stock is not lowered below what is promised. Those over stock lock the equipment's row first, so two who want
the last table queue up instead of racing.
"""

from alembic import op
from chassis.division import community_table, published_table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
    _profiles()
    _photos()
    _tree()
    _equipment()
    _promises()
    _closures()


def _profiles() -> None:
    op.execute("""
        ALTER TABLE venues
            ADD COLUMN story_zh text NOT NULL DEFAULT '', ADD COLUMN story_en text NOT NULL DEFAULT '',
            ADD COLUMN rules_zh text NOT NULL DEFAULT '', ADD COLUMN rules_en text NOT NULL DEFAULT '',
            ADD COLUMN address_zh text NOT NULL DEFAULT '', ADD COLUMN address_en text NOT NULL DEFAULT '',
            ADD COLUMN opening_zh text NOT NULL DEFAULT '', ADD COLUMN opening_en text NOT NULL DEFAULT '',
            ADD COLUMN telephone text NOT NULL DEFAULT ''
        """)
    op.execute("""
        ALTER TABLE published_venues ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0)
        """)
    # To replace what was published, the role must be able to name the row.
    op.execute("GRANT SELECT, UPDATE ON published_venues TO venue_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON published_spaces TO venue_app")


def _photos() -> None:
    op.execute("""
        CREATE TABLE venue_photos (
            division_code text NOT NULL,
            id uuid NOT NULL,
            venue_id uuid NOT NULL,
            position smallint NOT NULL CHECK (position BETWEEN 1 AND 8),
            media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
            content bytea NOT NULL CHECK (octet_length(content) BETWEEN 12 AND 307200),
            sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            alt_zh text NOT NULL CHECK (alt_zh <> ''),
            alt_en text NOT NULL CHECK (alt_en <> ''),
            published_at timestamptz NOT NULL,
            CONSTRAINT pk_venue_photos PRIMARY KEY (division_code, id),
            CONSTRAINT uq_venue_photos_position UNIQUE (division_code, venue_id, position)
        )""")
    published_table("venue_photos", "Up to eight photos of a venue, for anyone to see.", app="SELECT, INSERT, DELETE")


def _tree() -> None:
    op.execute("ALTER TABLE spaces ADD COLUMN retired_at timestamptz")
    op.execute("""
        CREATE FUNCTION spaces_lie_within_their_parents() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
            child uuid := changed->>CASE TG_TABLE_NAME WHEN 'spaces' THEN 'id' ELSE 'space_id' END;
            division text := changed->>'division_code';
        BEGIN
            IF EXISTS (
                SELECT FROM spaces s
                JOIN space_atoms a ON a.division_code = s.division_code AND a.space_id = s.id
                WHERE s.division_code = division AND s.parent_id IS NOT NULL AND child IN (s.id, s.parent_id)
                    AND NOT EXISTS (
                        SELECT FROM space_atoms p WHERE p.division_code = s.division_code
                            AND p.space_id = s.parent_id AND p.atom_id = a.atom_id)
            ) THEN
                RAISE EXCEPTION 'a space takes atoms that the space it is part of does not have'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_spaces_within_their_parent';
            END IF;
            IF EXISTS (
                WITH RECURSIVE above AS (
                    SELECT s.parent_id, 1 AS steps FROM spaces s WHERE s.division_code = division AND s.id = child
                    UNION ALL
                    SELECT s.parent_id, steps + 1 FROM spaces s JOIN above ON s.id = above.parent_id
                    WHERE s.division_code = division AND steps < 20
                ) SELECT FROM above WHERE parent_id = child OR steps >= 20
            ) THEN
                RAISE EXCEPTION 'a space is part of itself'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_spaces_no_circle';
            END IF;
            RETURN NULL;
        END $$""")
    for table, events in (("spaces", "INSERT OR UPDATE OF parent_id"), ("space_atoms", "INSERT OR UPDATE OR DELETE")):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER ck_{table}_within_their_parent AFTER {events} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spaces_lie_within_their_parents()""")


def _equipment() -> None:
    op.execute("""
        CREATE TABLE equipment (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            venue_id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,30}$'),
            name_zh text NOT NULL CHECK (name_zh <> ''),
            name_en text NOT NULL CHECK (name_en <> ''),
            counting text NOT NULL CHECK (counting IN ('numbered', 'counted')),
            stock integer NOT NULL CONSTRAINT ck_equipment_stock CHECK (stock BETWEEN 0 AND 10000),
            stock_since timestamptz NOT NULL,
            CONSTRAINT pk_equipment PRIMARY KEY (division_code, id),
            CONSTRAINT uq_equipment_code UNIQUE (division_code, venue_id, code),
            CONSTRAINT ck_equipment_numbered_is_few CHECK (counting = 'counted' OR stock <= 50),
            CONSTRAINT fk_equipment_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id)
        )""")
    op.execute("""
        CREATE TABLE equipment_holds (
            division_code text NOT NULL,
            id uuid NOT NULL,
            booking_id uuid NOT NULL,
            equipment_id uuid NOT NULL,
            quantity integer NOT NULL CHECK (quantity > 0),
            starts_at timestamptz NOT NULL CHECK (isfinite(starts_at)),
            ends_at timestamptz NOT NULL CHECK (isfinite(ends_at)),
            active boolean NOT NULL DEFAULT true,
            CONSTRAINT pk_equipment_holds PRIMARY KEY (division_code, id),
            CONSTRAINT ck_equipment_holds_times CHECK (starts_at < ends_at),
            CONSTRAINT fk_equipment_holds_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT fk_equipment_holds_equipment FOREIGN KEY (division_code, equipment_id)
                REFERENCES equipment (division_code, id)
        )""")
    op.execute(
        "CREATE INDEX ix_equipment_holds_equipment ON equipment_holds (division_code, equipment_id, ends_at)"
        " WHERE active"
    )
    op.execute("CREATE INDEX ix_equipment_holds_booking ON equipment_holds (division_code, booking_id)")
    op.execute("""
        ALTER TABLE atoms
            ADD COLUMN kind text NOT NULL DEFAULT 'room' CHECK (kind IN ('room', 'equipment')),
            ADD COLUMN equipment_id uuid,
            ADD COLUMN number smallint CHECK (number > 0),
            ADD CONSTRAINT ck_atoms_of_equipment CHECK (
                (kind = 'equipment') = (equipment_id IS NOT NULL) AND (equipment_id IS NULL) = (number IS NULL)),
            ADD CONSTRAINT uq_atoms_number UNIQUE (division_code, equipment_id, number),
            ADD CONSTRAINT fk_atoms_equipment FOREIGN KEY (division_code, equipment_id)
                REFERENCES equipment (division_code, id)
        """)
    community_table("equipment", "Things that can be booked with a room, and how many there are.")
    community_table("equipment_holds", "How many of a counted thing a booking has promised to it, and when.")


def _promises() -> None:
    op.execute("""
        CREATE FUNCTION equipment_peak(division text, thing uuid, since timestamptz, until timestamptz)
        RETURNS bigint LANGUAGE sql STABLE AS $$
            SELECT coalesce(max((
                SELECT sum(h.quantity) FROM equipment_holds h
                WHERE h.division_code = division AND h.equipment_id = thing AND h.active
                    AND h.starts_at <= edge.at AND h.ends_at > edge.at)), 0)
            FROM (
                SELECT since AS at UNION
                SELECT starts_at FROM equipment_holds
                WHERE division_code = division AND equipment_id = thing AND active
                    AND ends_at > since AND starts_at > since AND starts_at < until
            ) AS edge
        $$""")
    op.execute("""
        CREATE FUNCTION equipment_is_not_promised_twice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            in_stock integer;
        BEGIN
            SELECT stock INTO in_stock FROM equipment
            WHERE division_code = NEW.division_code AND id = NEW.equipment_id FOR UPDATE;
            IF NEW.active AND NEW.quantity + equipment_peak(
                NEW.division_code, NEW.equipment_id, NEW.starts_at, NEW.ends_at) > in_stock THEN
                RAISE EXCEPTION 'more of an equipment than there is'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_equipment_holds_within_stock';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE FUNCTION equipment_stock_keeps_promises() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.stock < equipment_peak(NEW.division_code, NEW.id, NEW.stock_since, 'infinity') OR EXISTS (
                SELECT FROM atoms a
                JOIN occupancies o ON o.division_code = a.division_code AND o.atom_id = a.id
                WHERE a.division_code = NEW.division_code AND a.equipment_id = NEW.id AND a.number > NEW.stock
                    AND o.active AND o.ends_at > NEW.stock_since
            ) THEN
                RAISE EXCEPTION 'stock is lowered below what is promised'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_equipment_stock_keeps_promises';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER ck_equipment_holds_within_stock BEFORE INSERT OR UPDATE OF active ON equipment_holds
        FOR EACH ROW EXECUTE FUNCTION equipment_is_not_promised_twice()""")
    op.execute("""
        CREATE TRIGGER ck_equipment_stock_keeps_promises BEFORE UPDATE OF stock ON equipment
        FOR EACH ROW EXECUTE FUNCTION equipment_stock_keeps_promises()""")
    # A promise is made once and given back once; its quantity and time never change under the check.
    op.execute("REVOKE UPDATE ON equipment_holds FROM venue_app")
    op.execute("GRANT UPDATE (active) ON equipment_holds TO venue_app")


def _closures() -> None:
    op.execute("""
        CREATE TABLE closures (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            venue_id uuid NOT NULL,
            space_id uuid,
            starts_at timestamptz NOT NULL CHECK (isfinite(starts_at)),
            ends_at timestamptz NOT NULL CHECK (isfinite(ends_at)),
            reason_zh text NOT NULL CHECK (reason_zh <> ''),
            reason_en text NOT NULL CHECK (reason_en <> ''),
            created_at timestamptz NOT NULL,
            ended_at timestamptz,
            CONSTRAINT pk_closures PRIMARY KEY (division_code, id),
            CONSTRAINT ck_closures_times CHECK (starts_at < ends_at),
            CONSTRAINT fk_closures_venue FOREIGN KEY (division_code, venue_id) REFERENCES venues (division_code, id),
            CONSTRAINT fk_closures_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_closures_ends_at ON closures (division_code, venue_id, ends_at, id)")
    op.execute("""
        ALTER TABLE occupancies ADD CONSTRAINT fk_occupancies_closure FOREIGN KEY (division_code, closure_id)
            REFERENCES closures (division_code, id)""")
    op.execute(
        "CREATE INDEX ix_occupancies_closure ON occupancies (division_code, closure_id) WHERE closure_id IS NOT NULL"
    )
    community_table("closures", "When a space or the whole venue is closed, and why; they hold atoms like bookings.")
