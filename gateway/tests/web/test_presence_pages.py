# SPDX-License-Identifier: Apache-2.0
"""Waiting, arriving, appealing: what the forms send, and what is said when it is refused."""

from __future__ import annotations

import json
import re

import pytest
from markupsafe import escape

from .conftest import COMMUNITY, ID, OPERATOR, SECRETARY, WORKER
from .fake_presence import ENTRY, EXEMPTION, MARK, TOKEN, entry
from .fake_services import sent_json

WISH = {"space_id": f"{ID}10", "on": "2026-11-24", "from": "18:00", "until": "21:30", "minutes": "120"}


def last_sent(services, path):
    return next(one for one in reversed(services.sent) if one.url.path.endswith(path) and one.method == "POST")


def test_a_wish_is_sent_with_the_places_own_times(browse, services):
    answer = browse("/my/waiting", method="POST", form=WISH)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/waiting?new=1")
    assert sent_json(last_sent(services, "/waiting-entries")) == {
        "space_id": f"{ID}10",
        "starts_at": "2026-11-24T18:00:00+08:00",
        "ends_at": "2026-11-24T21:30:00+08:00",
        "minutes": 120,
    }


def test_what_is_free_after_all_can_be_booked_from_the_refusal(browse, services):
    free = {
        "space_id": f"{ID}10",
        "space_name": "议事茶亭",
        "starts_at": "2026-11-24T18:00:00+08:00",
        "ends_at": "2026-11-24T20:00:00+08:00",
        "price_fen": 6000,
    }
    services.refuse("POST", "/api/venue/v1/waiting-entries", 409, "slot_is_free", alternatives=[free])

    answer = browse("/my/waiting", method="POST", form=WISH)

    assert answer.status_code == 409
    assert 'action="/my/bookings"' in answer.text and "2026-11-24T18:00:00+08:00" in answer.text
    assert 'value="18:00"' in answer.text, "what was typed is kept"


def test_an_offer_is_answered_with_the_version_of_its_booking(browse):
    text = browse("/my/waiting").text

    accept = re.search(r'<form method="post" action="/my/bookings/[^"]+/confirmation">.*?</form>', text, re.S)[0]
    assert 'name="version" value="1"' in accept
    assert "还留 25 分钟：到 15:25 不答复" in text


def test_an_offer_that_is_kept_over_the_night_says_until_which_day(browse, services):
    kept = entry(False, "offered")
    kept["offer"]["expires_at"] = "2026-11-24T09:10:00+08:00"
    answer = {"items": [kept], "next_cursor": None}
    services.refusals["GET", "/api/venue/v1/my/waiting-entries"] = 200, answer

    assert "还留 18 小时：到 次日 09:10 不答复" in browse("/my/waiting").text


def test_what_is_kept_stands_first_at_home(browse, services):
    services.booking_state = "held"

    text = browse("/my").text

    assert "给您留着一间屋子" in text and f'href="/my/bookings/{ID}21"' in text


def test_the_counter_joins_for_somebody_and_says_why(browse, services):
    form = {**WISH, "person_id": f"{ID}51", "reason": "电话登记"}

    answer = browse("/desk/waiting", WORKER, method="POST", form=form)

    assert answer.status_code == 303
    told = sent_json(last_sent(services, "/waiting-entries"))["on_behalf_of"]
    assert told == {"person_id": f"{ID}51", "reason": "电话登记"}


@pytest.mark.parametrize(
    ("act", "path"),
    [("departure", f"/waiting-entries/{ENTRY}/departure"), ("cancellation", f"/bookings/{ID}21/cancellation")],
)
def test_the_counter_answers_for_who_was_telephoned(browse, services, act, path):
    form = {"booking_id": f"{ID}21", "version": "1"}

    answer = browse(f"/desk/waiting/{ENTRY}/{act}", WORKER, method="POST", form=form)

    assert answer.status_code == 303
    assert last_sent(services, path).headers["If-Match"] == '"1"'


def test_the_button_behind_the_doors_code_checks_in(browse, services):
    form = {"space": f"{ID}10", "code": "BCDFGHJK"}

    answer = browse("/my/check-in", method="POST", form=form)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/my/bookings/{ID}21")
    assert sent_json(last_sent(services, "/my/check-ins")) == {"space_id": f"{ID}10", "code": "BCDFGHJK"}


def test_a_code_that_changed_meanwhile_is_to_be_scanned_again(browse, services):
    services.refuse("POST", "/api/venue/v1/my/check-ins", 409, "door_code_expired")

    answer = browse("/my/check-in", method="POST", form={"space": f"{ID}10", "code": "BCDFGHJK"})

    assert answer.status_code == 409
    assert "再扫一次" in answer.text


def test_scanning_without_a_session_leads_to_sign_in_and_back(browse):
    answer = browse("/my/check-in?space=x&code=BCDFGHJK", signed_in=False)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/my/check-in")


def test_ticks_are_sent_with_the_versions_that_were_seen(browse, services):
    answer = browse("/desk/check-in/list", OPERATOR, method="POST", form={"ticked": f"{ID}21/3"})

    assert "签到了 1 场" in answer.text
    assert sent_json(last_sent(services, "/check-ins")) == {"bookings": [{"booking_id": f"{ID}21", "version": 3}]}


def test_a_tick_that_names_no_booking_is_refused(browse, services):
    assert browse("/desk/check-in/list", OPERATOR, method="POST", form={"ticked": "x/1"}).status_code == 400


