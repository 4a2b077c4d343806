# SPDX-License-Identifier: Apache-2.0
"""The README tells every exit code and every command."""

import re
from pathlib import Path

from linli_local.failures import CannotStart

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "deploy/local/README.md").read_text()


def test_every_reason_not_to_start_has_a_code_of_its_own_and_a_row():
    codes = [kind.exit_code for kind in CannotStart.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert sorted(map(int, re.findall(r"^\| (\d+) \|", README, re.MULTILINE))) == sorted(codes)


def test_every_local_command_of_the_makefile_has_a_row():
    recipes = re.split(r"^([a-z-]+):.*$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)[1:]
    local = {name for name, recipe in zip(recipes[::2], recipes[1::2], strict=True) if "$(LOCAL)" in recipe}
    assert local
    assert not [name for name in local if f"`make {name}" not in README]
