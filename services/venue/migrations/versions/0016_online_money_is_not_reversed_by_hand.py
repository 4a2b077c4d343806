# SPDX-License-Identifier: Apache-2.0
"""What was paid online goes back through the provider: no reversal by hand may pretend that it did."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Have the database refuse it. Reversals of before stay: rows are never edited."""
    op.execute("""
        CREATE FUNCTION only_cash_is_reversed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM settlements s WHERE s.division_code = NEW.division_code
                       AND s.id = NEW.settlement_id AND s.method = 'online') THEN
                RAISE EXCEPTION 'settlement % was paid online', NEW.settlement_id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'only_cash_is_reversed';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute("""
        CREATE TRIGGER only_cash_is_reversed BEFORE INSERT ON reversals
            FOR EACH ROW EXECUTE FUNCTION only_cash_is_reversed()""")
