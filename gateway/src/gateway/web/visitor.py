# SPDX-License-Identifier: Apache-2.0
"""Who asks for a page, as the edge says it on the private socket."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SERVICES = ("identity", "engagement", "disclosure", "venue")


@dataclass(frozen=True)
class Visitor:
    """A person with a session, or nobody in particular. Pages trust it because the edge strips such headers."""

    subject: str | None = None
    division: str | None = None
    office: str | None = None
    offices: tuple[dict[str, Any], ...] = ()
    name: str | None = None
    csrf: str = ""
    request_id: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict)

    @property
    def signed_in(self) -> bool:
        """Tell whether there is a session at all."""
        return self.subject is not None

    @property
    def community(self) -> str | None:
        """Return the community the visitor acts in, if the session is at that level."""
        return self.division if self.division and len(self.division) == 12 else None


def read(headers: Mapping[str, str]) -> Visitor:
    """Build the visitor from the edge's headers; an unreadable session counts as none."""
    session = _session(headers.get("Linli-Session", ""))
    tokens = {name: headers[f"Linli-Token-{name.title()}"] for name in SERVICES if _token(headers, name)}
    return Visitor(
        subject=session.get("sub"),
        division=session.get("division"),
        office=session.get("office") or None,
        offices=tuple(one for one in session.get("offices") or () if isinstance(one, dict)),
        name=session.get("name"),
        csrf=headers.get("Linli-Csrf", ""),
        request_id=headers.get("Linli-Request-Id", ""),
        tokens=tokens,
    )


def _token(headers: Mapping[str, str], name: str) -> str | None:
    return headers.get(f"Linli-Token-{name.title()}")


def _session(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
