# SPDX-License-Identifier: Apache-2.0
"""The booking transaction as a pgbench script: the statements the service sends, without the service.

The large ones are taken from the service itself, so the peer cannot fall behind. Values are drawn by the script;
each client books a room of its own, one half hour after the other.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from uuid import UUID

from chassis.db import Compiled
from chassis.outbox import writer
from linli_local.postgres_binaries import find
from venue.store.booking import bookings, offers

from chassis import audit, idempotency

NOW = "timestamptz '2026-11-23 10:00+08'"
UNIQUE = ":client_id * 1000000 + :n"
PAYLOAD = '{"specversion":"1.0","type":"linli.venue.booking.confirmed.v1","data":{"filler":"' + "x" * 620 + '"}}'
RESPONSE = '{"booking_id":"' + "x" * 480 + '"}'


def script(division: str, venue_id: UUID, rooms: list[tuple[UUID, UUID]]) -> str:
    """Write the script; ``rooms`` are (space, atom) pairs, at least one a client."""
    spaces, atoms = (
        f"(ARRAY[{','.join(repr(str(room[part])) for room in rooms)}]::uuid[])[:client_id % {len(rooms)} + 1]"
        for part in (0, 1)
    )
    hexadecimal, letters = "'0123456789abcdef'", "'BCDFGHJKMNPRSTVW'"
    code = f"translate(lpad(to_hex({UNIQUE}), 6, '0'), {hexadecimal}, {letters})"
    start = "timestamptz '2030-01-01 00:00+00' + (:n) * interval '30 minutes'"
    values = {
        "division": f"'{division}'", "division_code": f"'{division}'", "actor": "'bench'", "key": f"'k' || ({UNIQUE})",
        "operation": "'book_space'", "body_hash": "repeat('a', 64)", "now": NOW,
        "space_id": spaces, "atom_ids": f"ARRAY[{atoms}]", "booking_id": f"md5('b' || ({UNIQUE}))::uuid",
        "id": f"md5('b' || ({UNIQUE}))::uuid", "version": "1", "state": "'confirmed'",
        "venue_id": f"'{venue_id}'::uuid", "venue_version": "1", "since": "date '2026-01-01'",
        "person_id": f"md5('p' || ({UNIQUE}))::uuid", "booked_by": "'bench'", "channel": "'self'",
        "on_behalf_reason": "NULL", "starts_at": start, "ends_at": f"{start} + interval '30 minutes'",
        "local_start": f"({start}) AT TIME ZONE 'Asia/Shanghai'", "tz": "'Asia/Shanghai'",
        "local_end": f"({start} + interval '30 minutes') AT TIME ZONE 'Asia/Shanghai'", "regime_code": "'commercial'",
        "price_version": "1", "price_fen_per_hour": "3000", "price_fen": "1500", "pick_up_code": code,
        "purpose": "NULL",
        "party_size": "NULL", "created_at": NOW, "at": NOW, "hold_expires_at": "NULL", "group_id": "NULL",
        "occupied_minutes_before": "0", "occupied_minutes_after": "0", "series_id": "NULL",
        "occurrence_date": "NULL", "split": "false",
        "office": "NULL", "client": "'edge'", "action": "'booking.confirmed'", "object_type": "'booking'",
        "object_id": f"md5('b' || ({UNIQUE}))", "request_id": "repeat('r', 32)", "detail": "'{}'", "status": "201",
        "response": f"'{RESPONSE}'::bytea", "headers": "'{}'",
    }  # fmt: skip
    outbox = [
        "gen_random_uuid()", f"'{division}'", "1", "'linli.venue'", "'linli.venue.booking.confirmed.v1'", "'booking'",
        f"md5('b' || ({UNIQUE}))", "1", f"'{PAYLOAD}'::bytea",
    ]  # fmt: skip
    statements = [
        "BEGIN",
        f"SELECT set_config('app.division', '{division}', true), set_config('app.actor', 'bench', true),"
        " set_config('lock_timeout', '2s', true), set_config('statement_timeout', '3s', true),"
        " set_config('transaction_read_only', 'off', true)",
        _filled(idempotency._CLAIM, values),
        "SAVEPOINT act",
        _filled(offers._ROOM.sql, _literals(offers._ROOM) | values),
        _filled(bookings._BOOK.sql, _literals(bookings._BOOK) | values),
        _positional(writer._INSERT, outbox),
        _filled(audit._INSERT, values),
        _filled(idempotency._STORE, values),
        "COMMIT",
    ]
    return "\\set n :n + 1\n" + "".join(" ".join(one.split()) + ";\n" for one in statements)


def _literals(compiled: Compiled) -> dict[str, str]:
    """Write the constants that a compiled statement carries along."""
    return {name: f"'{value}'" if isinstance(value, str) else str(value) for name, value in compiled.defaults.items()}


def _filled(sql: str, values: dict[str, str]) -> str:
    """Replace the driver's named parameters by the script's expressions."""
    return re.sub(r"%\((\w+)\)s", lambda one: f"({values[one[1]]})", sql)


def _positional(sql: str, values: list[str]) -> str:
    rest = iter(values)
    return re.sub(r"%s", lambda _: next(rest), sql)


def run(dsn: str, path: Path, *, clients: int, seconds: int, first: int) -> float:
    """Run pgbench; return transactions a second. ``first`` numbers the slots, so that no round repeats one."""
    command = [
        find().path("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-D",
        f"n={first}", "-f", str(path), dsn,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if done.returncode or not found or (failed and failed[1] != "0"):
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}{done.stdout[-500:]}")
    return float(found[1])
