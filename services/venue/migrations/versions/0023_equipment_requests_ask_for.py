# SPDX-License-Identifier: Apache-2.0
"""What equipment a request asks for, remembered without being held: it is taken when the request is approved."""

from alembic import op
from chassis.division import community_table

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Create it. Requests that stand already keep the equipment they hold, and take none at approval."""
    op.execute("""
        CREATE TABLE requested_equipment (
            division_code text NOT NULL,
            booking_id uuid NOT NULL,
            equipment_id uuid NOT NULL,
            quantity integer NOT NULL CHECK (quantity > 0),
            CONSTRAINT pk_requested_equipment PRIMARY KEY (division_code, booking_id, equipment_id),
            CONSTRAINT fk_requested_equipment_booking FOREIGN KEY (division_code, booking_id)
                REFERENCES bookings (division_code, id),
            CONSTRAINT fk_requested_equipment_equipment FOREIGN KEY (division_code, equipment_id)
                REFERENCES equipment (division_code, id)
        )""")
    community_table(
        "requested_equipment",
        "How many of each equipment a request asks for; what it has once approved is its booking's.",
        app="SELECT, INSERT",
    )
