# SPDX-License-Identifier: Apache-2.0
"""The operator's page without a network, in a real browser: what is noted stays on the device until it was sent."""

from __future__ import annotations

import json
import threading

import pytest
from werkzeug.serving import make_server

from .conftest import OPERATOR, build, communities, headers_for
from .fake_services import FakeServices, sent_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = "/desk/check-in/offline"
KEPT = "JSON.parse(localStorage.getItem('linli-check-ins'))"


@pytest.fixture
def counter(chromium):
    """Return a tab on the page and the services behind it."""
    services = FakeServices(communities())
    server = make_server("127.0.0.1", 0, build(services.transport()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(extra_http_headers=headers_for(OPERATOR))
    tab = context.new_page()
    tab.goto(f"http://127.0.0.1:{server.server_port}{PAGE}")
    yield tab, services
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_noted_offline_waits_on_the_device_and_is_gone_once_it_was_sent(counter):
    tab, services = counter
    tab.context.set_offline(True)

    for code in ("K7M4P", "BCDFGH"):
        tab.fill("#f-code", code)
        tab.click("#note button")
    assert [row["pick_up_code"] for row in tab.evaluate(KEPT)] == ["K7M4P", "BCDFGH"]
    assert tab.is_disabled("#send button")

    tab.context.set_offline(False)
    tab.wait_for_selector("#send button:enabled")
    tab.click("#send button")
    tab.wait_for_selector("[data-nonce]")

    sent = sent_json(next(one for one in services.sent if one.url.path.endswith("/check-ins/offline")))
    assert [note["pick_up_code"] for note in sent["notes"]] == ["K7M4P", "BCDFGH"]
    assert len({note["nonce"] for note in sent["notes"]}) == 2
    assert tab.evaluate(KEPT) == []


def test_what_was_noted_survives_the_page_and_keeps_its_nonce(counter):
    tab, _services = counter
    tab.fill("#f-code", "K7M4P")
    tab.click("#note button")
    before = tab.evaluate(KEPT)

    tab.reload()

    assert json.dumps(tab.evaluate(KEPT)) == json.dumps(before)
    assert "K7M4P" in tab.inner_text("#kept")
