# SPDX-License-Identifier: Apache-2.0
"""Takings without a contract wait in suspense, and a reversal may come before its settlement.

Until now both were parked: ten communities without a contract would have braked the consumer for all of them.
Books that are already open get the account; what is posted stays as it is.
"""

from alembic import op
from chassis.division import community_table, without_force

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _suspense_accounts()
    _allocations()
    _awaiting_settlement()


def _suspense_accounts() -> None:
    with without_force("books"), without_force("accounts"):
        op.execute("""
            INSERT INTO accounts (division_code, book_id, code, kind, name_zh, name_en)
            SELECT division_code, id, 'suspense', 'liability', '待清分款', 'Not divided yet' FROM books
            ON CONFLICT DO NOTHING""")


def _allocations() -> None:
    op.execute("ALTER TABLE journal_entries DROP CONSTRAINT ck_journal_entries_kind")
    op.execute("""
        ALTER TABLE journal_entries ADD CONSTRAINT ck_journal_entries_kind
            CHECK (kind IN ('income', 'reversal', 'allocation'))""")
    op.execute("""
        CREATE INDEX ix_postings_suspense ON postings (division_code, book_id, entry_id)
            WHERE account = 'suspense'""")


def _awaiting_settlement() -> None:
    op.execute("""
        CREATE TABLE awaiting_settlement (
            division_code text NOT NULL,
            settlement_id uuid NOT NULL,
            reversal_id uuid NOT NULL,
            amount_fen bigint NOT NULL CONSTRAINT ck_awaiting_settlement_amount_fen CHECK (amount_fen > 0),
            occurred_on date NOT NULL,
            reason_code text,
            received_at timestamptz NOT NULL,
            CONSTRAINT pk_awaiting_settlement PRIMARY KEY (division_code, settlement_id)
        )""")
    community_table(
        "awaiting_settlement",
        "Reversals that came before their settlement; posted right after it.",
        app="SELECT, INSERT, DELETE",
    )
