# SPDX-License-Identifier: Apache-2.0
"""Quotas, the parts of a booking that lies in two regimes, and who lives in which household."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create them."""
