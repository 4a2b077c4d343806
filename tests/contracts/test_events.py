# SPDX-License-Identifier: Apache-2.0
"""Every event has a schema and examples that it validates, and none tells who somebody is."""

from __future__ import annotations

import json
import re

import pytest
from chassis.event_schemas import Schemas
from jsonschema import Draft202012Validator

from chassis import events

from .sources import CONTRACTS, event_schemas, examples

ENVELOPE = json.loads((CONTRACTS / "events" / "envelope.v1.schema.json").read_text("utf-8"))
SCHEMAS = event_schemas()
# Fields that would say who somebody is or what they wrote. Codes, ids, days and amounts are what events are made of.
NEVER = re.compile(
    r"(person|resident|household)_name|^name$|^names$|phone|telephone|mobile|address|email|id_card|identity_no|birth"
    r"|note|detail|comment|^text$|title$|purpose|username|password"
)
# Names that are on every map and in every official list; words that staff have published as naming nobody.
PUBLIC_NAMES = {
    "linli.identity.division.registered.v1": {"name"},
    "linli.venue.sitting.topic_handed_on.v1": {"title"},
}


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_the_schema_says_what_it_is_and_closes_what_producers_may_send(event_type):
    schema = SCHEMAS[event_type]

    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"/contracts/{events.schema_path(event_type)}"
    assert schema["title"] and schema["description"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_no_event_has_a_field_for_a_name_or_for_words_that_somebody_wrote(event_type):
    telling = [name for name in _fields(SCHEMAS[event_type]) if NEVER.search(name)]
    assert set(telling) <= PUBLIC_NAMES.get(event_type, {"venue_name", "space_name"})


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_every_event_has_an_example(event_type):
    assert any(_type_of(path) == event_type for path in examples())


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.name)
def test_the_example_is_an_event_as_it_travels(path):
    written = json.loads(path.read_text("utf-8"))

    received = events.parse(path.read_bytes())

    assert received.type == written["type"] == _type_of(path)
    assert written["dataschema"] == f"/contracts/{events.schema_path(received.type)}"
    assert written["source"] == f"/linli/{path.parent.parent.name}"
    Draft202012Validator(ENVELOPE).validate(written)
    assert set(written) <= set(ENVELOPE["properties"])
    Schemas(CONTRACTS, [received.type]).require_exact(received.type, received.data)


def _type_of(path):
    happened = re.match(r"(.+\.v\d+)\.example-\d+\.json", path.name)[1]
    return f"linli.{path.parent.parent.name}.{happened}"


def _fields(schema):
    for name, one in schema.get("properties", {}).items():
        yield name
        yield from _fields(one)
    if isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"])
