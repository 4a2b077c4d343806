# SPDX-License-Identifier: Apache-2.0
"""Deposits are somebody else's money until they are kept, and takings may be given back in part.

Statements published before stay byte for byte what they were: the account appears in a statement once it has moved.
"""

from alembic import op
from chassis.division import community_table, without_force

revision = "0004"
down_revision = "0003"

KINDS = "'income', 'reversal', 'allocation', 'refund', 'deposit', 'deposit_refund', 'deposit_kept'"
ENDS = "'deposit_refund', 'deposit_kept'"


def upgrade() -> None:
    """Create the account, widen the kinds, and keep what comes before its turn."""
    _account()
    _kinds()
    _published_lines()
    _awaiting_source()


def _account() -> None:
    with without_force("books"), without_force("accounts"):
        op.execute("""
            INSERT INTO accounts (division_code, book_id, code, kind, name_zh, name_en)
            SELECT division_code, id, 'deposits_held', 'liability', '押金', 'Deposits held' FROM books
            ON CONFLICT DO NOTHING""")


def _kinds() -> None:
    op.execute(f"""
        ALTER TABLE journal_entries
            DROP CONSTRAINT ck_journal_entries_kind,
            ADD CONSTRAINT ck_journal_entries_kind CHECK (kind IN ({KINDS})),
            DROP CONSTRAINT ck_journal_entries_relates_to,
            ADD CONSTRAINT ck_journal_entries_relates_to
                CHECK ((kind IN ('income', 'deposit')) = (relates_to IS NULL)),
            DROP CONSTRAINT uq_journal_entries_relates_to
        """)
    # Takings are reversed and divided once, and given back as often as there is something left of them.
    op.execute("""
        CREATE UNIQUE INDEX uq_journal_entries_relates_to ON journal_entries (division_code, relates_to, kind)
            WHERE kind <> 'refund'""")
    op.execute(f"""
        CREATE UNIQUE INDEX uq_journal_entries_deposit_ends_once ON journal_entries (division_code, relates_to)
            WHERE kind IN ({ENDS})""")
    op.execute("CREATE INDEX ix_journal_entries_relates_to ON journal_entries (division_code, relates_to)")
    op.execute("""
        CREATE FUNCTION refunds_stay_within() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            entry journal_entries;
        BEGIN
            SELECT * INTO entry FROM journal_entries WHERE division_code = NEW.division_code AND id = NEW.entry_id;
            IF entry.kind IN ('refund', 'deposit_refund', 'deposit_kept') AND EXISTS (
                SELECT FROM postings p JOIN journal_entries e ON e.division_code = p.division_code AND e.id = p.entry_id
                WHERE e.division_code = entry.division_code AND entry.relates_to IN (e.id, e.relates_to)
                AND p.account IN ('operator_clearing', 'deposits_held')
                GROUP BY p.account
                HAVING (p.account = 'operator_clearing' AND sum(p.amount_fen) < 0)
                    OR (p.account = 'deposits_held' AND sum(p.amount_fen) > 0)) THEN
                RAISE EXCEPTION 'entry % gives back more than was taken', entry.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_stay_within';
            END IF;
            RETURN NULL;
        END $$""")
    op.execute("""
        CREATE CONSTRAINT TRIGGER refunds_stay_within AFTER INSERT ON postings
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refunds_stay_within()""")


def _published_lines() -> None:
    op.execute("""
        ALTER TABLE published_lines
            ADD COLUMN deposit_fen bigint NOT NULL DEFAULT 0,
            DROP CONSTRAINT ck_published_lines_shares,
            ADD CONSTRAINT ck_published_lines_shares
                CHECK (gross_fen = fund_fen + operator_fen + suspense_fen + deposit_fen)
        """)


def _awaiting_source() -> None:
    op.execute("""
        CREATE TABLE awaiting_source (
            division_code text NOT NULL,
            source text NOT NULL,
            waiting text NOT NULL,
            kind text NOT NULL,
            data jsonb NOT NULL,
            received_at timestamptz NOT NULL,
            CONSTRAINT pk_awaiting_source PRIMARY KEY (division_code, source, waiting)
        )""")
    community_table(
        "awaiting_source",
        "Refunds and ends of deposits that came before what they give back; posted right after it.",
        app="SELECT, INSERT, DELETE",
    )
