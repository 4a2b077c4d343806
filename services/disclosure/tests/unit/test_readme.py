# SPDX-License-Identifier: Apache-2.0
"""The README stays true: every operation, event, setting, table and refusal of the service is in it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from disclosure import api
from disclosure.reactions import SUBSCRIPTIONS
from disclosure.settings import MigrateSettings, Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))
MIGRATIONS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "migrations").rglob("*.py")))


def settings():
    return {f"LINLI_{field.name.upper()}" for kind in (Settings, MigrateSettings) for field in fields(kind)}


def refusals():
    return set(re.findall(r"(?:Conflict|Forbidden|NotFound)\(\s*\"([a-z_]+)\"", SOURCES)) - {
        "settled_differently", "deposit_ended", "contract_overlaps"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(api.__all__) + sorted(SUBSCRIPTIONS) + sorted(settings()))
def test_it_names_what_the_service_has(name):
    assert f"`{name}`" in README


@pytest.mark.parametrize("table", sorted(set(re.findall(r"CREATE TABLE (\w+)", MIGRATIONS))))
def test_it_names_every_table(table):
    assert f"`{table}`" in README


@pytest.mark.parametrize("code", sorted(refusals()))
def test_it_names_every_refusal_a_caller_can_get(code):
    assert f"`{code}`" in README


@pytest.mark.parametrize("event", sorted(set(re.findall(r"linli\.disclosure\.entry\.\w+\.v1", SOURCES))))
def test_it_names_every_event(event):
    assert f"`{event}`" in README
