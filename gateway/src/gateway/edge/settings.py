# SPDX-License-Identifier: Apache-2.0
"""What the edge reads from the environment; nothing else in it reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Settings:
    """Settings of an edge process. Sessions end after ``idle_minutes`` of silence, at the latest after a day's work."""

    environment: str
    issuer: str
    app_database_url: str
    identity_url: str
    engagement_url: str
    disclosure_url: str
    venue_url: str
    web_socket: str
    jwks_url: str
    edge_client_secret: str
    session_secret: str
    session_secret_previous: str = ""
    edge_client_id: str = "edge"
    bind: str = "127.0.0.1:8080"
    tls_certificate: str = ""
    tls_key: str = ""
    log_level: str = "INFO"
    metrics_port: int = 0
    idle_minutes: int = 60
    longest_session_minutes: int = 12 * 60
    trusted_proxies: int = 0
    limit_factor: float = 1.0

    @property
    def public_host(self) -> str:
        """Return host and port of the public address."""
        return urlsplit(self.issuer).netloc

    @property
    def is_https(self) -> bool:
        """Tell whether the public address is https."""
        return self.issuer.startswith("https://")

    @property
    def is_only_https(self) -> bool:
        """Tell whether browsers may be told never to come by http again; not on a machine where both are tried."""
        return self.is_https and self.environment != "local"

    def upstream_urls(self) -> dict[str, str]:
        """Name the internal base address of each upstream; web is behind its Unix socket."""
        services = ("identity", "engagement", "disclosure", "venue")
        return {name: getattr(self, f"{name}_url").rstrip("/") for name in services} | {"web": "http://web"}


@dataclass(frozen=True)
class MigrationSettings:
    """What ``python -m gateway.edge migrate`` needs: the owner's address alone."""

    owner_database_url: str
