# SPDX-License-Identifier: Apache-2.0
"""Reads a service's contract: shared parts bundled in, and what it demands of each operation as data."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

METHODS = ("get", "put", "post", "delete", "patch")
# libyaml reads and writes a long contract six times faster; every wheel of PyYAML has it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class ContractError(Exception):
    """The contract cannot be served as it is written; raised when the process starts."""


@dataclass(frozen=True)
class Operation:
    """What the contract demands of one operation before its function runs."""

    name: str
    method: str
    path: str
    permissions: frozenset[str]
    is_public: bool
    is_idempotent: bool
    needs_if_match: bool
    has_body: bool
    parameters: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Contract:
    """A bundled contract and its operations by operationId."""

    document: dict[str, Any]
    base_path: str
    operations: Mapping[str, Operation]
    text: bytes = field(repr=False)

    def allowed(self, path: str) -> list[str]:
        """Return the methods the contract knows for a concrete path (for 405's Allow)."""
        found = []
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(self.base_path + template))
            if re.fullmatch(pattern, path):
                found += [method.upper() for method in item if method in METHODS]
        return sorted(set(found))


def load(path: Path) -> Contract:
    """Read, bundle and check the contract at ``path``. Raises ContractError."""
    document = _Bundler(path).bundle()
    base_path = urlsplit(document.get("servers", [{"url": ""}])[0]["url"]).path.rstrip("/")
    operations = {}
    for template, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = _operation(document, template, method, item)
                if operation.name in operations:
                    raise ContractError(f"operationId {operation.name} is there twice")
                operations[operation.name] = operation
    return Contract(document, base_path, operations, _dump(document))


def _operation(document: dict[str, Any], path: str, method: str, item: dict[str, Any]) -> Operation:
    entry = item[method]
    name = entry.get("operationId")
    security = entry.get("security", document.get("security"))
    if not name or security is None:
        raise ContractError(f"{method.upper()} {path} needs an operationId and security (or security: [])")
    if any(not requirement for requirement in security):
        raise ContractError(f"{name}: optional security is not allowed; write security: [] for public")
    parameters = tuple(_resolve(document, one) for one in [*item.get("parameters", []), *entry.get("parameters", [])])
    for parameter in parameters:
        if "type" not in _resolve(document, parameter.get("schema", {})):
            raise ContractError(f"{name}: the schema of parameter {parameter.get('name')} needs a type")
    return Operation(
        name=name,
        method=method.upper(),
        path=path,
        permissions=frozenset(one for requirement in security for scopes in requirement.values() for one in scopes),
        is_public=not security,
        is_idempotent=bool(entry.get("x-idempotent")),
        needs_if_match=bool(entry.get("x-if-match")),
        has_body="requestBody" in entry,
        parameters=parameters,
    )


def _resolve(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = _at(document, node["$ref"].removeprefix("#"))
    return node


def _at(document: Mapping[str, Any], pointer: str) -> Any:
    node: Any = document
    for part in pointer.strip("/").split("/"):
        if not isinstance(node, Mapping) or part not in node:
            raise ContractError(f"nothing at #{pointer}")
        node = node[part]
    return node


class _Bundler:
    """Copies what a contract references in other files into its own components, under the same name."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._files: dict[Path, dict[str, Any]] = {}
        self._origin: dict[tuple[str, str], Path] = {}

    def bundle(self) -> dict[str, Any]:
        self._document = copy.deepcopy(self._read(self._path))
        self._components = self._document.setdefault("components", {})
        for kind, entries in self._components.items():
            for name, entry in entries.items():
                alias = isinstance(entry, dict) and str(entry.get("$ref", "")).endswith(f"#/components/{kind}/{name}")
                if alias:
                    source = (self._path.parent / entry["$ref"].partition("#")[0]).resolve()
                    entries[name] = self._part(source, kind, name)
                    self._origin[kind, name] = source
                else:
                    self._origin[kind, name] = self._path
        for kind, entries in list(self._components.items()):
            for name, entry in list(entries.items()):
                self._walk(entry, self._origin[kind, name])
        self._walk(self._document["paths"], self._path)
        return self._document

    def _read(self, path: Path) -> dict[str, Any]:
        if path not in self._files:
            self._files[path] = _with_text_keys(yaml.load(path.read_text("utf-8"), _Loader))  # noqa: S506 - a safe one
        return self._files[path]

    def _part(self, source: Path, kind: str, name: str) -> Any:
        return copy.deepcopy(_at(self._read(source), f"/components/{kind}/{name}"))

    def _walk(self, node: Any, where: Path) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                node["$ref"] = self._bring(node["$ref"], where)
                return
            for value in node.values():
                self._walk(value, where)
        elif isinstance(node, list):
            for value in node:
                self._walk(value, where)

    def _bring(self, reference: str, where: Path) -> str:
        file, _, pointer = reference.partition("#")
        source = (where.parent / file).resolve() if file else where
        if source == self._path:
            return f"#{pointer}"
        match = re.fullmatch(r"/components/(\w+)/([\w.-]+)", pointer)
        if match is None:
            raise ContractError(f"{reference}: only whole components of another file can be referenced")
        kind, name = match.groups()
        if self._origin.get((kind, name), source) != source:
            raise ContractError(f"{name} is defined here and in {source.name}; give one another name")
        if (kind, name) not in self._origin:
            self._origin[kind, name] = source
            part = self._part(source, kind, name)
            self._components.setdefault(kind, {})[name] = part
            self._walk(part, source)
        return f"#{pointer}"


def _with_text_keys(node: Any) -> Any:
    """YAML reads ``200:`` as a number, JSON knows only text."""
    if isinstance(node, dict):
        return {str(key): _with_text_keys(value) for key, value in node.items()}
    return [_with_text_keys(value) for value in node] if isinstance(node, list) else node


class _Plain(_Dumper):
    """Writes shared parts out instead of YAML anchors, which many readers of OpenAPI stumble over."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _dump(document: dict[str, Any]) -> bytes:
    return yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110).encode()
