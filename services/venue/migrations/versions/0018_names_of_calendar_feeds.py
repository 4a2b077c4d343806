# SPDX-License-Identifier: Apache-2.0
"""Calendar addresses by a name of one's own: whoever has several can tell which one to revoke."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the name. It is written once, with the feed: the application still may update nothing but ``revoked_at``."""
    op.execute("ALTER TABLE calendar_feeds ADD COLUMN label text CHECK (length(label) BETWEEN 1 AND 40)")
