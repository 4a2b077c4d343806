# SPDX-License-Identifier: Apache-2.0
"""Visits, needs with their timeline and numbers, the controlled categories, and the published counts."""

import sqlalchemy as sa
from alembic import op
from chassis.division import community_table, published_table, technical_table, tier_table

from chassis import audit, idempotency, inbox, outbox

revision = "0001"
down_revision = None

# code, Chinese, English: at most twenty, in the words residents use (notes: FixMyStreet's plain categories).
CATEGORIES = (
    ("lighting", "公共照明", "Public lighting"),
    ("sanitation", "环境卫生", "Cleanliness and rubbish"),
    ("greenery", "绿化养护", "Trees and green spaces"),
    ("repairs", "房屋与设施维修", "Buildings and repairs"),
    ("water_power", "水电气", "Water, power and gas"),
    ("lifts", "电梯", "Lifts"),
    ("parking", "停车与充电", "Parking and charging"),
    ("safety", "消防与安全", "Fire and public safety"),
    ("noise", "噪声扰民", "Noise"),
    ("neighbours", "邻里纠纷", "Disputes between neighbours"),
    ("property", "物业服务", "Property management"),
    ("elders", "养老助老", "Elders"),
    ("children", "儿童与教育", "Children and schooling"),
    ("health", "医疗与残障", "Health and disability"),
    ("welfare", "社会救助", "Welfare and hardship"),
    ("activities", "文体活动", "Activities and groups"),
    ("paperwork", "证明与办事", "Certificates and paperwork"),
    ("other", "其他", "Something else"),
)


def upgrade() -> None:
    _categories()
    _visits()
    _needs()
    _timeline()
    _counts()
    audit.create_tables()
    idempotency.create_tables()
    outbox.create_tables()
    inbox.create_tables()


def _categories() -> None:
    op.execute("""
        CREATE TABLE need_categories (
            code text CONSTRAINT pk_need_categories PRIMARY KEY,
            name_zh text NOT NULL,
            name_en text NOT NULL,
            position smallint NOT NULL CONSTRAINT uq_need_categories_position UNIQUE,
            is_active boolean NOT NULL DEFAULT true,
            CONSTRAINT ck_need_categories_code CHECK (code ~ '^[a-z][a-z_]{1,31}$'),
            CONSTRAINT ck_need_categories_position CHECK (position BETWEEN 1 AND 20)
        )""")
    table = sa.table("need_categories", *(sa.column(name) for name in ("code", "name_zh", "name_en", "position")))
    op.bulk_insert(
        table,
        [
            {"code": code, "name_zh": zh, "name_en": en, "position": position}
            for position, (code, zh, en) in enumerate(CATEGORIES, start=1)
        ],
    )
    technical_table(
        "need_categories",
        "The controlled list of categories, the same in every community; at most twenty.",
        grants={"app": "SELECT", "public": "SELECT", "sweep": "SELECT"},
    )


def _visits() -> None:
    op.execute("""
        CREATE TABLE visits (
            division_code text NOT NULL,
            visit_id uuid NOT NULL,
            person_id uuid NOT NULL,
            household_id uuid NOT NULL,
            visited_at timestamptz NOT NULL,
            note text NOT NULL,
            office text NOT NULL,
            recorded_at timestamptz NOT NULL,
            CONSTRAINT pk_visits PRIMARY KEY (division_code, visit_id)
        )""")
    op.execute("CREATE INDEX ix_visits_visited_at ON visits (division_code, visited_at, visit_id)")
    op.execute("CREATE INDEX ix_visits_person_id ON visits (division_code, person_id, visited_at)")
    community_table("visits", "A visit as its office noted it down.", app="SELECT, INSERT")


