# SPDX-License-Identifier: Apache-2.0
"""What anyone may read of a venue, as it is published: both languages, for the reader to choose."""

from __future__ import annotations

from typing import Any

from venue.store.venues.venue_settings import Row, VenueSettings

TEXTS = ("story", "rules", "address", "opening")
TERMS = (
    "longest_minutes", "horizon_days", "lead_minutes", "late_cancel_minutes", "grace_minutes", "pays_online",
    "refund_percent_late",
)  # fmt: skip


def profile(settings: VenueSettings) -> dict[str, Any]:
    """Build the profile. ``weekly`` and ``own_hours`` carry minutes and dates, so that readers need no table."""
    venue = settings.venue
    return {
        "venue_id": str(venue["id"]),
        "version": venue["version"],
        "code": venue["code"],
        "names": names(venue),
        "time_zone": venue["tz"],
        "telephone": venue["telephone"],
        **{text: {"zh": venue[f"{text}_zh"], "en": venue[f"{text}_en"]} for text in TEXTS},
        "min_public_percent": venue["min_public_percent"],
        "terms": {term: venue[term] for term in TERMS},
        "regimes": [_regime(row) for row in settings.regimes],
        "weekly": [_rule(row) for row in settings.rules],
        "special_days": [_special_day(row) for row in settings.special_days],
        "own_hours": [_own_hours(row) for row in settings.exceptions],
        "spaces": [_space(row, settings) for row in settings.spaces if row["retired_at"] is None],
        "equipment": [
            {"equipment_id": str(row["id"]), "code": row["code"], "names": names(row), "stock": row["stock"]}
            for row in settings.equipment
        ],
        "photos": [
            {"photo_id": str(row["id"]), "alts": {"zh": row["alt_zh"], "en": row["alt_en"]}} for row in settings.photos
        ],
    }


def names(row: Row) -> dict[str, str]:
    """Both names of a row."""
    return {"zh": row["name_zh"], "en": row["name_en"]}


def _regime(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "names": names(row),
        "purposes": {"zh": list(row["purposes_zh"]), "en": list(row["purposes_en"])},
        "kind": row["kind"],
        "audience": row["audience"],
        "approval": row["approval"],
    }


def _rule(row: Row) -> dict[str, Any]:
    return {
        "regime": row["regime_code"],
        "weekday": row["weekday"],
        "from_minute": row["from_minute"],
        "until_minute": row["until_minute"],
        "valid_from": row["valid_from"].isoformat(),
        "valid_until": row["valid_until"].isoformat() if row["valid_until"] else None,
    }


def _special_day(row: Row) -> dict[str, Any]:
    return {
        "date": row["day"].isoformat(),
        "kind": row["kind"],
        "names": names(row),
        "follows_weekday": row["follows_weekday"],
    }


def _own_hours(row: Row) -> dict[str, Any]:
    return {
        "date": row["day"].isoformat(),
        "regime": row["regime_code"],
        "from_minute": row["from_minute"],
        "until_minute": row["until_minute"],
    }


def _space(row: Row, settings: VenueSettings) -> dict[str, Any]:
    return {
        "space_id": str(row["id"]),
        "code": row["code"],
        "names": names(row),
        "capacity": row["capacity"],
        "parent_id": str(row["parent_id"]) if row["parent_id"] else None,
        "needs_approval": row["needs_approval"],
        "setup_minutes": row["setup_minutes"],
        "cleanup_minutes": row["cleanup_minutes"],
        "prices": [_price(one) for one in settings.prices if one["space_id"] == row["id"]],
    }


def _price(row: Row) -> dict[str, Any]:
    return {
        "regime": row["regime_code"],
        "version": row["version"],
        "valid_from": row["valid_from"].isoformat(),
        "price_fen_per_hour": row["price_fen_per_hour"],
    }
