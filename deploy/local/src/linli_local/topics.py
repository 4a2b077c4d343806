# SPDX-License-Identifier: Apache-2.0
"""Makes sure that every topic exists: one per service, and one for each consumer's dead letters."""

from collections.abc import Iterable

from kafka import KafkaAdminClient

FOR_EVER = {"retention.ms": "-1"}  # one machine's events stay, so that a new consumer can read them all


def ensure(bootstrap: str, services: Iterable[str], partitions: int) -> list[str]:
    """Creates what is missing, one replica each (one machine). Returns the names it created."""
    names = {topic for name in services for topic in (f"linli.{name}", f"linli.{name}.dead")}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="linli-local", request_timeout_ms=15_000)
    try:
        missing = sorted(names - set(admin.list_topics()))
        if missing:
            kind = {"num_partitions": partitions, "replication_factor": 1, "configs": FOR_EVER}
            admin.create_topics(dict.fromkeys(missing, kind), timeout_ms=15_000, wait_for_metadata=True)
        return missing
    finally:
        admin.close()
