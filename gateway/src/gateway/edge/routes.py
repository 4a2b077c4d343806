# SPDX-License-Identifier: Apache-2.0
"""Reads routes.yaml: which address goes where, with which limit. It decides nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from chassis.limits import Limit

FILE = Path(__file__).resolve().parents[1] / "routes.yaml"
KINDS = frozenset({"page", "asset", "api", "provider"})
UPSTREAMS = frozenset({"identity", "engagement", "disclosure", "venue", "web"})


class RoutesError(Exception):
    """routes.yaml says something that cannot be; raised when the process starts."""


@dataclass(frozen=True)
class Route:
    """Where an address leads. ``path`` ending in ``*`` is a prefix."""

    path: str
    to: str
    kind: str
    limit: Limit
    writes: Limit | None
    body_cap_bytes: int
    public: bool = False

    def fits(self, path: str) -> bool:
        """Whether the decoded path of a request is this route's."""
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path


@dataclass(frozen=True)
class RouteTable:
    """All routes in order, and the limits of the edge's own pages."""

    routes: tuple[Route, ...]
    own: Mapping[str, Limit]

    def find(self, path: str) -> Route | None:
        """Return the first route that fits. An API nobody named is nowhere, and never a page of web."""
        for route in self.routes:
            if route.fits(path):
                is_stray = route.to == "web" and path.startswith(("/api/", "/oauth/", "/.well-known/"))
                return None if is_stray else route
        return None


def load(file: Path = FILE, limit_factor: float = 1.0) -> RouteTable:
    """Read the file strictly. ``limit_factor`` widens every limit (load tests). Raises RoutesError."""
    document = yaml.safe_load(file.read_text("utf-8"))
    limits = {
        name: Limit(name, one["burst"] * limit_factor, one["per_second"] * limit_factor)
        for name, one in document["limits"].items()
    }
    cap = document["body_cap_bytes"]
    routes = tuple(_route(entry, limits, cap) for entry in document["routes"])
    return RouteTable(routes, {page: _limit(limits, name) for page, name in document["own"].items()})


def _route(entry: dict[str, Any], limits: Mapping[str, Limit], cap: int) -> Route:
    unknown = set(entry) - {"path", "to", "kind", "limit", "writes", "body_cap_bytes", "public"}
    if unknown or entry.get("kind") not in KINDS or entry.get("to") not in UPSTREAMS:
        raise RoutesError(f"{entry}: unknown key, kind or upstream")
    if "writes" in entry and not isinstance(entry["writes"], str):
        raise RoutesError(f"{entry}: writes names a limit")
    return Route(
        path=entry["path"],
        to=entry["to"],
        kind=entry["kind"],
        limit=_limit(limits, entry["limit"]),
        writes=_limit(limits, entry["writes"]) if "writes" in entry else None,
        body_cap_bytes=entry.get("body_cap_bytes", cap),
        public=entry.get("public", False),
    )


def _limit(limits: Mapping[str, Limit], name: str) -> Limit:
    if name not in limits:
        raise RoutesError(f"no limit is called {name}")
    return limits[name]
