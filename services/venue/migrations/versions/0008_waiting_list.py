# SPDX-License-Identifier: Apache-2.0
"""Who waits for a room, and what they were offered."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create them."""
