# SPDX-License-Identifier: Apache-2.0
"""What a wish is judged by has a version of its own: a new quota raises it, and leaves open settings as they are."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the count; a constant default rewrites nothing."""
    op.execute("ALTER TABLE venues ADD COLUMN judged_version integer NOT NULL DEFAULT 1")
    op.execute("""
        COMMENT ON COLUMN venues.judged_version IS
            'Raised by whatever a wish is judged by; version is what callers name in If-Match.'""")
