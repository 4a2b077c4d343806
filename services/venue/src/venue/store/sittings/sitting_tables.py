# SPDX-License-Identifier: Apache-2.0
"""The tables of rotas, sessions, topics and tickets as statements see them; migrations 0010 and 0013 make them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT, column, table

rotas = table(
    "rotas", column("id", sa.Uuid), column("version", sa.Integer), column("kind"), column("space_id", sa.Uuid),
    column("weekdays", pg.ARRAY(sa.SmallInteger)), column("from_minute", sa.SmallInteger),
    column("minutes", sa.SmallInteger), column("tz"), column("title_zh"), column("title_en"),
    column("valid_from", sa.Date), column("valid_until", sa.Date), column("officials", pg.JSONB),
    column("desk_code"), column("capacity_per_hour", sa.SmallInteger), column("created_at", INSTANT),
)  # fmt: skip
sessions = table(
    "sessions", column("id", sa.Uuid), column("version", sa.Integer), column("kind"), column("rota_id", sa.Uuid),
    column("space_id", sa.Uuid), column("on_date", sa.Date), column("from_minute", sa.SmallInteger),
    column("minutes", sa.SmallInteger), column("tz"), column("starts_at", INSTANT), column("ends_at", INSTANT),
    column("state"), column("reason"), column("title_zh"), column("title_en"), column("office"),
    column("function_zh"), column("function_en"), column("officer_id", sa.Uuid), column("substitute_office"),
    column("substitute_function_zh"), column("substitute_function_en"), column("substitute_officer_id", sa.Uuid),
    column("substitute_reason"), column("attendance"), column("attendance_reason"), column("recorded_at", INSTANT),
    column("desk_code"), column("capacity_per_hour", sa.SmallInteger),
)  # fmt: skip
topics = table(
    "topics", column("id", sa.Uuid), column("version", sa.Integer), column("session_id", sa.Uuid), column("text"),
    column("category"), column("channel"), column("raised_by", sa.Uuid), column("state"), column("wording"),
    column("answer"), column("merged_into", sa.Uuid), column("handed_on_at", INSTANT), column("need_id", sa.Uuid),
    column("need_number"), column("created_at", INSTANT), column("declined_for"), column("declined_words"),
)  # fmt: skip
topic_supports = table(
    "topic_supports", column("topic_id", sa.Uuid), column("person_id", sa.Uuid), column("supported_at", INSTANT)
)
tickets = table(
    "tickets", column("id", sa.Uuid), column("version", sa.Integer), column("session_id", sa.Uuid),
    column("capacity_per_hour", sa.SmallInteger), column("hour_no", sa.SmallInteger),
    column("seat_no", sa.SmallInteger), column("person_id", sa.Uuid), column("taken_by"), column("channel"),
    column("on_behalf_reason"), column("state"), column("taken_at", INSTANT), column("called_at", INSTANT),
    column("ended_at", INSTANT),
)  # fmt: skip
published_sessions = table(
    "published_sessions", column("session_id", sa.Uuid), column("kind"), column("on_date", sa.Date),
    column("starts_at", INSTANT), column("ends_at", INSTANT), column("facts", pg.JSONB),
)  # fmt: skip
published_topics = table(
    "published_topics", column("topic_id", sa.Uuid), column("session_id", sa.Uuid), column("facts", pg.JSONB)
)
published_seats = table(
    "published_seats", column("session_id", sa.Uuid), column("hour_no", sa.SmallInteger),
    column("seat_no", sa.SmallInteger),
)  # fmt: skip
