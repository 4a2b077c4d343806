# SPDX-License-Identifier: Apache-2.0
"""Reads a folder of contracts with every reference written out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class CyclicReference(Exception):
    """A schema that contains itself; the gate compares finite documents only."""


@dataclass(frozen=True)
class Contracts:
    """One version of all contracts."""

    openapi: dict[str, Any]
    events: dict[str, Any]
    asyncapi: dict[str, Any]


def read(folder: Path) -> Contracts:
    """Read the contracts of every service below ``folder``."""
    apis = {
        path.name: resolve(path)
        for path in sorted((folder / "openapi").glob("*.yaml"))
        if path.name != "common.v1.yaml"
    }
    events = {
        str(path.relative_to(folder)): json.loads(path.read_text("utf-8"))
        for path in sorted((folder / "events").rglob("*.schema.json"))
    }
    return Contracts(apis, events, yaml.safe_load((folder / "asyncapi.yaml").read_text("utf-8")))


def resolve(path: Path) -> dict[str, Any]:
    """Read a YAML document and write out its references, also those into other files."""
    path = path.resolve()
    files = {path: _load(path)}
    return _written_out(files[path], path, files, ())


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def _written_out(node: Any, where: Path, files: dict[Path, Any], seen: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_written_out(one, where, files, seen) for one in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return _target(node["$ref"], where, files, seen)
    return {str(name): _written_out(one, where, files, seen) for name, one in node.items()}


def _target(reference: str, where: Path, files: dict[Path, Any], seen: tuple[str, ...]) -> Any:
    file, _, pointer = reference.partition("#")
    source = (where.parent / file).resolve() if file else where
    place = f"{source}#{pointer}"
    if place in seen:
        raise CyclicReference(place)
    if source not in files:
        files[source] = _load(source)
    node = files[source]
    for part in pointer.strip("/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return _written_out(node, source, files, (*seen, place))
