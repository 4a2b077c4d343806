# SPDX-License-Identifier: Apache-2.0
"""What staff see of a venue's settings, as contracts/openapi/venue.v1.yaml describes it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from venue.domain.venues.definition import wall_time
from venue.store.venues.venue_settings import Row, VenueSettings
from venue.usecases.venues.venue_profile import TEXTS, names

LIMITS = (
    "longest_minutes", "horizon_days", "lead_minutes", "late_cancel_minutes", "grace_minutes", "hold_minutes",
    "offer_minutes", "marks_limit", "marks_days", "pause_days", "own_series_dates",
)  # fmt: skip


def settings(all_of: VenueSettings, language: str) -> dict[str, Any]:
    """Everything staff may edit of a venue, with the version they must name when they do."""
    venue = all_of.venue
    return {
        "venue_id": str(venue["id"]),
        "version": venue["version"],
        "code": venue["code"],
        "name": venue[f"name_{language}"],
        "names": names(venue),
        "time_zone": venue["tz"],
        "telephone": venue["telephone"],
        **{text: {"zh": venue[f"{text}_zh"], "en": venue[f"{text}_en"]} for text in TEXTS},
        "limits": {name: venue[name] for name in LIMITS},
        "min_public_percent": venue["min_public_percent"],
        "owed_free_sessions_per_month": venue["owed_free_sessions_per_month"],
        "pays_online": venue["pays_online"],
        "refund_percent_late": venue["refund_percent_late"],
        "photos": [_photo(row) for row in all_of.photos],
        "regimes": [_regime(row, language) for row in all_of.regimes],
        "weekly_hours": [_rule(row) for row in all_of.rules],
        "special_days": [special_day(row, language) for row in all_of.special_days],
        "own_hours": _own_hours(all_of.exceptions),
        "spaces": [_space(row, language) for row in all_of.spaces],
        "prices": [_price(row) for row in all_of.prices],
        "equipment": [_equipment(row, language) for row in all_of.equipment],
    }


def special_day(row: Row, language: str) -> dict[str, Any]:
    """A holiday or make-up workday."""
    return {
        "date": row["day"].isoformat(),
        "kind": row["kind"],
        "name": row[f"name_{language}"],
        "names": names(row),
        "follows_weekday": row["follows_weekday"],
    }


def _photo(row: Row) -> dict[str, Any]:
    return {
        "photo_id": str(row["id"]),
        "position": row["position"],
        "media_type": row["media_type"],
        "alts": {"zh": row["alt_zh"], "en": row["alt_en"]},
    }


def _regime(row: Row, language: str) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": row[f"name_{language}"],
        "names": names(row),
        "purposes_zh": list(row["purposes_zh"]),
        "purposes_en": list(row["purposes_en"]),
        "kind": row["kind"],
        "audience": row["audience"],
        "approval": row["approval"],
        "ended_on": row["ended_on"].isoformat() if row["ended_on"] else None,
    }


def _rule(row: Row) -> dict[str, Any]:
    return {
        "regime": row["regime_code"],
        "weekday": row["weekday"],
        "from": wall_time(row["from_minute"]),
        "until": wall_time(row["until_minute"]),
        "valid_from": row["valid_from"].isoformat(),
        "valid_until": row["valid_until"].isoformat() if row["valid_until"] else None,
    }


def _own_hours(rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "date": day.isoformat(),
            "hours": [
                {
                    "regime": one["regime_code"],
                    "from": wall_time(one["from_minute"]),
                    "until": wall_time(one["until_minute"]),
                }
                for one in stretches
                if one["regime_code"] is not None
            ],
        }
        for day, stretches in groupby(rows, key=lambda one: one["day"])
    ]


def _space(row: Row, language: str) -> dict[str, Any]:
    return {
        "space_id": str(row["id"]),
        "code": row["code"],
        "name": row[f"name_{language}"],
        "names": names(row),
        "capacity": row["capacity"],
        "parent_id": str(row["parent_id"]) if row["parent_id"] else None,
        "atoms": list(row["atom_codes"]),
        "setup_minutes": row["setup_minutes"],
        "cleanup_minutes": row["cleanup_minutes"],
        "needs_approval": row["needs_approval"],
        "is_retired": row["retired_at"] is not None,
    }


def _price(row: Row) -> dict[str, Any]:
    return {
        "space_id": str(row["space_id"]),
        "regime": row["regime_code"],
        "version": row["version"],
        "valid_from": row["valid_from"].isoformat(),
        "price_fen_per_hour": row["price_fen_per_hour"],
        "deposit_fen": row["deposit_fen"],
    }


def _equipment(row: Row, language: str) -> dict[str, Any]:
    return {
        "equipment_id": str(row["id"]),
        "code": row["code"],
        "name": row[f"name_{language}"],
        "names": names(row),
        "counting": row["counting"],
        "stock": row["stock"],
    }
