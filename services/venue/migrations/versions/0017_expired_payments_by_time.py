# SPDX-License-Identifier: Apache-2.0
"""The payments that expired within a day are asked for every ten minutes: find them without reading all the others."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Index them."""
    op.execute(
        "CREATE INDEX ix_payment_intents_expired ON payment_intents (division_code, expires_at) WHERE state = 'expired'"
    )
