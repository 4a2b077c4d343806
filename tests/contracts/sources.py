# SPDX-License-Identifier: Apache-2.0
"""Where the contracts are, and their operations one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.contract_gate.documents import resolve

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
SERVICES = ("identity", "engagement", "disclosure", "venue")
METHODS = ("get", "put", "post", "delete", "patch")


def document(service: str) -> dict[str, Any]:
    """A service's contract with every reference written out."""
    return resolve(CONTRACTS / "openapi" / f"{service}.v1.yaml")


def operations(service: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield (operationId, method, path, operation with the parameters of its path)."""
    for path, item in document(service)["paths"].items():
        for method in METHODS:
            if method in item:
                whole = dict(item[method])
                whole["parameters"] = [*item.get("parameters", []), *whole.get("parameters", [])]
                yield whole.get("operationId", f"{method} {path}"), method, path, whole


def every_operation() -> list[Any]:
    """Parameters for pytest: every operation of every service."""
    import pytest

    return [
        pytest.param(method, path, operation, id=f"{service}.{name}")
        for service in SERVICES
        for name, method, path, operation in operations(service)
    ]


def event_schemas() -> dict[str, dict[str, Any]]:
    """Every event's schema by type."""
    found = {}
    for path in sorted((CONTRACTS / "events").glob("*/*.schema.json")):
        event = path.name.removesuffix(".schema.json")
        found[f"linli.{path.parent.name}.{event}"] = json.loads(path.read_text("utf-8"))
    return found


def examples() -> list[Path]:
    """Every example of an event."""
    return sorted((CONTRACTS / "events").glob("*/examples/*.json"))


def asyncapi() -> dict[str, Any]:
    """The list of channels, as written."""
    return yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text("utf-8"))
