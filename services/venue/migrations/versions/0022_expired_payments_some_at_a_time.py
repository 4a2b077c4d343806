# SPDX-License-Identifier: Apache-2.0
"""When an expired payment was last asked for: so many are asked for at a time, and the next time goes on from there."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the moment."""
    op.execute("ALTER TABLE payment_intents ADD COLUMN asked_at timestamptz")
