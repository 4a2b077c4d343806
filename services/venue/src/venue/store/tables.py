# SPDX-License-Identifier: Apache-2.0
"""The tables as statements see them. Migrations create them; constraints live there.

Modules with tables of their own describe them in ``store/<module>/tables.py`` with ``table`` and ``column``.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis import db

metadata = db.metadata()
INSTANT = sa.DateTime(timezone=True)


def table(name: str, *columns: sa.Column) -> sa.Table:
    """Describe a table; the division comes first in every key."""
    return sa.Table(name, metadata, sa.Column("division_code", sa.Text, primary_key=True), *columns)


def column(name: str, kind: type | sa.types.TypeEngine = sa.Text) -> sa.Column:
    """Describe a column."""
    return sa.Column(name, kind)


venues = table(
    "venues", column("id", sa.Uuid), column("code"), column("name_zh"), column("name_en"), column("tz"),
    column("longest_minutes", sa.Integer), column("horizon_days", sa.Integer), column("created_at", INSTANT),
    column("version", sa.Integer), column("judged_version", sa.Integer), column("lead_minutes", sa.Integer),
    column("late_cancel_minutes", sa.Integer),
    column("grace_minutes", sa.Integer), column("hold_minutes", sa.Integer), column("offer_minutes", sa.Integer),
    column("marks_limit", sa.Integer), column("marks_days", sa.Integer), column("pause_days", sa.Integer),
    column("own_series_dates", sa.SmallInteger),
    column("story_zh"), column("story_en"), column("rules_zh"), column("rules_en"), column("address_zh"),
    column("address_en"), column("opening_zh"), column("opening_en"), column("telephone"),
    column("min_public_percent", sa.SmallInteger), column("owed_free_sessions_per_month", sa.SmallInteger),
    column("pays_online", sa.Boolean), column("refund_percent_late", sa.SmallInteger),
)  # fmt: skip
spaces = table(
    "spaces", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("code"), column("name_zh"),
    column("name_en"), column("capacity", sa.Integer), column("position", sa.SmallInteger),
    column("version", sa.Integer), column("parent_id", sa.Uuid), column("setup_minutes", sa.SmallInteger),
    column("cleanup_minutes", sa.SmallInteger), column("needs_approval", sa.Boolean), column("retired_at", INSTANT),
)  # fmt: skip
atoms = table(
    "atoms", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("code"), column("kind"),
    column("equipment_id", sa.Uuid), column("number", sa.SmallInteger),
)  # fmt: skip
space_atoms = table("space_atoms", column("space_id", sa.Uuid), column("atom_id", sa.Uuid))
regimes = table(
    "regimes", column("venue_id", sa.Uuid), column("code"), column("name_zh"), column("name_en"),
    column("purposes_zh", pg.ARRAY(sa.Text)), column("purposes_en", pg.ARRAY(sa.Text)),
    column("position", sa.SmallInteger), column("kind"), column("audience"), column("approval"),
    column("ended_on", sa.Date),
)  # fmt: skip
special_days = table(
    "special_days", column("day", sa.Date), column("kind"), column("name_zh"), column("name_en"),
    column("follows_weekday", sa.SmallInteger),
)  # fmt: skip
regime_exceptions = table(
    "regime_exceptions", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("day", sa.Date),
    column("from_minute", sa.SmallInteger), column("until_minute", sa.SmallInteger), column("regime_code"),
)  # fmt: skip
regime_rules = table(
    "regime_rules", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("regime_code"),
    column("weekday", sa.SmallInteger), column("from_minute", sa.SmallInteger),
    column("until_minute", sa.SmallInteger), column("valid_from", sa.Date), column("valid_until", sa.Date),
)  # fmt: skip
prices = table(
    "prices", column("space_id", sa.Uuid), column("venue_id", sa.Uuid), column("regime_code"),
    column("version", sa.Integer), column("valid_from", sa.Date), column("price_fen_per_hour", sa.BigInteger),
    column("deposit_fen", sa.BigInteger),
)  # fmt: skip
bookings = table(
    "bookings", column("id", sa.Uuid), column("version", sa.Integer), column("state"),
    column("venue_id", sa.Uuid), column("space_id", sa.Uuid), column("person_id", sa.Uuid),
    column("booked_by"), column("channel"), column("on_behalf_reason"), column("starts_at", INSTANT),
    column("ends_at", INSTANT), column("local_start", sa.DateTime), column("local_end", sa.DateTime),
    column("tz"), column("regime_code"), column("price_version", sa.Integer),
    column("price_fen_per_hour", sa.BigInteger), column("price_fen", sa.BigInteger), column("pick_up_code"),
    column("purpose"), column("party_size", sa.Integer), column("created_at", INSTANT),
    column("cancelled_at", INSTANT), column("checked_in_at", INSTANT), column("checked_out_at", INSTANT),
    column("occupied_minutes_before", sa.SmallInteger), column("occupied_minutes_after", sa.SmallInteger),
    column("hold_expires_at", INSTANT), column("household_id", sa.Uuid), column("group_id", sa.Uuid),
    column("series_id", sa.Uuid), column("occurrence_date", sa.Date), column("late_cancelled", sa.Boolean),
    column("ended_reason"), column("split", sa.Boolean), column("deposit_fen", sa.BigInteger),
)  # fmt: skip
occupancies = table(
    "occupancies", column("id", sa.Uuid), column("atom_id", sa.Uuid), column("booking_id", sa.Uuid),
    column("during", pg.TSTZRANGE), column("active", sa.Boolean),
    column("starts_at", INSTANT), column("ends_at", INSTANT), column("kind"), column("closure_id", sa.Uuid),
    column("session_id", sa.Uuid), column("hold_expires_at", INSTANT),
)  # fmt: skip
receipt_counters = table("receipt_counters", column("venue_id", sa.Uuid), column("last_no", sa.Integer))
settlements = table(
    "settlements", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("venue_id", sa.Uuid),
    column("attempt", sa.SmallInteger), column("after_reversal_id", sa.Uuid), column("receipt_no", sa.Integer),
    column("amount_fen", sa.BigInteger), column("method"), column("settled_at", INSTANT),
    column("occurred_on", sa.Date), column("settled_by"),
)  # fmt: skip
reversals = table(
    "reversals", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("settlement_id", sa.Uuid),
    column("amount_fen", sa.BigInteger), column("reason_code"), column("reversed_at", INSTANT),
    column("occurred_on", sa.Date), column("reversed_by"),
)  # fmt: skip
published_venues = table(
    "published_venues", column("venue_id", sa.Uuid), column("profile", pg.JSONB), column("published_at", INSTANT),
    column("version", sa.Integer),
)  # fmt: skip
published_spaces = table(
    "published_spaces", column("space_id", sa.Uuid), column("venue_id", sa.Uuid),
    column("atom_ids", pg.ARRAY(sa.Uuid)),
)  # fmt: skip
published_busy_times = table(
    "published_busy_times", column("atom_id", sa.Uuid), column("starts_at", INSTANT), column("ends_at", INSTANT),
    column("kind"), column("label_zh"), column("label_en"), column("held_until", INSTANT),
)  # fmt: skip
due = table("due", column("kind"), column("due_at", INSTANT))