def _needs() -> None:
    op.execute("""
        CREATE TABLE need_numbers (
            division_code text NOT NULL,
            year smallint NOT NULL,
            last_no integer NOT NULL CONSTRAINT ck_need_numbers_last_no CHECK (last_no > 0),
            CONSTRAINT pk_need_numbers PRIMARY KEY (division_code, year)
        )""")
    community_table("need_numbers", "The last number given out; its row lock orders the numbers of a year.")
    # Each number but the first references its predecessor, so neither a gap nor a deletion is possible.
    op.execute("""
        CREATE TABLE needs (
            division_code text NOT NULL,
            need_id uuid NOT NULL,
            version integer NOT NULL CONSTRAINT ck_needs_version CHECK (version > 0),
            number_year smallint NOT NULL,
            number_no integer NOT NULL CONSTRAINT ck_needs_number_no CHECK (number_no > 0),
            previous_no integer GENERATED ALWAYS AS (nullif(number_no - 1, 0)) STORED,
            state text NOT NULL,
            title text NOT NULL,
            category text NOT NULL,
            detail text NOT NULL,
            channel text NOT NULL,
            person_id uuid NOT NULL,
            visit_id uuid,
            raised_at timestamptz NOT NULL,
            raised_office text,
            on_behalf_reason text,
            assignee text,
            due_on date,
            score smallint,
            rating_comment text,
            CONSTRAINT pk_needs PRIMARY KEY (division_code, need_id),
            CONSTRAINT uq_needs_number UNIQUE (division_code, number_year, number_no),
            CONSTRAINT fk_needs_previous_number FOREIGN KEY (division_code, number_year, previous_no)
                REFERENCES needs (division_code, number_year, number_no),
            CONSTRAINT fk_needs_category FOREIGN KEY (category) REFERENCES need_categories (code),
            CONSTRAINT fk_needs_visit FOREIGN KEY (division_code, visit_id) REFERENCES visits (division_code, visit_id),
            CONSTRAINT uq_needs_visit UNIQUE (division_code, visit_id),
            CONSTRAINT ck_needs_state CHECK (state IN ('received', 'assigned', 'resolved', 'rated', 'reopened')),
            CONSTRAINT ck_needs_assigned CHECK (state = 'received' OR (assignee IS NOT NULL AND due_on IS NOT NULL)),
            CONSTRAINT ck_needs_rated CHECK ((state = 'rated') = (score IS NOT NULL)),
            CONSTRAINT ck_needs_score CHECK (score BETWEEN 1 AND 5),
            CONSTRAINT ck_needs_on_behalf CHECK ((raised_office IS NULL) = (on_behalf_reason IS NULL))
        )""")
    op.execute("CREATE INDEX ix_needs_raised_at ON needs (division_code, raised_at, need_id)")
    op.execute("CREATE INDEX ix_needs_person_id ON needs (division_code, person_id, raised_at, need_id)")
    op.execute("CREATE INDEX ix_needs_state ON needs (division_code, state, raised_at, need_id)")
    community_table("needs", "What somebody needs and what became of it.", sweep="SELECT")


def _timeline() -> None:
    op.execute("""
        CREATE TABLE need_timeline (
            division_code text NOT NULL,
            need_id uuid NOT NULL,
            entry_no integer NOT NULL,
            at timestamptz NOT NULL,
            kind text NOT NULL,
            state text NOT NULL,
            office text,
            text text NOT NULL,
            assignee text,
            due_on date,
            score smallint,
            CONSTRAINT pk_need_timeline PRIMARY KEY (division_code, need_id, entry_no),
            CONSTRAINT fk_need_timeline_need FOREIGN KEY (division_code, need_id)
                REFERENCES needs (division_code, need_id),
            CONSTRAINT ck_need_timeline_kind
                CHECK (kind IN ('raised', 'assigned', 'resolved', 'rated', 'reopened', 'remark'))
        )""")
    community_table(
        "need_timeline", "What was said and done about a need, by office; append-only.", app="SELECT, INSERT"
    )


def _counts() -> None:
    op.execute("""
        CREATE TABLE need_counts_due (
            division_code text CONSTRAINT pk_need_counts_due PRIMARY KEY
        )""")
    technical_table(
        "need_counts_due",
        "Communities to count again and districts to publish again.",
        grants={"app": "SELECT, INSERT", "sweep": "SELECT, INSERT, DELETE"},
    )
    op.execute("""
        CREATE TABLE need_tallies (
            division_code text NOT NULL,
            dimension text NOT NULL CONSTRAINT ck_need_tallies_dimension
                CHECK (dimension IN ('total', 'category', 'state')),
            code text NOT NULL,
            needs integer NOT NULL,
            persons integer NOT NULL,
            CONSTRAINT pk_need_tallies PRIMARY KEY (division_code, dimension, code),
            CONSTRAINT ck_need_tallies_persons CHECK (persons BETWEEN 1 AND needs)
        )""")
    tier_table(
        "need_tallies",
        "Counts of a community before anything is hidden; for the worker alone.",
        app="",
        sweep="SELECT, INSERT, DELETE",
    )
    op.execute("""
        CREATE TABLE need_counts (
            division_code text CONSTRAINT pk_need_counts PRIMARY KEY,
            as_of timestamptz NOT NULL,
            total integer,
            by_category jsonb NOT NULL,
            by_state jsonb NOT NULL
        )""")
    published_table(
        "need_counts",
        "Counts of needs for anyone to read; null hides a count.",
        app="",
        sweep="SELECT, INSERT, DELETE",
    )
