# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock and by command: the import, expired terms, keys, purging, parallel attempts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis.clock import FrozenClock
from chassis.errors import Conflict
from chassis.event_schemas import Schemas
from chassis.testing.postgres import ServiceDatabase
from chassis.testing.tokens import WUFUQIAO
from identity.bootstrap import Deps
from identity.schedule import jobs
from identity.store.sealing import Sealer, SealError
from identity.usecases.accounts import authenticate
from identity.usecases.divisions import import_divisions
from identity.usecases.keys import ensure_key, jwks, rotate_keys
from identity.usecases.offices import end_expired_offices
from identity.usecases.purging import purge

from services.identity.tests.conftest import Register

CONTRACTS = Path(__file__).parents[4] / "contracts"


def outbox(database: ServiceDatabase) -> list[dict]:
    """The events waiting to be sent, in order."""
    with database.superuser() as connection:
        rows = connection.execute("SELECT payload FROM outbox ORDER BY id").fetchall()
    return [json.loads(payload) for (payload,) in rows]


def test_importing_again_registers_nothing(deps: Deps):
    assert import_divisions(deps) == 0


def test_a_division_that_was_missing_is_registered_with_its_event(deps: Deps, database: ServiceDatabase):
    with database.superuser() as connection:
        connection.execute("DELETE FROM divisions WHERE division_code = %s", [WUFUQIAO])

    assert import_divisions(deps) == 1

    (event,) = outbox(database)
    assert (event["type"], event["divisioncode"]) == ("linli.identity.division.registered.v1", WUFUQIAO)


def test_every_event_that_leaves_follows_its_schema_and_names_nobody(
    deps: Deps, register: Register, database: ServiceDatabase, frozen_clock: FrozenClock
):
    person_id = register.person("独一无二者", "13912345678")
    register.office(person_id, "venue_operator", days=1)
    frozen_clock.advance(days=3)
    end_expired_offices(deps)

    events = outbox(database)

    Schemas(CONTRACTS, {one["type"] for one in events})
    for event in events:
        Schemas(CONTRACTS, [event["type"]]).require_exact(event["type"], event["data"])
        assert event["divisioncode"] == WUFUQIAO
    assert "独一无二者" not in str(events)
    assert "13912345678" not in str(events)
    assert [one["type"].split(".")[2:4] for one in events][-3:] == [
        ["membership", "started"],
        ["office", "assigned"],
        ["office", "ended"],
    ]


def test_a_term_that_is_over_is_ended_once(deps: Deps, register: Register, frozen_clock: FrozenClock):
    register.office(register.person(), "venue_operator", days=10)

    assert end_expired_offices(deps) == 0
    frozen_clock.advance(days=11)
    assert (end_expired_offices(deps), end_expired_offices(deps)) == (1, 0)


def test_the_schedule_runs_as_the_sweep_role_alone(deps: Deps):
    for job in jobs(deps):
        job.run()


def test_old_codes_tokens_and_attempts_are_purged(deps: Deps, database, register: Register, wall: FrozenClock):
    ensure_key(deps)
    authenticate(deps, "nobody", "not the password", "203.0.113.7")

    assert purge(deps) == 0
    wall.advance(days=2)
    assert purge(deps) == 2


def test_the_first_key_is_made_once_however_many_processes_start(deps: Deps):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ensure_key(deps), range(4)))

    assert len(jwks(deps)["keys"]) == 1


def test_rotation_publishes_before_use_and_does_not_pile_up(deps: Deps, wall: FrozenClock):
    ensure_key(deps)
    first = deps.signing.current(deps).kid

    published = rotate_keys(deps)

    assert deps.signing.current(deps).kid == first
    assert {key["kid"] for key in jwks(deps)["keys"]} == {first, published.kid}
    with pytest.raises(Conflict):
        rotate_keys(deps)
    wall.advance(minutes=3)
    assert deps.signing.current(deps).kid == published.kid


def test_an_emergency_withdraws_every_former_key_at_once(deps: Deps):
    ensure_key(deps)
    rotate_keys(deps)

    fresh = rotate_keys(deps, is_emergency=True)

    assert [key["kid"] for key in jwks(deps)["keys"]] == [fresh.kid]
    assert deps.signing.current(deps).kid == fresh.kid


def test_a_stolen_table_without_the_key_file_signs_nothing(deps: Deps, tmp_path: Path, database: ServiceDatabase):
    ensure_key(deps)
    Sealer.create(tmp_path / "other.json")
    with database.superuser() as connection:
        kid, sealed = connection.execute("SELECT kid, private_sealed FROM signing_keys").fetchone()

    with pytest.raises(SealError):
        Sealer.load(tmp_path / "other.json").open(sealed, f"signing_keys.private_sealed.{kid}")


def test_parallel_guesses_get_no_more_tries_than_one_after_another(deps: Deps, register: Register):
    register.account(register.person(), "resident")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: authenticate(deps, "resident", f"guess number {n}", f"203.0.113.{n}"), range(12)))

    assert authenticate(deps, "resident", "correct-horse-42", "203.0.113.200") is None
