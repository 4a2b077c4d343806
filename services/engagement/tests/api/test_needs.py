# SPDX-License-Identifier: Apache-2.0
"""A need from the first word to the resident's own judgement."""

from ..desk import NEED


def test_a_resident_raises_a_need_and_sees_it_received(desk):
    resident = desk.resident()

    answer = resident.post("/needs", NEED)

    need = answer.json()
    assert answer.status_code == 201, need
    assert answer.headers["ETag"] == '"1"'
    assert (need["number"], need["state"], need["channel"]) == ("N-2026-0001", "received", "web")
    assert need["category_name"] == "公共照明"
    assert need["acts"] == ["remark"]
    assert [one["number"] for one in resident.get("/my/needs").json()["items"]] == ["N-2026-0001"]