def test_notes_of_a_device_are_sent_as_they_were_made_and_told_one_by_one(browse, services):
    note = {"nonce": f"{ID}99", "happened_at": "2026-11-23T06:55:00.000Z", "pick_up_code": "K7M4P"}
    form = {"device": "柜台", "notes": json.dumps([{**note, "more": "x"}])}

    answer = browse("/desk/check-in/offline", OPERATOR, method="POST", form=form)

    assert sent_json(last_sent(services, "/check-ins/offline")) == {"device": "柜台", "notes": [note]}
    assert f'data-nonce="{ID}99"' in answer.text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_without_a_script_one_note_is_typed(browse, services):
    form = {"device": "柜台", "code": "K7M4P", "at": "14:55", "nonce": f"{ID}98"}

    browse("/desk/check-in/offline", OPERATOR, method="POST", form=form)

    (note,) = sent_json(last_sent(services, "/check-ins/offline"))["notes"]
    assert note == {"nonce": f"{ID}98", "happened_at": "2026-11-23T14:55:00+08:00", "pick_up_code": "K7M4P"}


def test_notes_that_are_none_are_refused(browse):
    form = {"device": "柜台", "notes": '[{"nonce": 1}]'}
    assert browse("/desk/check-in/offline", OPERATOR, method="POST", form=form).status_code == 400


def test_an_appeal_that_is_refused_keeps_its_words(browse, services):
    path = f"/api/venue/v1/marks/{MARK}/appeal"
    services.refuse("POST", path, 409, "cannot_appeal", detail="这条记录已经申诉过或已经处理。")

    answer = browse(f"/my/marks/{MARK}/appeal", method="POST", form={"text": "当天住院", "version": "1"})

    assert answer.status_code == 409
    assert "已经申诉过" in answer.text and "当天住院" in answer.text


@pytest.mark.parametrize(("act", "outcome"), [("decision", "upheld"), ("excuse", None)])
def test_a_mark_is_decided_with_a_reason(browse, services, act, outcome):
    form = {"reason": "属实", "version": "1", **({"outcome": outcome} if outcome else {})}

    answer = browse(f"/desk/appeals/{MARK}/{act}", WORKER, method="POST", form=form)

    assert answer.status_code == 303
    wanted = {"reason": "属实", **({"outcome": outcome} if outcome else {})}
    assert sent_json(last_sent(services, f"/marks/{MARK}/{act}")) == wanted


def test_somebody_is_put_on_the_list_and_taken_off(browse, services):
    form = {"person_id": f"{ID}51", "reason": "高龄", "until_on": "2027-06-30"}

    assert browse("/desk/exemptions", WORKER, method="POST", form=form).status_code == 303
    path = f"/desk/exemptions/{EXEMPTION}/end"
    assert browse(path, WORKER, method="POST", form={"version": "1"}).status_code == 303

    assert sent_json(last_sent(services, "/exemptions")) == form


def test_a_displays_address_is_shown_once(browse):
    made = browse("/desk/displays", SECRETARY, method="POST", form={"space_id": f"{ID}10", "label": "1栋"})

    assert f"http://localhost:8080/board/door/{TOKEN}" in made.text
    assert "<svg" in made.text
    assert TOKEN not in browse("/desk/displays", SECRETARY).text


def test_a_door_shows_a_code_without_a_name_and_asks_again_when_it_changes(browse):
    answer = browse(f"/board/door/{COMMUNITY}-{'A' * 32}", signed_in=False)

    assert "<svg" in answer.text and "空着" in answer.text
    assert answer.headers["Refresh"] == "21"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_an_address_that_is_none_is_not_found(browse, services):
    services.refuse("GET", "/api/venue/v1/door-displays/nonsense", 400, "invalid_request")

    assert browse("/board/door/nonsense", signed_in=False).status_code in (400, 404)


def test_a_code_that_opens_nothing_any_more_says_what_became_of_its_booking(browse, services):
    services.booking_state = "no_show"

    text = browse("/desk/check-in?code=k7m-4p", OPERATOR).text

    assert "议事茶亭 19:00—21:00：没有来。要用屋子，请重新订。" in text


@pytest.mark.parametrize(
    "form, words", [({"code": "K7M4P", "at": ""}, "几点几分"), ({"code": "<b>", "at": "18:30"}, "取屋号是预订页上的")]
)
def test_a_note_by_hand_that_is_none_is_said_at_its_field_and_kept(browse, services, form, words):
    answer = browse("/desk/check-in/offline", "venue_operator", method="POST", form=form)

    assert answer.status_code == 422 and words in answer.text
    assert f'value="{escape(form["code"])}"' in answer.text
    assert [one for one in services.sent if one.method == "POST"] == []


def test_a_time_that_no_clock_shows_is_not_sent_as_a_later_day(browse, services):
    form = {"code": "K7M4P", "at": "99:99"}

    assert browse("/desk/check-in/offline", "venue_operator", method="POST", form=form).status_code == 422


@pytest.mark.parametrize(
    "path, office, more",
    [("/my/waiting", None, {}), ("/desk/waiting", WORKER, {"person_id": f"{ID}51", "reason": "电话"})],
)
@pytest.mark.parametrize(
    "name, value, words", [("on", "2026-02-30", "没有这一天"), ("minutes", "abc", "要用多久"), ("from", "", "")]
)
def test_a_wish_with_a_day_that_is_none_keeps_the_rest_and_says_where(
    browse, services, path, office, more, name, value, words
):
    answer = browse(path, office, method="POST", form={**WISH, **more, name: value or "25:61"})

    assert answer.status_code == 422 and (words or "几点几分") in answer.text
    assert f'id="e-{name}"' in answer.text or f'href="#f-{name}"' in answer.text
    assert 'value="21:30"' in answer.text
    assert [one for one in services.sent if one.method == "POST"] == []
