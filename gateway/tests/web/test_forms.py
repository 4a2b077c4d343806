# SPDX-License-Identifier: Apache-2.0
"""Acts: the form's token is demanded, two clicks are one act, the version seen goes along, what was typed is kept."""

from __future__ import annotations

import re

import pytest

ID = "0197f000-0000-7000-8000-0000000000"
KEY = "11111111-1111-4111-8111-111111111111"
SLOT = {"space_id": f"{ID}10", "starts_at": "2026-11-26T19:00:00+08:00", "ends_at": "2026-11-26T21:00:00+08:00"}
ACTS = [
    ("/my/bookings", None),
    (f"/my/bookings/{ID}21/cancellation", None),
    (f"/my/bookings/{ID}21/confirmation", None),
    (f"/my/bookings/{ID}21/move", None),
    ("/my/needs", None),
    (f"/my/needs/{ID}31/rating", None),
    (f"/my/needs/{ID}31/reopening", None),
    (f"/my/needs/{ID}31/remarks", None),
    ("/my/account", None),
    (f"/desk/check-in/{ID}21/check-in", "venue_operator"),
    (f"/desk/check-in/{ID}21/settlement", "venue_operator"),
    (f"/desk/check-in/{ID}21/reversal", "venue_operator"),
    ("/desk/book", "community_worker"),
    (f"/desk/bookings/{ID}21/move", "community_worker"),
    (f"/desk/bookings/{ID}21/confirmation", "community_worker"),
    (f"/desk/requests/{ID}21/approval", "community_worker"),
    ("/desk/quotas", "community_secretary"),
    (f"/desk/quotas/{ID}71/end", "community_secretary"),
    (f"/desk/bookings/{ID}21/cancellation", "community_worker"),
    ("/desk/closures", "community_worker"),
    (f"/desk/closures/{ID}c1/end", "community_worker"),
    ("/desk/rooms", "community_secretary"),
    ("/desk/rooms/photos", "community_secretary"),
    (f"/desk/rooms/photos/{ID}c2/removal", "community_secretary"),
    ("/desk/spaces", "community_secretary"),
    (f"/desk/spaces/{ID}10", "community_secretary"),
    (f"/desk/spaces/{ID}10/retirement", "community_secretary"),
    ("/desk/equipment", "community_secretary"),
    (f"/desk/equipment/{ID}71", "community_secretary"),
    ("/desk/opening", "community_secretary"),
    ("/desk/days", "community_secretary"),
    ("/desk/days/2026-12-02/removal", "community_secretary"),
    ("/desk/special-days", "community_secretary"),
    ("/desk/special-days/2026-12-02/removal", "community_secretary"),
    ("/desk/prices", "community_secretary"),
    ("/desk/regimes", "community_secretary"),
    ("/desk/regimes/commercial", "community_secretary"),
    ("/desk/regimes/commercial/end", "community_secretary"),
    ("/desk/share", "community_secretary"),
    ("/desk/share/free-sessions", "community_secretary"),
    ("/desk/share/waivers", "community_secretary"),
    ("/desk/visits", "community_worker"),
    ("/desk/import", "community_worker"),
    ("/desk/needs", "community_worker"),
    (f"/desk/needs/{ID}31/assignment", "community_worker"),
    ("/desk/statements", "finance_clerk"),
    (f"/desk/statements/{ID}41/approval", "community_secretary"),
    (f"/desk/statements/{ID}41/rejection", "community_secretary"),
    (f"/desk/appeals/{ID}b1/decision", "community_worker"),
    ("/desk/calendars", "community_worker"),
    ("/desk/terms", "community_secretary"),
    (f"/desk/calendars/{ID}c1/revocation", "community_worker"),
    ("/desk/check-in/list", "venue_operator"),
    ("/desk/check-in/offline", "venue_operator"),
    ("/desk/day-end", "venue_operator"),
    ("/desk/displays", "community_secretary"),
    (f"/desk/displays/{ID}d1/revocation", "community_secretary"),
    ("/desk/displays/door-secret", "community_secretary"),
    ("/desk/exemptions", "community_worker"),
    (f"/desk/exemptions/{ID}e1/end", "community_worker"),
    (f"/desk/money/{ID}21/deposit", "venue_operator"),
    ("/desk/rotas", "community_worker"),
    (f"/desk/rotas/{ID}76/end", "community_worker"),
    ("/desk/series", "community_worker"),
    (f"/desk/series/{ID}a1/cancellation", "community_worker"),
    (f"/desk/series/{ID}a1/change", "community_worker"),
    (f"/desk/sessions/{ID}71/attendance", "community_worker"),
    (f"/desk/sessions/{ID}75/calls", "venue_operator"),
    (f"/desk/sessions/{ID}75/tickets", "community_worker"),
    (f"/desk/sessions/{ID}71/topics", "community_worker"),
    (f"/desk/tickets/{ID}91", "venue_operator"),
    (f"/desk/topics/{ID}81/publication", "community_worker"),
    ("/desk/waiting", "community_worker"),
    (f"/desk/waiting/{ID}f1/departure", "community_worker"),
    (f"/my/bookings/{ID}21/payment", None),
    ("/my/calendar", None),
    (f"/my/calendar/{ID}c1/revocation", None),
    ("/my/check-in", None),
    (f"/my/desks/{ID}75/tickets", None),
    (f"/my/marks/{ID}b1/appeal", None),
    (f"/my/payments/sandbox/{ID}a9", None),
    ("/my/series", None),
    (f"/my/series/{ID}a1/cancellation", None),
    (f"/my/series/{ID}a1/change", None),
    (f"/my/sittings/{ID}71/topics", None),
    (f"/my/tickets/{ID}91/leave", None),
    (f"/my/topics/{ID}81/support", None),
    ("/my/waiting", None),
    ("/my/notices/reading", None),
    (f"/my/notices/{ID}d1/reading", None),
    (f"/my/waiting/{ID}f1/departure", None),
]


