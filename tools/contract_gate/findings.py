# SPDX-License-Identifier: Apache-2.0
"""What the gate reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """Who writes the data: what callers send may become freer, what they receive may become narrower."""

    SENT = "sent by callers"
    RECEIVED = "received by callers"


@dataclass(frozen=True, order=True)
class Finding:
    """A breaking change: where it is and what it breaks."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
