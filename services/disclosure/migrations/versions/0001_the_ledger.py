# SPDX-License-Identifier: Apache-2.0
"""The ledger: books, accounts, contracts, months, entries and postings.

What must never be true is refused here and not only in Python: an entry that does not balance or has no postings, a
gap in the numbers, a change to what was posted, an entry in a closed month (notes of the law: 会计法 14, 15).
"""

from alembic import op
from chassis.division import community_table, service

from chassis import audit, idempotency, inbox, outbox

revision = "0001"
down_revision = None

MONTH = "'^[0-9]{4}-(0[1-9]|1[0-2])$'"


def upgrade() -> None:
    outbox.create_tables()
    inbox.create_tables()
    idempotency.create_tables()
    audit.create_tables()
    # Ranges of one value let EXCLUDE compare ids without a contrib extension.
    op.execute("CREATE TYPE uuid_range AS RANGE (subtype = uuid)")
    _refuse_change()
    _books()
    _contracts()
    _periods()
    _entries()
    _postings()
    _numbering()
    _balance()


def _refuse_change() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
        END $$""")


def _append_only(table: str) -> None:
    op.execute(f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
    op.execute(f"""
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""")


def _books() -> None:
    op.execute(f"""
        CREATE TABLE books (
            division_code text NOT NULL,
            id uuid NOT NULL,
            code text NOT NULL,
            opened_month text NOT NULL CONSTRAINT ck_books_opened_month CHECK (opened_month ~ {MONTH}),
            opened_at timestamptz NOT NULL,
            last_entry_no bigint NOT NULL DEFAULT 0,
            CONSTRAINT pk_books PRIMARY KEY (division_code, id),
            CONSTRAINT uq_books_code UNIQUE (division_code, code)
        )""")
    # No UPDATE: the counter moves only inside take_entry_number().
    community_table(
        "books",
        "One set of books per fund of a community, and the counter of its entry numbers.",
        app="SELECT, INSERT (division_code, id, code, opened_month, opened_at)",
    )
    op.execute("""
        CREATE TABLE accounts (
            division_code text NOT NULL,
            book_id uuid NOT NULL,
            code text NOT NULL,
            kind text NOT NULL CONSTRAINT ck_accounts_kind CHECK (kind IN ('asset','liability','income','expense')),
            name_zh text NOT NULL,
            name_en text NOT NULL,
            CONSTRAINT pk_accounts PRIMARY KEY (division_code, book_id, code),
            CONSTRAINT fk_accounts_book FOREIGN KEY (division_code, book_id) REFERENCES books (division_code, id)
        )""")
    community_table("accounts", "The accounts of a book.", app="SELECT, INSERT")
    _append_only("accounts")


def _contracts() -> None:
    op.execute("""
        CREATE TABLE contracts (
            division_code text NOT NULL,
            id uuid NOT NULL,
            book_id uuid NOT NULL,
            venue_id uuid NOT NULL,
            operator_name text NOT NULL,
            fund_per_mille smallint NOT NULL
                CONSTRAINT ck_contracts_fund_per_mille CHECK (fund_per_mille BETWEEN 0 AND 1000),
            valid_from date NOT NULL,
            valid_to date CONSTRAINT ck_contracts_valid_to CHECK (valid_to > valid_from),
            recorded_at timestamptz NOT NULL,
            recorded_by text NOT NULL,
            CONSTRAINT pk_contracts PRIMARY KEY (division_code, id),
            CONSTRAINT fk_contracts_book FOREIGN KEY (division_code, book_id) REFERENCES books (division_code, id),
            CONSTRAINT contracts_do_not_overlap EXCLUDE USING gist (
                int8range(division_code::bigint, division_code::bigint, '[]') WITH &&,
                uuid_range(venue_id, venue_id, '[]') WITH &&,
                daterange(valid_from, valid_to) WITH &&)
        )""")
    op.execute("CREATE INDEX ix_contracts_venue ON contracts (division_code, venue_id, valid_from)")
    community_table("contracts", "Which part of a venue's takings is the fund's, from which day.", app="SELECT, INSERT")
    _append_only("contracts")


def _periods() -> None:
    op.execute(f"""
        CREATE TABLE periods (
            division_code text NOT NULL,
            book_id uuid NOT NULL,
            month text NOT NULL CONSTRAINT ck_periods_month CHECK (month ~ {MONTH}),
            state text NOT NULL DEFAULT 'open' CONSTRAINT ck_periods_state CHECK (state IN ('open', 'closed')),
            closed_at timestamptz,
            CONSTRAINT pk_periods PRIMARY KEY (division_code, book_id, month),
            CONSTRAINT fk_periods_book FOREIGN KEY (division_code, book_id) REFERENCES books (division_code, id),
            CONSTRAINT ck_periods_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL))
        )""")
    community_table(
        "periods",
        "The months of a book, open or closed.",
        app="SELECT, INSERT (division_code, book_id, month), UPDATE (state, closed_at)",
    )


def _entries() -> None:
    op.execute("""
        CREATE TABLE journal_entries (
            division_code text NOT NULL,
            id uuid NOT NULL,
            book_id uuid NOT NULL,
            no bigint NOT NULL,
            month text NOT NULL,
            kind text NOT NULL CONSTRAINT ck_journal_entries_kind CHECK (kind IN ('income', 'reversal')),
            occurred_on date NOT NULL,
            posted_on date NOT NULL,
            posted_at timestamptz NOT NULL,
            venue_id uuid NOT NULL,
            room text NOT NULL,
            relates_to uuid,
            reason_code text,
            source_event text NOT NULL,
            posted_by text NOT NULL,
            postings_count smallint NOT NULL CONSTRAINT ck_journal_entries_postings_count CHECK (postings_count >= 2),
            CONSTRAINT pk_journal_entries PRIMARY KEY (division_code, id),
            CONSTRAINT uq_journal_entries_no UNIQUE (division_code, book_id, no),
            CONSTRAINT uq_journal_entries_source_event UNIQUE (division_code, source_event),
            CONSTRAINT uq_journal_entries_relates_to UNIQUE (division_code, relates_to, kind),
            CONSTRAINT uq_journal_entries_book UNIQUE (division_code, book_id, id),
            CONSTRAINT ck_journal_entries_relates_to CHECK ((kind = 'income') = (relates_to IS NULL)),
            CONSTRAINT fk_journal_entries_relates_to FOREIGN KEY (division_code, book_id, relates_to)
                REFERENCES journal_entries (division_code, book_id, id),
            CONSTRAINT fk_journal_entries_period FOREIGN KEY (division_code, book_id, month)
                REFERENCES periods (division_code, book_id, month)
        )""")
    op.execute("CREATE INDEX ix_journal_entries_month ON journal_entries (division_code, book_id, month, no)")
    # Neither `no` nor any change: the number is the database's to give.
    community_table(
        "journal_entries",
        "What was posted, under numbers without a gap; append-only.",
        app="SELECT, INSERT (division_code, id, book_id, month, kind, occurred_on, posted_on, posted_at,"
        " venue_id, room, relates_to, reason_code, source_event, posted_by, postings_count)",
    )
    _append_only("journal_entries")


def _postings() -> None:
    op.execute("""
        CREATE TABLE postings (
            division_code text NOT NULL,
            book_id uuid NOT NULL,
            entry_id uuid NOT NULL,
            line_no smallint NOT NULL,
            account text NOT NULL,
            amount_fen bigint NOT NULL CONSTRAINT ck_postings_amount_fen CHECK (amount_fen <> 0),
            CONSTRAINT pk_postings PRIMARY KEY (division_code, entry_id, line_no),
            CONSTRAINT fk_postings_entry FOREIGN KEY (division_code, book_id, entry_id)
                REFERENCES journal_entries (division_code, book_id, id),
            CONSTRAINT fk_postings_account FOREIGN KEY (division_code, book_id, account)
                REFERENCES accounts (division_code, book_id, code)
        )""")
    community_table("postings", "Debits above zero, credits below; append-only.", app="SELECT, INSERT")
    _append_only("postings")


def _numbering() -> None:
    """Give numbers under the book's lock, so that they have no gap and closing a month sees every entry."""
    op.execute("""
        CREATE FUNCTION take_entry_number() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        BEGIN
            UPDATE books SET last_entry_no = last_entry_no + 1
                WHERE division_code = NEW.division_code AND id = NEW.book_id
                RETURNING last_entry_no INTO NEW.no;
            IF EXISTS (SELECT FROM periods WHERE division_code = NEW.division_code AND book_id = NEW.book_id
                       AND month = NEW.month AND state <> 'open') THEN
                RAISE EXCEPTION 'the month % is closed', NEW.month
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'period_is_open';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER take_entry_number BEFORE INSERT ON journal_entries
            FOR EACH ROW EXECUTE FUNCTION take_entry_number()""")
    # SELECT … FOR UPDATE needs the right to update, which the app role must not have on the counter.
    op.execute("""
        CREATE FUNCTION lock_book(book uuid) RETURNS bigint
            LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
            SELECT last_entry_no FROM books
                WHERE division_code = nullif(current_setting('app.division', true), '') AND id = book FOR UPDATE
        $$""")
    op.execute("REVOKE ALL ON FUNCTION lock_book(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION lock_book(uuid) TO {service()}_app")


