# SPDX-License-Identifier: Apache-2.0
"""Use, public share and income as drawings with their figures beneath; counted from what anyone may read."""

from __future__ import annotations

import re

import pytest
from gateway.web import charts, usage

from .fake_answers import SPACES, days, regimes

BOARD = "/board/510104030006/use"


def test_a_week_is_counted_by_regime():
    week = {"days": days("2026-11-24", 1, is_public=True)}

    counted = usage.counted([week, week], regimes(False))

    assert [(one["name"], one["planned"], one["used"]) for one in counted["rows"]] == [
        ("公益时段", 2 * 540, 2 * 120), ("商业时段", 2 * 240, 0),
    ]  # fmt: skip
    assert counted["percent"] == 540 * 100 // 780


def test_closed_time_counts_for_nothing():
    closed = {"state": "closed", "regime": None, "price_fen_per_hour": None}
    row = {"starts_at": "2026-11-24T09:00:00+08:00", "ends_at": "2026-11-24T10:00:00+08:00", **closed}

    counted = usage.counted([{"days": [{"date": "2026-11-24", "intervals": [row]}]}], regimes(False))

    assert (counted["planned"], counted["percent"], counted["rows"]) == (0, 0, [])


def test_a_house_does_not_count_besides_its_rooms():
    spaces = [{"space_id": "house"}, {"space_id": "a", "parent_id": "house"}, {"space_id": "b", "parent_id": "house"}]

    assert [one["space_id"] for one in usage.smallest(spaces)] == ["a", "b"]


def test_the_board_shows_last_weeks_use_of_each_smallest_room(browse, services):
    text = browse(BOARD, signed_in=False).text

    asked = [one for one in services.sent if one.url.path.endswith("/week")]
    assert {one.url.params["from"] for one in asked} == {"2026-11-16"}
    assert not any(SPACES[4] in one.url.path for one in asked)
    assert "11月16日—22日" in text and "69%" in text and "¥63,118.40" in text
    assert "8.0 / 63.0" in text and "6.0 / 28.0" in text


def test_a_community_without_rooms_says_so_and_still_shows_its_fund(browse):
    assert "没有开放的屋子" in browse("/board/510104036008/use", signed_in=False).text


def test_the_desk_says_week_by_week_what_was_used_and_leaves_what_was_agreed_to_its_own_page(browse):
    text = browse("/desk/use?weeks=4", "community_secretary").text

    assert text.index("11月23日") < text.index("11月2日")
    assert "103.0 / 252.0" in text and "¥120.00" in text
    assert "公益的比例</th>" not in text and 'href="/desk/share"' in text
    assert 'href="/desk/share"' not in browse("/desk/use", "community_worker").text


def test_what_was_agreed_is_compared_with_weeks_past_and_to_come(browse, services):
    text = browse("/desk/share", "venue_operator").text

    asked = next(one for one in services.sent if one.url.path.endswith("/share-of-use")).url.params
    assert (asked["from"], asked["weeks"]) == ("2026-09-28", "13")
    assert text.count("55%") == 1 and text.count(">不够<") == 1 and text.count("这一周</span></th>") == 1
    assert text.index("9月28日") < text.index("11月23日") < text.index("12月21日")
    assert "/ 252" not in text and 'href="/desk/use"' in text and text.count('<svg class="bars') == 1


def test_hours_in_which_the_house_is_shut_are_no_column():
    assert usage.is_open({"code": "benefit", "kind": "public_benefit"})
    assert not usage.is_open({"code": "cleaning", "kind": "closed"})


def test_the_desk_stands_without_the_days_that_it_may_not_read(browse, services):
    path = f"/api/venue/v1/venues/{services.booking()['venue_id']}/days"
    services.refuse("GET", path, 403, "permission_missing")

    answer = browse("/desk/use", "community_worker")

    assert answer.status_code == 200 and "每天的现金" not in answer.text


def test_every_drawing_has_words_and_a_table_beneath(browse):
    for path, office in ((BOARD, None), ("/desk/use", "venue_operator")):
        for part in browse(path, office).text.split('<svg class="bars')[1:]:
            assert re.search(r'aria-label="[^"]{8,}"', part.split(">")[0])
    assert browse("/desk/use", "venue_operator").text.count("<table") == 3


def test_columns_stack_from_the_ground_and_the_mark_lies_where_it_says():
    drawing = str(charts.columns([[("benefit", 30), ("commercial", 30)], [("benefit", 60)]], "x", mark=30))

    heights = [float(one) for one in re.findall(r'height="([\d.]+)"/>', drawing)]
    assert heights[0] == heights[1] and heights[2] == heights[0] * 2
    assert float(re.search(r'y1="([\d.]+)"', drawing)[1]) == charts.TALL - heights[0]


@pytest.mark.parametrize("rows", [[], [[]], [[("benefit", 0)]]])
def test_nothing_to_draw_draws_nothing(rows):
    assert charts.columns(rows, "x") == ""
