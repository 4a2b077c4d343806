# SPDX-License-Identifier: Apache-2.0
"""Years of past: four million occupancies of bookings long over, so that no figure comes from an empty table.

800,000 bookings of whole houses with five atoms each, in sixty venues of the measured community itself: the worst
case for row-level security and for the exclusion constraint's index, which covers all of them. The rows pass through
the constraint like any other; only foreign keys, which point at rows of the same statement, are not checked again.
The rooms that are measured get as many years of past as any other: a scan of an atom's own history would show.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

import psycopg

VENUES, ATOMS = 60, 5
SEED_ROWS = """
    CREATE TEMP TABLE past_venues AS SELECT n, gen_random_uuid() AS venue_id, gen_random_uuid() AS space_id
        FROM generate_series(1, {venues}) n;
    CREATE TEMP TABLE past_atoms AS
        SELECT n, gen_random_uuid() AS atom_id FROM past_venues, generate_series(1, {atoms});
    INSERT INTO venues (division_code, id, code, name_zh, name_en, tz, longest_minutes, horizon_days, created_at)
        SELECT '{division}', venue_id, 'past_' || n, '旧馆', 'Past', 'Asia/Shanghai', 540, 60, '2020-01-01'
        FROM past_venues;
    INSERT INTO spaces (division_code, id, venue_id, code, name_zh, name_en, capacity, position)
        SELECT '{division}', space_id, venue_id, 'house', '整座', 'House', 50, 1 FROM past_venues;
    INSERT INTO atoms (division_code, id, venue_id, code)
        SELECT '{division}', atom_id, venue_id, 'a' || row_number() OVER () FROM past_atoms JOIN past_venues USING (n);
    INSERT INTO space_atoms (division_code, space_id, atom_id)
        SELECT '{division}', space_id, atom_id FROM past_atoms JOIN past_venues USING (n);
"""
MEASURED = """
    WITH room AS (
        INSERT INTO past_venues SELECT {venues} + %s, venue_id, id FROM spaces WHERE id = %s RETURNING n
    )
    INSERT INTO past_atoms SELECT n, %s FROM room
"""
# Hour after hour backwards from two days before today; each batch is one slot range of every venue.
BATCH = """
    WITH slots AS (
        SELECT v.n, v.venue_id, v.space_id, gen_random_uuid() AS booking_id,
            timestamptz '{until}' - (s * interval '2 hours') AS starts_at
        FROM generate_series({first}, {last}) s CROSS JOIN past_venues v
    ), booked AS (
        INSERT INTO bookings (division_code, id, version, state, venue_id, space_id, person_id, booked_by, channel,
            starts_at, ends_at, local_start, local_end, tz, regime_code, price_version, price_fen_per_hour, price_fen,
            pick_up_code, created_at, checked_in_at, checked_out_at, deposit_fen)
        SELECT '{division}', booking_id, 3, 'checked_out', venue_id, space_id, booking_id, 'past', 'self', starts_at,
            starts_at + interval '2 hours', starts_at AT TIME ZONE 'Asia/Shanghai',
            (starts_at + interval '2 hours') AT TIME ZONE 'Asia/Shanghai', 'Asia/Shanghai', 'public_benefit', 1, 0, 0,
            translate(lpad(to_hex({first} * {venues} + (row_number() OVER ())::int), 6, '0'), '0123456789abcdef',
                'BCDFGHJKMNPRSTVW'),
            starts_at, starts_at, starts_at + interval '2 hours', 0
        FROM slots
    )
    INSERT INTO occupancies (division_code, atom_id, booking_id, during)
    SELECT '{division}', atom_id, booking_id, tstzrange(starts_at, starts_at + interval '2 hours')
    FROM slots JOIN past_atoms USING (n)
"""


def load(
    connection: psycopg.Connection, division: str, until: str, occupancies: int, rooms: Sequence[tuple[UUID, UUID]]
) -> dict[str, float]:
    """Load at least ``occupancies`` rows that end before ``until`` (a date), as long a past for each (space, atom).

    Tells how many, how many of one atom, and how long it took.
    """
    started, per_slot = time.monotonic(), VENUES * ATOMS + len(rooms)
    slots, batch = -(-occupancies // per_slot), 400
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET synchronous_commit = off")
    connection.execute(SEED_ROWS.format(venues=VENUES, atoms=ATOMS, division=division))
    for number, (space_id, atom_id) in enumerate(rooms, 1):
        connection.execute(MEASURED.format(venues=VENUES), (number, space_id, atom_id))
    told = {"venues": VENUES + len(rooms), "until": until, "division": division}
    for first in range(1, slots + 1, batch):
        connection.execute(BATCH.format(first=first, last=min(first + batch - 1, slots), **told))
    connection.execute("SET session_replication_role = origin")
    connection.execute("ANALYZE")
    took = round(time.monotonic() - started, 1)
    return {"occupancies": slots * per_slot, "of_each_atom": slots, "loaded_in_s": took}
