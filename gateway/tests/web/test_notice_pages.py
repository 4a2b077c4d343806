# SPDX-License-Identifier: Apache-2.0
"""A resident is told in plain words, led to what it is about, and sees a mark until it was read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from gateway.web.my import notices

from .conftest import BOARD, WORKER
from .fake_answers import BOOKING, NEED, SPACES, page
from .fake_notices import EVENING, NOTICE, notice, offer
from .fake_services import sent_json

CONTRACT = Path(__file__).parents[3] / "contracts" / "openapi" / "engagement.v1.yaml"
LIST = "/api/engagement/v1/my/notices"


def tell(services, *items, unread=True, soonest=None):
    answer = {**page(list(items)), "has_unread": unread, "soonest": soonest}
    services.refusals["GET", LIST] = 200, answer


def asked(services):
    return [one for one in services.sent if one.url.path == LIST]


def test_an_offer_is_told_with_room_hours_time_left_and_the_way_to_answer(browse):
    text = browse("/my/notices").text

    assert "给您留着一间屋子" in text and "议事茶亭 ・ 11月24日 周二 19:00—21:00" in text
    assert "到 15:25 不答复，就给下一位。" in text
    assert 'href="/my/waiting">去答复' in text


def test_an_offer_that_ran_out_asks_for_no_answer(browse, services):
    tell(services, {**offer(), "expires_at": "2026-11-23T06:00:00+00:00"})

    text = browse("/my/notices").text

    assert "答复的时间已经过了" in text and "去答复" not in text


def test_it_is_told_in_english_too(browse):
    text = browse("/my/notices", cookies={"linli-language": "en"}).text
    assert "A room is kept for you" in text and "Council Pavilion" in text and "Answer by 15:25" in text


@pytest.mark.parametrize("kind", notices.WORDS)
def test_every_kind_has_words_in_both_languages(browse, services, kind):
    facts = {"dates": 4, "left_out": 1, "amount_fen": 3000, "expires_at": EVENING["starts_at"]}
    tell(services, notice(kind, "booking", BOOKING, space_id=SPACES[0], **facts))

    chinese, english = browse("/my/notices").text, browse("/my/notices", cookies={"linli-language": "en"}).text

    for text in (chinese, english):
        assert "%(" not in text and "有新消息" not in text
    head = english.split("<h2>")[1].split("</h2>")[0]
    assert head and head.replace("¥", "").replace("’", "").isascii()


@pytest.mark.parametrize(
    ("kind", "dates", "left_out", "said"),
    [
        ("series_made", 4, 0, "一共 4 次。"),
        ("series_made", 4, 1, "一共 4 次。 没订上的 1 次，原因写在里面。"),
        ("series_changed", 3, 0, "改了或取消了 3 次。"),
        ("series_changed", 0, 2, "没订上的 2 次，原因写在里面。"),
    ],
)
def test_of_the_dates_of_a_series_only_what_there_is_is_said(browse, services, kind, dates, left_out, said):
    tell(services, notice(kind, "series", BOOKING, dates=dates, left_out=left_out))
    assert f"<p>{said}</p>" in browse("/my/notices").text


def test_every_kind_of_the_contract_has_its_words():
    schemas = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]["schemas"]
    assert set(schemas["NoticeKind"]["enum"]) == set(notices.WORDS)


def test_a_kind_from_the_future_says_that_there_is_something(browse, services):
    tell(services, notice("tea_is_ready", "kettle", BOOKING))

    answer = browse("/my/notices")

    assert answer.status_code == 200 and "有新消息" in answer.text


def test_a_closure_is_not_the_persons_fault(browse, services):
    tell(services, notice("booking_cancelled", "booking", BOOKING, reason_code="closure", **EVENING))
    assert "屋子停用，不是您的原因" in browse("/my/notices").text


def test_who_waited_for_a_room_that_is_retired_reads_so_and_for_which_time(browse, services):
    told = {"space_id": SPACES[0], "reason_code": "room_retired", **EVENING}
    tell(services, notice("wait_lapsed", "offer", BOOKING, **told))

    text = browse("/my/notices").text

    assert "那间屋子停办了" in text and "没有等到空的时间" not in text
    assert "议事茶亭 ・ 11月24日 周二 19:00—21:00" in text


@pytest.mark.parametrize(
    ("matter", "subject", "way"),
    [
        ("booking", BOOKING, f"/my/bookings/{BOOKING}"),
        ("series", BOOKING, f"/my/series/{BOOKING}"),
        ("mark", BOOKING, "/my/marks"),
        ("money", NEED, f"/my/bookings/{BOOKING}"),
        ("need", NEED, f"/my/needs/{NEED}"),
        ("ticket", NEED, f"/my/tickets/{NEED}"),
        ("topic", NEED, "/my/sittings"),
    ],
)
def test_a_notice_leads_to_what_it_is_about(browse, services, matter, subject, way):
    tell(services, notice("booking_made", matter, subject, booking_id=BOOKING))
    assert f'href="{way}"' in browse("/my/notices").text


def test_home_says_how_long_the_offer_stands_and_asks_once(browse, services):
    text = browse("/my").text

    assert "您等的屋子有了：" in text and "还留 25 分钟，去答复" in text
    assert len(asked(services)) == 1


def test_home_is_shown_while_engagement_is_away(browse, services):
    services.refuse("GET", LIST, 503, "service_unavailable")
    answer = browse("/my")
    assert answer.status_code == 200 and "您等的屋子有了" not in answer.text


MARK = '<span class="tag bad">新</span>'


def test_the_menu_bears_a_mark_on_every_page_without_asking_again(browse, services):
    home = browse("/my")
    assert home.headers["Set-Cookie"].startswith("linli-unread=1;") and "Max-Age=120;" in home.headers["Set-Cookie"]
    services.sent.clear()

    for path in ("/my/marks", BOARD, f"{BOARD}/use", "/"):
        assert MARK in browse(path, cookies={"linli-unread": "1"}).text, path
        assert MARK not in browse(path, cookies={"linli-unread": "0"}).text, path

    assert asked(services) == []


def test_after_two_minutes_a_page_of_ones_own_asks_once_and_the_next_knows(browse, services):
    answer = browse("/my/marks")

    assert MARK in answer.text and answer.headers["Set-Cookie"].startswith("linli-unread=1;")
    assert len(asked(services)) == 1


def test_the_mark_is_asked_for_nobody_but_a_resident(browse, services):
    browse(BOARD, signed_in=False)
    browse("/desk", WORKER)
    browse(BOARD, WORKER)

    assert asked(services) == []


def test_while_engagement_is_away_a_page_is_shown_without_the_mark_and_the_next_does_not_ask(browse, services):
    services.refuse("GET", LIST, 503, "service_unavailable")

    answer = browse("/my/marks")

    assert answer.status_code == 200 and MARK not in answer.text
    assert answer.headers["Set-Cookie"].startswith("linli-unread=0;")


def test_the_mark_goes_when_everything_was_read(browse, services):
    tell(services, {**offer(), "is_read": True}, unread=False)

    answer = browse("/my/notices", cookies={"linli-unread": "1"})

    assert answer.headers["Set-Cookie"].startswith("linli-unread=0;") and "都看过了" not in answer.text


def test_one_notice_is_marked_as_read_in_the_version_that_was_seen(browse, services):
    answer = browse(f"/my/notices/{NOTICE}/reading", method="POST", form={"version": "1", "key": "k" * 12})

    sent = next(one for one in services.sent if one.url.path == f"{LIST}/{NOTICE}/reading")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/notices")
    assert sent.headers["If-Match"] == '"1"' and sent.headers["Idempotency-Key"] == "k" * 12


def test_what_has_changed_meanwhile_is_shown_again_instead(browse, services):
    services.refuse("POST", f"{LIST}/{NOTICE}/reading", 412, "version_changed")
    answer = browse(f"/my/notices/{NOTICE}/reading", method="POST", form={"version": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/notices")


def test_everything_shown_is_marked_as_read(browse, services):
    assert 'name="until" value="2026-11-23T06:55:00+00:00"' in browse("/my/notices").text

    browse("/my/notices/reading", method="POST", form={"until": "2026-11-23T06:55:00+00:00"})

    sent = next(one for one in services.sent if one.url.path == f"{LIST}/reading")
    assert sent_json(sent) == {"until": "2026-11-23T06:55:00+00:00"}
