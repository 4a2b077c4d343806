# SPDX-License-Identifier: Apache-2.0
"""What counts as a photo: told by what it is made of, from its first bytes to its last, not by what it is called.

Nothing here can draw a picture. What a damaged or invented file lacks is its frame: a size, and an end where one
belongs.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

from venue.domain.venues import venue_refusals

MOST_BYTES = 307_200  # as the table's own check has it; a JSON request carries about 190 KB of it
MOST_PHOTOS = 8
MOST_PIXELS = 30_000  # on a side
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
SOI, EOI = b"\xff\xd8", b"\xff\xd9"
START_OF_SCAN = 0xDA
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # ITU-T T.81, table B.1: SOF0 to SOF15


def media_type(content: bytes) -> str | None:
    """Recognise a photo that is whole; a broken one is none."""
    for kind, is_whole in (("image/jpeg", _is_jpeg), ("image/png", _is_png), ("image/webp", _is_webp)):
        if is_whole(content):
            return kind
    return None


def read(encoded: str, claimed: str) -> bytes:
    """Decode an uploaded photo. Raises Unprocessable where it is none, of another kind than it claims, or too large."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise venue_refusals.not_a_photo() from None
    if len(content) > MOST_BYTES:
        raise venue_refusals.photo_too_large(MOST_BYTES // 1024)
    if media_type(content) != claimed:
        raise venue_refusals.not_a_photo()
    return content


def _is_jpeg(content: bytes) -> bool:
    """A frame with a size before the first scan, and an end after it (telephones write more after the end)."""
    at, has_frame = len(SOI), False
    while content.startswith(SOI) and at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if length < 2 or at + 2 + length > len(content):
            return False
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5) if length >= 8 else (0, 0)
            has_frame = _is_size(width, height)
        at += 2 + length
        if marker == START_OF_SCAN:
            return has_frame and content.find(EOI, at + 1) > 0
    return False


def _is_png(content: bytes) -> bool:
    """Chunks without a fault from a header with a size to the end, and a picture among them."""
    chunks = list(_png_chunks(content)) if content.startswith(PNG_SIGNATURE) else []
    kinds = [kind for kind, _body in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1] != b"IEND" or b"IDAT" not in kinds or len(chunks[0][1]) != 13:
        return False
    return _is_size(*struct.unpack_from(">II", chunks[0][1]))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk up to the first that is cut off or does not add up."""
    at = len(PNG_SIGNATURE)
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(content) or zlib.crc32(content[at + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            return
        yield kind, content[at + 8 : end]
        if kind == b"IEND":
            return
        at = end + 4


def _is_webp(content: bytes) -> bool:
    """Chunks that fill the file as it says its own size, the first of a known kind, and a picture among them."""
    if len(content) < 20 or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return False
    end, at, kinds = 8 + int.from_bytes(content[4:8], "little"), 12, []
    while at + 8 <= end <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        kinds += [content[at : at + 4]] if length else []
        at += 8 + length + length % 2
    is_picture = not {b"VP8 ", b"VP8L", b"ANMF"}.isdisjoint(kinds)
    return at == end and is_picture and kinds[0] in (b"VP8 ", b"VP8L", b"VP8X")


def _is_size(width: int, height: int) -> bool:
    return 0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS
