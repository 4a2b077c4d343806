# SPDX-License-Identifier: Apache-2.0
"""Outbox, inbox and a table that shows each effect as often as it happened."""

from alembic import op

from chassis import division, inbox, outbox

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE effects (division_code text NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY,"
        " subject text NOT NULL, sequence bigint NOT NULL, PRIMARY KEY (division_code, id))"
    )
    division.community_table("effects", "One row for each time an event took effect.", app="SELECT, INSERT")
    op.execute(
        "CREATE TABLE things (division_code text NOT NULL, id text NOT NULL, version bigint NOT NULL,"
        " PRIMARY KEY (division_code, id))"
    )
    division.community_table("things", "An aggregate with a version.")
    outbox.create_tables()
    inbox.create_tables()
