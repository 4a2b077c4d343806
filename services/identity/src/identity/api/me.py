# SPDX-License-Identifier: Apache-2.0
"""One's own account."""

from __future__ import annotations

from typing import Any

from chassis.http import Call

from identity.usecases import accounts


def get_me(call: Call) -> dict[str, Any]:
    """GET /me"""
    return accounts.get_me(call.deps, call.actor)


def change_password(call: Call, body: dict[str, Any]) -> None:
    """POST /me/password"""
    accounts.change_password(call.deps, call.actor, body["current_password"], body["new_password"], call)