def writes(services) -> list:
    return [request for request in services.sent if request.method != "GET"]


@pytest.mark.parametrize("path, office", ACTS)
@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_form_without_the_sessions_token_changes_nothing(browse, services, path, office, token):
    answer = browse(path, office, method="POST", form={"csrf": token})

    assert answer.status_code == 403
    assert "这张表单已经过期" in answer.text
    assert writes(services) == []


@pytest.mark.parametrize("path, office", ACTS)
def test_a_form_without_a_session_changes_nothing(browse, services, path, office):
    answer = browse(path, office, method="POST", form={}, signed_in=False)

    assert answer.status_code in (401, 403)
    assert writes(services) == []


def test_every_act_a_page_can_do_is_tried_here(app):
    rules = {re.sub(r"<[^>]+>", "*", str(rule)) for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    tried = {re.sub(r"/[0-9a-f-]{36}", "/*", path) for path, _office in ACTS}

    assert {rule for rule in rules if not any(_fits(rule, path) for path in tried)} == set()


def _fits(rule: str, path: str) -> bool:
    return re.fullmatch(re.escape(rule).replace(r"\*", "[^/]+"), path) is not None


def test_booking_sends_the_forms_key_and_leads_to_the_pick_up_code(browse, services):
    answer = browse("/my/bookings", method="POST", form=SLOT)

    sent = writes(services)[0]
    assert sent.headers["Idempotency-Key"] == KEY
    assert sent.headers["Authorization"] == "Bearer token-venue"
    assert answer.status_code == 303
    assert "K7M4P" in browse(answer.headers["Location"]).text


def test_each_showing_of_a_form_carries_a_key_of_its_own(browse):
    path = f"/my/venue/{ID}10/book?date=2026-11-26&start=19:00&end=21:00"

    keys = {re.search(r'name="key" value="([^"]+)"', browse(path).text.split('id="deal"')[1])[1] for _ in range(2)}

    assert len(keys) == 2


def test_a_taken_time_is_refused_with_its_alternatives_as_forms(browse, services):
    free = {**SLOT, "space_name": "服务驿站", "space_id": f"{ID}11", "price_fen": 6000}
    services.refuse("POST", "/api/venue/v1/bookings", 409, "slot_taken", detail="19:00 已有人订", alternatives=[free])

    answer = browse("/my/bookings", method="POST", form={**SLOT, "purpose": "读书会"})

    assert answer.status_code == 409
    assert "这段时间已有人订了" in answer.text and "19:00 已有人订" in answer.text
    form = re.search(r'<form class="row".*?</form>', answer.text, re.S)[0]
    assert f'value="{ID}11"' in form and 'value="读书会"' in form and KEY not in form


@pytest.mark.parametrize("code", ["crosses_regime", "not_on_grain", "in_the_past", "outside_opening", "too_long"])
def test_a_rule_is_named_with_its_way_out(browse, services, code):
    services.refuse("POST", "/api/venue/v1/bookings", 422, code, detail="规则")

    answer = browse("/my/bookings", method="POST", form=SLOT)

    assert answer.status_code == 422
    assert "另选时间" in answer.text and "没有订成" in answer.text


def test_cancelling_carries_the_version_that_was_seen(browse, services):
    page = browse(f"/my/bookings/{ID}21").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]

    answer = browse(f"/my/bookings/{ID}21/cancellation", method="POST", form={"version": version})

    assert writes(services)[0].headers["If-Match"] == '"3"'
    assert "已经取消" in browse(answer.headers["Location"]).text


def test_what_was_typed_is_kept_and_the_error_stands_beside_its_field(browse, services):
    wrong = [{"field": "title", "code": "too_long", "detail": "标题太长"}]
    services.refuse("POST", "/api/engagement/v1/needs", 400, "bad_request", errors=wrong)

    text = browse("/my/needs", method="POST", form={"title": "路灯", "category": "repairs", "detail": "三天了"}).text

    assert 'value="路灯"' in text and ">三天了</textarea>" in text and 'value="repairs" selected' in text
    assert 'id="e-title">标题太长' in text and 'href="#f-title"' in text and 'aria-invalid="true"' in text
    assert text.count("标题太长") == 2  # in the summary too: a field may be one that this page does not show


