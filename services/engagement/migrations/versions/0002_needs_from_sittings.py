# SPDX-License-Identifier: Apache-2.0
"""A need may come from a topic of a sitting: once for each topic, by a constraint."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE needs
            ADD COLUMN source_topic_id uuid,
            ADD CONSTRAINT uq_needs_source_topic UNIQUE (division_code, source_topic_id)
        """)
