# SPDX-License-Identifier: Apache-2.0
"""Imports as they came out: one row each, and one for every row of the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from sqlalchemy.dialects.postgresql import insert

from venue.store.tables import INSTANT, column, table, venues

imports = table(
    "imports", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("imported_by"), column("attempt_key"),
    column("imported_at", INSTANT), column("booked", sa.SmallInteger), column("refused", sa.SmallInteger),
)  # fmt: skip
import_rows = table(
    "import_rows", column("import_id", sa.Uuid), column("row_no", sa.SmallInteger), column("space_code"),
    column("local_start", sa.DateTime), column("local_end", sa.DateTime), column("person_id", sa.Uuid),
    column("purpose"), column("party_size", sa.Integer), column("booking_id", sa.Uuid), column("code"),
    column("reason"),
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What is kept of an import as a whole."""

    venue_id: UUID
    attempt_key: str
    imported_at: datetime
    booked: int
    refused: int


def keep(work: UnitOfWork, one: Kept, rows: Sequence[Mapping[str, Any]]) -> UUID:
    """Store an import with its rows; one sent again under its key replaces what became of each. Returns its id."""
    values = {"division_code": work.division, "id": uuid7(), "imported_by": work.actor.subject, **vars(one)}
    query = insert(imports).values(values)
    query = query.on_conflict_do_update(
        constraint="uq_imports_attempt",
        set_={"booked": query.excluded.booked, "refused": query.excluded.refused},
    )
    import_id: UUID = work.execute(query.returning(imports.c.id)).scalar_one()
    told = insert(import_rows).values([{"division_code": work.division, "import_id": import_id, **row} for row in rows])
    outcome = {name: told.excluded[name] for name in ("booking_id", "code", "reason")}
    work.execute(told.on_conflict_do_update(constraint="pk_import_rows", set_=outcome))
    return import_id


def page(connection: sa.Connection, division: str, page: Page) -> Sequence[Mapping[str, Any]]:
    """A page of imports, newest first; one more row tells of another page."""
    key = (imports.c.imported_at, imports.c.id)
    query = (
        _named()
        .where(imports.c.division_code == division, page.clause(*key, descending=True))
        .order_by(*(one.desc() for one in key))
        .limit(page.limit + 1)
    )
    return connection.execute(query).mappings().all()


def one(connection: sa.Connection, division: str, import_id: UUID) -> Mapping[str, Any] | None:
    """An import by id."""
    query = _named().where(imports.c.division_code == division, imports.c.id == import_id)
    return connection.execute(query).mappings().one_or_none()


def rows(connection: sa.Connection, division: str, import_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Every row of an import in the order of the sheet; an import takes a few hundred at most."""
    row = import_rows.c
    query = sa.select(import_rows).where(row.division_code == division, row.import_id == import_id)
    return connection.execute(query.order_by(row.row_no)).mappings().all()


def _named() -> sa.Select[Any]:
    here = (venues.c.division_code == imports.c.division_code) & (venues.c.id == imports.c.venue_id)
    return sa.select(imports, venues.c.name_zh, venues.c.name_en, venues.c.tz).join_from(imports, venues, here)
