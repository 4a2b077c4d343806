# SPDX-License-Identifier: Apache-2.0
"""The tables of series as statements see them. Revisions 0007 and 0015 create them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT, column, table

series = table(
    "series", column("id", sa.Uuid), column("version", sa.Integer), column("state"), column("venue_id", sa.Uuid),
    column("space_id", sa.Uuid), column("person_id", sa.Uuid), column("group_id", sa.Uuid), column("booked_by"),
    column("channel"), column("on_behalf_reason"), column("rrule"), column("first_date", sa.Date),
    column("until", sa.Date),
    column("materialised_until", sa.Date), column("local_start", sa.Time), column("minutes", sa.SmallInteger),
    column("tz"), column("tzdata_version"), column("policy"), column("purpose"), column("party_size", sa.Integer),
    column("previous_series_id", sa.Uuid), column("created_at", INSTANT), column("cancelled_at", INSTANT),
    column("split", sa.Boolean),
)  # fmt: skip
series_dates = table(
    "series_dates", column("series_id", sa.Uuid), column("occurrence_date", sa.Date), column("space_id", sa.Uuid),
    column("planned_start", sa.DateTime), column("planned_end", sa.DateTime), column("shifted", sa.Boolean),
    column("booking_id", sa.Uuid), column("reason_code"),
)  # fmt: skip
series_equipment = table(
    "series_equipment", column("series_id", sa.Uuid), column("equipment_id", sa.Uuid), column("quantity", sa.Integer)
)


def equipment_of_series() -> sa.Label[Any]:
    """What every date of a series takes, as [[id, quantity], …]."""
    thing, one = series_equipment.c, series.c
    each = sa.func.jsonb_build_array(thing.equipment_id, thing.quantity)
    return (
        sa.select(sa.func.jsonb_agg(pg.aggregate_order_by(each, thing.equipment_id)))
        .where(thing.division_code == one.division_code, thing.series_id == one.id)
        .correlate(series)
        .scalar_subquery()
        .label("equipment")
    )


time_zone_releases = table(
    "time_zone_releases", column("applied"), column("left_behind", sa.Integer), column("applied_at", INSTANT)
)
left_behind = table("left_behind", column("booking_id", sa.Uuid), column("release"), column("noticed_at", INSTANT))
