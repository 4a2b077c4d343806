# SPDX-License-Identifier: Apache-2.0
"""The officials' sitting rota and the government desks."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create them."""
