# SPDX-License-Identifier: Apache-2.0
"""Refusals are pages: the rule, the way out, who to call; never a trace."""

from __future__ import annotations

import httpx
import pytest
from gateway.web.app import create_app

ID = "0197f000-0000-7000-8000-0000000000"
BOOKING = f"/api/venue/v1/bookings/{ID}21"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422, 429, 500, 503])
@pytest.mark.parametrize("language, home", [("zh", "回首页"), ("en", "Back to the start")])
def test_a_services_refusal_becomes_a_page(browse, services, status, language, home):
    services.refuse("GET", BOOKING, status, "some_code", detail="because of the rule")

    answer = browse(f"/my/bookings/{ID}21", cookies={"linli-language": language})

    assert answer.status_code == status
    assert "because of the rule" in answer.text and home in answer.text and "028-0000-0000" in answer.text
    assert "Traceback" not in answer.text


def test_services_are_asked_in_the_readers_language(browse, services):
    browse("/my/bookings", cookies={"linli-language": "en"})

    assert {request.headers["Accept-Language"] for request in services.sent} == {"en"}


@pytest.mark.parametrize("path", ["/my", "/my/venue", "/desk", "/district"])
def test_without_a_session_one_is_asked_to_sign_in_and_comes_back(browse, path):
    answer = browse(path, signed_in=False)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_an_expired_token_leads_to_sign_in(browse, services):
    services.refuse("GET", BOOKING, 401, "unauthenticated")

    assert browse(f"/my/bookings/{ID}21").headers["Location"].startswith("/sign-in?next=/my/bookings/")


@pytest.mark.parametrize(
    "path",
    [
        "/board/510104030999",
        "/board/51",
        f"/board/510104030006/venues/{ID}99",
        "/nothing",
        "/docs/other",
        "/my/counter/other",
        f"/my/venue/{ID}10/book?date=tomorrow",
    ],
)
def test_what_does_not_exist_is_a_page_that_says_so(browse, path):
    answer = browse(path)

    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text


def test_a_month_without_a_statement_is_not_published_rather_than_not_found(browse):
    answer = browse("/board/510104030006/fund/2025-01", signed_in=False)

    assert answer.status_code == 404
    assert "这个月的收支表还没有公布" in answer.text and "没有找到这一页" not in answer.text


def test_the_switch_of_offices_stands_where_the_refusal_says(browse):
    text = browse("/desk/ledger", "street_officer").text

    assert "请在下面切换" in text
    assert "现在的身份：" in text.split("请在下面切换")[1]


@pytest.mark.parametrize("path", ["/desk", "/desk/check-in", "/desk/ledger", "/district"])
def test_a_resident_on_a_staff_page_is_told_why_not(browse, services, path):
    answer = browse(path)

    assert answer.status_code == 403
    assert "您现在的身份不能办这件事" in answer.text


def test_an_office_without_the_permission_gets_the_services_refusal(browse, services):
    services.refuse("GET", "/api/disclosure/v1/periods", 403, "permission_missing", detail="缺少权限")

    answer = browse("/desk/statements", "venue_operator")

    assert answer.status_code == 403 and "缺少权限" in answer.text


def test_services_that_are_away_give_a_page_without_details(app):
    def away(request):
        raise httpx.ConnectError("refused")

    settings = app.extensions["linli.settings"]
    lonely = create_app(settings, transport=httpx.MockTransport(away)).test_client()

    answer = lonely.get("/")

    assert answer.status_code == 503
    assert "服务暂时连不上" in answer.text and "refused" not in answer.text


def test_a_part_that_cannot_be_read_does_not_take_the_board_away(browse, services):
    services.refuse("GET", "/api/disclosure/v1/divisions/510104030006/fund", 503, "unavailable")

    answer = browse("/board/510104030006", signed_in=False)

    assert answer.status_code == 200
    assert "有一部分内容暂时读不到" in answer.text and "五福茶馆" in answer.text


def test_a_mistake_of_ours_shows_no_trace(app, browse, monkeypatch):
    def broken(*_anything):
        raise RuntimeError("internal detail")

    monkeypatch.setattr("gateway.web.weeks.table", broken)

    answer = browse("/my/venue")

    assert answer.status_code == 500
    assert "我们这边出了错" in answer.text and "internal detail" not in answer.text


def test_too_long_a_form_is_refused(browse, services):
    answer = browse("/my/needs", method="POST", form={"detail": "x" * 70_000})

    assert answer.status_code == 413
    assert "提交的内容太长" in answer.text


def test_a_broken_session_header_counts_as_none(app):
    answer = app.test_client().get("/my", headers={"Linli-Session": "%%%", "Linli-Csrf": "x"})

    assert answer.status_code == 303
