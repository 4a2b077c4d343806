# SPDX-License-Identifier: Apache-2.0
"""The pages with services invented in this process; a browser where the machine has one."""

from __future__ import annotations

import base64
import json
import os
import shutil
import threading
from datetime import UTC, datetime

import pytest
from chassis.clock import FrozenClock
from gateway.web.app import create_app
from gateway.web.client import Services
from gateway.web.settings import Settings
from jinja2 import BytecodeCache
from werkzeug.serving import make_server

from .fake_services import FakeServices

CSRF = "c5" * 16
COMMUNITY = "510104030006"


ID = "0197f000-0000-7000-8000-0000000000"
BOARD = f"/board/{COMMUNITY}"
WORKER, SECRETARY, OPERATOR, CLERK = "community_worker", "community_secretary", "venue_operator", "finance_clerk"
# Every page that can be asked for, with the office that asks: None is a resident, "" is anyone.
PAGES = [
    ("/", ""),
    ("/?q=桥", ""),
    (BOARD, ""),
    ("/board/510104036008", ""),
    (f"{BOARD}/fund", ""),
    (f"{BOARD}/fund/2026-10", ""),
    (f"{BOARD}/fund/2026-10?version=1", ""),
    (f"{BOARD}/venues/{ID}10", ""),
    (f"{BOARD}/use", ""),
    ("/board/510104036008/use", ""),
    (f"{BOARD}/venues/{ID}10/poster", ""),
    ("/docs/", ""),
    ("/docs/venue", ""),
    ("/my", None),
    ("/my/counter/activities", None),
    ("/my/counter/certificates", None),
    ("/my/venue", None),
    (f"/my/venue?space={ID}11&date=2026-11-25", None),
    (f"/my/venue/{ID}10/book?date=2026-11-26", None),
    (f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00", None),
    (f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00&end=21:00", None),
    (f"/my/venue/{ID}10/book?date=2026-11-25&start=19:00&end=21:00", None),
    ("/my/bookings", None),
    (f"/my/bookings/{ID}21?new=1", None),
    (f"/my/bookings/{ID}21/move", None),
    (f"/my/bookings/{ID}21/move?date=2026-11-26&space={ID}11", None),
    (f"/my/venue/{ID}10/book?date=2026-11-26&start=17:00&end=19:00", None),
    ("/my/series", None),
    ("/my/series/new", None),
    (f"/my/series/new?try=1&space_id={ID}10&every=weekly&weekdays=TU&first_date=2026-11-24&count=3", None),
    (f"/my/series/{ID}a1?new=1", None),
    (f"/my/series/{ID}a1/change", None),
    ("/my/needs", None),
    ("/my/needs/new", None),
    (f"/my/needs/{ID}31", None),
    ("/my/account", None),
    ("/desk", WORKER),
    ("/desk", SECRETARY),
    ("/desk", OPERATOR),
    ("/desk", CLERK),
    ("/desk/search?q=x", WORKER),
    ("/desk/check-in", OPERATOR),
    ("/desk/check-in?code=K7M4P", OPERATOR),
    ("/desk/board", OPERATOR),
    ("/desk/board?days=7", WORKER),
    (f"/desk/board?move={ID}21", WORKER),
    ("/desk/requests", WORKER),
    ("/desk/requests?done=confirmed&code=K7M4P", WORKER),
    ("/desk/quotas", SECRETARY),
    ("/desk/use", OPERATOR),
    ("/desk/use?weeks=4", SECRETARY),
    ("/desk/day", OPERATOR),
    ("/desk/day-end", OPERATOR),
    ("/desk/deposits", OPERATOR),
    ("/desk/terms", SECRETARY),
    ("/desk/day-end?day=2026-11-22&done=1", OPERATOR),
    (f"/desk/money/{ID}21", OPERATOR),
    ("/desk/calendars", WORKER),
    (f"/my/bookings/{ID}21/payment", None),
    (f"/my/payments/{ID}81", None),
    (f"/my/payments/sandbox/{ID}81", None),
    ("/my/calendar", None),
    ("/desk/book", WORKER),
    ("/desk/import", WORKER),
    (f"/desk/import/{ID}e5", WORKER),
    ("/desk/book?q=x", WORKER),
    (f"/desk/book/week?person={ID}51", WORKER),
    (f"/desk/book/{ID}10?date=2026-11-24&start=19:00&end=21:00&person={ID}51", WORKER),
    (f"/desk/bookings/{ID}21?new=1", WORKER),
    ("/desk/series", WORKER),
    (f"/desk/series/new?person={ID}51", WORKER),
    (f"/desk/series/new?person={ID}51&try=1&space_id={ID}10&every=monthly_nth&nth=2&weekdays=TU&count=3", WORKER),
    (f"/desk/series/{ID}a1?done=changed", WORKER),
    (
        f"/desk/series/{ID}a1/change?try=1&scope=all&every=weekly&weekdays=TU&weekdays=TH&until=2026-12-22&local_start=18:00",
        WORKER,
    ),
    ("/desk/visits/new", WORKER),
    (f"/desk/visits/new?estate={ID}60", WORKER),
    (f"/desk/visits/new?estate={ID}60&building={ID}61", WORKER),
    (f"/desk/visits/new?estate={ID}60&building={ID}61&household={ID}62", WORKER),
    (f"/desk/visits/new?person={ID}51", WORKER),
    (f"/desk/visits/done?need={ID}31", WORKER),
    ("/desk/needs", WORKER),
    (f"/desk/needs/new?person={ID}51", WORKER),
    (f"/desk/needs/{ID}31", WORKER),
    (f"/my/check-in?space={ID}10&code=BCDFGHJK", None),
    ("/my/check-in", None),
    ("/my/waiting?new=1", None),
    (
        f"/my/waiting/new?space_id={ID}10&starts_at=2026-11-24T19:00:00%2B08:00&ends_at=2026-11-24T21:00:00%2B08:00",
        None,
    ),
    ("/my/marks", None),
    ("/my/notices", None),
    (f"/board/door/{COMMUNITY}-{'A' * 32}", ""),
    ("/desk/check-in/list", OPERATOR),
    ("/desk/check-in/offline", OPERATOR),
    ("/desk/waiting", WORKER),
    (f"/desk/waiting/new?person={ID}51&space_id={ID}10&on=2026-11-24&from=19:00&until=21:00", WORKER),
    ("/desk/appeals", WORKER),
    ("/desk/exemptions?q=x", WORKER),
    (f"/desk/exemptions?person={ID}51", WORKER),
    ("/desk/displays", SECRETARY),
    ("/desk/closures", WORKER),
    ("/desk/closures?done=saved", SECRETARY),
    ("/desk/rooms", SECRETARY),
    ("/desk/spaces", SECRETARY),
    ("/desk/opening", SECRETARY),
    (
        "/desk/opening/preview?valid_from=2026-11-30&regime_1=public_benefit&days_1=1&days_1=2&from_1=09:00&until_1=18:00",
        SECRETARY,
    ),
    ("/desk/days", SECRETARY),
    ("/desk/prices", SECRETARY),
    ("/desk/share", SECRETARY),
    ("/desk/share", OPERATOR),
    ("/desk/ledger", CLERK),
    ("/desk/statements", CLERK),
    ("/desk/statements/new?month=2026-11", CLERK),
    (f"/desk/statements/{ID}41", SECRETARY),
    (f"{BOARD}/sittings", ""),
    ("/my/sittings", None),
    ("/my/sittings?done=proposed", None),
    ("/my/desks", None),
    ("/my/tickets", None),
    (f"/my/tickets/{ID}91?new=1", None),
    (f"/my/tickets/{ID}93", None),
    (f"/my/tickets/{ID}97", None),
    (f"/desk/sessions/{ID}77/queue", "venue_operator"),
    ("/desk/sittings", WORKER),
    ("/desk/rotas/new?kind=sitting", WORKER),
    ("/desk/rotas/new?kind=desk", WORKER),
    (f"/desk/sessions/{ID}71", WORKER),
    (f"/desk/sessions/{ID}72", WORKER),
    (f"/desk/sessions/{ID}73", SECRETARY),
    (f"/desk/sessions/{ID}74", WORKER),
    (f"/desk/sessions/{ID}75", WORKER),
    ("/desk/topics", WORKER),
    ("/desk/desks", OPERATOR),
    (f"/desk/desks?person={ID}51", WORKER),
    (f"/desk/sessions/{ID}75/queue", OPERATOR),
    ("/district", "district_officer"),
]


def pytest_generate_tests(metafunc):
    """Give every test that asks for ``page`` each page there is, with the office it is for."""
    if "page" in metafunc.fixturenames:
        names = [f"{path} as {'anyone' if office == '' else office or 'resident'}" for path, office in PAGES]
        metafunc.parametrize("page", PAGES, ids=names)


def communities() -> list[dict[str, str]]:
    """Return a few real communities of two streets."""
    rows = (
        ("510104030006", "五福桥社区", "510104030", "沙河街道"),
        ("510104030009", "双桂路社区", "510104030", "沙河街道"),
        ("510104030003", "塔子山社区", "510104030", "沙河街道"),
        ("510104036008", "棬子树社区", "510104036", "柳江街道"),
    )
    names = ("code", "name", "street_code", "street_name")
    return [dict(zip(names, row, strict=True)) for row in rows]


def session_headers(office: str | None = None, division: str = COMMUNITY, signed_in: bool = True) -> dict[str, str]:
    """Return the headers the edge would add for a person acting in an office, or as a resident."""
    if not signed_in:
        return {"Linli-Request-Id": "01TEST"}
    held = [{"office": office, "place": division, "until": "2027-12-31"}] if office else []
    session = {"sub": "0197f000-0000-7000-8000-0000000000aa", "division": division, "office": office, "offices": held}
    tokens = {
        f"Linli-Token-{name}": f"token-{name.lower()}" for name in ("Identity", "Engagement", "Disclosure", "Venue")
    }
    encoded = base64.urlsafe_b64encode(json.dumps(session).encode()).decode().rstrip("=")
    return {"Linli-Request-Id": "01TEST", "Linli-Csrf": CSRF, "Linli-Session": encoded, **tokens}


@pytest.fixture
def services():
    """The four services, invented."""
    return FakeServices(communities())


class Compiled(BytecodeCache):
    """Templates compiled by one application of this process serve the next one; a changed source is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def build(transport=None):
    """Build the pages on 23 November 2026 at 15:00 in Shanghai."""
    urls = (f"http://{name}.invalid" for name in ("identity", "engagement", "disclosure", "venue"))
    settings = Settings(*urls, issuer="http://localhost:8080")
    clock = FrozenClock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    pages = create_app(settings, transport=transport, clock=clock)
    pages.jinja_env.bytecode_cache = COMPILED
    return pages


@pytest.fixture(scope="session")
def one_app():
    """The pages, built once: templates are compiled once."""
    return build()


def over_invented_services(pages, services):
    """Put invented services behind the pages; nothing is remembered from what was asked before."""
    urls = pages.extensions["linli.settings"].service_urls()
    pages.extensions["linli.services"] = Services(urls, services.transport())
    return pages


@pytest.fixture
def app(one_app, services):
    """The pages over this test's own invented services."""
    return over_invented_services(one_app, services)


@pytest.fixture
def browse(app):
    """Return a function that asks for a page as somebody."""
    return asking(app)


def asking(pages):
    """Return a function that asks these pages for one as somebody."""

    def ask(
        path: str,
        office: str | None = None,
        *,
        signed_in: bool = True,
        division: str = COMMUNITY,
        cookies: dict[str, str] | None = None,
        method: str = "GET",
        form: dict[str, str] | None = None,
    ):
        client = pages.test_client()
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value)
        data = None if form is None else {"csrf": CSRF, "key": "11111111-1111-4111-8111-111111111111", **form}
        return client.open(path, method=method, data=data, headers=session_headers(office, division, signed_in))

    return ask


@pytest.fixture(scope="session")
def address():
    """Serve the pages on a free port for a browser; yields the address."""
    pages = build(FakeServices(communities()).transport())
    server = make_server("127.0.0.1", 0, pages, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def window(request, chromium, address):
    """The window for all pages in the view that the test's module names (``VIEW``)."""
    from .views import Window  # it needs this module, and a browser

    shown = Window(chromium, address, request.module.VIEW)
    yield shown
    shown.context.close()


def headers_for(office: str | None) -> dict[str, str]:
    """Return the edge's headers for an office of PAGES."""
    division = "510104" if office == "district_officer" else COMMUNITY
    return session_headers(office or None, division, signed_in=office != "")
