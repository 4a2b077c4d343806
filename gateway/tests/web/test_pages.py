# SPDX-License-Identifier: Apache-2.0
"""Every page in every mode: it renders, says who is responsible, and leads home."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pytest

from .conftest import asking, communities, over_invented_services
from .fake_services import FakeServices

HAN = re.compile(r"[\u4e00-\u9fff]")
# What stays Chinese on an English page: names of places, people, offices' own words, and the other language's name.
DATA = re.compile(
    r"(五福桥|双桂路|塔子山|棬子树|锦江区|沙河|柳江|五福茶馆|居民甲|示例|路灯|三号院|晚上倒垃圾|已转|走访|品茶议事|兴趣课程"
    r"|休闲服务|棋牌文娱|那天要检修|周一至周五|中文|邻|里|桥|1栋)"
)


@pytest.fixture(scope="module")
def shown(one_app):
    """Return a function from a page and a reader's cookies to the answer; the same page is asked for once."""

    @cache
    def show(page, **cookies):
        path, office = page
        division = "510104" if office == "district_officer" else "510104030006"
        ask = asking(over_invented_services(one_app, FakeServices(communities())))
        return ask(path, office or None, signed_in=office != "", division=division, cookies=cookies)

    return show


def test_every_page_renders_in_chinese(shown, page):
    answer = shown(page)

    assert answer.status_code == 200
    assert '<html lang="zh-Hans">' in answer.text


def test_every_page_renders_in_english_without_a_word_forgotten(shown, page):
    answer = shown(page, **{"linli-language": "en"})

    text = re.sub(r"<[^>]+>", " ", answer.text)
    forgotten = [line.strip() for line in text.splitlines() if HAN.search(line) and not DATA.search(line)]
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text
    assert forgotten == []


def test_every_page_renders_in_large_type(shown, page):
    answer = shown(page, **{"linli-view": "elder"})

    assert answer.status_code == 200
    assert 'class="elder"' in answer.text


def test_every_page_names_who_is_responsible_and_leads_home(shown, page):
    text = shown(page).text

    assert 'href="tel:028-0000-0000"' in text
    assert "示例路1号" in text
    assert re.search(r'class="brand" href="/(my|desk|district|board/[0-9]+)?"', text)
    assert "长辈版" in text and "English" in text
    assert "/sign-in?next=" in text or 'action="/sign-out"' in text


def test_every_page_has_one_main_heading_and_headings_in_order(shown, page):
    text = shown(page).text

    levels = [int(level) for level in re.findall(r"<h([1-6])", text.split('id="main"')[1])]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_no_page_needs_a_script_or_carries_a_style_of_its_own(shown, page):
    text = shown(page).text

    scripts = re.findall(r"<script.*?</script>", text)
    names = {"/desk/board": "board", "/desk/check-in/offline": "offline", "/desk/rooms": "photo"}
    name = names.get(page[0].partition("?")[0], "none")
    own = re.compile(rf'<script src="/static/{name}-[0-9a-f]{{12}}\.js" defer></script>')
    assert [one for one in scripts if not own.fullmatch(one)] == []
    assert " style=" not in text and "<style" not in text
    assert " onclick" not in text


def test_every_form_that_changes_something_carries_the_token_and_a_key(shown, page):
    text = shown(page).text

    for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S):
        assert 'name="csrf"' in form
        own = re.search(r'action="/(sign-out|switch-office)"', form)
        assert own or 'name="key"' in form


def test_every_table_has_a_caption_and_headed_columns(shown, page):
    text = shown(page).text

    for table in re.findall(r"<table.*?</table>", text, re.S):
        assert "<caption" in table or "poster" in text
        assert 'scope="col"' in table


def test_a_community_without_a_venue_has_no_pages_of_rooms_on_its_desk(browse):
    text = browse("/desk", "community_worker", division="510104030009").text

    assert 'href="/desk/day"' not in text and "今天的茶馆" not in text
    assert 'href="/desk/needs"' in text
