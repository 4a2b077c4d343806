# SPDX-License-Identifier: Apache-2.0
"""No value that anybody may send makes a page of ours fail: every form and every address, against invented services."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import gateway.web
import httpx
import pytest
from gateway.web.client import Services
from gateway.web.desk import day_end, marks, needs, requests, sittings, topics, venue
from gateway.web.my import needs as my_needs
from hypothesis import given, settings
from hypothesis import strategies as some

from .conftest import COMMUNITY, CSRF, ID, build, communities, session_headers
from .fake_services import FakeServices

PACKAGE = Path(gateway.web.__file__).parent
ACTS = {
    "desk.act_on_booking": venue.PATHS,
    "desk.act_on_money": day_end.ACTS,
    "desk.act_on_need": needs.ACTS,
    "desk.act_on_session": sittings.ACTS,
    "desk.act_on_topic": topics.ACTS,
    "desk.decide": ("approval", "rejection"),
    "desk.decide_appeal": marks.DECISIONS,
    "desk.decide_request": requests.ACTS,
    "desk.answer_waiting": ("departure", "confirmation", "cancellation"),
    "my.need_act": my_needs.ACTS,
}
KEY = "11111111-1111-4111-8111-111111111111"
ROOM = 8 * 1024 * 1024
ELSEWHERE = {"regime": "commercial", "day": "2026-12-01", "matter": "hours", "code": COMMUNITY, "month": "2026-10"}
# What a person mistypes, what a script tries, and what lies at the edge of a calendar or of a number.
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "²",
    "٣",
    "１２",
    "9" * 30,
    "9" * 5000,
    "1e9",
    "<b>",
    "../../x",
    "x?y#z",
    "\x00",
    "\ud7ff\ufffd",
    "0001-01-01",
    "0001-01-01T00:00:00+08:00",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
    "24:00",
    "99:99",
    "[" * 3000,
    "[1]",
    '{"a":',
    "文" * 300,
)
# One of each kind: tried alone in every form and address, where the mixtures try all.
EACH_KIND = (
    "",
    "²",
    "9" * 5000,
    "0001-01-01T00:00:00+08:00",
    "0001-01-01",
    "9999-12-31",
    "../../x",
    "\x00",
    "[" * 3000,
)
USUAL = (
    f"{ID}10",
    f"{ID}10/3",
    "2026-11-24",
    "19:00",
    "2026-11-24T19:00:00+08:00",
    "30",
    "60.00",
    "yes",
    "weekly",
    "all",
)


def names_of_fields() -> list[str]:
    """Return every name that a form of ours has, or that its page reads."""
    found = set()
    for path in PACKAGE.rglob("*.html"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'name="([a-z_]+)"', text))
        found |= set(re.findall(r"fields\.(?:text|area|choice|marks)\('([a-z_]+)'", text))
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'(?:forms\.(?:text|fen)|whole|args\.get|form\.get|getlist)\("([a-z_]+)"', text))
    numbered = {f"{name}_{n}" for name in ("regime", "from", "until", "days", "function_zh", "office") for n in (1, 2)}
    return sorted((found | numbered | {f"equipment-{ID}10"}) - {"csrf"})


FIELDS = names_of_fields()


def addresses(app, method: str) -> list[str]:
    """Return every address of a method, filled with ids that exist and every act that it knows."""
    found = []
    for rule in app.url_map.iter_rules():
        if method not in rule.methods or rule.endpoint.startswith("assets."):
            continue
        address = re.sub(r"<uuid:[a-z_]+>", f"{ID}10", str(rule))
        found += [filled(address, act) for act in ACTS.get(rule.endpoint, ("",))]
    return sorted(set(found))


def filled(address: str, act: str) -> str:
    return re.sub(r"<(?:any\(.*?\):)?(\w+)>", lambda one: act or ELSEWHERE.get(one[1], "x"), address)


ONE = build()
POSTS, GETS = (addresses(ONE, method) for method in ("POST", "GET"))


@pytest.fixture(scope="module", autouse=True)
def _room_for_long_values():
    """Widen the limits of a form, so that a form reads all its long values at once and not one field at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.web.app.MAX_FORM_BYTES", ROOM)
        for limit in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE"):
            patch.setitem(ONE.config, limit, ROOM)
        yield


