# SPDX-License-Identifier: Apache-2.0
"""Sittings and desks on every surface: what is sent, what is shown, and what a refusal keeps."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from chassis.clock import FrozenClock
from gateway.web.formats import SHANGHAI

from .conftest import BOARD, COMMUNITY, ID, OPERATOR, WORKER

SITTING, RUNNING, DESK, TOPIC, TICKET = f"{ID}71", f"{ID}74", f"{ID}75", f"{ID}82", f"{ID}91"


def sent(services, path):
    """The body, key and version of the last write to a path."""
    request = next(one for one in reversed(services.sent) if one.method == "POST" and one.url.path.endswith(path))
    return json.loads(request.content), request.headers.get("Idempotency-Key"), request.headers.get("If-Match")


def test_the_board_says_who_comes_who_missed_and_what_was_answered(browse):
    text = browse(f"{BOARD}/sittings", signed_in=False).text

    assert "街道干部未到" in text and "需求号 N-2026-0007" in text and "已转路灯所" in text
    assert "09:00 还有 4 个号" in text and "本人身份证" in text and "不收存材料" in text
    assert "6 人也想问" in text


def test_the_board_is_one_page_for_everybody_and_leads_there_from_its_tabs(browse):
    assert f'href="{BOARD}/sittings" aria-current="page"' in browse(f"{BOARD}/sittings", signed_in=False).text
    assert f'href="{BOARD}/sittings"' in browse(BOARD, signed_in=False).text


def test_a_resident_brings_a_topic_to_the_next_sitting_under_one_key(browse, services):
    answer = browse(f"/my/sittings/{SITTING}/topics", method="POST", form={"text": "路灯不亮", "category": "lighting"})

    body, key, _ = sent(services, f"/sessions/{SITTING}/topics")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/sittings?done=proposed")
    assert body == {"text": "路灯不亮", "category": "lighting"} and key


def test_a_topic_that_is_refused_keeps_what_was_typed(browse, services):
    services.refuse("POST", f"/api/venue/v1/sessions/{SITTING}/topics", 409, "topics_closed", detail="这一场已经结束")

    answer = browse(f"/my/sittings/{SITTING}/topics", method="POST", form={"text": "路灯不亮", "category": "other"})

    assert answer.status_code == 409
    assert 'value="路灯不亮"' in answer.text and "这一场已经结束" in answer.text


def test_who_stands_behind_a_topic_is_not_asked_again(browse, services):
    browse(f"/my/topics/{TOPIC}/support", method="POST", form={})

    assert sent(services, f"/topics/{TOPIC}/support")[0] == {}
    assert "我也想问" in browse("/my/sittings").text


def test_a_resident_takes_a_number_where_seats_are_left_and_sees_it(browse, services):
    text = browse("/my/desks").text
    assert "还有 4 个号" in text and "10:00 取完了" in text

    answer = browse(f"/my/desks/{DESK}/tickets", method="POST", form={"hour_no": "0"})

    assert answer.headers["Location"] == f"/my/tickets/{TICKET}?new=1"
    assert sent(services, f"/sessions/{DESK}/tickets")[0] == {"hour_no": 0}
    shown = browse(f"/my/tickets/{TICKET}").text
    assert "09-02" in shown and "前面还有" in shown and "本人身份证" in shown


@pytest.mark.parametrize(
    ("ticket", "words"),
    [
        ("92", "没有叫到您的号"),
        ("93", "叫过您的号，可是没有记下结果"),
        ("94", "叫到您的号时，您不在"),
        ("96", "全区防汛"),
    ],
)
def test_a_number_that_led_to_nothing_says_what_happened_and_where_numbers_are_left(browse, ticket, words):
    text = browse(f"/my/tickets/{ID}{ticket}").text

    assert words in text and "12月2日" in text and 'href="/my/desks#elder_insurance"' in text
    assert "前面还有" not in text and "退号" not in text


def test_a_number_whose_desk_lost_its_room_stands_and_says_so_in_place_of_the_room(browse):
    text = browse(f"/my/tickets/{ID}97").text

    assert "这一场的屋子临时用不了" in text and "屋子不开放" in text and "改取别的场次" in text
    assert "<dd>还没有屋子</dd>" in text and "不去了？退号" in text and "前面还有" in text


def test_a_number_that_still_counts_offers_no_other_session(browse):
    assert "再取一个号" not in browse(f"/my/tickets/{TICKET}").text


def test_a_full_hour_is_told_on_the_page_with_what_is_still_free(browse, services):
    services.refuse("POST", f"/api/venue/v1/sessions/{DESK}/tickets", 409, "hour_full", detail="这个小时的号已经取完")

    answer = browse(f"/my/desks/{DESK}/tickets", method="POST", form={"hour_no": "1"})

    assert answer.status_code == 409 and "这个小时的号已经取完" in answer.text and "还有 4 个号" in answer.text


def test_a_number_is_given_back_in_the_version_that_was_seen(browse, services):
    browse(f"/my/tickets/{TICKET}/leave", method="POST", form={"version": "1"})

    assert sent(services, f"/tickets/{TICKET}/leave")[2] == '"1"'


def test_staff_plan_sittings_of_officials_who_take_turns(browse, services):
    form = {
        "kind": "sitting", "title_zh": "每周坐谈", "title_en": "Open tea", "space_id": f"{ID}10", "weekdays": "3",
        "from": "15:00", "minutes": "120", "valid_from": "2026-11-25", "valid_until": "", "office_1": "street_officer",
        "function_zh_1": "街道干部", "function_en_1": "", "office_2": "community_secretary",
        "function_zh_2": "社区书记",
        "function_en_2": "Secretary", "office_3": "street_officer", "function_zh_3": "", "function_en_3": "",
    }  # fmt: skip

    answer = browse("/desk/rotas", WORKER, method="POST", form=form)

    body, _, _ = sent(services, "/rotas")
    assert answer.headers["Location"] == "/desk/sittings"
    assert (body["weekdays"], body["minutes"], "valid_until" in body) == ([3], 120, False)
    assert [one["functions"] for one in body["officials"]] == [
        {"zh": "街道干部", "en": "街道干部"}, {"zh": "社区书记", "en": "Secretary"},
    ]  # fmt: skip


def test_staff_plan_a_desk_with_its_seats(browse, services):
    form = {
        "kind": "desk", "desk": "elder_insurance", "capacity_per_hour": "6", "space_id": f"{ID}11", "weekdays": "2",
        "from": "09:00", "minutes": "120", "valid_from": "2026-11-25", "valid_until": "2026-12-31",
    }  # fmt: skip

    browse("/desk/rotas", WORKER, method="POST", form=form)

    body, _, _ = sent(services, "/rotas")
    assert (body["desk"], body["capacity_per_hour"], body["valid_until"]) == ("elder_insurance", 6, "2026-12-31")
    assert body["titles"]["zh"] == "老年社保" and "officials" not in body


def test_a_plan_that_is_refused_keeps_what_was_typed(browse, services):
    services.refuse("POST", "/api/venue/v1/rotas", 422, "past_midnight", detail="一场不能跨过半夜。")
    form = {"kind": "sitting", "title_zh": "夜谈", "weekdays": "5", "from": "21:30", "minutes": "240"}

    answer = browse("/desk/rotas", WORKER, method="POST", form=form)

    assert answer.status_code == 422 and "一场不能跨过半夜。" in answer.text
    assert 'value="夜谈"' in answer.text and re.search(r'value="5" checked', answer.text)


@pytest.mark.parametrize(
    ("act", "form", "body"),
    [
        ("attendance", {"outcome": "missed", "reason": "防汛"}, {"outcome": "missed", "reason": "防汛"}),
        ("placement", {"space_id": f"{ID}12"}, {"space_id": f"{ID}12"}),
        ("cancellation", {"reason": "防汛"}, {"reason": "防汛"}),
        (
            "substitute",
            {"office": "community_worker", "function_zh": "社区工作者", "function_en": "", "reason": "开会"},
            {
                "official": {"office": "community_worker", "functions": {"zh": "社区工作者", "en": "社区工作者"}},
                "reason": "开会",
            },
        ),
    ],
)
def test_what_staff_do_to_a_session_is_sent_as_it_was_meant(browse, services, act, form, body):
    answer = browse(f"/desk/sessions/{SITTING}/{act}", WORKER, method="POST", form={**form, "version": "1"})

    assert (answer.status_code, sent(services, f"/{act}")[0], sent(services, f"/{act}")[2]) == (303, body, '"1"')


def test_staff_see_and_choose_officers_by_name_and_the_board_never_does(browse, services):
    assert "居民甲01" in browse(f"/desk/sessions/{SITTING}", WORKER).text
    assert "居民甲01" not in browse(f"{BOARD}/sittings", signed_in=False).text

    form = {"office": "community_secretary", "function_zh": "社区书记", "officer_id": f"{ID}51", "version": "1"}
    browse(f"/desk/sessions/{SITTING}/official", WORKER, method="POST", form=form)

    assert sent(services, "/official")[0]["official"]["officer_id"] == f"{ID}51"


def test_the_days_page_reminds_of_sittings_nobody_recorded_and_of_sessions_without_a_room(browse, services):
    text = browse("/desk", WORKER).text

    assert "次日中午前不记，就算未到" in text and f'href="/desk/sessions/{RUNNING}"' in text
    assert "没有记，已算未到；可以补写原因" in text and f'href="/desk/sessions/{ID}72"' in text
    assert "还没处理的话题" in text and 'href="/desk/topics?state=proposed"' in text
    assert "还没有屋子的场次" in text and f'href="/desk/sessions/{ID}73"' in text
    asked = [one.url.params for one in services.sent if one.url.path.endswith("/sessions")]
    assert {one.get("from") for one in asked if one.get("unrecorded")} == {"2026-11-09"}


def test_who_cannot_record_is_not_reminded(browse):
    assert "还没有记到场" not in browse("/desk", OPERATOR).text


def test_nobody_records_a_substitute_who_was_not_named(browse):
    assert "替班的来了" in browse(f"/desk/sessions/{RUNNING}", WORKER).text
    assert "替班的来了" not in browse(f"/desk/sessions/{SITTING}", WORKER).text


def test_staff_publish_a_topic_only_with_their_word_that_it_names_nobody(browse, services):
    form = {"wording": "路灯什么时候修好", "names_nobody": "yes", "version": "1"}
    browse(f"/desk/topics/{TOPIC}/publication", WORKER, method="POST", form=form)
    assert sent(services, "/publication")[0] == {"wording": "路灯什么时候修好", "names_nobody": True}

    browse(f"/desk/topics/{TOPIC}/publication", WORKER, method="POST", form={"wording": "x", "version": "1"})
    assert sent(services, "/publication")[0]["names_nobody"] is False


def test_staff_hand_a_topic_on_answer_it_and_merge_it(browse, services):
    for act, form in (
        ("hand-on", {"title": "路灯", "category": "lighting", "names_nobody": "yes"}),
        ("answer", {"answer": "周五前换好", "names_nobody": "yes"}),
        ("merger", {"into": f"{ID}81"}),
    ):
        answer = browse(f"/desk/topics/{TOPIC}/{act}", WORKER, method="POST", form={**form, "version": "1"})
        assert answer.status_code == 303, answer.text
        assert form.items() <= {**sent(services, f"/{act}")[0], "names_nobody": "yes"}.items()


def test_a_sitting_that_is_over_takes_no_more_topics_today(browse, app, monkeypatch):
    assert f'action="/my/sittings/{SITTING}/topics"' in browse("/my/sittings").text

    monkeypatch.setitem(app.extensions, "linli.clock", FrozenClock(datetime(2026, 11, 25, 17, 0, tzinfo=SHANGHAI)))

    text = browse("/my/sittings").text
    assert f'action="/my/sittings/{SITTING}/topics"' not in text
    assert f'action="/my/sittings/{ID}73/topics"' in text and "11月25日的坐谈" in text


def test_staff_see_for_which_sitting_a_topic_is_and_merge_it_into_public_ones_whatever_is_listed(browse):
    text = browse("/desk/topics?state=proposed", WORKER).text

    assert "11月25日的坐谈" in text
    assert f'<option value="{ID}86">' in text


def test_public_words_are_changed_where_they_turn_out_to_name_somebody(browse):
    text = browse("/desk/topics", WORKER).text

    assert text.count("改公开的说法</button>") == 2 and 'value="三号院路灯"' in text


def test_nobody_is_called_to_a_desk_without_a_room(browse):
    assert "叫下一位" in browse(f"/desk/sessions/{DESK}/queue", WORKER).text
    text = browse(f"/desk/sessions/{ID}77/queue", WORKER).text
    assert "叫下一位" not in text and "屋子不开放" in text and "安排屋子" in text


def test_whose_need_a_topic_becomes_is_said_before_it_is_handed_on(browse):
    text = browse("/desk/topics?state=published", WORKER).text

    assert text.count("没有人署名：转办以后，这件需求记在您自己名下") == 1
    assert text.count("转办以后，这件需求记在提的人名下") == 1
    assert "要是转办成需求，就记在转办的人名下" in browse(f"/desk/sessions/{SITTING}", WORKER).text


def test_staff_decline_a_topic_with_a_reason_and_its_proposer_reads_it(browse, services):
    page = browse("/desk/topics", WORKER).text
    assert page.count("/decline") == 1 and "只有提的人看得到" in page

    form = {"reason": "not_for_us", "words": "", "version": "1", "state": "proposed"}
    answer = browse(f"/desk/topics/{TOPIC}/decline", WORKER, method="POST", form=form)

    assert answer.headers["Location"] == "/desk/topics?state=proposed"
    assert sent(services, "/decline")[0] == {"reason": "not_for_us", "words": ""}
    mine = browse("/my/sittings").text
    assert "没有公开：说的是某一个人的事，不适合当众谈" in mine and "at the counter, please" in mine


def test_a_refused_decline_keeps_the_words_and_the_reason(browse, services):
    services.refuse("POST", f"/api/venue/v1/topics/{ID}81/decline", 422, "reason_needs_words", detail="请写明原因。")

    form = {"reason": "other", "words": "", "version": "1"}
    answer = browse(f"/desk/topics/{ID}81/decline", WORKER, method="POST", form=form)

    assert answer.status_code == 422 and "请写明原因。" in answer.text and 'value="other" selected' in answer.text


def test_the_next_number_is_called_and_closed(browse, services):
    assert "后来来了，办完了" in browse(f"/desk/sessions/{DESK}/queue", OPERATOR).text
    browse(f"/desk/sessions/{DESK}/calls", OPERATOR, method="POST", form={})
    form = {"outcome": "served", "session_id": DESK, "version": "2"}
    answer = browse(f"/desk/tickets/{TICKET}", OPERATOR, method="POST", form=form)

    assert answer.headers["Location"] == f"/desk/sessions/{DESK}/queue"
    assert sent(services, "/calls")[1] != ""
    assert sent(services, "/outcome")[0] == {"outcome": "served"}


def test_an_empty_queue_is_said_on_the_page(browse, services):
    services.refuse("POST", f"/api/venue/v1/sessions/{DESK}/calls", 409, "nobody_waits", detail="现在没有人排队。")

    answer = browse(f"/desk/sessions/{DESK}/calls", OPERATOR, method="POST", form={})

    assert answer.status_code == 409 and "现在没有人排队。" in answer.text and "叫下一位" in answer.text


def test_the_counter_takes_a_number_for_the_resident_it_found(browse, services):
    form = {"hour_no": "0", "person_id": f"{ID}51", "reason": "本人到柜台办理"}

    browse(f"/desk/sessions/{DESK}/tickets", WORKER, method="POST", form=form)

    body, _, _ = sent(services, f"/sessions/{DESK}/tickets")
    assert body == {"hour_no": 0, "on_behalf_of": {"person_id": f"{ID}51", "reason": "本人到柜台办理"}}


def test_an_act_nobody_knows_is_no_page(browse):
    assert browse(f"/desk/sessions/{SITTING}/dance", WORKER, method="POST", form={}).status_code == 404
    assert browse(f"/desk/topics/{TOPIC}/dance", WORKER, method="POST", form={}).status_code == 404
    form = {"outcome": "dance", "session_id": DESK}
    assert browse(f"/desk/tickets/{TICKET}", WORKER, method="POST", form=form).status_code == 404


def test_another_community_has_its_own_board(browse):
    assert browse("/board/510104036008/sittings", signed_in=False).status_code == 200
    assert browse("/board/nonsense/sittings", signed_in=False).status_code == 404
    assert COMMUNITY in BOARD
