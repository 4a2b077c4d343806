# SPDX-License-Identifier: Apache-2.0
"""What falls due when, and in which community: the alarm clock of holds, offers and grace periods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import due


def set_alarm(work: UnitOfWork, kind: str, due_at: datetime) -> None:
    """Have ``kind`` looked after in this community at ``due_at``; stored with the change that needs it."""
    row = {"division_code": work.division, "kind": kind, "due_at": due_at}
    work.execute(pg.insert(due).values(row).on_conflict_do_nothing())


def fallen_due(connection: sa.Connection, now: datetime, kinds: Collection[str]) -> Sequence[tuple[str, str]]:
    """Which (division, kind) of these kinds have something due; over all communities: the table names nothing else."""
    query = sa.select(due.c.division_code, due.c.kind).where(due.c.due_at <= now, due.c.kind.in_(kinds))
    return [(row.division_code, row.kind) for row in connection.execute(query.distinct().limit(500))]


def unknown_kinds(connection: sa.Connection, now: datetime, kinds: Collection[str]) -> set[str]:
    """Of what other kinds something is due."""
    query = sa.select(due.c.kind).where(due.c.due_at <= now, due.c.kind.not_in(kinds))
    return set(connection.execute(query.distinct().limit(20)).scalars())


def switch_off(work: UnitOfWork, kind: str, now: datetime) -> None:
    """Forget the alarms that are about to be looked after. Only before that: one set meanwhile must ring."""
    work.execute(sa.delete(due).where(due.c.division_code == work.division, due.c.kind == kind, due.c.due_at <= now))


def take_back(work: UnitOfWork, kind: str, due_at: datetime) -> None:
    """Forget one alarm that was set for this moment."""
    work.execute(sa.delete(due).where(due.c.division_code == work.division, due.c.kind == kind, due.c.due_at == due_at))
