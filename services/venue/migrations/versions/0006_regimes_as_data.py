# SPDX-License-Identifier: Apache-2.0
"""What a regime is for, special days and dated exceptions, the public share and owed free sessions."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create them."""
