# SPDX-License-Identifier: Apache-2.0
"""Keyset cursors: stable pages without counting or OFFSET."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from chassis.errors import Invalid

DEFAULT_LIMIT, MAX_LIMIT = 50, 200


@dataclass(frozen=True)
class Page:
    """Where a list starts (``after``: the key of the last row already seen) and how many rows it shows."""

    after: tuple[Any, ...] | None
    limit: int

    @classmethod
    def parse(cls, cursor: str | None, limit: int | None = None, kinds: Sequence[Callable[[Any], Any]] = ()) -> Page:
        """Read a cursor made by ``encode``; ``kinds`` converts each part back. Raises Invalid on anything else."""
        size = min(max(limit or DEFAULT_LIMIT, 1), MAX_LIMIT)
        if not cursor:
            return cls(None, size)
        try:
            parts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
            if not isinstance(parts, list) or (kinds and len(parts) != len(kinds)):
                raise ValueError("not a key")
            convert = kinds or [str] * len(parts)
            return cls(tuple(_storable(kind(part)) for kind, part in zip(convert, parts, strict=True)), size)
        except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
            raise Invalid(
                "cursor_invalid",
                zh="翻页位置已失效，请从第一页开始。",
                en="This page position is no longer valid; please start from the first page.",
            ) from error

    def clause(self, *columns: sa.ColumnElement[Any], descending: bool = False) -> sa.ColumnElement[bool]:
        """Return the row comparison that continues after the cursor (true on the first page)."""
        if self.after is None:
            return sa.true()
        left, right = sa.tuple_(*columns), sa.tuple_(*(sa.literal(value) for value in self.after))
        return left < right if descending else left > right

    def cut(self, rows: Sequence[Any], key: Callable[[Any], Sequence[Any]]) -> tuple[list[Any], str | None]:
        """Split ``limit + 1`` fetched rows into the page and the next cursor (None on the last page)."""
        shown = list(rows[: self.limit])
        return shown, encode(key(shown[-1])) if len(rows) > self.limit else None


def encode(key: Sequence[Any]) -> str:
    """Make an opaque cursor of a row's key."""
    text = json.dumps([_plain(part) for part in key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _storable(part: Any) -> Any:
    """Refuse text no database holds (NUL, half a surrogate pair): a forged cursor is the caller's fault, not ours."""
    if isinstance(part, str) and "\0" in part.encode().decode():
        raise ValueError("not text a key holds")
    return part


def _plain(part: Any) -> Any:
    return part.isoformat() if isinstance(part, datetime | date) else str(part) if isinstance(part, UUID) else part