def test_several_errors_are_listed_on_top_and_stand_beside_their_fields(browse, services):
    wrong = [{"field": name, "code": "x", "detail": f"{name} 不对"} for name in ("title", "detail")]
    services.refuse("POST", "/api/engagement/v1/needs", 400, "bad_request", errors=wrong)

    text = browse("/my/needs", method="POST", form={"title": "x"}).text

    assert 'href="#f-title">没有写对：什么事。' in text and 'id="e-detail">没有写对：说细一点。' in text


def test_passwords_never_come_back_into_a_page(browse, services):
    form = {"current_password": "old secret words", "new_password": "new secret words", "again": "other words"}

    answer = browse("/my/account", method="POST", form=form)

    assert answer.status_code == 422 and "secret" not in answer.text
    assert writes(services) == []


def test_the_operator_checks_in_settles_and_reverses_by_code(browse, services):
    done = {}
    for act, more in (("check-in", {}), ("settlement", {"amount": "60.00"}), ("reversal", {"reason_code": "not_paid"})):
        path = f"/desk/check-in/{ID}21/{act}"
        answer = browse(path, "venue_operator", method="POST", form={"code": "K7M4P", "version": "3", **more})
        done[act] = browse(answer.headers["Location"], "venue_operator").text

    assert "已签到" in done["check-in"] and "使用中" in done["check-in"]
    assert "¥60.00" in done["settlement"] and "冲正不能撤销" in done["settlement"]
    assert "这张收据作废" in done["reversal"]
    assert b'"amount_fen":6000' in writes(services)[1].content


def test_the_operators_pages_name_nobody(browse, services):
    for path in ("/desk", "/desk/day", "/desk/check-in?code=K7M4P"):
        assert "居民甲01" not in browse(path, "venue_operator").text
    assert not [request for request in services.sent if "/persons" in request.url.path]


def test_an_unknown_code_is_said_beside_the_field(browse, services):
    services.refuse("GET", "/api/venue/v1/bookings", 200, "none", items=[], next_cursor=None)

    text = browse("/desk/check-in?code=XXXXX", "venue_operator").text

    assert 'id="e-code"' in text and "没有这个取屋号的预订" in text and 'value="XXXXX"' in text


def test_the_counter_books_in_the_residents_name_with_a_reason(browse, services):
    form = {**SLOT, "person_id": f"{ID}51", "reason": "本人到柜台办理"}

    browse("/desk/book", "community_worker", method="POST", form=form)

    assert b'"on_behalf_of":{"person_id"' in writes(services)[0].content


def test_the_counter_confirms_what_is_kept_and_says_why_it_cancels(browse, services):
    services.booking_state = "held"
    page = browse(f"/desk/bookings/{ID}21", "community_worker").text
    assert "只留到 15:05" in page and "替居民订下" in page

    browse(f"/desk/bookings/{ID}21/confirmation", "community_worker", method="POST", form={"version": "3"})
    form = {"version": "3", "reason": "停电"}
    browse(f"/desk/bookings/{ID}21/cancellation", "community_worker", method="POST", form=form)

    assert writes(services)[0].headers["If-Match"] == '"3"'
    assert writes(services)[1].content == '{"reason":"停电"}'.encode()


def test_a_visit_with_one_need_is_one_act(browse, services):
    form = {
        "person_id": f"{ID}51",
        "household_id": f"{ID}62",
        "visited_on": "2026-11-23",
        "visited_time": "14:30",
        "note": "都好",
        "title": "路灯不亮",
        "category": "lighting",
        "detail": "",
    }

    answer = browse("/desk/visits", "community_worker", method="POST", form=form)

    body = writes(services)[0].content
    assert b'"visited_at":"2026-11-23T14:30:00+08:00"' in body and b'"need":{"title"' in body
    assert answer.status_code == 303
    assert "N-2026-0001" in browse(answer.headers["Location"], "community_worker").text


def test_a_changed_password_is_said_on_a_page_that_can_be_reloaded(browse):
    form = {"current_password": "old secret words", "new_password": "new secret words", "again": "new secret words"}

    answer = browse("/my/account", method="POST", form=form)

    assert answer.status_code == 303
    assert "密码已经改好" in browse(answer.headers["Location"]).text


def test_a_month_that_is_not_over_asks_for_confirmation(browse, services):
    services.refuse("POST", "/api/disclosure/v1/statements", 409, "month_not_over")

    answer = browse("/desk/statements", "finance_clerk", method="POST", form={"month": "2026-11"})

    assert answer.status_code == 409
    assert 'id="e-confirm_to_date"' in answer.text


def test_one_cannot_approve_what_one_submitted_and_the_page_says_why(browse, services):
    path = f"/statements/{ID}41/approval"
    services.refuse("POST", f"/api/disclosure/v1{path}", 403, "same_person")

    answer = browse(f"/desk{path}", "community_secretary", method="POST", form={"version": "1"})

    assert answer.status_code == 403
    assert "提交的人不能自己批准" in answer.text
