# SPDX-License-Identifier: Apache-2.0
"""Statistical division codes: 6 digits a district, 9 a street, 12 a community; "inside" means "starts with"."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

CHENGDU = ZoneInfo("Asia/Shanghai")
LEVELS = {6: "district", 9: "street", 12: "community"}


@dataclass(frozen=True)
class Division:
    """One entry of the official list. ``display_name`` is what people read: 五福桥社区, not 五福桥社区居委会."""

    code: str
    registered_name: str
    street_name: str | None

    @property
    def level(self) -> str:
        """district, street or community, by the length of the code."""
        return LEVELS[len(self.code)]

    @property
    def parent_code(self) -> str | None:
        """The code of the division above; None for a district."""
        return self.code[:-3] if len(self.code) > 6 else None

    @property
    def display_name(self) -> str:
        """The registered name without the committee (domain.md, section 3)."""
        return self.registered_name.removesuffix("居委会")
