# SPDX-License-Identifier: Apache-2.0
"""What a venue tells about itself: story, house rules, where it is, its terms, its photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.db import UnitOfWork, uuid7
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain import refusals
from venue.domain.opening import public_share
from venue.domain.venues import photos, venue_refusals
from venue.store.venues import publishing, venue_settings
from venue.store.venues.venue_settings import Row
from venue.usecases.venues import venue_shapes
from venue.usecases.venues.change_venue import change_venue
from venue.usecases.venues.venue_profile import TEXTS


def settings(deps: Deps, actor: Actor, venue_id: UUID, language: str) -> dict[str, Any]:
    """Everything staff keep about a venue."""
    with deps.database.read(actor) as connection:
        found = venue_settings.load(connection, actor.division, venue_id)
    if found is None:
        raise refusals.unknown_venue()
    return venue_shapes.settings(found, language)


def update_venue(deps: Deps, actor: Actor, venue_id: UUID, changes: Mapping[str, Any], attempt: Attempt) -> Reply:
    """Change what is named: texts in both languages, limits of bookings, the terms with the operator.

    A higher minimum of public hours than the hours give is refused: first the hours, then the promise.
    """

    def act(work: UnitOfWork, _venue: Row) -> None:
        values = _columns(changes)
        venue_settings.update(work, venue_id, values)
        if "min_public_percent" in values:
            found = venue_settings.load(work.connection, work.division, venue_id)
            assert found is not None  # locked by the frame
            public_share.expect_enough(public_share.of_week(_weekly(found)), values["min_public_percent"])

    terms = {"min_public_percent", "owed_free_sessions_per_month", "pays_online", "refund_percent_late", "limits"}
    what = "terms" if terms & changes.keys() else "profile"
    return change_venue(deps, actor, venue_id, attempt, "update_venue", what, act)


def _columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: changes[name] for name in _PLAIN if name in changes}
    values |= changes.get("limits", {})
    for name, column in (("names", "name"), *((text, text) for text in TEXTS)):
        if name in changes:
            values |= {f"{column}_{language}": changes[name][language] for language in ("zh", "en")}
    return values


_PLAIN = (
    "telephone", "min_public_percent", "owed_free_sessions_per_month", "pays_online", "refund_percent_late",
)  # fmt: skip


def _weekly(found: venue_settings.VenueSettings) -> list[tuple[str, int]]:
    """Minutes of the newest weekly rules by kind of regime."""
    kinds = {row["code"]: row["kind"] for row in found.regimes}
    return [
        (kinds[row["regime_code"]], row["until_minute"] - row["from_minute"])
        for row in found.rules
        if row["valid_until"] is None
    ]


def add_photo(deps: Deps, actor: Actor, venue_id: UUID, photo: Mapping[str, str], attempt: Attempt) -> Reply:
    """Publish a photo in the first free of eight places."""
    content = photos.read(photo["content_base64"], photo["media_type"])

    def act(work: UnitOfWork, _venue: Row) -> None:
        found = venue_settings.load(work.connection, work.division, venue_id)
        assert found is not None  # locked by the frame
        free = set(range(1, photos.MOST_PHOTOS + 1)) - {row["position"] for row in found.photos}
        if not free:
            raise venue_refusals.too_many_photos(photos.MOST_PHOTOS)
        publishing.add_photo(
            work,
            {
                "id": uuid7(),
                "venue_id": venue_id,
                "position": min(free),
                "media_type": photo["media_type"],
                "content": content,
                "sha256": hashlib.sha256(content).hexdigest(),
                "alt_zh": photo["alt_zh"],
                "alt_en": photo["alt_en"],
                "published_at": deps.clock.now(),
            },
        )

    return change_venue(deps, actor, venue_id, attempt, "add_venue_photo", "photos", act, status=201, versioned=False)


def remove_photo(deps: Deps, actor: Actor, venue_id: UUID, photo_id: UUID, attempt: Attempt) -> Reply:
    """Take a photo down."""

    def act(work: UnitOfWork, _venue: Row) -> None:
        if not publishing.remove_photo(work, venue_id, photo_id):
            raise venue_refusals.unknown_photo()

    return change_venue(deps, actor, venue_id, attempt, "remove_venue_photo", "photos", act, versioned=False)


def public_photo(deps: Deps, division: str, photo_id: UUID) -> Reply:
    """A photo for anyone; it never changes under its address, so it may be kept for a year."""
    with deps.database.published() as connection:
        row = publishing.photo(connection, division, photo_id)
    if row is None:
        raise venue_refusals.unknown_photo()
    headers = {
        "Content-Type": row["media_type"],
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": f'"{row["sha256"]}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Reply(200, bytes(row["content"]), headers)
