# SPDX-License-Identifier: Apache-2.0
"""Engagement's tables as statements see them; migrations alone define constraints and policies."""

import sqlalchemy as sa
from chassis.db import metadata
from sqlalchemy.dialects.postgresql import JSONB

_tables = metadata()

need_categories = sa.Table(
    "need_categories",
    _tables,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text),
    sa.Column("name_en", sa.Text),
    sa.Column("position", sa.SmallInteger),
    sa.Column("is_active", sa.Boolean),
)

visits = sa.Table(
    "visits",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("visit_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("household_id", sa.Uuid),
    sa.Column("visited_at", sa.DateTime(timezone=True)),
    sa.Column("note", sa.Text),
    sa.Column("office", sa.Text),
    sa.Column("recorded_at", sa.DateTime(timezone=True)),
)

need_numbers = sa.Table(
    "need_numbers",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("year", sa.SmallInteger, primary_key=True),
    sa.Column("last_no", sa.Integer),
)

needs = sa.Table(
    "needs",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("need_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("number_year", sa.SmallInteger),
    sa.Column("number_no", sa.Integer),
    sa.Column("state", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("person_id", sa.Uuid),
    sa.Column("visit_id", sa.Uuid),
    sa.Column("raised_at", sa.DateTime(timezone=True)),
    sa.Column("raised_office", sa.Text),
    sa.Column("on_behalf_reason", sa.Text),
    sa.Column("assignee", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("score", sa.SmallInteger),
    sa.Column("rating_comment", sa.Text),
    sa.Column("source_topic_id", sa.Uuid),
)

need_timeline = sa.Table(
    "need_timeline",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("need_id", sa.Uuid, primary_key=True),
    sa.Column("entry_no", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("kind", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("office", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("assignee", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("score", sa.SmallInteger),
)

need_counts_due = sa.Table("need_counts_due", _tables, sa.Column("division_code", sa.Text, primary_key=True))

need_tallies = sa.Table(
    "need_tallies",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("dimension", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("needs", sa.Integer),
    sa.Column("persons", sa.Integer),
)

need_counts = sa.Table(
    "need_counts",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("as_of", sa.DateTime(timezone=True)),
    sa.Column("total", sa.Integer),
    sa.Column("by_category", JSONB),
    sa.Column("by_state", JSONB),
)

notices = sa.Table(
    "notices",
    _tables,
    sa.Column("division_code", sa.Text, primary_key=True),
    sa.Column("notice_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("matter", sa.Text),
    sa.Column("subject_id", sa.Uuid),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("version", sa.Integer),
    sa.Column("kind", sa.Text),
    sa.Column("booking_id", sa.Uuid),
    sa.Column("space_id", sa.Uuid),
    sa.Column("starts_at", sa.DateTime(timezone=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("dates", sa.Integer),
    sa.Column("left_out", sa.Integer),
    sa.Column("amount_fen", sa.BigInteger),
    sa.Column("reason_code", sa.Text),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    sa.Column("read_at", sa.DateTime(timezone=True)),
)
