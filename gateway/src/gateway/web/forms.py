# SPDX-License-Identifier: Apache-2.0
"""What every form carries: the session's token, a key that makes two clicks one act, and the version that was seen."""

from __future__ import annotations

import hmac
import re
import uuid

from flask import abort, g, request

MAX_TEXT = 4000
# What goes into a header: a tampered field must not become one that cannot be written.
KEY = re.compile(r"[\w.:-]{8,80}", re.ASCII)
VERSION = re.compile(r"[0-9]{1,18}")


def new_key() -> str:
    """Return a fresh key for one act; it is put into the form when the form is shown."""
    return str(uuid.uuid4())


def check_token() -> None:
    """Refuse a form that was not made for this session (a cross-site post, or one from before a new sign-in)."""
    expected, given = g.visitor.csrf, request.form.get("csrf", "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        abort(403, description="wrong_csrf")


def key() -> str | None:
    """Return the act's key as the form carried it."""
    given = request.form.get("key", "")
    return given if KEY.fullmatch(given) else None


def version() -> str | None:
    """Return the version the person had in front of them; what no page of ours writes is refused."""
    given = request.form.get("version", "")
    if given and not VERSION.fullmatch(given):
        abort(400)
    return given or None


def text(name: str, at_most: int = MAX_TEXT) -> str:
    """Return what was typed into a field, trimmed.

    What is longer than ``at_most`` is not cut to it: the service refuses it by name, and nobody's words end in the
    middle without a word.
    """
    return request.form.get(name, "").strip()[: max(at_most, MAX_TEXT)]


def fen(name: str) -> int | None:
    """Read an amount of yuan as fen; None when it is not an amount with at most two decimals."""
    whole, _, cents = text(name, 20).replace("¥", "").replace(",", "").partition(".")
    if not whole.isdecimal() or len(whole) > 9 or (cents and not (cents.isdecimal() and len(cents) <= 2)):
        return None
    return int(whole) * 100 + int(cents.ljust(2, "0") or "0")
