# SPDX-License-Identifier: Apache-2.0
"""The contracts, readable: rendered from what each service itself serves, so that page and service cannot differ."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml
from flask import Blueprint, abort, g, render_template

from gateway.web.visitor import SERVICES

pages = Blueprint("documents", __name__, url_prefix="/docs")
METHODS = ("get", "post", "put", "patch", "delete")


@pages.get("/")
def index() -> str:
    """List the contracts."""
    return render_template("docs/index.html", services=SERVICES)


@pages.get("/<service>")
def contract(service: str) -> str:
    """Show a service's contract as a page: operations, who may call them, fields."""
    if service not in SERVICES:
        abort(404)
    document = _read(g.api.text(service, "/openapi.yaml"))
    return render_template(
        "docs/contract.html",
        service=service,
        info=document["info"],
        base=(document.get("servers") or [{"url": f"/api/{service}/v1"}])[0]["url"],
        operations=_operations(document),
        schemas=_schemas(document),
    )


@lru_cache(maxsize=8)
def _read(text: str) -> dict[str, Any]:
    """Parse a contract once for each content: it takes half a second of a processor."""
    return yaml.safe_load(text)


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                rows.append(_operation(document, path, method, item[method], item.get("parameters", [])))
    return rows


def _operation(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any], shared: list[Any]
) -> dict[str, Any]:
    body = operation.get("requestBody") or {}
    schema = ((_resolve(document, body).get("content") or {}).get("application/json") or {}).get("schema") or {}
    return {
        "id": operation.get("operationId", ""),
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "permissions": sorted({scope for one in operation.get("security") or [] for scope in one.get("oauth", [])}),
        "is_public": not operation.get("security"),
        "parameters": [_resolve(document, one) for one in [*shared, *operation.get("parameters", [])]],
        "body": _name(schema),
        "answers": sorted(str(status) for status in operation.get("responses", {})),
    }


def _schemas(document: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for name, schema in (document.get("components", {}).get("schemas") or {}).items():
        required = schema.get("required", [])
        fields = [
            {"name": field, "kind": _kind(one), "is_required": field in required, "words": one.get("description", "")}
            for field, one in (schema.get("properties") or {}).items()
        ]
        rows.append({"name": name, "kind": _kind(schema), "words": schema.get("description", ""), "fields": fields})
    return rows


def _resolve(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref", "")
    if not reference.startswith("#/"):
        return {**part, "name": part.get("name") or reference.rsplit("/", 1)[-1]}
    target: Any = document
    for step in reference[2:].split("/"):
        target = target.get(step, {})
    return target


def _name(schema: dict[str, Any]) -> str:
    return schema.get("$ref", "").rsplit("/", 1)[-1] or schema.get("type", "")


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema)
    if "allOf" in schema:
        return " + ".join(_kind(one) for one in schema["allOf"])
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return " ".join(part for part in (schema.get("type", ""), schema.get("format", "")) if part)
