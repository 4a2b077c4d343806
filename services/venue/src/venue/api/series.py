# SPDX-License-Identifier: Apache-2.0
"""Bookings that repeat."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

from chassis.http import Call, Reply, etag
from chassis.pagination import Page

from venue.domain.series.series import SKIP_AND_REPORT, Equipment
from venue.usecases.booking.placing import OnBehalf
from venue.usecases.series import cancel, change, check, check_change, create, see
from venue.usecases.series.locking import ChangeSeries


def create_series(call: Call, body: dict[str, Any]) -> Reply:
    """Arrange a series."""
    return create.create_series(call.deps, call.actor, _wish(body), call)


def check_series(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Try a series out; nothing is changed."""
    return check.check_series(call.deps, call.actor, _wish(body), call.language)


def list_series(call: Call, limit: int = 50, cursor: str | None = None, person_id: str | None = None) -> dict[str, Any]:
    """The counter's list."""
    page = Page.parse(cursor, limit, see.KEY)
    return see.series_at_counter(call.deps, call.actor, page, call.language, UUID(person_id) if person_id else None)


def list_my_series(call: Call, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """The caller's own series."""
    return see.my_series(call.deps, call.actor, Page.parse(cursor, limit, see.KEY), call.language)


def list_left_behind(call: Call) -> dict[str, Any]:
    """What could not follow a change of the clock."""
    return see.left_behind(call.deps, call.actor, call.language)


def get_series(call: Call, series_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One series with every date."""
    shape = see.one_series(call.deps, call.actor, UUID(series_id), call.language)
    return shape, 200, etag(shape["version"])


def change_series(call: Call, series_id: str, body: dict[str, Any]) -> Reply:
    """Change one date, the following, or all."""
    return change.change_series(call.deps, call.actor, UUID(series_id), _change(body), call)


def check_series_change(call: Call, series_id: str, body: dict[str, Any]) -> Reply:
    """Try a change out; nothing is changed."""
    return check_change.check_series_change(call.deps, call.actor, UUID(series_id), _change(body), call)


def cancel_series(call: Call, series_id: str, body: dict[str, Any]) -> Reply:
    """Cancel one date, the following, or all."""
    from_date = _day(body.get("from_date"))
    return cancel.cancel_series(call.deps, call.actor, UUID(series_id), body["scope"], from_date, call)


def _change(body: dict[str, Any]) -> ChangeSeries:
    return ChangeSeries(
        scope=body["scope"],
        from_date=_day(body.get("from_date")),
        space_id=UUID(body["space_id"]) if "space_id" in body else None,
        rrule=body.get("rrule"),
        local_start=time.fromisoformat(body["local_start"]) if "local_start" in body else None,
        minutes=body.get("minutes"),
        policy=body.get("policy"),
        split=body.get("split"),
        equipment=_equipment(body["equipment"]) if "equipment" in body else None,
    )


def _wish(body: dict[str, Any]) -> create.CreateSeries:
    behalf = body.get("on_behalf_of")
    return create.CreateSeries(
        space_id=UUID(body["space_id"]),
        rrule=body["rrule"],
        first_date=date.fromisoformat(body["first_date"]),
        local_start=time.fromisoformat(body["local_start"]),
        minutes=body["minutes"],
        policy=body.get("policy", SKIP_AND_REPORT),
        open_ended=body.get("open_ended", False),
        split=body.get("split", False),
        equipment=_equipment(body.get("equipment", [])),
        purpose=body.get("purpose"),
        party_size=body.get("party_size"),
        group_id=UUID(body["group_id"]) if "group_id" in body else None,
        on_behalf_of=OnBehalf(UUID(behalf["person_id"]), behalf["reason"]) if behalf else None,
    )


def _equipment(wanted: list[dict[str, Any]]) -> Equipment:
    """Name each kind once, in the order of the ids."""
    quantities: dict[UUID, int] = {}
    for one in wanted:
        equipment_id = UUID(one["equipment_id"])
        quantities[equipment_id] = quantities.get(equipment_id, 0) + one["quantity"]
    return tuple(sorted(quantities.items()))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
