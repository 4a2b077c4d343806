# SPDX-License-Identifier: Apache-2.0
"""A topic may be declined, with a reason that stays with its proposer; a ticket ends with its session.

Desk sessions that stand already get the two alarms that new ones are made with: once calling is over, and after the
deadline at noon of the next day, for which a day and a half after the end is late enough. They are read from
`published_sessions`, which no policy hides from the owner.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

REASONS = "'about_a_person', 'not_for_us', 'answered_before', 'unclear', 'abusive', 'other'"


def upgrade() -> None:
    """Widen the states."""
    _topics()
    _tickets()


def _topics() -> None:
    op.execute(f"""
        ALTER TABLE topics
            DROP CONSTRAINT topics_state_check,
            DROP CONSTRAINT ck_topics_public,
            ADD COLUMN declined_for text CHECK (declined_for IN ({REASONS})),
            ADD COLUMN declined_words text CHECK (length(declined_words) <= 200 AND declined_words ~ '\\S'),
            ADD CONSTRAINT ck_topics_state CHECK (
                state IN ('proposed', 'published', 'handed_on', 'answered', 'merged', 'declined')),
            ADD CONSTRAINT ck_topics_public CHECK (
                state IN ('proposed', 'merged', 'declined') OR wording IS NOT NULL),
            ADD CONSTRAINT ck_topics_declined CHECK (
                (state = 'declined') = (declined_for IS NOT NULL)
                AND (state <> 'declined' OR wording IS NULL)
                AND (declined_words IS NULL OR declined_for IS NOT NULL)
                AND (declined_for IS DISTINCT FROM 'other' OR declined_words IS NOT NULL))""")


def _tickets() -> None:
    op.execute("""
        ALTER TABLE tickets
            DROP CONSTRAINT tickets_state_check,
            ADD CONSTRAINT ck_tickets_state CHECK (
                state IN ('waiting', 'called', 'served', 'not_came', 'left', 'cancelled', 'lapsed'))""")
    op.execute("""
        INSERT INTO due (division_code, kind, due_at)
            SELECT DISTINCT division_code, 'tickets', ends_at + wait
            FROM published_sessions, unnest(ARRAY['30 minutes', '36 hours']::interval[]) AS wait
            WHERE kind = 'desk'
        ON CONFLICT DO NOTHING""")
