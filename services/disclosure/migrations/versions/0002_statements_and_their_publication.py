# SPDX-License-Identifier: Apache-2.0
"""Statements by two persons, and what is published of them for ever."""

from alembic import op
from chassis.division import CURRENT, community_table, published_table

revision = "0002"
down_revision = "0001"

FIGURES = """
            as_of_entry_no bigint NOT NULL,
            opening_fen bigint NOT NULL,
            income_fen bigint NOT NULL,
            expense_fen bigint NOT NULL,
            closing_fen bigint NOT NULL,
            lines_count integer NOT NULL,
            sha256 text NOT NULL,"""


def upgrade() -> None:
    _statements()
    _statement_rules()
    _period_rules()
    _published_statements()
    _published_lines()
    _published_rules()


def _append_only(table: str, acts: str = "UPDATE OR DELETE") -> None:
    op.execute(f"""
        CREATE TRIGGER append_only_rows BEFORE {acts} ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
    op.execute(f"""
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""")


def _statements() -> None:
    op.execute(f"""
        CREATE TABLE statements (
            division_code text NOT NULL,
            id uuid NOT NULL,
            book_id uuid NOT NULL,
            month text NOT NULL,
            version smallint NOT NULL CONSTRAINT ck_statements_version CHECK (version >= 1),
            state text NOT NULL DEFAULT 'submitted'
                CONSTRAINT ck_statements_state CHECK (state IN ('submitted', 'rejected', 'published')),
            to_date date,{FIGURES}
            prepared_by text NOT NULL,
            prepared_office text NOT NULL,
            submitted_at timestamptz NOT NULL,
            decided_by text,
            decided_office text,
            decided_at timestamptz,
            rejection_reason text,
            row_version integer NOT NULL DEFAULT 1,
            CONSTRAINT pk_statements PRIMARY KEY (division_code, id),
            CONSTRAINT fk_statements_period FOREIGN KEY (division_code, book_id, month)
                REFERENCES periods (division_code, book_id, month),
            CONSTRAINT ck_statements_decided CHECK (num_nulls(decided_by, decided_office, decided_at)
                = CASE state WHEN 'submitted' THEN 3 ELSE 0 END),
            CONSTRAINT ck_statements_reason CHECK ((state = 'rejected') = (rejection_reason IS NOT NULL)),
            CONSTRAINT ck_statements_two_persons CHECK (state <> 'published' OR decided_by <> prepared_by)
        )""")
    op.execute("""
        CREATE UNIQUE INDEX uq_statements_submitted ON statements (division_code, book_id, month)
            WHERE state = 'submitted'""")
    op.execute("""
        CREATE UNIQUE INDEX uq_statements_version ON statements (division_code, book_id, month, version)
            WHERE state <> 'rejected'""")
    op.execute("CREATE INDEX ix_statements_submitted_at ON statements (division_code, submitted_at, id)")
    decisions = "state, decided_by, decided_office, decided_at, rejection_reason, row_version"
    community_table(
        "statements",
        "A month's statement: prepared by one person, decided by another.",
        app=f"SELECT, INSERT, UPDATE ({decisions})",
    )
    _append_only("statements", "DELETE")


def _statement_rules() -> None:
    """Submitting closes the month and names its last number in one transaction; a decision is final."""
    op.execute("""
        CREATE FUNCTION statement_begins() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.state <> 'submitted' OR NEW.row_version <> 1
               OR NEW.as_of_entry_no IS DISTINCT FROM lock_book(NEW.book_id)
               OR NOT EXISTS (SELECT FROM periods WHERE division_code = NEW.division_code
                              AND book_id = NEW.book_id AND month = NEW.month AND state = 'closed') THEN
                RAISE EXCEPTION 'a statement begins submitted, over a closed month, as of the last entry'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_begins';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER statement_begins BEFORE INSERT ON statements
            FOR EACH ROW EXECUTE FUNCTION statement_begins()""")
    op.execute("""
        CREATE FUNCTION statement_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state <> 'submitted' OR NEW.state = 'submitted' OR NEW.row_version <> OLD.row_version + 1 THEN
                RAISE EXCEPTION 'statement % is decided', OLD.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_is_decided_once';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER statement_is_decided_once BEFORE UPDATE ON statements
            FOR EACH ROW EXECUTE FUNCTION statement_is_decided_once()""")


def _period_rules() -> None:
    op.execute("""
        CREATE FUNCTION period_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state = 'closed' AND NEW.state = 'open' AND EXISTS (
                SELECT FROM statements WHERE division_code = OLD.division_code AND book_id = OLD.book_id
                AND month = OLD.month AND state <> 'rejected') THEN
                RAISE EXCEPTION 'the month % has a statement', OLD.month
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'period_stays_closed';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER period_stays_closed BEFORE UPDATE ON periods
            FOR EACH ROW EXECUTE FUNCTION period_stays_closed()""")
    _append_only("periods", "DELETE")


def _published_statements() -> None:
    op.execute(f"""
        CREATE TABLE published_statements (
            division_code text NOT NULL,
            book text NOT NULL,
            month text NOT NULL,
            version smallint NOT NULL,
            supersedes smallint,
            statement_id uuid NOT NULL,
            to_date date,{FIGURES}
            content bytea NOT NULL,
            published_at timestamptz NOT NULL,
            prepared_office text NOT NULL,
            approved_office text NOT NULL,
            CONSTRAINT pk_published_statements PRIMARY KEY (division_code, book, month, version),
            CONSTRAINT uq_published_statements_statement UNIQUE (division_code, statement_id),
            CONSTRAINT fk_published_statements_statement FOREIGN KEY (division_code, statement_id)
                REFERENCES statements (division_code, id),
            CONSTRAINT fk_published_statements_supersedes FOREIGN KEY (division_code, book, month, supersedes)
                REFERENCES published_statements (division_code, book, month, version),
            CONSTRAINT ck_published_statements_supersedes CHECK (coalesce(supersedes, 0) = version - 1),
            CONSTRAINT ck_published_statements_sha256 CHECK (sha256 = encode(sha256(content), 'hex'))
        )""")
    published_table("published_statements", "Every version of every published statement; append-only.")
    _append_only("published_statements")


def _published_lines() -> None:
    op.execute("""
        CREATE TABLE published_lines (
            division_code text NOT NULL,
            book text NOT NULL,
            month text NOT NULL,
            version smallint NOT NULL,
            line_no integer NOT NULL,
            entry_no bigint NOT NULL,
            occurred_on date NOT NULL,
            posted_on date NOT NULL,
            room text NOT NULL,
            kind text NOT NULL,
            gross_fen bigint NOT NULL,
            fund_fen bigint NOT NULL,
            operator_fen bigint NOT NULL,
            suspense_fen bigint NOT NULL,
            relates_to_line integer,
            relates_to_entry_no bigint,
            reversed_by_entry_no bigint,
            notes text[] NOT NULL,
            CONSTRAINT pk_published_lines PRIMARY KEY (division_code, book, month, version, line_no),
            CONSTRAINT fk_published_lines_statement FOREIGN KEY (division_code, book, month, version)
                REFERENCES published_statements (division_code, book, month, version),
            CONSTRAINT ck_published_lines_shares CHECK (gross_fen = fund_fen + operator_fen + suspense_fen)
        )""")
    published_table("published_lines", "The single lines of a published statement: date, room, amount; append-only.")
    _append_only("published_lines")


def _published_rules() -> None:
    """Published tables have no row-level security, so what the app role may write is judged here."""
    op.execute(f"""
        CREATE FUNCTION published_by_ones_own() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.division_code IS DISTINCT FROM {CURRENT} THEN
                RAISE EXCEPTION 'a community publishes its own alone'
                    USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'published_by_ones_own';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE FUNCTION published_is_whole() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        DECLARE
            published published_statements;
            counted bigint;
        BEGIN
            SELECT * INTO published FROM published_statements WHERE division_code = NEW.division_code
                AND book = NEW.book AND month = NEW.month AND version = NEW.version;
            SELECT count(*) INTO counted FROM published_lines WHERE division_code = NEW.division_code
                AND book = NEW.book AND month = NEW.month AND version = NEW.version;
            IF counted IS DISTINCT FROM published.lines_count OR NOT EXISTS (
                SELECT FROM statements s WHERE s.division_code = NEW.division_code AND s.id = published.statement_id
                AND s.state = 'published' AND s.month = NEW.month AND s.version = NEW.version
                AND s.sha256 = published.sha256) THEN
                RAISE EXCEPTION 'only an approved statement is published, and whole'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'published_is_whole';
            END IF;
            RETURN NULL;
        END $$""")
    op.execute("""
        CREATE FUNCTION published_line_belongs() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        BEGIN
            IF NEW.line_no NOT BETWEEN 1 AND (
                SELECT lines_count FROM published_statements WHERE division_code = NEW.division_code
                AND book = NEW.book AND month = NEW.month AND version = NEW.version) THEN
                RAISE EXCEPTION 'line % is beyond the statement', NEW.line_no
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'published_line_belongs';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER published_line_belongs BEFORE INSERT ON published_lines
            FOR EACH ROW EXECUTE FUNCTION published_line_belongs()""")
    op.execute("""
        CREATE CONSTRAINT TRIGGER published_is_whole AFTER INSERT ON published_statements
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION published_is_whole()""")
    for table in ("published_statements", "published_lines"):
        op.execute(f"""
            CREATE TRIGGER published_by_ones_own BEFORE INSERT ON {table}
                FOR EACH ROW EXECUTE FUNCTION published_by_ones_own()""")
