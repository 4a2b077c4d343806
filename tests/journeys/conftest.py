# SPDX-License-Identifier: Apache-2.0
"""One running platform and one browser for all journeys."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.people import ARGUMENTS, Album, Person
from tools.running_platform import ROOT, RunningPlatform, running

MONDAY_EVENING = "2026-11-30T18:35"


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """The platform on the last Monday of November, 25 minutes before the evening's first full hour."""
    with running(MONDAY_EVENING) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """The system's Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def person(browser, platform) -> Iterator[Callable[..., Person]]:
    """Sign somebody in; everybody leaves at the end of the test."""
    people: list[Person] = []

    def come(username: str | None = None, **profile: object) -> Person:
        people.append(Person(browser, platform, username, **profile))
        return people[-1]

    yield come
    for one in people:
        one.context.close()


@pytest.fixture(scope="session")
def album() -> Album:
    """Where the journey's pictures and timings go."""
    return Album(ROOT / "var" / "journey")
