# SPDX-License-Identifier: Apache-2.0
"""A service that emits and consumes its own events, on a real database and a real broker."""

from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import Database, uuid7
from chassis.events import Event
from chassis.inbox import Consumer, Subscription
from chassis.outbox.relay import Relay
from chassis.testing.loops import until

from chassis import events

VERSIONS = Path(__file__).parents[2] / "event_versions"
WUFUQIAO = "510104030006"
EFFECT = sa.text("INSERT INTO effects (division_code, subject, sequence) VALUES (:division, :subject, :sequence)")
CREATE = sa.text("INSERT INTO things VALUES (:division, :id, 0) ON CONFLICT DO NOTHING")
CHANGE = sa.text(
    "UPDATE things SET version = version + 1 WHERE division_code = :division AND id = :id RETURNING version"
)


class Backbone:
    """What the tests of events act on; each has a service name, topics and a database of its own."""

    def __init__(self, broker, made, clock):
        self.broker = broker
        self.bootstrap = broker.bootstrap
        self.service = broker.fresh_service()
        self.topic = f"linli.{self.service}"
        self.type = f"linli.{self.service}.thing.happened.v1"
        self.made = made
        self.clock = clock
        self.database = self.open_database()
        self.react = record_effect
        self.parse = dict

    def open_database(self):
        return Database(self.made.url("app"), service=self.service, clock=self.clock)

    def event(self, thing, sequence, **data):
        return Event(self.type, thing, sequence, data)

    def envelope(self, thing, sequence, division=WUFUQIAO, event_type=None, **data):
        """A record's value as another service would have sent it."""
        event = Event(event_type or self.type, thing, sequence, data)
        return events.build(event, event_id=uuid7(), division=division, office=None, time=self.clock.now())

    def deliver(self, *payloads, key=None):
        self.broker.send(self.topic, [(key or WUFUQIAO.encode(), payload) for payload in payloads])

    def change(self, thing, division=WUFUQIAO, **data):
        """A use case: change the aggregate under its lock, emit, commit. Returns the new version."""
        with self.database.unit_of_work(actor(division)) as work:
            work.execute(CREATE, {"division": division, "id": thing})
            version = work.execute(CHANGE, {"division": division, "id": thing}).scalar_one()
            work.outbox.add(self.event(thing, version, **data))
            work.commit()
        return version

    def relay(self, **options):
        return Relay(self.service, self.made.url("relay"), self.bootstrap, **options)

    def consumer(self, **options):
        subscriptions = {self.type: Subscription(parse=lambda data: self.parse(data), react=self._react)}
        return Consumer(self.service, self.database, subscriptions, self.bootstrap, **options)

    def _react(self, deps, work, event):
        self.react(deps, work, event)

    def query(self, statement, *values):
        with self.made.superuser() as connection:
            return connection.execute(statement, values).fetchall()

    def effects(self):
        """Every effect as (thing, sequence), in the order in which it happened."""
        rows = self.query("SELECT subject, sequence FROM effects ORDER BY id")
        return [(subject.removeprefix("thing/"), sequence) for subject, sequence in rows]

    def unsent(self):
        return self.query("SELECT count(*) FROM outbox")[0][0]

    def parked(self):
        rows = self.query("SELECT subject, follows, reason FROM parked ORDER BY id")
        return [(subject and subject.removeprefix("thing/"), follows, reason) for subject, follows, reason in rows]

    def sent(self):
        """Every record on the topic as a received event, partition by partition."""
        return [events.parse(record.value) for record in self.broker.read(self.topic)]

    @contextmanager
    def database_away(self):
        """Refuse and cut every connection, as a server that is being restarted does."""
        self.allow_connections(False)
        try:
            yield
        finally:
            self.allow_connections(True)
        # Pooled connections are dead now; a pool finds out one by one, and so would the test's own statements.
        self.database.close()

    def allow_connections(self, allowed):
        with self.made.server.connect() as connection:
            connection.execute(f"ALTER DATABASE {self.made.name} ALLOW_CONNECTIONS {allowed}")
            if not allowed:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.made.name,)
                )

    def drain(self):
        """Relay until the outbox is empty."""
        relay = self.relay()
        try:
            until(lambda: relay.run_once() == 0 and self.unsent() == 0, "the outbox is empty")
        finally:
            relay.close()


def actor(division=WUFUQIAO):
    return Actor.system(division, "test")


def record_effect(deps, work, event):
    work.execute(EFFECT, {"division": event.division, "subject": event.subject, "sequence": event.sequence})


@pytest.fixture
def backbone(kafka, fresh_database, frozen_clock):
    backbone = Backbone(kafka, fresh_database("events", VERSIONS), frozen_clock)
    yield backbone
    backbone.database.close()
