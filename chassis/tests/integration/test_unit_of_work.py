# SPDX-License-Identifier: Apache-2.0
"""The unit of work and idempotency keys on a real database."""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import Database, uuid7
from chassis.errors import Conflict, Unprocessable

VERSIONS = Path(__file__).parents[1] / "versions"
WUFUQIAO = "510104030006"
ACTOR = Actor(subject=str(uuid7()), division=WUFUQIAO, permissions=frozenset(), office=None, offices=(), client="edge")
INSERT = sa.text("INSERT INTO notes VALUES (:division, :id, :text)")
COUNT = sa.text("SELECT count(*) FROM notes")


@dataclass
class Attempt:
    idempotency_key: str | None = "key-00001"
    body_hash: str = "a"
    language: str = "zh"


@pytest.fixture
def database(fresh_database, frozen_clock):
    made = fresh_database("venue", VERSIONS)
    opened = Database(made.url("app"), service="venue", public_url=made.url("public"), clock=frozen_clock)
    yield opened
    opened.close()


def write_note(database, call, *, fail=None, text="x"):
    with database.unit_of_work(ACTOR) as work:

        def act():
            work.execute(INSERT, {"division": WUFUQIAO, "id": uuid7(), "text": text})
            if fail:
                raise fail
            return {"text": text}

        reply = work.once(call, "write_note", act)
        work.commit()
    return reply


def count(database):
    with database.read(ACTOR) as connection:
        return connection.execute(COUNT).scalar()


def test_leaving_without_commit_keeps_nothing(database):
    with database.unit_of_work(ACTOR) as work:
        work.execute(INSERT, {"division": WUFUQIAO, "id": uuid7(), "text": "x"})

    assert count(database) == 0


def test_the_division_of_one_transaction_does_not_reach_the_next_on_the_same_connection(database):
    write_note(database, Attempt())
    nobody = SimpleNamespace(division="", subject="")

    with database.read(nobody) as connection:
        assert connection.execute(COUNT).scalar() == 0


def test_a_read_transaction_refuses_to_write(database):
    with database.read(ACTOR) as connection, pytest.raises(sa.exc.InternalError, match="read-only"):
        connection.execute(INSERT, {"division": WUFUQIAO, "id": uuid7(), "text": "x"})


def test_the_same_key_acts_once_and_gives_the_same_bytes(database):
    first = write_note(database, Attempt())
    again = write_note(database, Attempt())

    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(database) == 1


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(database):
    write_note(database, Attempt())

    with pytest.raises(Unprocessable) as refusal:
        write_note(database, Attempt(body_hash="b"))

    assert refusal.value.code == "idempotency_key_reused"
    assert count(database) == 1


def test_a_conflict_is_stored_and_replayed_without_its_writes(database):
    first = write_note(database, Attempt(), fail=Conflict("slot_taken", zh="已有人订了", en="taken"))
    again = write_note(database, Attempt())

    assert (first.status, first.content["code"], first.content["detail"]) == (409, "slot_taken", "已有人订了")
    assert again.body == first.body
    assert count(database) == 0


def test_a_rule_refusal_is_not_stored_so_the_key_may_be_used_again(database):
    with pytest.raises(Unprocessable):
        write_note(database, Attempt(), fail=Unprocessable("not_on_grain"))

    assert write_note(database, Attempt()).status == 201


def test_many_at_once_with_one_key_act_once(database):
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(write_note(database, Attempt()))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({reply.body for reply in replies}) == 1 and len(replies) == 12
    assert count(database) == 1


def test_a_process_is_ready_only_at_its_own_revision(database):
    assert database.ready("0001")
    assert not database.ready("0002")


def test_connections_that_died_in_the_pool_cost_nobody_a_refusal(database, postgres):
    write_note(database, Attempt())
    with postgres.connect() as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'venue_app'")

    assert write_note(database, Attempt(idempotency_key="key-00002")).status == 201
