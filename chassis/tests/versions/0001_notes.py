# SPDX-License-Identifier: Apache-2.0
"""A table of each kind, for the chassis's own tests."""

from alembic import op

from chassis import audit, division, idempotency

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE notes (division_code text NOT NULL, id uuid NOT NULL, text text NOT NULL,"
        " PRIMARY KEY (division_code, id))"
    )
    division.community_table("notes", "A note.", app="SELECT, INSERT, UPDATE, DELETE")
    op.execute("CREATE TABLE tallies (division_code text NOT NULL PRIMARY KEY, n int NOT NULL)")
    division.tier_table("tallies", "A count.")
    op.execute("CREATE TABLE notices (division_code text NOT NULL, id uuid PRIMARY KEY, text text NOT NULL)")
    division.published_table("notices", "What anyone may read.")
    audit.create_tables()
    idempotency.create_tables()
