# SPDX-License-Identifier: Apache-2.0
"""A photo is known by its frame: what is cut off, invented or without a size is none."""

from __future__ import annotations

import base64
import random
import struct
import zlib

import pytest
from chassis.errors import AppError
from venue.domain.venues import photos

NOISE = random.Random(7).randbytes(80)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"\0\1\2" * 2)
    return photos.PNG_SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", picture) + chunk(b"IEND", b"")


def webp(
    kind: bytes = b"VP8L", body: bytes = b"/\1\0\0\0\7\x10\x11\x11\x88\x88\xfe\7", said: int | None = None
) -> bytes:
    inside = b"WEBP" + kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(inside) if said is None else said) + inside


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


FRAME = segment(0xC2, b"\x08\0\x02\0\x02\1\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\x34\x56"
JPEG = photos.SOI + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + segment(0xDB, b"\0" * 65) + FRAME + SCAN + photos.EOI


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (photos.SOI + FRAME + SCAN + photos.EOI + NOISE, "image/jpeg"),
        (photos.SOI + b"\xff" + FRAME + SCAN + SCAN + photos.EOI, "image/jpeg"),
        (png(), "image/png"),
        (webp(), "image/webp"),
    ],
)
def test_a_whole_photo_is_read_as_what_it_is(content, kind):
    assert photos.read(base64.b64encode(content).decode(), kind) == content


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + NOISE, "image/jpeg"),
        (b"\xff\xd8\xff" + b"\xff" * 60, "image/jpeg"),
        (JPEG[:-2], "image/jpeg"),
        (JPEG[:100], "image/jpeg"),
        (photos.SOI + SCAN + photos.EOI, "image/jpeg"),
        (photos.SOI + segment(0xC0, b"\x08\0\0\0\0\1\1\x11\0") + SCAN + photos.EOI, "image/jpeg"),
        (photos.PNG_SIGNATURE + b"\0" * 64, "image/png"),
        (png()[:-12], "image/png"),
        (png(0), "image/png"),
        (png(2**31), "image/png"),
        (png().replace(b"IDAT", b"IDOT"), "image/png"),
        (photos.PNG_SIGNATURE + chunk(b"IHDR", b"\0\0\0\1" * 2 + b"\x08\0\0\0\0") + chunk(b"IEND", b""), "image/png"),
        (b"RIFF\0\0\0\0WEBP" + b"\0" * 40, "image/webp"),
        (webp()[:-2], "image/webp"),
        (webp(kind=b"JUNK"), "image/webp"),
        (webp(body=b""), "image/webp"),
        (webp(said=4), "image/webp"),
        (png(), "image/jpeg"),
    ],
)
def test_what_is_broken_or_called_something_else_is_none(content, kind):
    with pytest.raises(AppError) as refused:
        photos.read(base64.b64encode(content).decode(), kind)

    assert refused.value.code == "not_a_photo"


def test_no_cut_of_a_photo_is_one():
    for whole in (png(), webp(), JPEG):
        assert [len(whole[:end]) for end in range(len(whole)) if photos.media_type(whole[:end])] == []
