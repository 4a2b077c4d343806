# SPDX-License-Identifier: Apache-2.0
"""A room's week on paper: public, the same bytes for the same facts, a hash to compare, nobody's name."""

from __future__ import annotations

import json
import re

import pytest
import segno
import typst
from gateway.web.posters import typesetting
from gateway.web.posters import week as of_week

from .fake_answers import days, regimes

POSTER = "/board/510104030006/venues/0197f000-0000-7000-8000-000000000010/poster"


@pytest.fixture(autouse=True)
def _fonts():
    if not typesetting.can_typeset():
        pytest.skip("no Chinese fonts on this machine: apt-get install fonts-noto-cjk")


def facts(app, **changes):
    place = {"name": "五福桥社区居委会", "contact": {"office_name": "示例", "telephone": "028-0000-0000"}}
    week = {"venue_name": "五福茶馆", "name": "议事茶亭", "capacity": 12, "regimes": regimes(False)}
    with app.test_request_context("/"):
        app.preprocess_request()
        return of_week.facts(place, {**week, "days": days("2026-11-23", 7, is_public=True), **changes})


@pytest.mark.parametrize("kind, starts", [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_anyone_gets_the_sheet_as_a_file_to_print_and_as_a_picture(browse, kind, starts):
    answer = browse(f"{POSTER}.{kind}", signed_in=False)

    assert answer.status_code == 200
    assert answer.data.startswith(starts)


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_the_same_facts_give_the_same_bytes(app, kind):
    first = typesetting.typeset("week", facts(app), "http://x/1")
    typesetting._set.cache_clear()
    second = typesetting.typeset("week", facts(app), "http://x/1")

    assert getattr(first, kind) == getattr(second, kind)
    assert first.digest == second.digest


def test_another_week_has_another_hash_and_a_sheet_once_set_is_kept(app):
    one = typesetting.typeset("week", facts(app), "http://x/1")
    other = typesetting.typeset("week", facts(app, days=days("2026-11-30", 7, is_public=True)), "http://x/1")

    assert one.digest != other.digest
    assert typesetting.typeset("week", facts(app), "http://x/1") is one


def test_who_has_the_sheet_already_is_sent_nothing(app, browse):
    tag = browse(f"{POSTER}.pdf", signed_in=False).headers["ETag"]

    again = app.test_client().get(f"{POSTER}.pdf", headers={"If-None-Match": tag})

    assert again.status_code == 304 and again.data == b""


def test_the_page_before_the_paper_shows_the_hash_that_the_paper_carries(browse):
    text = browse(POSTER, signed_in=False).text
    tag = browse(f"{POSTER}.pdf", signed_in=False).headers["ETag"].strip('"')

    shown = "".join(re.search(r'class="mono"><b>(\w+) (\w+)</b> (\w+)', text).groups())
    assert shown.startswith(tag.split("-")[0])


def test_the_sheet_says_when_the_room_is_free_across_prices(app):
    first, second, third = facts(app)["days"][:3]

    assert first["words"] == "空：09:00—22:00"
    assert second["words"] == "空：09:00—11:00、13:00—22:00"
    assert third["words"] == "空：09:00—15:00、17:00—19:00、21:00—22:00"


def test_closed_and_full_days_say_so(app):
    closed = {"state": "closed", "regime": None, "price_fen_per_hour": None}
    row = {"starts_at": "2026-11-23T09:00:00+08:00", "ends_at": "2026-11-23T22:00:00+08:00"}
    week = [{"date": "2026-11-23", "intervals": [{**row, **closed}]}]

    assert facts(app, days=week)["days"][0]["words"] == "不开放"
    week[0]["intervals"][0]["state"] = "busy"
    assert facts(app, days=week)["days"][0]["words"] == "满了"


def lines_on(sheet: dict, label: str) -> int:
    """Count the lines of text on a sheet whose second block of Tuesday, two hours of sixteen, says a label."""
    sheet["closes"] = 25 * 60
    sheet["days"][1]["segments"][1] |= {"look": "session", "label": label}
    drawing = segno.make("http://x/1").svg_inline()
    inputs = {"facts": json.dumps({**sheet, "address": "http://x/1", "fingerprint": "0", "code": drawing})}
    svg = typst.compile(typesetting.TEMPLATES / "week.typ", format="svg", sys_inputs=inputs)
    return svg.count(b'<g transform="matrix(1 0 0 -1 ')


def test_a_word_in_a_short_block_stands_on_one_line_and_a_long_one_on_two(app):
    short, word, long = (lines_on(facts(app), label) for label in ("坐谈", "周四坐谈", "居民议事会筹备会"))

    assert (word, long) == (short, short + 1)


def test_no_person_stands_on_a_sheet(app):
    week = days("2026-11-23", 7, is_public=True)
    week[1]["intervals"][1] |= {"booker": "居民甲01", "purpose": "生日"}

    assert not re.search("居民甲|生日", json.dumps(facts(app, days=week), ensure_ascii=False))


def test_without_chinese_fonts_the_page_says_so_instead_of_printing_boxes(browse, monkeypatch):
    monkeypatch.setattr("gateway.web.posters.pages.can_typeset", lambda: False)

    answer = browse(f"{POSTER}.pdf", signed_in=False)

    assert answer.status_code == 503 and "没有中文字体" in answer.text


@pytest.mark.parametrize("path", [f"{POSTER}.exe", POSTER.replace("0010/", "0099/") + ".pdf"])
def test_what_is_no_poster_is_not_found(browse, path):
    assert browse(path, signed_in=False).status_code == 404
