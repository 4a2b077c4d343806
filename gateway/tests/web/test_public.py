# SPDX-License-Identifier: Apache-2.0
"""The board is for anyone: no name, no token, no cookie, little weight."""

from __future__ import annotations

import gzip

import pytest
from gateway.web import assets

ID = "0197f000-0000-7000-8000-0000000000"
BOARD = "/board/510104030006"
PUBLIC = ["/", BOARD, f"{BOARD}/fund", f"{BOARD}/fund/2026-10", f"{BOARD}/venues/{ID}10", "/docs/venue"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sends_no_token_and_sets_no_cookie(browse, services, path):
    answer = browse(path, None)

    assert answer.status_code == 200
    assert not [request for request in services.sent if "Authorization" in request.headers]
    assert "Set-Cookie" not in browse(path, signed_in=False).headers


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_names_no_resident(browse, path):
    assert "居民甲" not in browse(path, signed_in=False).text


@pytest.mark.parametrize("path", PUBLIC)
def test_a_first_load_stays_below_60_kilobytes(app, path):
    answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) + len(assets.SHEET_GZIPPED) <= 60_000
    assert gzip.decompress(answer.data).startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("path", [BOARD, f"{BOARD}/fund", f"{BOARD}/fund/2026-10", f"{BOARD}/use", f"{BOARD}/sittings"])
def test_every_page_of_a_board_leads_to_the_teahouses_week(browse, path):
    tabs = browse(path, signed_in=False).text.split('<nav class="tabs"')[1].split("</nav>")[0]

    assert f'href="{BOARD}/venues/{ID}10"' in tabs and "茶馆一周" in tabs


def test_a_phone_shows_one_day_of_a_rooms_week_and_leads_to_the_others(browse):
    phone = browse(f"{BOARD}/venues/{ID}10?date=2026-11-26", signed_in=False).text.split('<div class="phone">')[1]

    assert phone.count("<h2") - phone.split('<ul class="key">')[1].count("<h2") == 1 and "11月26日" in phone
    assert phone.count('class="dayp"') == 7 and 'href="?date=2026-11-27"' in phone
    assert 'href="?date=2026-11-26" aria-current="date"' in phone


def test_a_signed_in_page_is_neither_kept_nor_compressed(app, browse):
    answer = browse("/my/needs")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers


def test_hidden_counts_are_said_in_words_and_never_computed(browse):
    district, community = browse("/", signed_in=False).text, browse(BOARD, signed_in=False).text

    assert "不显示" in district and "不显示" in community


def test_overdue_stands_on_the_board_until_it_is_published(browse, services):
    only = services._published("/divisions/510104030006/fund", None)["items"][1:]
    path = "/api/disclosure/v1/divisions/510104030006/fund"
    services.refuse("GET", path, 200, "none", items=only, next_cursor=None)

    text = browse(BOARD, signed_in=False).text

    assert "已过23天" in text and "2026年10月社区基金收支表" in text


def test_an_old_version_of_a_statement_says_so(browse, services):
    row = services._published("/divisions/510104030006/fund/2026-10", None)
    path = "/api/disclosure/v1/divisions/510104030006/fund/2026-10"
    services.refuse("GET", path, 200, "none", **{**row, "version": 1, "is_latest": False})

    assert "这是旧版" in browse(f"{BOARD}/fund/2026-10?version=1", signed_in=False).text


def test_public_answers_are_asked_once_in_half_a_minute(browse, services):
    browse("/docs/", signed_in=False)
    first = len(services.sent)
    browse("/docs/", signed_in=False)

    assert len(services.sent) == first


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", ""])
def test_a_choice_of_language_leads_nowhere_else(browse, asked):
    answer = browse(f"/preferences?language=en&next={asked}", signed_in=False)

    assert answer.headers["Location"] == "/"
    assert "linli-language=en" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", [f"{BOARD}/fund", f"{BOARD}/fund/2026-10", BOARD])
def test_every_page_of_a_board_leads_to_the_rooms(browse, path):
    assert f'href="{BOARD}/venues/{ID}10"' in browse(path, signed_in=False).text


@pytest.mark.parametrize("path", [f"{BOARD}/venues/{ID}10", "/my/venue"])
def test_a_venue_tells_its_story_its_rules_and_what_its_photos_show(browse, path):
    text = browse(path).text

    assert "老茶厂改的院子" in text and "走时关灯" in text
    assert f'src="/api/venue/v1/divisions/510104030006/venue-photos/{ID}71" alt="院子里的茶桌"' in text


def test_rooms_of_the_books_are_named_in_english(browse):
    text = browse(f"{BOARD}/fund/2026-10", signed_in=False, cookies={"linli-language": "en"}).text

    assert "Council Pavilion" in text and "议事茶亭" not in text


def test_a_week_says_which_week_it_is_between_its_neighbours(browse):
    text = browse(f"{BOARD}/venues/{ID}10?from=2026-11-30", signed_in=False).text

    assert "11月30日—12月6日" in text.split("上周")[1].split("下周")[0]


def test_a_contracts_backticks_are_shown_as_code(services, browse):
    answer = browse("/docs/venue", signed_in=False).text

    assert "<code>things</code>" in answer and "`" not in answer


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_the_process_says_that_it_is_there(browse, services, path):
    assert browse(path, signed_in=False).status_code == 200
    assert services.sent == []


def test_pages_forbid_scripts_and_frames(browse):
    policy = browse("/", signed_in=False).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
