# SPDX-License-Identifier: Apache-2.0
"""The tables of check-ins, marks and doors as statements see them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from venue.store.tables import INSTANT, column, table

check_ins = table(
    "check_ins", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("way"), column("device"),
    column("nonce", sa.Uuid), column("happened_at", INSTANT), column("recorded_at", INSTANT), column("recorded_by"),
    column("refused_code"),
)  # fmt: skip
marks = table(
    "marks", column("id", sa.Uuid), column("version", sa.Integer), column("state"), column("kind"),
    column("venue_id", sa.Uuid), column("booking_id", sa.Uuid), column("person_id", sa.Uuid),
    column("given_at", INSTANT), column("expires_at", INSTANT), column("appeal_text"), column("appealed_at", INSTANT),
    column("decided_at", INSTANT), column("decided_by"), column("decision_reason"),
)  # fmt: skip
pauses = table("pauses", column("venue_id", sa.Uuid), column("person_id", sa.Uuid), column("paused_until", INSTANT))


def paused_until(
    division: sa.ColumnElement[str], venue_id: sa.ColumnElement[Any], person_id: sa.ColumnElement[Any]
) -> sa.Label[Any]:
    """Until when a person books a venue for the same day only, as a value inside the statement that loads a room."""
    pause = pauses.c
    query = sa.select(pause.paused_until).where(
        pause.division_code == division, pause.venue_id == venue_id, pause.person_id == person_id
    )
    return query.scalar_subquery().label("paused_until")


exemptions = table(
    "exemptions", column("id", sa.Uuid), column("version", sa.Integer), column("person_id", sa.Uuid),
    column("reason"), column("until_on", sa.Date), column("granted_at", INSTANT), column("granted_by"),
    column("ended_at", INSTANT),
)  # fmt: skip
door_secrets = table(
    "door_secrets", column("venue_id", sa.Uuid), column("secret", sa.LargeBinary), column("rotated_at", INSTANT)
)
door_displays = table(
    "door_displays", column("id", sa.Uuid), column("version", sa.Integer), column("venue_id", sa.Uuid),
    column("space_id", sa.Uuid), column("label"), column("token_sha256", sa.LargeBinary),
    column("created_at", INSTANT), column("created_by"), column("revoked_at", INSTANT),
)  # fmt: skip
