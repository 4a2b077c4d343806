# SPDX-License-Identifier: Apache-2.0
"""Holds every event that a test emits to its contract: the envelope, and the closed form of its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from chassis.event_schemas import FORMATS, Schemas
from chassis.events import schema_path

CONTRACTS = Path(__file__).resolve().parents[4] / "contracts"


def checked(build: Callable[..., bytes]) -> Callable[..., bytes]:
    """Wrap ``chassis.events.build`` so that an event that breaks its contract fails the test that emitted it.

    Events of a service without a folder in ``contracts/events`` (a test's own) are held to the envelope alone.
    """

    def build_and_check(event: Any, **attributes: Any) -> bytes:
        payload = build(event, **attributes)
        envelope = json.loads(payload)
        _envelope().validate(envelope)
        if (CONTRACTS / schema_path(event.type)).parent.is_dir():
            _schemas(event.type).require_exact(event.type, envelope["data"])
        return payload

    return build_and_check


@cache
def _envelope() -> Draft202012Validator:
    schema = json.loads((CONTRACTS / "events" / "envelope.v1.schema.json").read_bytes())
    return Draft202012Validator(schema, format_checker=FORMATS)


@cache
def _schemas(event_type: str) -> Schemas:
    return Schemas(CONTRACTS, [event_type])
