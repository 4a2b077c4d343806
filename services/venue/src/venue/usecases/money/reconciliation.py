# SPDX-License-Identifier: Apache-2.0
"""Every night after money moved, compare it with what the ledger says it posted, and say where they differ."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from chassis.db import UnitOfWork
from prometheus_client import Gauge

from venue.deps import Deps
from venue.domain.money import reconciliation as rules
from venue.domain.money.reconciliation import Entry
from venue.store import due
from venue.store.money import day_statements, reconciliation

log = logging.getLogger(__name__)
OPEN = Gauge("linli_reconciliation_differences", "Money that the ledger tells otherwise, by community.", ["division"])
ALARM = "reconciliation"
NEXT_NIGHT = timedelta(days=1)


def keep_posted_entry(work: UnitOfWork, entry_id: UUID, entry: Entry) -> None:
    """Keep the ledger's word about an entry (a reaction; does not commit)."""
    reconciliation.keep_entry(work, entry_id, entry)


def reconcile(deps: Deps, work: UnitOfWork, now: datetime) -> int:
    """Compare the last two months of a community, and as far back as a difference is open, night after night.

    Does not commit.

    Money younger than ten minutes may still be on its way to the ledger and is left for next time.
    """
    since = (now - rules.LOOKED_BACK).date()
    since = min(since, reconciliation.oldest_open(work.connection, work.division) or since)
    moved = reconciliation.moved_since(work.connection, work.division, since - rules.MARGIN)
    old_enough = [one for one, at in moved if at <= now - rules.TIME_TO_ARRIVE]
    entries = reconciliation.entries_since(work.connection, work.division, since - rules.MARGIN)
    found = rules.compare(old_enough, entries, [one for one, _ in moved], since)
    waited_for = {one.source_id for one in found} | {
        one.source_id for one, at in moved if at > now - rules.TIME_TO_ARRIVE
    }
    closed = day_statements.closed_since(work.connection, work.division, since)
    found += rules.compare_days(closed, [one for one, _ in moved], entries, waited_for)
    number = reconciliation.keep_differences(work, found, now)
    OPEN.labels(work.division).set(number)
    if number:
        log.error("%d differences between money and ledger", number, extra={"division": work.division})
    if number or len(old_enough) < len(moved):
        due.set_alarm(work, ALARM, now + NEXT_NIGHT)
    return number
