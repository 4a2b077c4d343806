# SPDX-License-Identifier: Apache-2.0
"""A telephone's photo is made small in the browser before it is sent; without scripts the form says the limit."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

import pytest
from gateway.web import assets
from gateway.web.desk.rooms import MOST_PHOTO_BYTES

from .conftest import CSRF, SECRETARY, headers_for, session_headers

SIDE = 900


def noise() -> bytes:
    """A picture that no compression makes small: about two megabytes."""
    chance = random.Random(7)
    lines = b"".join(b"\0" + chance.randbytes(SIDE * 3) for _ in range(SIDE))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b"")


@pytest.fixture
def rooms(chromium, address):
    """A tab with the page of photos."""
    context = chromium.new_context(extra_http_headers=headers_for(SECRETARY))
    tab = context.new_page()
    tab.goto(f"{address}/desk/rooms")
    yield tab
    context.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_photo_of_megabytes_is_made_small_enough_before_it_is_sent(rooms):
    photo = noise()
    assert len(photo) > 10 * MOST_PHOTO_BYTES

    rooms.set_input_files("#f-photo", {"name": "x.png", "mimeType": "image/png", "buffer": photo})
    rooms.locator("#photo-live", has_text="190 KB").or_(rooms.locator("#photo-live", has_text="缩小")).wait_for()

    kind, size = rooms.evaluate("(f => [f.type, f.size])(document.getElementById('f-photo').files[0])")
    assert kind == "image/jpeg" and 0 < size <= MOST_PHOTO_BYTES
    assert "替您缩小" in rooms.inner_text("#photo-live")


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_no_photo_is_said_and_nothing_else_happens(rooms):
    rooms.set_input_files("#f-photo", {"name": "x.png", "mimeType": "image/png", "buffer": b"x" * MOST_PHOTO_BYTES * 2})
    rooms.locator("#photo-live", has_text="190 KB").or_(rooms.locator("#photo-live", has_text="缩小")).wait_for()

    assert "缩不到 190 KB" in rooms.inner_text("#photo-live")


def test_the_form_says_the_limit_and_only_its_page_may_run_the_script(browse):
    answer = browse("/desk/rooms", SECRETARY)

    assert "最大 190 KB" in answer.text and "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "这个浏览器不会替您缩小" in answer.text.split("<noscript>")[1].split("</noscript>")[0]
    assert len(assets.PHOTO) <= 3 * 1024
    assert browse(assets.PHOTO_ADDRESS, signed_in=False).mimetype == "text/javascript"
    assert browse("/static/photo-000000000000.js", signed_in=False).status_code == 404


def test_a_photo_that_is_too_large_to_be_read_is_called_a_photo(browse, app):
    form = {"csrf": CSRF, "photo": (BytesIO(b"\xff\xd8\xff" + b"x" * 400_000), "photo.jpg")}
    answer = app.test_client().post(
        "/desk/rooms/photos", data=form, content_type="multipart/form-data", headers=session_headers(SECRETARY)
    )

    assert answer.status_code == 413 and "照片太大" in answer.text and "190 KB" in answer.text


@pytest.mark.parametrize("size", [184_000, 187_999, MOST_PHOTO_BYTES])
@pytest.mark.parametrize("breaks", [b"", b"\r", b"\n"])
def test_a_photo_within_the_limit_is_read_whatever_bytes_it_is_made_of(browse, app, size, breaks):
    for seed in range(4):
        content = bytearray(random.Random(seed).randbytes(size).replace(b"\r", b".").replace(b"\n", b"."))
        for at in range(seed, size - 1, 48):  # so close that one lies at the end of every stretch that is read
            content[at : at + len(breaks)] = breaks
        form = {"csrf": CSRF, "photo": (BytesIO(b"\xff\xd8\xff" + bytes(content[3:])), "photo.jpg")}
        answer = app.test_client().post(
            "/desk/rooms/photos", data=form, content_type="multipart/form-data", headers=session_headers(SECRETARY)
        )

        assert answer.status_code != 413 and "照片太大" not in answer.text


def test_words_as_long_as_a_photo_are_refused_beside_one(browse, app):
    form = {"csrf": CSRF, "alt_zh": "x" * 100_000, "photo": (BytesIO(b"\xff\xd8\xff" + b"x" * 1000), "photo.jpg")}
    answer = app.test_client().post(
        "/desk/rooms/photos", data=form, content_type="multipart/form-data", headers=session_headers(SECRETARY)
    )

    assert answer.status_code == 413
