# SPDX-License-Identifier: Apache-2.0
"""Deposits, payments, refunds and the day-end statements."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create them."""
