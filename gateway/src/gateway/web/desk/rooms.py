# SPDX-License-Identifier: Apache-2.0
"""What the teahouse tells about itself, its photos, its rooms and what can be borrowed with them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from gateway.web import assets, forms
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change, names, typed, whole
from gateway.web.routes import POST, Route

TEXTS = ("story", "rules", "opening", "address")
# The contract's photo in base64 must fit into the services' 256 KB of JSON.
MOST_PHOTO_BYTES = 190 * 1024
MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))


def show() -> Response:
    """Show the profile and the photos."""
    return _profile({}, {}, None)


def save_profile() -> Any:
    """Publish what was written."""
    body: dict[str, Any] = {text: _both(text) for text in TEXTS}
    body |= {"names": _both("name"), "telephone": forms.text("telephone", 30)}
    return change(_profile, "desk.rooms", f"/venues/{venue_forms.venue_id()}", body, method="PATCH")


def add_photo() -> Any:
    """Publish a photo with the words for who cannot see it."""
    sent = request.files.get("photo")
    content = sent.read(MOST_PHOTO_BYTES + 1) if sent else b""
    media_type = next((kind for magic, kind in MAGIC if content.startswith(magic)), None)
    if media_type is None or len(content) > MOST_PHOTO_BYTES:
        words = _("请选一张 JPEG、PNG 或 WebP 照片。") if media_type is None else _("照片最大 190 KB，请先缩小再传。")
        return _profile(typed(), {"photo": words}, None), 422
    body = {
        "media_type": media_type,
        "content_base64": base64.b64encode(content).decode(),
        "alt_zh": forms.text("alt_zh", 120),
        "alt_en": forms.text("alt_en", 240) or forms.text("alt_zh", 120),
    }
    return change(_profile, "desk.rooms", f"/venues/{venue_forms.venue_id()}/photos", body, versioned=False)


def remove_photo(photo_id: Any) -> Any:
    """Take a photo down."""
    path = f"/venues/{venue_forms.venue_id()}/photos/{photo_id}/removal"
    return change(_profile, "desk.rooms", path, {}, versioned=False)


def spaces() -> str:
    """Show the rooms and the equipment."""
    return _spaces({}, {}, None)


def create_space() -> Any:
    """Add a room; a part of another gets a unit of its own, which makes the other busy too."""
    code = forms.text("code", 40)
    body: dict[str, Any] = {"code": forms.text("code", 40), **names()}
    body |= {"capacity": whole("capacity"), "new_atoms": [code]}
    if forms.text("parent_id"):
        body["parent_id"] = forms.text("parent_id", 36)
    path = f"/venues/{venue_forms.venue_id()}/spaces"
    return change(_spaces, "desk.spaces", path, body, versioned=False)


def update_space(space_id: Any) -> Any:
    """Change names, seats, buffers and approval."""
    body: dict[str, Any] = dict(names())
    body |= {name: whole(name) for name in ("capacity", "setup_minutes", "cleanup_minutes")}
    body["needs_approval"] = forms.text("needs_approval") == "yes"
    return change(_spaces, "desk.spaces", f"/spaces/{space_id}", body, method="PATCH")


def retire_space(space_id: Any) -> Any:
    """Take a room out of use."""
    return change(_spaces, "desk.spaces", f"/spaces/{space_id}/retirement", {})


def create_equipment() -> Any:
    """Add an equipment with its stock."""
    body: dict[str, Any] = {name: forms.text(name, 40) for name in ("code", "counting")} | names()
    path = f"/venues/{venue_forms.venue_id()}/equipment"
    return change(_spaces, "desk.spaces", path, body | {"stock": whole("stock")}, versioned=False)


def update_equipment(equipment_id: Any) -> Any:
    """Change the stock."""
    return change(_spaces, "desk.spaces", f"/equipment/{equipment_id}", {"stock": whole("stock")}, method="PATCH")


def _both(name: str) -> dict[str, str]:
    return {language: forms.text(f"{name}_{language}", 4000) for language in ("zh", "en")}


def _profile(kept: Mapping[str, str], wrong: Mapping[str, str], _problem: Problem | None) -> Response:
    text = render_template(
        "desk/rooms.html",
        venue=venue_forms.settings(),
        typed=kept,
        errors=wrong,
        done=request.args.get("done"),
        most_photo_bytes=MOST_PHOTO_BYTES,
        script=assets.PHOTO_ADDRESS,
    )
    answer = make_response(text)
    answer.headers["Content-Security-Policy"] = assets.SCRIPT_POLICY
    return answer


def _spaces(kept: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    venue = venue_forms.settings()
    in_use = [one for one in venue["spaces"] if not one["is_retired"]]
    ahead = problem.body if problem is not None and problem.code == "space_in_use" else None
    return render_template(
        "desk/spaces.html",
        venue=venue,
        spaces=in_use,
        names={one["space_id"]: one["name"] for one in in_use},
        ahead=ahead,
        bookings_ahead=venue_forms.by_codes(ahead["codes"]) if ahead else [],
        typed=kept,
        errors=wrong,
        done=request.args.get("done"),
    )


ROUTES = (
    Route("/rooms", "rooms", show),
    Route("/rooms", "save_profile", save_profile, POST),
    Route("/rooms/photos", "add_photo", add_photo, POST),
    Route("/rooms/photos/<uuid:photo_id>/removal", "remove_photo", remove_photo, POST),
    Route("/spaces", "spaces", spaces),
    Route("/spaces", "create_space", create_space, POST),
    Route("/spaces/<uuid:space_id>", "update_space", update_space, POST),
    Route("/spaces/<uuid:space_id>/retirement", "retire_space", retire_space, POST),
    Route("/equipment", "create_equipment", create_equipment, POST),
    Route("/equipment/<uuid:equipment_id>", "update_equipment", update_equipment, POST),
)
