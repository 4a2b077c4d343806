# SPDX-License-Identifier: Apache-2.0
"""The schemas of events, from ``contracts/``: a producer is held to the closed form, a consumer reads the open one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from chassis.events import MalformedEvent, schema_path

FORMATS = FormatChecker(("uuid", "date"))


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Schemas:
    """Validators for the given types, built once. Raises FileNotFoundError where a type has no schema."""

    def __init__(self, contracts: Path, types: Iterable[str]) -> None:
        documents = {name: json.loads((contracts / schema_path(name)).read_bytes()) for name in types}
        self._closed = {name: _validator(document) for name, document in documents.items()}
        self._open = {name: _validator(_opened(document)) for name, document in documents.items()}

    def require_exact(self, event_type: str, data: Mapping[str, Any]) -> None:
        """Raise MalformedEvent unless ``data`` is exactly what the schema promises; for producers, in tests."""
        self._require(self._closed[event_type], event_type, data)

    def require_readable(self, event_type: str, data: Mapping[str, Any]) -> None:
        """Raise MalformedEvent unless ``data`` has what the schema promises; fields it does not know are welcome."""
        self._require(self._open[event_type], event_type, data)

    def _require(self, validator: Draft202012Validator, event_type: str, data: Mapping[str, Any]) -> None:
        error = next(validator.iter_errors(data), None)
        if error is not None:  # never the value itself: it may be somebody's
            raise MalformedEvent(f"{event_type} breaks its schema at {error.json_path}: {error.validator}")


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=FORMATS)


def _opened(schema: Any) -> Any:
    """The schema without the words that forbid what a later version may add."""
    if isinstance(schema, list):
        return [_opened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties", "unevaluatedProperties"}
    return {name: _opened(part) for name, part in schema.items() if not (name in closed and part is False)}
