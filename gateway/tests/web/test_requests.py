# SPDX-License-Identifier: Apache-2.0
"""Requests are decided at the desk, quotas are set there; both say what happened and keep what was typed."""

from __future__ import annotations

import pytest

from .fake_services import sent_json

ID = "0197f000-0000-7000-8000-0000000000"
API = "/api/venue/v1"
WORKER, SECRETARY = "community_worker", "community_secretary"


def writes(services) -> list:
    return [one for one in services.sent if one.method == "POST"]


def test_a_request_says_who_asks_what_for_and_whether_others_do(browse):
    text = browse("/desk/requests", WORKER).text

    assert "居民甲01" in text and "没有写" in text and "还有 1 份申请要同一段" in text


def test_approving_carries_key_and_version_and_says_it_is_done(browse, services):
    answer = browse(f"/desk/requests/{ID}21/approval", WORKER, method="POST", form={"version": "3"})

    sent = writes(services)[0]
    assert sent.url.path == f"{API}/bookings/{ID}21/approval"
    assert sent.headers["If-Match"] == '"3"' and sent.headers["Idempotency-Key"]
    assert answer.status_code == 303
    assert "已批准" in browse(answer.headers["Location"], WORKER).text


def test_declining_says_why_to_the_resident(browse, services):
    form = {"version": "3", "reason": "那天要检修"}

    answer = browse(f"/desk/requests/{ID}21/decline", WORKER, method="POST", form=form)

    assert sent_json(writes(services)[0]) == {"reason": "那天要检修"}
    assert "已回绝" in browse(answer.headers["Location"], WORKER).text


def test_a_request_whose_time_is_gone_stays_and_the_page_offers_what_is_free(browse, services):
    free = {"space_id": ID, "space_name": "书屋", "starts_at": "2026-11-26T19:00:00+08:00", "price_fen": 0}
    free["ends_at"] = "2026-11-26T21:00:00+08:00"
    services.refuse("POST", f"{API}/bookings/{ID}21/approval", 409, "slot_taken", detail="有人了", alternatives=[free])

    answer = browse(f"/desk/requests/{ID}21/approval", WORKER, method="POST", form={"version": "3"})

    assert answer.status_code == 409
    assert "申请还在下面" in answer.text and "书屋 11月26日 19:00—21:00" in answer.text


def test_nothing_else_is_a_decision(browse, services):
    assert browse(f"/desk/requests/{ID}21/forget", WORKER, method="POST", form={}).status_code == 404
    assert writes(services) == []


def test_a_quota_is_said_in_words(browse):
    assert "一个月里 4 次、10 小时" in browse("/desk/quotas", SECRETARY).text


def test_hours_become_minutes_and_empty_fields_are_left_out(browse, services):
    form = {"subject": "person", "period": "week", "count": "", "hours": "3", "regime": ""}

    answer = browse("/desk/quotas", SECRETARY, method="POST", form=form)

    assert sent_json(writes(services)[0]) == {"subject": "person", "period": "week", "minutes_limit": 180}
    assert "新配额已经生效" in browse(answer.headers["Location"], SECRETARY).text


@pytest.mark.parametrize("count, hours, field", [("", "", "count"), ("viele", "", "count"), ("", "1.5", "hours")])
def test_a_quota_without_a_number_is_refused_beside_its_field_and_what_was_typed_is_kept(
    browse, services, count, hours, field
):
    form = {"subject": "household", "period": "year", "count": count, "hours": hours}

    answer = browse("/desk/quotas", SECRETARY, method="POST", form=form)

    assert answer.status_code == 422 and writes(services) == []
    assert f'id="e-{field}"' in answer.text and 'value="year" selected' in answer.text


def test_a_quota_ends_with_the_version_that_was_seen(browse, services):
    browse(f"/desk/quotas/{ID}71/end", SECRETARY, method="POST", form={"version": "1"})

    assert writes(services)[0].headers["If-Match"] == '"1"'


def test_a_reason_that_is_too_long_is_refused_whole_and_kept(browse, services):
    row = {"field": "reason", "code": "too_long", "detail": "“reason”太长或太多。"}
    services.refuse("POST", f"{API}/bookings/{ID}21/decline", 400, "invalid_request", errors=[row])
    reason = "那天要检修" * 100

    answer = browse(f"/desk/requests/{ID}21/decline", WORKER, method="POST", form={"version": "3", "reason": reason})

    assert sent_json(writes(services)[0]) == {"reason": reason}
    assert answer.status_code == 400 and "写得太长，或太多：为什么。" in answer.text
    assert "<details open>" in answer.text and f'value="{reason}"' in answer.text


@pytest.mark.parametrize(
    "spoilt", [{"date": "2026-02-30"}, {"date": ""}, {"start": "x"}, {"minutes": "7"}, {"minutes": "²"}]
)
def test_a_move_to_no_time_at_all_is_said_above_the_board(browse, services, spoilt):
    form = {
        "version": "3",
        "space_id": ID,
        "date": "2026-11-24",
        "start": "09:00",
        "minutes": "60",
        "days": "1",
        **spoilt,
    }

    answer = browse(f"/desk/bookings/{ID}21/move", WORKER, method="POST", form=form)

    assert answer.status_code == 400 and "没有这个时间" in answer.text and 'id="board"' in answer.text
    assert writes(services) == []
