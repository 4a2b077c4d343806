# SPDX-License-Identifier: Apache-2.0
"""What the pages read from the environment; nothing else reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Internal addresses of the services, and which district this installation serves."""

    identity_url: str
    engagement_url: str
    disclosure_url: str
    venue_url: str
    issuer: str
    district: str = "510104"
    clock_offset_seconds: float = 0.0
    web_socket: str = ""
    bind: str = "127.0.0.1:8105"
    web_threads: int = 8

    def service_urls(self) -> dict[str, str]:
        """Name each service's internal base address."""
        return {
            "identity": self.identity_url,
            "engagement": self.engagement_url,
            "disclosure": self.disclosure_url,
            "venue": self.venue_url,
        }
