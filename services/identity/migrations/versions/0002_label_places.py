# SPDX-License-Identifier: Apache-2.0
"""Keep each place's label (示例小区 1栋 0101) beside its name: lists of people read it without walking the tree."""

from alembic import op
from chassis.division import without_force

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE places ADD COLUMN label text")
    with without_force("places"):
        op.execute("""
            WITH RECURSIVE tree AS (
                SELECT division_code, place_id, name AS label FROM places WHERE parent_id IS NULL
                UNION ALL
                SELECT child.division_code, child.place_id, tree.label || ' ' || child.name
                FROM places child
                JOIN tree ON tree.division_code = child.division_code AND tree.place_id = child.parent_id
            )
            UPDATE places SET label = tree.label FROM tree
            WHERE places.division_code = tree.division_code AND places.place_id = tree.place_id""")
    op.execute("ALTER TABLE places ALTER COLUMN label SET NOT NULL")