def _balance() -> None:
    """Judge each entry at commit. Rows hidden by a division changed in between count as missing, so it fails closed."""
    op.execute("""
        CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            entry journal_entries;
            checked uuid := CASE TG_TABLE_NAME WHEN 'postings' THEN to_jsonb(NEW)->>'entry_id'
                                               ELSE to_jsonb(NEW)->>'id' END;
            total numeric;
            counted bigint;
        BEGIN
            SELECT * INTO entry FROM journal_entries WHERE division_code = NEW.division_code AND id = checked;
            SELECT sum(amount_fen), count(*) INTO total, counted FROM postings
                WHERE division_code = NEW.division_code AND entry_id = checked;
            IF total IS DISTINCT FROM 0 OR counted IS DISTINCT FROM entry.postings_count THEN
                RAISE EXCEPTION 'entry % does not balance: % over % postings', checked, total, counted
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
            END IF;
            IF entry.kind = 'reversal' AND EXISTS (
                SELECT FROM postings p JOIN journal_entries e ON e.division_code = p.division_code AND e.id = p.entry_id
                WHERE e.division_code = entry.division_code AND entry.relates_to IN (e.id, e.relates_to)
                GROUP BY p.account HAVING sum(p.amount_fen) <> 0) THEN
                RAISE EXCEPTION 'reversal % is not the opposite of its entry', checked
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_is_opposite';
            END IF;
            RETURN NULL;
        END $$""")
    for table in ("journal_entries", "postings"):
        op.execute(f"""
            CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()""")
