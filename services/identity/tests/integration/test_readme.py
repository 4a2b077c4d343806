# SPDX-License-Identifier: Apache-2.0
"""The README tells every operation, event, setting, command and table, and none that is not there."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import yaml
from chassis.testing.postgres import ServiceDatabase
from identity import cli
from identity.settings import MigrateSettings, Settings

ROOT = Path(__file__).parents[4]
README = (ROOT / "services" / "identity" / "README.md").read_text("utf-8")


def rows(section: str) -> set[str]:
    """The first cells of the table under a heading."""
    text = README.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return {cell.strip("` ") for cell in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)} - {
        *("operation", "variable", "table", "command", "when", "---")
    }


def test_every_operation_stands_there_with_its_permission():
    contract = yaml.safe_load((ROOT / "contracts" / "openapi" / "identity.v1.yaml").read_text("utf-8"))
    operations = {
        f"{one['operationId']} | {method.upper()} {path} | "
        + (one["security"][0]["oauth"][0] if one["security"] else "public")
        for path, item in contract["paths"].items()
        for method, one in item.items()
        if method in ("get", "post", "patch")
    }

    assert rows("Endpoints") == {one.split(" | ")[0] for one in operations}
    assert all(f"| {one}" in README for one in operations)


def test_every_event_stands_there():
    schemas = {path.name for path in (ROOT / "contracts" / "events" / "identity").glob("*.json")}

    assert set(re.findall(r"linli\.identity\.[a-z_.]+v1", README)) == {
        "linli.identity." + name.removesuffix(".schema.json") for name in schemas
    }


def test_every_setting_stands_there():
    fields = [*dataclasses.fields(Settings), *dataclasses.fields(MigrateSettings)]

    assert rows("Settings") == {f"LINLI_{field.name.upper()}" for field in fields}


def test_every_command_stands_there():
    known = cli._parser()._subparsers._group_actions[0].choices

    assert rows("Commands") == {f"python -m identity {name}" for name in known}


def test_every_table_stands_there_with_its_kind(database: ServiceDatabase):
    with database.superuser() as connection:
        found = connection.execute("""
            SELECT relname, obj_description(oid, 'pg_class') FROM pg_class WHERE relkind = 'r'
            AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'""").fetchall()

    for name, comment in found:
        assert f"| {name} | {comment.removeprefix('kind: ').split('.')[0]} |" in README, name
    assert rows("Tables") == {name for name, _ in found}
