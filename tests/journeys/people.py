# SPDX-License-Identifier: Apache-2.0
"""People at the keyboard: each with a browser profile of their own, photographed at every step."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tools.running_platform import RunningPlatform

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Album:
    """Screenshots and timings of a journey, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        self.timings: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step of the journey."""
        started = time.monotonic()
        yield
        self.timings[name] = round(time.monotonic() - started, 2)
        (self.folder / "timings.json").write_text(
            json.dumps(self.timings, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    def take(self, page: Page, name: str) -> None:
        """Photograph the whole page."""
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)


class Person:
    """Somebody with an account, signed in."""

    def __init__(self, browser: Browser, platform: RunningPlatform, username: str | None, **profile: object) -> None:
        viewport = profile.pop("viewport", {"width": 1200, "height": 900})
        self.context: BrowserContext = browser.new_context(viewport=viewport, locale="zh-CN", **profile)
        self.context.set_default_timeout(120_000)  # milliseconds; a slow machine is not a broken page
        self.page = self.context.new_page()
        self.address = platform.address
        if username is not None:
            self.go("/sign-in?next=/my")
            self.page.get_by_label("用户名").fill(username)
            self.page.get_by_label("密码", exact=True).fill(platform.passwords[username])
            self.page.get_by_role("button", name=re.compile("登录")).click()
            self.page.wait_for_url(re.compile(r"/(my|desk|district)"))

    def go(self, path: str) -> int:
        """Open a path of the platform; return its status."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response.status

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow a link and wait for its page."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def sees(self, *texts: str) -> None:
        """Assert that the page shows each text."""
        body = self.page.inner_text("body")
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}:\n{body[:1500]}"

    def misses(self, *texts: str) -> None:
        """Assert that the page shows none of the texts."""
        body = self.page.content()
        for text in texts:
            assert text not in body, f"{text!r} is on {self.page.url}"
