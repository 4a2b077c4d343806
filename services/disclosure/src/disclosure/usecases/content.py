# SPDX-License-Identifier: Apache-2.0
"""Compute a statement's content from the ledger, and its one canonical form."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import rfc8785
import sqlalchemy as sa

from disclosure.domain.statement import statement_content
from disclosure.store import figures
from disclosure.store.ledger import Book


def compute(
    connection: sa.Connection,
    division: str,
    book: Book,
    *,
    month: str,
    version: int,
    to_date: date | None,
    as_of_entry_no: int,
) -> dict[str, Any]:
    """Compute the content as of an entry number; asked again later it is the same."""
    return statement_content(
        division=division,
        book=book.code,
        month=month,
        version=version,
        to_date=to_date,
        as_of_entry_no=as_of_entry_no,
        turnovers=figures.turnovers(connection, division, book.book_id, month, as_of_entry_no),
        entries=figures.entries(connection, division, book.book_id, month, as_of_entry_no),
    )


def canonical(content: dict[str, Any]) -> bytes:
    """Write canonical JSON (RFC 8785): what the hash is taken of and what anybody may download."""
    return rfc8785.dumps(content)


def sha256(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def tells_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Compare what two contents tell, apart from which version they are."""
    return all(one[part] == other[part] for part in ("lines", "accounts"))
