# SPDX-License-Identifier: Apache-2.0
"""A service's command line: the named process runs, and what stands in its way is one line."""

from dataclasses import dataclass

import pytest
from chassis.errors import Conflict
from chassis.settings import SettingsError

from chassis import processes


@dataclass(frozen=True)
class Oven:
    oven_url: str
    log_level: str = "INFO"


def told(*arguments, **known):
    return processes.run("bakery", "web | bake", known, arguments)


def test_the_named_process_gets_what_follows_its_name_and_its_code_is_the_programs():
    assert told("bake", "--twice", bake=lambda rest: len(rest) + 6) == 7


@pytest.mark.parametrize("arguments", [(), ("dance",)])
def test_an_unknown_process_is_told_the_known_ones(arguments, capsys):
    assert told(*arguments, bake=lambda _: 0) == 2
    assert "web | bake" in capsys.readouterr().err


@pytest.mark.parametrize("refusal", [SettingsError("LINLI_OVEN_URL is missing"), Conflict("cold", en="cold", zh="冷")])
def test_a_refusal_is_one_line_without_a_stack_trace(refusal, capsys):
    def bake(_):
        raise refusal

    assert told("bake", bake=bake) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bakery: ")


def test_a_mistake_of_our_own_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        told("bake", bake=lambda _: 1 // 0)


def test_a_web_process_that_lacks_a_setting_says_so_before_it_serves(monkeypatch):
    monkeypatch.delenv("LINLI_OVEN_URL", raising=False)

    with pytest.raises(SettingsError, match="LINLI_OVEN_URL is missing"):
        processes.web(Oven, "bakery.web:application()")
