# SPDX-License-Identifier: Apache-2.0
"""Facts in, a sheet of paper out: typst sets it in this process, and what was set is remembered by its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst

TEMPLATES = Path(__file__).parent
# Any of these carries every sign a poster needs.
FACES = ("noto sans cjk", "source han sans", "microsoft yahei", "wenquanyi")
PREVIEW_PPI = 96.0
REMEMBERED = 32
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Poster:
    """A sheet and the hash of what stands on it."""

    digest: str
    pdf: bytes
    png: bytes


@lru_cache(maxsize=1)
def can_typeset() -> bool:
    """Tell whether this machine has a Chinese face: without one a sheet would be empty boxes."""
    return any(family.lower().startswith(FACES) for family in typst.Fonts().families())


def typeset(template: str, facts: dict[str, Any], address: str) -> Poster:
    """Set facts with one of our templates; ``address`` is what the printed code leads to."""
    return _set(template, json.dumps({**facts, "address": address}, sort_keys=True, ensure_ascii=False))


@lru_cache(maxsize=REMEMBERED)
def _set(template: str, text: str) -> Poster:
    digest = hashlib.sha256(text.encode()).hexdigest()
    facts = json.loads(text)
    facts["fingerprint"] = f"{digest[:8]} {digest[8:16]}"
    facts["code"] = segno.make(facts["address"], error="m").svg_inline(border=1, scale=4)
    source = TEMPLATES / f"{template}.typ"
    inputs = {"facts": json.dumps(facts, ensure_ascii=False)}
    with _one_at_a_time:
        pdf = typst.compile(source, format="pdf", sys_inputs=inputs)
        png = typst.compile(source, format="png", ppi=PREVIEW_PPI, sys_inputs=inputs)
    return Poster(digest, pdf, png)
