# SPDX-License-Identifier: Apache-2.0
"""The one stylesheet: its sources joined and squeezed at start, under an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path
from string import ascii_lowercase

from flask import Blueprint, Response, abort, request

STYLES = Path(__file__).with_name("styles")
ORDER = ("tokens", "base", "parts", "rooms", "desk", "elder", "print")
FOREVER = "public, max-age=31536000, immutable"

pages = Blueprint("assets", __name__)


def stylesheet() -> str:
    """Join the sources and take out what only people read."""
    text = "\n".join((STYLES / f"{name}.css").read_text("utf-8") for name in ORDER)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,>])\s*", r"\1", text)
    text = re.sub(r"(?<=[\w*]) \+ (?=[.a-z*])", "+", text)
    return _short_tokens(re.sub(r":\s+", ":", text).replace(";}", "}").strip())


def _short_tokens(text: str) -> str:
    """Give the tokens names of a letter or two, the most used the shortest: nobody reads them here."""
    uses = Counter(re.findall(r"--[a-z][\w-]*", text))
    names = [*ascii_lowercase, *(f"a{letter}" for letter in ascii_lowercase)]
    ranked = sorted(uses, key=lambda token: (-uses[token], token))
    short = {token: f"--{name}" for token, name in zip(ranked, names, strict=False)}
    return re.sub(r"--[a-z][\w-]*", lambda found: short[found[0]], text)


SHEET = stylesheet().encode()
SHEET_GZIPPED = gzip.compress(SHEET, mtime=0)
DIGEST = hashlib.sha256(SHEET).hexdigest()[:12]
SHEET_ADDRESS = f"/static/linli-{DIGEST}.css"
# The one script, for the staff's board: the page is complete without it.
SCRIPT = Path(__file__).with_name("scripts").joinpath("board.js").read_bytes()
SCRIPT_DIGEST = hashlib.sha256(SCRIPT).hexdigest()[:12]
SCRIPT_ADDRESS = f"/static/board-{SCRIPT_DIGEST}.js"
# What keeps check-ins on the operator's device while the network is away; the page has a form without it.
OFFLINE = Path(__file__).with_name("scripts").joinpath("offline.js").read_bytes()
OFFLINE_DIGEST = hashlib.sha256(OFFLINE).hexdigest()[:12]
OFFLINE_ADDRESS = f"/static/offline-{OFFLINE_DIGEST}.js"
# What makes a photo small before it is sent; the page says the limit without it.
PHOTO = Path(__file__).with_name("scripts").joinpath("photo.js").read_bytes()
PHOTO_DIGEST = hashlib.sha256(PHOTO).hexdigest()[:12]
PHOTO_ADDRESS = f"/static/photo-{PHOTO_DIGEST}.js"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT_POLICY = f"{POLICY}; script-src 'self'"


@pages.get("/static/linli-<digest>.css")
def sheet(digest: str) -> Response:
    """Serve the stylesheet; an address of another content is not found rather than wrong for ever."""
    if digest != DIGEST:
        abort(404)
    return _for_ever(SHEET, SHEET_GZIPPED, "text/css")


@pages.get("/static/board-<digest>.js")
def script(digest: str) -> Response:
    """Serve the board's script."""
    if digest != SCRIPT_DIGEST:
        abort(404)
    return _for_ever(SCRIPT, gzip.compress(SCRIPT, mtime=0), "text/javascript")


@pages.get("/static/offline-<digest>.js")
def offline_script(digest: str) -> Response:
    """Serve what keeps check-ins while the network is away."""
    if digest != OFFLINE_DIGEST:
        abort(404)
    return _for_ever(OFFLINE, gzip.compress(OFFLINE, mtime=0), "text/javascript")


@pages.get("/static/photo-<digest>.js")
def photo_script(digest: str) -> Response:
    """Serve what makes a photo small."""
    if digest != PHOTO_DIGEST:
        abort(404)
    return _for_ever(PHOTO, gzip.compress(PHOTO, mtime=0), "text/javascript")


def _for_ever(plain: bytes, zipped_bytes: bytes, kind: str) -> Response:
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(zipped_bytes if zipped else plain, mimetype=kind)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = FOREVER
    answer.headers["Vary"] = "Accept-Encoding"
    return answer
