# SPDX-License-Identifier: Apache-2.0
"""${message}

Safe beside the running version: expand here, backfill in a script, contract in a later release. Row-level security is
forced in the migration that creates a table (chassis.division). A data migration wraps its table in without_force().
"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "op.execute(...)"}
