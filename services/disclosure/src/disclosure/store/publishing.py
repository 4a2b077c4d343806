# SPDX-License-Identifier: Apache-2.0
"""Writing a statement into the published tables: the one act that makes anything public."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from chassis.db import UnitOfWork

from disclosure.store import tables as t
from disclosure.store.statements import Statement

_SAME = (
    "month",
    "version",
    "to_date",
    "as_of_entry_no",
    "opening_fen",
    "income_fen",
    "expense_fen",
    "closing_fen",
    "lines_count",
    "sha256",
    "prepared_office",
)


def publish(work: UnitOfWork, book: str, statement: Statement, content: dict[str, Any], canonical: bytes) -> None:
    """Publish a statement with its lines; both tables take no change afterwards."""
    work.execute(
        sa.insert(t.published_statements).values(
            division_code=work.division,
            book=book,
            statement_id=statement.id,
            supersedes=statement.version - 1 or None,
            content=canonical,
            published_at=statement.decided_at,
            approved_office=statement.decided_office,
            **{name: getattr(statement, name) for name in _SAME},
        )
    )
    if content["lines"]:
        work.execute(
            sa.insert(t.published_lines),
            [
                {
                    "deposit_fen": 0,
                    **line,
                    "division_code": work.division,
                    "book": book,
                    "month": statement.month,
                    "version": statement.version,
                    "occurred_on": date.fromisoformat(line["occurred_on"]),
                    "posted_on": date.fromisoformat(line["posted_on"]),
                }
                for line in content["lines"]
            ],
        )
