# SPDX-License-Identifier: Apache-2.0
"""The waiting list's table as statements see it."""

from __future__ import annotations

import sqlalchemy as sa

from venue.store.tables import INSTANT, column, table

waiting_entries = table(
    "waiting_entries", column("id", sa.Uuid), column("version", sa.Integer), column("state"),
    column("venue_id", sa.Uuid), column("space_id", sa.Uuid), column("person_id", sa.Uuid), column("channel"),
    column("on_behalf_reason"), column("starts_at", INSTANT), column("ends_at", INSTANT),
    column("minutes", sa.Integer), column("party_size", sa.Integer), column("created_at", INSTANT),
    column("offered_at", INSTANT), column("offer_booking_id", sa.Uuid), column("offer_expires_at", INSTANT),
    column("refused_code"), column("ended_at", INSTANT),
)  # fmt: skip
