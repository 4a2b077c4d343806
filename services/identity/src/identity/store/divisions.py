# SPDX-License-Identifier: Apache-2.0
"""The published list of divisions. Whoever reads the list of today reads the open entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from chassis.pagination import Page

from identity.store.tables import divisions

_OPEN = divisions.c.valid_to.is_(None)
_code = sa.collate(divisions.c.division_code, "C")


def page(
    connection: sa.Connection, page: Page, within: str | None, level: str | None
) -> tuple[list[sa.Row[Any]], str | None]:
    """Fetch one page of open entries, by code."""
    conditions = [_OPEN, page.clause(_code)]
    if within:
        conditions += [_code >= within, _code < within + ":"]
    if level:
        conditions.append(divisions.c.level == level)
    query = sa.select(divisions).where(*conditions).order_by(_code).limit(page.limit + 1)
    return page.cut(connection.execute(query).all(), lambda row: (row.division_code,))


def find(connection: sa.Connection, code: str) -> sa.Row[Any] | None:
    """Fetch the open entry of a code."""
    return connection.execute(sa.select(divisions).where(_OPEN, divisions.c.division_code == code)).one_or_none()


def open_codes(connection: sa.Connection, level: str | None = None) -> Sequence[str]:
    """List the codes of all open entries."""
    conditions = [_OPEN] + ([divisions.c.level == level] if level else [])
    return connection.execute(sa.select(divisions.c.division_code).where(*conditions).order_by(_code)).scalars().all()


def insert(connection: sa.Connection, entry: Mapping[str, Any]) -> None:
    """Register one entry."""
    connection.execute(sa.insert(divisions).values(**entry))
