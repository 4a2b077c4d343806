# SPDX-License-Identifier: Apache-2.0
"""Signed calendar addresses that can be revoked."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create them."""
