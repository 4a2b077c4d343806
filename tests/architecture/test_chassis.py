# SPDX-License-Identifier: Apache-2.0
"""The chassis is technical: it knows no word of the domain, and whatever it holds, three need."""

from __future__ import annotations

import re

from .tree import imports, named, sources

# From the glossary, as far as the word has no technical meaning ("statement" and "need" have).
DOMAIN_WORDS = (
    "apartment|ballot|booking|captain|clerk|courtyard|covenant|disclosure|donation|elder|engagement|estate|fund"
    "|household|identity|ledger|neighbour|nomination|poster|resident|secretary|settlement|teahouse|tenant"
    "|venue|visit|volunteer"
)
WORD = re.compile(rf"(?<![a-z])({DOMAIN_WORDS})s?(?![a-z])", re.IGNORECASE)
# Python's, SQL's and our tools' own words that happen to be the same.
TECHNICAL = re.compile(r"GENERATED \w+ AS IDENTITY|BY DEFAULT AS IDENTITY|[Ii]dentity's")
PART_OF = {"dead_letters": "inbox"}  # the inbox's own command
# Two spoken of by name: the issuer of tokens is a service, and the plugin's tokens belong to a place.
SPOKEN_OF = {"chassis/src/chassis/testing/tokens.py"}


def test_the_chassis_knows_no_word_of_the_domain():
    for path in sources("chassis/src/"):
        if named(path) in SPOKEN_OF:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found = WORD.search(TECHNICAL.sub("", line))
            assert not found, f"{named(path)}:{number} says {found and found[0]!r}"


def test_every_part_of_the_chassis_is_used_by_three_or_serves_one_that_is():
    parts = {}
    for path in sources("chassis/src/chassis/"):
        part = named(path).removeprefix("chassis/src/chassis/").split("/")[0].removesuffix(".py")
        part = PART_OF.get(part, part)
        parts.setdefault(part, set()).update(imports(path))
    parts.pop("__init__")
    used = {part: _users(part) for part in parts}
    for part, wanted in parts.items():  # what a used part imports is used by the same
        for other in parts:
            if other != part and any(_is(name, other) for name in wanted):
                used[other] |= used[part]

    lonely = {part: sorted(users) for part, users in used.items() if len(users) < 3}

    assert lonely == {}


def _users(part):
    found = set()
    for path in sources("services/", "gateway/src/", "deploy/local/src/", "tools/"):
        if any(_is(name, part) for name in imports(path)):
            found.add("/".join(named(path).split("/")[:2]))
    if part == "testing":  # its users are tests
        from .tree import files

        found |= {"/".join(named(one).split("/")[:2]) for one in files() if "fresh_database" in one.read_text("utf-8")}
    return found


def _is(name, part):
    return name == f"chassis.{part}" or name.startswith(f"chassis.{part}.")
