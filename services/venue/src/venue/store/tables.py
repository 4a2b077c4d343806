# SPDX-License-Identifier: Apache-2.0
"""The tables as statements see them. Migrations create them; constraints live there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from chassis import db

metadata = db.metadata()
INSTANT = sa.DateTime(timezone=True)


def _table(name: str, *columns: sa.Column) -> sa.Table:
    return sa.Table(name, metadata, sa.Column("division_code", sa.Text, primary_key=True), *columns)


def _column(name: str, kind: type | sa.types.TypeEngine = sa.Text) -> sa.Column:
    return sa.Column(name, kind)


venues = _table(
    "venues", _column("id", sa.Uuid), _column("code"), _column("name_zh"), _column("name_en"), _column("tz"),
    _column("longest_minutes", sa.Integer), _column("horizon_days", sa.Integer), _column("created_at", INSTANT),
)  # fmt: skip
spaces = _table(
    "spaces", _column("id", sa.Uuid), _column("venue_id", sa.Uuid), _column("code"), _column("name_zh"),
    _column("name_en"), _column("capacity", sa.Integer), _column("position", sa.SmallInteger),
)  # fmt: skip
atoms = _table("atoms", _column("id", sa.Uuid), _column("venue_id", sa.Uuid), _column("code"))
space_atoms = _table("space_atoms", _column("space_id", sa.Uuid), _column("atom_id", sa.Uuid))
regimes = _table(
    "regimes", _column("venue_id", sa.Uuid), _column("code"), _column("name_zh"), _column("name_en"),
    _column("purposes_zh", pg.ARRAY(sa.Text)), _column("purposes_en", pg.ARRAY(sa.Text)),
    _column("position", sa.SmallInteger),
)  # fmt: skip
regime_rules = _table(
    "regime_rules", _column("id", sa.Uuid), _column("venue_id", sa.Uuid), _column("regime_code"),
    _column("weekday", sa.SmallInteger), _column("from_minute", sa.SmallInteger),
    _column("until_minute", sa.SmallInteger), _column("valid_from", sa.Date), _column("valid_until", sa.Date),
)  # fmt: skip
prices = _table(
    "prices", _column("space_id", sa.Uuid), _column("venue_id", sa.Uuid), _column("regime_code"),
    _column("version", sa.Integer), _column("valid_from", sa.Date), _column("price_fen_per_hour", sa.BigInteger),
)  # fmt: skip
bookings = _table(
    "bookings", _column("id", sa.Uuid), _column("version", sa.Integer), _column("state"),
    _column("venue_id", sa.Uuid), _column("space_id", sa.Uuid), _column("person_id", sa.Uuid),
    _column("booked_by"), _column("channel"), _column("on_behalf_reason"), _column("starts_at", INSTANT),
    _column("ends_at", INSTANT), _column("local_start", sa.DateTime), _column("local_end", sa.DateTime),
    _column("tz"), _column("regime_code"), _column("price_version", sa.Integer),
    _column("price_fen_per_hour", sa.BigInteger), _column("price_fen", sa.BigInteger), _column("pick_up_code"),
    _column("purpose"), _column("party_size", sa.Integer), _column("created_at", INSTANT),
    _column("cancelled_at", INSTANT), _column("checked_in_at", INSTANT), _column("checked_out_at", INSTANT),
)  # fmt: skip
occupancies = _table(
    "occupancies", _column("atom_id", sa.Uuid), _column("booking_id", sa.Uuid),
    _column("during", pg.TSTZRANGE), _column("active", sa.Boolean),
    _column("starts_at", INSTANT), _column("ends_at", INSTANT),
)  # fmt: skip
receipt_counters = _table("receipt_counters", _column("venue_id", sa.Uuid), _column("last_no", sa.Integer))
settlements = _table(
    "settlements", _column("id", sa.Uuid), _column("booking_id", sa.Uuid), _column("venue_id", sa.Uuid),
    _column("attempt", sa.SmallInteger), _column("after_reversal_id", sa.Uuid), _column("receipt_no", sa.Integer),
    _column("amount_fen", sa.BigInteger), _column("method"), _column("settled_at", INSTANT),
    _column("occurred_on", sa.Date), _column("settled_by"),
)  # fmt: skip
reversals = _table(
    "reversals", _column("id", sa.Uuid), _column("booking_id", sa.Uuid), _column("settlement_id", sa.Uuid),
    _column("amount_fen", sa.BigInteger), _column("reason_code"), _column("reversed_at", INSTANT),
    _column("occurred_on", sa.Date), _column("reversed_by"),
)  # fmt: skip
published_venues = _table(
    "published_venues", _column("venue_id", sa.Uuid), _column("profile", pg.JSONB), _column("published_at", INSTANT)
)
published_spaces = _table(
    "published_spaces", _column("space_id", sa.Uuid), _column("venue_id", sa.Uuid),
    _column("atom_ids", pg.ARRAY(sa.Uuid)),
)  # fmt: skip
published_busy_times = _table(
    "published_busy_times", _column("atom_id", sa.Uuid), _column("starts_at", INSTANT), _column("ends_at", INSTANT)
)
