# SPDX-License-Identifier: Apache-2.0
"""What anyone may read."""

from typing import Any

from chassis.http import Call

from engagement.usecases import reading


def list_need_categories(call: Call) -> dict[str, Any]:
    """List the controlled categories."""
    return reading.list_categories(call.deps)


def get_need_counts(call: Call, division: str, depth: int = 1) -> dict[str, Any]:
    """Return the published counts of a division and of what lies in it."""
    return reading.get_counts(call.deps, division, depth)
