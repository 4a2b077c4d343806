# SPDX-License-Identifier: Apache-2.0
"""Recurring bookings with the dates that were left out."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create them."""
