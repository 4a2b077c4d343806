# SPDX-License-Identifier: Apache-2.0
"""The pages with services invented in this process; a browser where the machine has one."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from chassis.clock import FrozenClock
from gateway.web.app import create_app
from gateway.web.settings import Settings

HERE = Path(__file__).parent
CSRF = "c5" * 16
COMMUNITY = "510104030006"


def _fake():
    specification = importlib.util.spec_from_file_location("fake_services", HERE / "fake_services.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules["fake_services"] = module
    specification.loader.exec_module(module)
    return module


fake_services = _fake()


def communities() -> list[dict[str, str]]:
    """Return a few real communities of two streets."""
    rows = (("510104030006", "五福桥社区", "510104030", "沙河街道"), ("510104030009", "双桂路社区", "510104030", "沙河街道"),
            ("510104030003", "塔子山社区", "510104030", "沙河街道"), ("510104036008", "棬子树社区", "510104036", "柳江街道"))
    names = ("code", "name", "street_code", "street_name")
    return [dict(zip(names, row, strict=True)) for row in rows]


def session_headers(office: str | None = None, division: str = COMMUNITY, signed_in: bool = True) -> dict[str, str]:
    """Return the headers the edge would add for a person acting in an office, or as a resident."""
    if not signed_in:
        return {"Linli-Request-Id": "01TEST"}
    held = [{"office": office, "place": division, "until": "2027-12-31"}] if office else []
    session = {"sub": "0197f000-0000-7000-8000-0000000000aa", "division": division, "office": office, "offices": held}
    tokens = {f"Linli-Token-{name}": f"token-{name.lower()}"
              for name in ("Identity", "Engagement", "Disclosure", "Venue")}
    encoded = base64.urlsafe_b64encode(json.dumps(session).encode()).decode().rstrip("=")
    return {"Linli-Request-Id": "01TEST", "Linli-Csrf": CSRF, "Linli-Session": encoded, **tokens}


@pytest.fixture
def services():
    """The four services, invented."""
    return fake_services.FakeServices(communities())


@pytest.fixture
def app(services):
    """The pages over invented services, on 23 November 2026 at 15:00 in Shanghai."""
    settings = Settings(*(f"http://{name}.invalid" for name in ("identity", "engagement", "disclosure", "venue")),
                        issuer="http://localhost:8080")
    clock = FrozenClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    return create_app(settings, transport=services.transport(), clock=clock)


@pytest.fixture
def browse(app):
    """Return a function that asks for a page as somebody."""
    def ask(path: str, office: str | None = None, *, signed_in: bool = True, division: str = COMMUNITY,
            cookies: dict[str, str] | None = None, method: str = "GET", form: dict[str, str] | None = None):
        client = app.test_client()
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value)
        data = None if form is None else {"csrf": CSRF, "key": "11111111-1111-4111-8111-111111111111", **form}
        return client.open(path, method=method, data=data, headers=session_headers(office, division, signed_in))

    return ask


@pytest.fixture
def address(app):
    """Serve the pages on a free port for a browser; yields the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium; tests that need it skip where there is none, unless skips count as failures."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("LINLI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
