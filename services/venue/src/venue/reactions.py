# SPDX-License-Identifier: Apache-2.0
"""Which events of others this service reacts to."""

from __future__ import annotations

from typing import Any

# A booking needs nobody else's facts yet: rooms and rules are this service's own, persons are ids in the token.
SUBSCRIPTIONS: dict[str, Any] = {}
