# SPDX-License-Identifier: Apache-2.0
"""What came before the entry it gives back: kept until that is posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from disclosure.store import tables as t

_C = t.awaiting_source.c


def keep(work: UnitOfWork, source: str, waiting: str, kind: str, data: Mapping[str, Any]) -> None:
    """Keep an act that waits for ``source``; told again it says nothing new."""
    row = {"division_code": work.division, "source": source, "waiting": waiting, "kind": kind, "data": dict(data)}
    work.execute(insert(t.awaiting_source).values(received_at=work.clock.now(), **row).on_conflict_do_nothing())


def take(work: UnitOfWork, source: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Take out what waits for a source, in the order in which it came."""
    rows = work.execute(
        sa.delete(t.awaiting_source)
        .where(_C.division_code == work.division, _C.source == source)
        .returning(_C.received_at, _C.waiting, _C.kind, _C.data)
    ).all()
    return [(row.kind, row.data) for row in sorted(rows, key=lambda row: (row.received_at, row.waiting))]
