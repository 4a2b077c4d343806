# SPDX-License-Identifier: Apache-2.0
"""What counts as a photo: known by its first bytes, not by what it is called."""

from __future__ import annotations

import base64
import binascii

from venue.domain.venues import venue_refusals

MOST_BYTES = 307_200  # as the table's own check has it; a JSON request carries about 190 KB of it
MOST_PHOTOS = 8


def media_type(content: bytes) -> str | None:
    """Recognise a photo by its magic bytes."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def read(encoded: str, claimed: str) -> bytes:
    """Decode an uploaded photo. Raises Unprocessable where it is none, of another kind than it claims, or too large."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise venue_refusals.not_a_photo() from None
    if len(content) > MOST_BYTES:
        raise venue_refusals.photo_too_large(MOST_BYTES // 1024)
    if len(content) < 12 or media_type(content) != claimed:
        raise venue_refusals.not_a_photo()
    return content
