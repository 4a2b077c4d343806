# SPDX-License-Identifier: Apache-2.0
"""Small rules that are easily broken and easily seen."""

from __future__ import annotations

import ast
import re

import pytest

from .tree import ROOT, SERVICES, files, named, parsed, sources

LONGEST_FILE = 450
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"}
OF_THE_DATABASES_CLOCK = re.compile(
    r"(?<![.\w])now\(\)|\bcurrent_(date|time|timestamp)\b|\b(clock|statement|transaction)_timestamp\b|\blocaltimestamp\b",
    re.IGNORECASE,
)


# Authlib calls the provider's storage functions, each of which is a use case of its own.
USE_CASES = {"identity": ("/identity/usecases/", "/identity/provider/")}


@pytest.mark.parametrize("service", SERVICES)
def test_only_use_cases_commit(service):
    for path in sources(f"services/{service}/src/"):
        if any(room in named(path) for room in USE_CASES.get(service, (f"/{service}/usecases/",))):
            continue
        for node in ast.walk(parsed(path)):
            commits = isinstance(node, ast.Attribute) and node.attr == "commit"
            assert not commits, f"{named(path)}:{node.lineno} commits"


def test_no_rule_asks_the_database_what_time_it_is():
    for path in sources(*(f"services/{service}/" for service in SERVICES)):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_prose(node.value):
                found = OF_THE_DATABASES_CLOCK.search(node.value)
                assert not found, f"{named(path)}:{node.lineno} asks the database for {found and found[0]}"


@pytest.mark.parametrize("service", SERVICES)
def test_rules_and_use_cases_are_told_the_time(service):
    asked = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    for path in sources(f"services/{service}/src/{service}/domain/", f"services/{service}/src/{service}/usecases/"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in asked, f"{named(path)}:{node.lineno} looks at the clock"


def test_only_settings_and_commands_for_people_read_the_environment():
    for path in sources(*(f"services/{service}/src/" for service in SERVICES)):
        for node in ast.walk(parsed(path)):
            reads = isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
            assert not reads or path.name in ("settings.py", "cli.py"), (
                f"{named(path)}:{node.lineno} reads the environment"
            )


def test_no_file_is_too_long_to_be_about_one_thing():
    long = {
        named(path): count for path in files() if (count := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_module_is_called_something_that_says_nothing():
    nothing = [named(path) for path in files() if FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}]
    assert nothing == []


def test_every_python_file_states_its_licence():
    unsaid = [
        named(path)
        for path in files()
        if path.read_text("utf-8").strip()
        and "SPDX-License-Identifier: Apache-2.0" not in path.read_text("utf-8")[:200]
    ]
    assert unsaid == []


def test_every_module_says_what_it_is():
    silent = [named(path) for path in sources("") if parsed(path).body and ast.get_docstring(parsed(path)) is None]
    assert silent == []


def _is_prose(text):
    return (
        text.rstrip().endswith(".")
        and "\n" not in text.strip()
        and not re.search(r"\b(SELECT|UPDATE|INSERT|WHERE)\b", text)
    )
