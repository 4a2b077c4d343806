# SPDX-License-Identifier: Apache-2.0
"""`make status`: each process with port, pid and readiness; the oldest unsent event and the consumer's lag."""

import os
import re

from kafka import KafkaAdminClient
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from linli_local import instance
from linli_local.health import get, is_ready, port_is_free
from linli_local.screen import Screen
from linli_local.settings import Settings

COLUMNS = "  {:<20} {:>6} {:>8}  {:<6} {:>8}  {:>13} {:>9}"
OLDEST_UNSENT = re.compile(r"^linli_outbox_oldest_unsent_seconds\{[^}]*\} (\S+)$", re.MULTILINE)


def show(settings: Settings, screen: Screen) -> int:
    """Prints the table; 0 when everything is ready, 1 otherwise."""
    if not instance.is_running(settings.var):
        screen.line("  the platform does not run; start it with `make run`")
        return 1
    lags = consumer_lags(settings)
    screen.line(COLUMNS.format("process", "port", "pid", "ready", "restarts", "oldest unsent", "lag"))
    everything_ready = True
    for row in instance.recorded(settings.var)["processes"]:
        ready = _is_ready(row)
        everything_ready &= ready
        screen.line(
            COLUMNS.format(
                row["name"],
                row["port"] or "–",
                row["pid"] or "–",
                "yes" if ready else "NO",
                row["restarts"],
                _oldest_unsent(row),
                _lag_of(row, lags),
            )
        )
    return 0 if everything_ready else 1


def consumer_lags(settings: Settings) -> dict[str, int]:
    """Group -> records not yet applied, over all partitions it has ever committed."""
    if port_is_free(settings.kafka_port):
        return {}
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{settings.kafka_port}", client_id="linli-status", request_timeout_ms=5000
        )
    except KafkaError:
        return {}
    try:
        groups = [f"linli.{name}" for name in settings.services]
        committed = {group: _committed(admin, group) for group in groups}
        wanted = {partition: OffsetSpec.LATEST for offsets in committed.values() for partition in offsets}
        ends = admin.list_partition_offsets(wanted) if wanted else {}
        return {
            group: sum(max(0, ends[partition].offset - at) for partition, at in offsets.items())
            for group, offsets in committed.items()
            if offsets
        }
    except KafkaError:
        return {}
    finally:
        admin.close()


def _committed(admin: KafkaAdminClient, group: str) -> dict:
    offsets = admin.list_group_offsets(group).get(group, {})
    return {partition: each.offset for partition, each in offsets.items() if each.offset >= 0}


def _is_ready(row: dict) -> bool:
    if row["ready"]:
        return is_ready(row["ready"])
    if row["port"]:
        return not port_is_free(row["port"])
    return row["pid"] is not None and os.path.exists(f"/proc/{row['pid']}")


def _oldest_unsent(row: dict) -> str:
    if not row["name"].endswith(" worker"):
        return ""
    try:
        _, text = get(row["ready"].replace("/readyz", "/metrics"))
    except OSError:
        return "?"
    found = OLDEST_UNSENT.search(text)
    return f"{float(found[1]):.1f} s" if found else "?"


def _lag_of(row: dict, lags: dict[str, int]) -> str:
    name, _, kind = row["name"].partition(" ")
    if kind != "worker":
        return ""
    return str(lags.get(f"linli.{name}", "–"))
