# SPDX-License-Identifier: Apache-2.0
"""The compatibility gate finds what breaks callers, and nothing else."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml

from tools.contract_gate import asyncapi, openapi
from tools.contract_gate.__main__ import main
from tools.contract_gate.documents import CyclicReference, resolve

GOLDEN = yaml.safe_load(Path(__file__).with_name("contract_gate_cases.yaml").read_text("utf-8"))
EVENT = {
    "type": "object",
    "required": ["cup_id"],
    "properties": {"cup_id": {"type": "string", "format": "uuid"}, "colour": {"enum": ["white"]}},
    "additionalProperties": False,
}
CHANNELS = {
    "channels": {
        "linli.tea": {
            "address": "linli.tea",
            "messages": {"cup.filled.v1": {}},
            "bindings": {"kafka": {"partitions": 12}},
        }
    }
}


def changed(case):
    document = copy.deepcopy(GOLDEN["base"])
    for place in case.get("remove", []):
        *above, name = place.split(" ")
        del _at(document, above)[name]
    for place, value in case.get("set", {}).items():
        *above, name = place.split(" ")
        _at(document, above)[name] = value
    return document


def _at(document, names):
    for name in names:
        document = document[name]
    return document


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_golden_case(case):
    found = [str(finding) for finding in openapi.compare(GOLDEN["base"], changed(case))]

    if case["finds"] is None:
        assert found == []
    else:
        assert len(found) == 1
        assert case["finds"] in found[0]


@pytest.mark.parametrize(
    ("change", "finds"),
    [
        ({"required": []}, "no longer rely"),
        ({"properties": {"cup_id": EVENT["properties"]["cup_id"]}}, "property removed"),
        ({"properties": EVENT["properties"] | {"colour": {"enum": ["white", "red"]}}}, "enum widened"),
        ({"properties": EVENT["properties"] | {"size": {"type": "integer"}}}, None),
        ({"description": "A cup."}, None),
    ],
)
def test_readers_of_events_are_told_no_less_and_nothing_unexpected(change, finds):
    found = [str(one) for one in asyncapi.compare_events({"cup": EVENT}, {"cup": EVENT | change})]
    assert [finds in one for one in found] == ([True] if finds else [])


def test_a_topic_keeps_its_partitions_and_its_messages():
    other = copy.deepcopy(CHANNELS)
    other["channels"]["linli.tea"]["bindings"]["kafka"]["partitions"] = 24
    del other["channels"]["linli.tea"]["messages"]["cup.filled.v1"]

    found = " ".join(str(one) for one in asyncapi.compare(CHANNELS, other))

    assert "message removed" in found
    assert "bindings changed" in found
    assert list(asyncapi.compare(CHANNELS, CHANNELS)) == []


@pytest.fixture
def contracts(tmp_path):
    for part in ("openapi", "events/tea"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "openapi" / "tea.v1.yaml").write_text(yaml.dump(GOLDEN["base"]), "utf-8")
    (tmp_path / "events" / "tea" / "cup.filled.v1.schema.json").write_text(json.dumps(EVENT), "utf-8")
    (tmp_path / "asyncapi.yaml").write_text(yaml.dump(CHANNELS), "utf-8")
    return tmp_path


def test_what_was_released_cannot_be_broken_and_is_not_released_over(contracts, capsys):
    released = contracts / "released"
    told = ["--base", str(released), "--head", str(contracts)]
    assert main([*told, "--release"]) == 0
    broken = changed({"remove": ["paths /cups"]})
    (contracts / "openapi" / "tea.v1.yaml").write_text(yaml.dump(broken), "utf-8")

    assert main([*told, "--release"]) == 1

    assert "path removed" in capsys.readouterr().out
    assert "/cups" in (released / "openapi" / "tea.v1.yaml").read_text("utf-8")


def test_references_into_other_files_are_compared_by_what_they_mean(tmp_path):
    (tmp_path / "shared.yaml").write_text("parts: {Cup: {type: string}}", "utf-8")
    (tmp_path / "tea.yaml").write_text("cup: {$ref: './shared.yaml#/parts/Cup'}", "utf-8")

    assert resolve(tmp_path / "tea.yaml") == {"cup": {"type": "string"}}


def test_a_schema_inside_itself_is_refused(tmp_path):
    (tmp_path / "tea.yaml").write_text("cup: {lid: {$ref: '#/cup'}}", "utf-8")
    with pytest.raises(CyclicReference):
        resolve(tmp_path / "tea.yaml")
