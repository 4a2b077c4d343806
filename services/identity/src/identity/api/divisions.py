# SPDX-License-Identifier: Apache-2.0
"""The published list of divisions."""

from __future__ import annotations

from typing import Any

from chassis.http import Call
from chassis.pagination import Page

from identity.usecases import divisions


def list_divisions(
    call: Call, within: str | None = None, level: str | None = None, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """GET /divisions"""
    return divisions.list_divisions(call.deps, Page.parse(cursor, limit, [str]), within, level)


def get_division(call: Call, code: str) -> dict[str, Any]:
    """GET /divisions/{code}"""
    return divisions.get_division(call.deps, code)
