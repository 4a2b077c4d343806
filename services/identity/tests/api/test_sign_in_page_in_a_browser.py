# SPDX-License-Identifier: Apache-2.0
"""The sign-in page in a real browser: no accessibility violation, no sideways scrolling, large targets, old CSS."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from importlib.resources import files
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from identity.provider.app import create_provider
from werkzeug.serving import make_server

from services.identity.tests.api.provider_client import Flow

SMALL = """() => [...document.querySelectorAll('nav a, .brand, button, .button, input:not([type=hidden])')]
    .filter(one => one.getBoundingClientRect().height < 43.9).map(one => one.outerHTML)"""
TOO_NEW = r":has\(|:is\(|color-mix|\bgap:|clamp\(|aspect-ratio|\binset:|@layer|var\(--"


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """The system's browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("LINLI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def address(deps, flow: Flow) -> Iterator[str]:
    """The provider on a port of its own."""
    server = make_server("127.0.0.1", 0, create_provider(deps), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_of_the_page_is_accessible(chromium, address: str, flow: Flow, width: int, language: str):
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True)
    tab = context.new_page()
    form = f"{address}/oauth/authorize?{urlencode(flow.ask(ui_locales=language))}"
    found = []
    for step in ("form", "refused", "message"):
        if step == "refused":
            tab.fill("#username", "resident1")
            tab.fill("#password", "not the password")
            tab.click("button")
            assert tab.get_by_role("alert").is_visible()
        else:
            tab.goto(form if step == "form" else f"{address}/oauth/authorize?ui_locales={language}")
        violations = Axe().run(tab).response["violations"]
        found += [(step, one["id"], [node["html"] for node in one["nodes"]]) for one in violations]
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert tab.evaluate(SMALL) == []
    context.close()

    assert found == []


def test_the_stylesheet_is_one_that_old_browsers_know():
    css = (files("identity.provider") / "static" / "provider.css").read_text("utf-8")

    assert re.findall(TOO_NEW, css) == []
    assert len(css) < 6_000
