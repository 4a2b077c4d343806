# SPDX-License-Identifier: Apache-2.0
"""Check-ins, no-shows and what follows from them."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create them."""
