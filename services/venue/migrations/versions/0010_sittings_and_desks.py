# SPDX-License-Identifier: Apache-2.0
"""The officials' sitting rota and the government desks.

Both are weekly plans (rotas) kept as local wall time, whose dates are rows (sessions) that hold rooms through the one
constraint of 0001. A desk's seats are numbered, and the database knows how many an hour has.
"""

from alembic import op
from chassis.division import community_table, published_table

revision = "0010"
down_revision = "0009"

OFFICIAL = "office text, {0}function_zh text, {0}function_en text, {0}officer_id uuid"


def upgrade() -> None:
    """Create them."""
    _rotas()
    _sessions()
    _topics()
    _tickets()
    _published()


def _rotas() -> None:
    op.execute("""
        CREATE TABLE rotas (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            kind text NOT NULL CHECK (kind IN ('sitting', 'desk')),
            space_id uuid NOT NULL,
            weekdays smallint[] NOT NULL CHECK (cardinality(weekdays) BETWEEN 1 AND 7
                AND weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]),
            from_minute smallint NOT NULL CHECK (from_minute >= 0 AND from_minute % 30 = 0),
            minutes smallint NOT NULL CHECK (minutes BETWEEN 30 AND 720 AND minutes % 30 = 0),
            tz text NOT NULL,
            title_zh text NOT NULL CHECK (title_zh <> ''),
            title_en text NOT NULL CHECK (title_en <> ''),
            valid_from date NOT NULL,
            valid_until date,
            officials jsonb NOT NULL,
            desk_code text,
            capacity_per_hour smallint,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_rotas PRIMARY KEY (division_code, id),
            CONSTRAINT ck_rotas_same_day CHECK (from_minute + minutes <= 1440),
            CONSTRAINT ck_rotas_valid CHECK (valid_from <= valid_until),
            CONSTRAINT ck_rotas_desk CHECK (
                (kind = 'desk') = (desk_code IS NOT NULL) AND (kind = 'desk') = (capacity_per_hour IS NOT NULL)),
            CONSTRAINT fk_rotas_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id)
        )""")
    community_table("rotas", "Who sits, or which desk opens, on which weekdays; local wall time is the truth.")


