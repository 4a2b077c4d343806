# SPDX-License-Identifier: Apache-2.0
"""The composition of the pages: settings in, a Flask application out."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
from chassis.clock import Clock, SystemClock
from chassis.settings import load
from flask import Flask, Response, abort, current_app, g, request

from gateway.web import (
    assets,
    board,
    charts,
    desk,
    district,
    documents,
    door,
    errors,
    formats,
    forms,
    health,
    languages,
    layout,
    my,
    preferences,
    sittings_board,
    usage,
    visitor,
    weeks,
)
from gateway.web.client import Services
from gateway.web.my import notices
from gateway.web.posters import pages as posters
from gateway.web.settings import Settings

MAX_FORM_BYTES = 64 * 1024
# A form with a file is read 64 KiB at a time, and what may be the start of a part's end (a line break, a header) waits
# in the same memory for the next read: without room for it a photo would be refused for the bytes it is made of.
MAX_WAITING_BYTES = 4 * 1024
MAX_BODY_BYTES = 256 * 1024  # with a photo; the edge lets no more through


def from_environment() -> Flask:
    """Build the application for a server process."""
    return create_app(load(Settings))


def create_app(settings: Settings, transport: httpx.BaseTransport | None = None, clock: Clock | None = None) -> Flask:
    """Build the application; ``transport`` and ``clock`` are replaced in tests only."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES + MAX_WAITING_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formats.FILTERS, by_regime=weeks.by_regime, why_full=weeks.why_full, wall=weeks.wall)
    app.jinja_env.globals.update(
        new_key=forms.new_key, time_range=formats.time_range, bars=charts.bars, columns=charts.columns
    )
    app.jinja_env.globals.update(week_words=formats.week_words)
    app.extensions["linli.settings"] = settings
    app.extensions["linli.services"] = Services(settings.service_urls(), transport)
    app.extensions["linli.clock"] = clock or SystemClock(settings.clock_offset_seconds)
    languages.install(app)
    app.before_request(_know_the_visitor)
    app.before_request(_check_forms)
    app.context_processor(layout.everywhere)
    app.context_processor(notices.mark)
    app.after_request(notices.remember)
    app.after_request(_protect)
    app.after_request(_compress)
    errors.install(app)
    for surface in (health, assets, preferences, board, sittings_board, door, documents, my, district, posters, usage):
        app.register_blueprint(surface.pages)
    desk.install(app)
    return app


def _know_the_visitor() -> None:
    services: Services = _extension("services")
    g.settings, g.clock = _extension("settings"), _extension("clock")
    g.visitor = visitor.read(request.headers)
    g.language = languages.chosen()
    g.api = services.for_visitor(g.visitor, g.language)
    g.place = None


def _extension(name: str) -> Any:
    return current_app.extensions[f"linli.{name}"]


def _check_forms() -> None:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        if request.mimetype != "multipart/form-data" and (request.content_length or 0) > MAX_FORM_BYTES:
            abort(413)
        forms.check_token()


def _protect(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", assets.POLICY)
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    if "Cache-Control" not in answer.headers:
        # A signed-in page is not kept: the next person on a shared device must not find it with the back key.
        answer.headers["Cache-Control"] = "no-store" if g.visitor.signed_in else "no-cache"
    answer.vary.add("Cookie")
    return answer


def _compress(answer: Response) -> Response:
    """Compress pages without a secret: a page with a form's token beside a reader's own words is not (BREACH)."""
    wanted = "gzip" in request.headers.get("Accept-Encoding", "") and answer.mimetype == "text/html"
    if wanted and not g.visitor.signed_in and not answer.direct_passthrough and answer.status_code == 200:
        answer.set_data(gzip.compress(answer.get_data(), compresslevel=6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.vary.add("Accept-Encoding")
    return answer