def over(refusing: bool) -> None:
    """Put services behind the pages: they take every change, or refuse every change for every field."""
    fake = FakeServices(communities())
    errors = [{"field": name, "code": "wrong_format", "detail": f"“{name}”的格式不对。"} for name in FIELDS]
    refusal = {"status": 400, "code": "invalid_request", "title": "请求有误", "detail": "……", "errors": errors}

    def answer(request: httpx.Request) -> httpx.Response:
        if refusing and request.method != "GET":
            return httpx.Response(400, json=refusal)
        try:
            return fake.answer(request)
        except Exception:  # invented services know no rules; a real one refuses what it cannot read
            return httpx.Response(400, json=refusal)

    urls = ONE.extensions["linli.settings"].service_urls()
    ONE.extensions["linli.services"] = Services(urls, httpx.MockTransport(answer))


def office_for(address: str) -> str | None:
    if address.startswith("/desk"):
        return "community_secretary"
    return "district_officer" if address.startswith("/district") else None


def post(address: str, form: dict[str, str]) -> int:
    return send(address, written({"key": KEY, **form, "csrf": CSRF}))


def send(address: str, body: bytes) -> int:
    """Post a body that is already written as a browser writes a form's fields."""
    headers = session_headers(office_for(address))
    kind = "application/x-www-form-urlencoded"
    status = ONE.test_client().post(address, data=body, content_type=kind, headers=headers).status_code
    assert status != 413, "what no form has read proves nothing"
    return status


def written(form: dict[str, str]) -> bytes:
    """Write a form's fields as a browser does; brackets as they are, for thousands of them take long to decode."""
    return urlencode(form, safe="[").encode()


@cache
def everywhere(value: str) -> bytes:
    """Write a form in which every field has this value: once, not once for each address."""
    return written({"key": KEY, **dict.fromkeys(FIELDS, value), "csrf": CSRF})


@cache
def query(value: str) -> str:
    """Write an address's question in which every name has this value, as long as an address may be."""
    return urlencode({**dict.fromkeys(FIELDS, value[:2000]), "try": "1"}, safe="[")


@pytest.mark.parametrize("address", POSTS)
@pytest.mark.parametrize("refusing", [False, True], ids=["taken", "refused"])
def test_no_value_in_any_form_makes_a_page_fail(address, refusing):
    over(refusing)

    failed = [value[:40] for value in EACH_KIND if send(address, everywhere(value)) >= 500]

    assert failed == []


@pytest.mark.parametrize("address", GETS)
def test_no_value_in_any_address_makes_a_page_fail(address):
    over(refusing=False)
    client, headers = ONE.test_client(), session_headers(office_for(address))

    def ask(value: str) -> int:
        return client.get(address, query_string=query(value), headers=headers).status_code

    assert [value[:40] for value in EACH_KIND[1:7] if ask(value) >= 500] == []


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    address=some.sampled_from(POSTS),
    refusing=some.booleans(),
    form=some.fixed_dictionaries({name: some.sampled_from(USUAL + NASTY) for name in FIELDS}),
)
def test_no_mixture_of_usual_and_nasty_values_makes_a_page_fail(address, refusing, form):
    over(refusing)

    assert post(address, form) < 500


@pytest.mark.parametrize(
    "address, form",
    [
        ("/my/bookings", {"space_id": f"{ID}10", "starts_at": "0001-01-01T00:00:00+08:00", "ends_at": "x"}),
        (
            "/desk/closures",
            {"starts_on": "2026-11-24", "starts_time": "09:00", "ends_on": "9999-12-31", "ends_time": "24:00"},
        ),
        ("/desk/check-in/offline", {"notes": "[" * 3000}),
        ("/desk/rooms", {"version": "²"}),
        ("/desk/spaces", {"key": "钥匙钥匙钥匙钥匙"}),
        ("/desk/prices", {"yuan": "30", "space_id": "..", "version": "1"}),
        ("/desk/check-in/list", {"ticked": f"{ID}10/" + "9" * 5000}),
    ],
)
def test_what_once_failed_is_refused(address, form):
    over(refusing=True)

    assert 400 <= post(address, form) < 500


@pytest.mark.parametrize(
    "path", ["/venues/../x", "/spaces/x?y", "/spaces/a b", "/bookings//x", "/periods/²/preview", "/."]
)
def test_a_path_that_leads_elsewhere_is_never_asked(services, path):
    sent = Services({"venue": "http://venue.invalid"}, services.transport())

    with pytest.raises(Exception, match="404"):
        sent.send("GET", "venue", path, {})

    assert services.sent == []