def _sessions() -> None:
    op.execute(f"""
        CREATE TABLE sessions (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            kind text NOT NULL CHECK (kind IN ('sitting', 'desk')),
            rota_id uuid NOT NULL,
            space_id uuid NOT NULL,
            on_date date NOT NULL,
            from_minute smallint NOT NULL,
            minutes smallint NOT NULL,
            tz text NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('planned', 'unplaced', 'held', 'missed', 'cancelled')),
            reason text,
            title_zh text NOT NULL,
            title_en text NOT NULL,
            {OFFICIAL.format("")},
            substitute_{OFFICIAL.format("substitute_")},
            substitute_reason text,
            attendance text CHECK (attendance IN ('came', 'substitute_came', 'missed')),
            attendance_reason text,
            recorded_at timestamptz,
            desk_code text,
            capacity_per_hour smallint CHECK (capacity_per_hour BETWEEN 1 AND 60),
            CONSTRAINT pk_sessions PRIMARY KEY (division_code, id),
            CONSTRAINT uq_sessions_date UNIQUE (division_code, rota_id, on_date),
            CONSTRAINT uq_sessions_capacity UNIQUE (division_code, id, capacity_per_hour),
            CONSTRAINT ck_sessions_times CHECK (starts_at < ends_at),
            CONSTRAINT ck_sessions_reason CHECK (reason IS NOT NULL OR state NOT IN ('unplaced', 'cancelled')),
            CONSTRAINT ck_sessions_attendance CHECK (
                (state IN ('held', 'missed')) = (attendance IS NOT NULL)
                AND (state = 'missed') = (attendance IS NOT DISTINCT FROM 'missed')),
            CONSTRAINT ck_sessions_official CHECK (
                (office IS NULL) = (function_zh IS NULL) AND (office IS NULL) = (function_en IS NULL)
                AND (kind = 'desk' OR office IS NOT NULL)),
            CONSTRAINT ck_sessions_substitute CHECK (
                (substitute_office IS NULL) = (substitute_function_zh IS NULL)
                AND (substitute_office IS NULL) = (substitute_function_en IS NULL)
                AND (substitute_office IS NULL) = (substitute_reason IS NULL)),
            CONSTRAINT ck_sessions_desk CHECK (
                (kind = 'desk') = (desk_code IS NOT NULL) AND (kind = 'desk') = (capacity_per_hour IS NOT NULL)),
            CONSTRAINT fk_sessions_rota FOREIGN KEY (division_code, rota_id) REFERENCES rotas (division_code, id),
            CONSTRAINT fk_sessions_space FOREIGN KEY (division_code, space_id) REFERENCES spaces (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_sessions_starts_at ON sessions (division_code, starts_at, id)")
    op.execute("CREATE INDEX ix_sessions_waiting ON sessions (division_code, ends_at) WHERE state = 'planned'")
    community_table("sessions", "One date of a rota: its room, who sits, and whether they came.")
    op.execute("""
        ALTER TABLE occupancies ADD CONSTRAINT fk_occupancies_session
            FOREIGN KEY (division_code, session_id) REFERENCES sessions (division_code, id)""")
    op.execute(
        "CREATE INDEX ix_occupancies_session ON occupancies (division_code, session_id) WHERE session_id IS NOT NULL"
    )


def _topics() -> None:
    op.execute("""
        CREATE TABLE topics (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            session_id uuid NOT NULL,
            text text NOT NULL CHECK (length(text) BETWEEN 1 AND 200 AND text ~ '\\S'),
            category text NOT NULL CHECK (category ~ '^[a-z][a-z_]{1,31}$'),
            channel text NOT NULL CHECK (channel IN ('web', 'wechat', 'qq', 'letterbox', 'phone', 'counter')),
            raised_by uuid,
            state text NOT NULL CHECK (state IN ('proposed', 'published', 'handed_on', 'answered', 'merged')),
            wording text CHECK (length(wording) BETWEEN 1 AND 80),
            answer text CHECK (length(answer) BETWEEN 1 AND 500),
            merged_into uuid,
            handed_on_at timestamptz,
            need_id uuid,
            need_number text,
            created_at timestamptz NOT NULL,
            CONSTRAINT pk_topics PRIMARY KEY (division_code, id),
            CONSTRAINT ck_topics_public CHECK (state IN ('proposed', 'merged') OR wording IS NOT NULL),
            CONSTRAINT ck_topics_answered CHECK ((state = 'answered') = (answer IS NOT NULL)),
            CONSTRAINT ck_topics_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL) AND merged_into <> id),
            CONSTRAINT ck_topics_need CHECK ((need_id IS NULL) = (need_number IS NULL)
                AND (need_id IS NULL OR handed_on_at IS NOT NULL)),
            CONSTRAINT fk_topics_session FOREIGN KEY (division_code, session_id)
                REFERENCES sessions (division_code, id),
            CONSTRAINT fk_topics_merged_into FOREIGN KEY (division_code, merged_into)
                REFERENCES topics (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_topics_session ON topics (division_code, session_id)")
    op.execute("CREATE INDEX ix_topics_state ON topics (division_code, state, id)")
    op.execute("""
        CREATE TABLE topic_supports (
            division_code text NOT NULL,
            topic_id uuid NOT NULL,
            person_id uuid NOT NULL,
            supported_at timestamptz NOT NULL,
            CONSTRAINT pk_topic_supports PRIMARY KEY (division_code, topic_id, person_id),
            CONSTRAINT fk_topic_supports_topic FOREIGN KEY (division_code, topic_id)
                REFERENCES topics (division_code, id)
        )""")
    op.execute("CREATE INDEX ix_topic_supports_person ON topic_supports (division_code, person_id, topic_id)")
    community_table("topics", "What people want spoken about at a sitting, in their words and in public ones.")
    community_table(
        "topic_supports", "Who stands behind a topic: each person once, by its key.", app="SELECT, INSERT, DELETE"
    )


def _tickets() -> None:
    # The copied capacity is held to its session by the foreign key: no ticket can claim an hour has more seats.
    op.execute("""
        CREATE TABLE tickets (
            division_code text NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            session_id uuid NOT NULL,
            capacity_per_hour smallint NOT NULL,
            hour_no smallint NOT NULL CHECK (hour_no BETWEEN 0 AND 23),
            seat_no smallint NOT NULL,
            person_id uuid NOT NULL,
            taken_by text NOT NULL,
            channel text NOT NULL CHECK (channel IN ('self', 'counter')),
            on_behalf_reason text,
            state text NOT NULL CHECK (state IN ('waiting', 'called', 'served', 'not_came', 'left', 'cancelled')),
            taken_at timestamptz NOT NULL,
            called_at timestamptz,
            ended_at timestamptz,
            CONSTRAINT pk_tickets PRIMARY KEY (division_code, id),
            CONSTRAINT ck_tickets_seat CHECK (seat_no BETWEEN 1 AND capacity_per_hour),
            CONSTRAINT ck_tickets_reason CHECK ((channel = 'counter') = (on_behalf_reason IS NOT NULL)),
            CONSTRAINT ck_tickets_ended CHECK ((state IN ('waiting', 'called')) = (ended_at IS NULL)),
            CONSTRAINT fk_tickets_session FOREIGN KEY (division_code, session_id, capacity_per_hour)
                REFERENCES sessions (division_code, id, capacity_per_hour)
        )""")
    op.execute(
        "CREATE UNIQUE INDEX uq_tickets_seat ON tickets (division_code, session_id, hour_no, seat_no)"
        " WHERE state NOT IN ('left', 'cancelled')"
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_tickets_person ON tickets (division_code, session_id, person_id)"
        " WHERE state IN ('waiting', 'called')"
    )
    op.execute("CREATE INDEX ix_tickets_person ON tickets (division_code, person_id, id)")
    community_table("tickets", "Whose turn it is at a desk: one seat of an hour, one live ticket a person.")


def _published() -> None:
    op.execute("""
        CREATE TABLE published_sessions (
            division_code text NOT NULL,
            session_id uuid NOT NULL,
            kind text NOT NULL,
            on_date date NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            facts jsonb NOT NULL,
            CONSTRAINT pk_published_sessions PRIMARY KEY (division_code, session_id)
        )""")
    op.execute("CREATE INDEX ix_published_sessions_date ON published_sessions (division_code, kind, on_date)")
    op.execute("""
        CREATE TABLE published_topics (
            division_code text NOT NULL,
            topic_id uuid NOT NULL,
            session_id uuid NOT NULL,
            facts jsonb NOT NULL,
            CONSTRAINT pk_published_topics PRIMARY KEY (division_code, topic_id)
        )""")
    op.execute("CREATE INDEX ix_published_topics_session ON published_topics (division_code, session_id)")
    op.execute("""
        CREATE TABLE published_seats (
            division_code text NOT NULL,
            session_id uuid NOT NULL,
            hour_no smallint NOT NULL,
            seat_no smallint NOT NULL,
            CONSTRAINT pk_published_seats PRIMARY KEY (division_code, session_id, hour_no, seat_no)
        )""")
    written = "SELECT, INSERT, UPDATE, DELETE"
    published_table("published_sessions", "Sittings and desks by office and function; never by a name.", app=written)
    published_table(
        "published_topics", "Topics in the words that staff published, with what came of them.", app=written
    )
    published_table("published_seats", "Which seats of a desk are taken; never by whom.", app="SELECT, INSERT, DELETE")
