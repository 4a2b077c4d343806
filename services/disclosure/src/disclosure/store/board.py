# SPDX-License-Identifier: Apache-2.0
"""Reading what is published, as the public role, of whichever division is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from chassis.pagination import Page

from disclosure.store import tables as t
from disclosure.store.ledger import COMMUNITY_FUND

_P, _L = t.published_statements.c, t.published_lines.c
_NEXT = t.published_statements.alias("later")
_IS_LATEST = ~sa.exists().where(
    _NEXT.c.division_code == _P.division_code,
    _NEXT.c.book == _P.book,
    _NEXT.c.month == _P.month,
    _NEXT.c.version > _P.version,
)
_SUMMARY = (*(column for column in _P if column.name != "content"), _IS_LATEST.label("is_latest"))
_LINE = tuple(column for column in _L if column.name not in ("division_code", "book", "month", "version"))


def _fund(division: str) -> sa.ColumnElement[bool]:
    return sa.and_(_P.division_code == division, _P.book == COMMUNITY_FUND)


def statements(connection: sa.Connection, division: str, page: Page) -> Sequence[sa.Row[Any]]:
    """List published statements, newest month and version first, one row more than the page shows."""
    return connection.execute(
        sa.select(*_SUMMARY)
        .where(_fund(division), page.clause(_P.month, _P.version, descending=True))
        .order_by(_P.month.desc(), _P.version.desc())
        .limit(page.limit + 1)
    ).all()


def statement(connection: sa.Connection, division: str, month: str, version: int | None) -> sa.Row[Any] | None:
    """Find a version of a month's statement with its content; the latest unless one is named."""
    wanted = [_fund(division), _P.month == month] + ([_P.version == version] if version else [])
    return connection.execute(
        sa.select(*_SUMMARY, _P.content).where(*wanted).order_by(_P.version.desc()).limit(1)
    ).one_or_none()


def versions(connection: sa.Connection, division: str, month: str) -> list[int]:
    """List a month's versions, oldest first."""
    rows = connection.execute(sa.select(_P.version).where(_fund(division), _P.month == month).order_by(_P.version))
    return list(rows.scalars())


def lines(connection: sa.Connection, division: str, month: str, version: int, page: Page) -> Sequence[sa.Row[Any]]:
    """List a version's lines in their order, one row more than the page shows."""
    return connection.execute(
        sa.select(*_LINE)
        .where(
            _L.division_code == division,
            _L.book == COMMUNITY_FUND,
            _L.month == month,
            _L.version == version,
            page.clause(_L.line_no),
        )
        .order_by(_L.line_no)
        .limit(page.limit + 1)
    ).all()
