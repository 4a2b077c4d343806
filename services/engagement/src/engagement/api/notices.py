# SPDX-License-Identifier: Apache-2.0
"""Notices at the door: each person's own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply

from engagement.usecases import notices


def list_my_notices(call: Call, cursor: str | None = None, limit: int | None = None) -> dict[str, Any]:
    """List what the caller was told."""
    return notices.list_my_notices(call.deps, call, cursor, limit)


def mark_notice_read(call: Call, notice_id: str) -> Reply:
    """Mark one notice as read."""
    return notices.mark_read(call.deps, call, UUID(notice_id))


def mark_all_read(call: Call, body: dict[str, Any]) -> Reply:
    """Mark as read what was shown."""
    return notices.mark_all_read(call.deps, call, datetime.fromisoformat(body["until"]))
