# SPDX-License-Identifier: Apache-2.0
"""A service's README names every operation, setting, event and table; a reader can rely on it."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re

import pytest

from ..contracts import emitted
from ..contracts.sources import event_schemas, operations
from .tree import MIGRATIONS, ROOT, SERVICES, files

OF_THE_CHASSIS = {"alembic_version"}
PATH_SUFFIXES = (".py", ".yaml", ".md", ".html", ".sql", ".js", ".css")
PATH = re.compile(r"`((?!/|var/)[\w./-]+/[\w.-]+(?:" + "|".join(map(re.escape, PATH_SUFFIXES)) + r"))(?:::[^`]*)?`")


def readme(service):
    return (ROOT / "services" / service / "README.md").read_text("utf-8")


def missing(service, names):
    text = readme(service)
    return [name for name in names if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_named(service):
    assert missing(service, [name for name, *_ in operations(service)]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_named(service):
    module = importlib.import_module(f"{service}.settings")
    kinds = [one for _, one in inspect.getmembers(module, dataclasses.is_dataclass)]
    assert {"Settings", "MigrateSettings"} <= {kind.__name__ for kind in kinds}
    names = {f"LINLI_{field.name.upper()}" for kind in kinds for field in dataclasses.fields(kind)}
    assert missing(service, sorted(names)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_that_it_tells_or_reads_is_named(service):
    told = [one for one in event_schemas() if one.startswith(f"linli.{service}.")]
    read = emitted.subscriptions(service) if importlib.util.find_spec(f"{service}.reactions") else set()
    text = readme(service)
    unnamed = [one for one in {*told, *read} if one not in text and one.removeprefix("linli.") not in text]
    short = [one for one in unnamed if one.split(".", 2)[2].removesuffix(".v1") not in text]
    assert short == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_named(service, databases):
    database = databases.fresh(service, MIGRATIONS[service])
    with database.superuser() as catalogue:
        rows = catalogue.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").fetchall()
    databases.drop(database)
    assert missing(service, sorted({name for (name,) in rows} - OF_THE_CHASSIS)) == []


def test_every_path_a_page_names_is_there():
    there = {str(path.relative_to(ROOT)) for suffix in PATH_SUFFIXES for path in files(suffix)}
    ends = {"/".join(path.split("/")[start:]) for path in there for start in range(path.count("/") + 1)}
    gone = {
        str(page.relative_to(ROOT)): lost
        for page in files(".md")
        if (lost := sorted(set(PATH.findall(page.read_text("utf-8"))) - ends))
    }
    assert gone == {}
