# SPDX-License-Identifier: Apache-2.0
"""Series that agree to two prices, and the equipment every date of a series takes with the room."""

from alembic import op
from chassis.division import community_table

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create them."""
    op.execute("ALTER TABLE series ADD COLUMN split boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE series ALTER COLUMN split DROP DEFAULT")
    op.execute("""
        CREATE TABLE series_equipment (
            division_code text NOT NULL,
            series_id uuid NOT NULL,
            equipment_id uuid NOT NULL,
            quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
            CONSTRAINT pk_series_equipment PRIMARY KEY (division_code, series_id, equipment_id),
            CONSTRAINT fk_series_equipment_series FOREIGN KEY (division_code, series_id)
                REFERENCES series (division_code, id),
            CONSTRAINT fk_series_equipment_equipment FOREIGN KEY (division_code, equipment_id)
                REFERENCES equipment (division_code, id)
        )""")
    community_table(
        "series_equipment",
        "How many of each equipment every date of a series takes; what a date has is its booking's.",
        app="SELECT, INSERT, DELETE",
    )
