# SPDX-License-Identifier: Apache-2.0
"""The list of channels agrees with the schemas, with what the code emits and with what it reads."""

from __future__ import annotations

import importlib.util

import pytest
from chassis.events import dead_letter_topic, topic_of

from . import emitted
from .sources import CONTRACTS, SERVICES, asyncapi, event_schemas

WRITTEN = asyncapi()
TYPES = sorted(event_schemas())


def follow(reference):
    file, _, pointer = reference.partition("#")
    if file:
        assert (CONTRACTS / file).is_file(), f"{reference} leads nowhere"
        return None
    node = WRITTEN
    for part in pointer.strip("/").split("/"):
        node = node[part.replace("~1", "/")]
    return node


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for one in node.values():
            yield from references(one)
    if isinstance(node, list):
        for one in node:
            yield from references(one)


def messages(channel):
    return {f"{channel}.{name}" for name in WRITTEN["channels"][channel]["messages"]}


def read_by():
    """Which service reads which type, by the written operations."""
    found = {}
    for operation in WRITTEN["operations"].values():
        if operation["action"] == "receive":
            reader = operation["bindings"]["kafka"]["groupId"]["const"].removeprefix("linli.")
            channel = operation["channel"]["$ref"].split("/")[-1]
            for one in operation["messages"]:
                found.setdefault(f"{channel}.{one['$ref'].split('/')[-1]}", set()).add(reader)
    return found


def test_every_reference_leads_somewhere():
    assert WRITTEN["asyncapi"] == "3.0.0"
    for reference in references(WRITTEN):
        follow(reference)


def test_every_service_has_its_topic_and_its_dead_letters_with_twelve_partitions():
    wanted = {f"linli.{service}" for service in SERVICES} | {dead_letter_topic(service) for service in SERVICES}
    assert set(WRITTEN["channels"]) == wanted
    for name, channel in WRITTEN["channels"].items():
        assert channel["address"] == name
        assert follow(channel["bindings"]["$ref"])["kafka"]["partitions"] == 12


def test_every_schema_is_a_message_on_its_services_topic_and_nothing_else_is():
    listed = {one for service in SERVICES for one in messages(f"linli.{service}")}
    assert listed == set(TYPES)
    assert set(WRITTEN["components"]["messages"]) == {*TYPES, "dead_letter"}


@pytest.mark.parametrize("event_type", TYPES)
def test_a_message_names_its_envelope_its_data_and_its_key(event_type):
    message = WRITTEN["components"]["messages"][event_type]
    envelope, own = message["payload"]["allOf"]
    _, service, happened = event_type.split(".", 2)

    assert envelope["$ref"] == "./events/envelope.v1.schema.json"
    assert own["properties"]["type"] == {"const": event_type}
    assert own["properties"]["data"]["$ref"] == f"./events/{service}/{happened}.schema.json"
    assert "division" in follow(message["bindings"]["$ref"])["kafka"]["key"]["description"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_code_emits_exactly_what_is_listed(service):
    listed = messages(f"linli.{service}")
    patterns = emitted.patterns(service)

    assert patterns, "no event type was found in the code"
    for event_type in listed:
        assert any(one.fullmatch(event_type) for one in patterns), f"{event_type} is listed, and nothing emits it"
    for pattern in patterns:
        assert any(pattern.fullmatch(one) for one in listed), f"{pattern.pattern} is emitted, and not listed"


@pytest.mark.parametrize("service", SERVICES)
def test_the_code_reads_exactly_what_is_listed(service):
    listed = {event_type for event_type, readers in read_by().items() if service in readers}
    if importlib.util.find_spec(f"{service}.reactions") is None:
        assert listed == set()
    else:
        assert listed == emitted.subscriptions(service)


@pytest.mark.parametrize("event_type", TYPES)
def test_what_nobody_reads_yet_says_so_and_why(event_type):
    channel = WRITTEN["channels"][topic_of(event_type)]
    message = WRITTEN["components"]["messages"][event_type]
    told = message.get("x-unread") or channel.get("x-unread")

    if read_by().get(event_type):
        assert told is None, "it is read now: take the mark away"
    else:
        assert told and len(told) > 20, "nobody reads it: say so and why"
