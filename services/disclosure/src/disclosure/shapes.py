# SPDX-License-Identifier: Apache-2.0
"""How this service's things read on the wire: one function for each schema of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chassis.auth import Actor

from disclosure.store.statements import Statement

FIGURES = ("opening_fen", "income_fen", "expense_fen", "closing_fen")
NOTES = {
    "zh": {
        "late": "款项发生的月份已结账，记入本月",
        "reversed": "已冲正",
        "reversal": "冲正",
        "no_contract": "当时没有有效合同，暂未清分",
        "allocation": "按合同清分",
        "refund": "退款",
        "deposit": "收押金",
        "deposit_refund": "退押金",
        "deposit_kept": "扣留押金，转为收入",
    },
    "en": {
        "late": "Its own month was closed, so it is posted here",
        "reversed": "Reversed since",
        "reversal": "Reversal",
        "no_contract": "No contract was in force, so it is not divided yet",
        "allocation": "Divided by contract",
        "refund": "Refund",
        "deposit": "Deposit taken",
        "deposit_refund": "Deposit given back",
        "deposit_kept": "Deposit kept, now income",
    },
}


def statement(one: Statement, actor: Actor) -> dict[str, Any]:
    """Shape a statement for the people who prepare and decide it; persons stay ids inside and are not shown."""
    return {
        "statement_id": str(one.id),
        "row_version": one.row_version,
        "state": one.state,
        "month": one.month,
        "title_to_date": one.to_date and one.to_date.isoformat(),
        "version": one.version,
        "as_of_entry_no": one.as_of_entry_no,
        **{name: getattr(one, name) for name in FIGURES},
        "lines_count": one.lines_count,
        "sha256": one.sha256,
        "submitted_at": one.submitted_at.isoformat(),
        "prepared_office": one.prepared_office,
        "prepared_by_me": one.prepared_by == actor.subject,
        "decided_at": one.decided_at and one.decided_at.isoformat(),
        "decided_office": one.decided_office,
        "rejection_reason": one.rejection_reason,
    }


def brief_statement(one: Statement, actor: Actor) -> dict[str, Any]:
    """Shape a month's statement as the list of months shows it."""
    shown = ("statement_id", "row_version", "state", "version", "title_to_date", "prepared_by_me")
    told = statement(one, actor)
    return {name: told[name] for name in shown}


def lines(told: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Add each line's notes in the caller's language."""
    return [{"deposit_fen": 0} | line | {"note": note(line["notes"], language)} for line in told]


def note(codes: list[str], language: str) -> str | None:
    """Say a line's notes in words."""
    words = NOTES[language]
    return ("；" if language == "zh" else "; ").join(words[code] for code in codes) or None


def entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """Shape a journal entry."""
    return {
        "entry_id": str(row["id"]),
        "entry_no": row["no"],
        "month": row["month"],
        "kind": row["kind"],
        "occurred_on": row["occurred_on"].isoformat(),
        "posted_on": row["posted_on"].isoformat(),
        "room": row["room"],
        "relates_to_entry_no": row["relates_to_no"],
        "postings": row["postings"],
    }


def published(row: Mapping[str, Any]) -> dict[str, Any]:
    """Shape a published statement's summary."""
    return {
        "month": row["month"],
        "title_to_date": row["to_date"] and row["to_date"].isoformat(),
        "version": row["version"],
        "is_latest": row["is_latest"],
        "supersedes": row["supersedes"],
        "as_of_entry_no": row["as_of_entry_no"],
        **{name: row[name] for name in FIGURES},
        "lines_count": row["lines_count"],
        "sha256": row["sha256"],
        "published_at": row["published_at"].isoformat(),
        "prepared_office": row["prepared_office"],
        "approved_office": row["approved_office"],
    }


def published_line(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Shape a published line: date, room, amount; never who or why."""
    days = {name: row[name].isoformat() for name in ("occurred_on", "posted_on")}
    return {**row, **days, "note": note(row["notes"], language)}
