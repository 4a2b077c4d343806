# SPDX-License-Identifier: Apache-2.0
"""Equipment, closures, and what a venue tells about itself."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
