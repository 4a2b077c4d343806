# SPDX-License-Identifier: Apache-2.0
"""A need from the first word to the resident's own judgement."""

from chassis.db import uuid7

from services.engagement.tests.desk import NEED


def test_a_resident_raises_a_need_and_sees_it_received(desk):
    resident = desk.resident()

    answer = resident.post("/needs", NEED)

    need = answer.json()
    assert answer.status_code == 201, need
    assert answer.headers["ETag"] == '"1"'
    assert (need["number"], need["state"], need["channel"]) == ("N-2026-0001", "received", "web")
    assert (need["category_name"], need["acts"], need["on_behalf"]) == ("公共照明", ["remark"], None)
    assert [one["number"] for one in resident.get("/my/needs").json()["items"]] == ["N-2026-0001"]


def test_the_whole_way_to_a_rating_leaves_a_timeline_signed_by_office(desk):
    resident, worker = desk.resident(), desk.worker()
    need = desk.need(resident, "resolved")

    rated = resident.post(f"/needs/{need['need_id']}/rating", {"score": 5, "comment": "很快"}, version=3)

    assert rated.status_code == 200, rated.json()
    shown = worker.get(f"/needs/{need['need_id']}").json()
    assert shown["state"] == "rated"
    assert shown["rating"] == {"score": 5, "comment": "很快"}
    assert [(one["kind"], one["by"], one["office"]) for one in shown["timeline"]] == [
        ("raised", "resident", None),
        ("assigned", "office", "community_worker"),
        ("resolved", "office", "community_worker"),
        ("rated", "resident", None),
    ]
    assert str(worker.person_id) not in resident.get(f"/needs/{need['need_id']}").text


def test_a_reopened_need_goes_back_to_assigned_with_a_new_promise(desk):
    resident, worker = desk.resident(), desk.worker()
    need = desk.need(resident, "resolved")
    path = f"/needs/{need['need_id']}"

    reopened = resident.post(f"{path}/reopening", {"reason": "又不亮了"}, version=3).json()
    assigned = worker.post(f"{path}/assignment", {"assignee": "路灯所", "due_on": "2026-12-02"}, version=4).json()

    assert (reopened["state"], reopened["due_on"]) == ("reopened", "2026-11-30")
    assert (assigned["state"], assigned["due_on"]) == ("assigned", "2026-12-02")


def test_a_stale_version_changes_nothing(desk):
    resident, worker = desk.resident(), desk.worker()
    need = desk.need(resident)
    resident.post(f"/needs/{need['need_id']}/remarks", {"text": "在三号院"})

    late = worker.post(
        f"/needs/{need['need_id']}/assignment", {"assignee": "路灯所", "due_on": "2026-11-30"}, version=1
    )

    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert worker.get(f"/needs/{need['need_id']}").json()["state"] == "received"


def test_a_remark_is_welcome_whatever_happened_meanwhile(desk):
    resident = desk.resident()
    need = desk.need(resident, "resolved")

    answer = resident.post(f"/needs/{need['need_id']}/remarks", {"text": "谢谢"}, version=1)

    assert (answer.status_code, answer.json()["version"]) == (200, 4)


def test_a_second_rating_is_a_conflict_that_says_the_state(desk):
    resident = desk.resident()
    need = desk.need(resident, "resolved")
    path = f"/needs/{need['need_id']}/rating"
    resident.post(path, {"score": 4}, version=3)

    again = resident.post(path, {"score": 1}, version=4)

    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "wrong_state", "rated")


def test_another_residents_need_looks_like_none_at_all(desk):
    need = desk.need(desk.resident(), "resolved")
    neighbour = desk.resident()
    path = f"/needs/{need['need_id']}"

    unknown = neighbour.get(f"/needs/{uuid7()}")

    for answer in (
        neighbour.get(path),
        neighbour.post(f"{path}/rating", {"score": 1}, version=3),
        neighbour.post(f"{path}/reopening", {"reason": "没有"}, version=3),
        neighbour.post(f"{path}/remarks", {"text": "我也看到"}),
    ):
        assert answer.status_code == 404
        assert answer.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_staff_raise_for_a_resident_who_sees_by_whom_and_why(desk):
    resident, worker = desk.resident(), desk.worker()
    told = {"person_id": str(resident.person_id), "reason": "老人不用手机", "channel": "phone"}

    raised = worker.post("/needs", {**NEED, "on_behalf_of": told})

    assert raised.status_code == 201, raised.json()
    seen = resident.get(f"/needs/{raised.json()['need_id']}").json()
    assert seen["on_behalf"] == {"office": "community_worker", "reason": "老人不用手机"}
    assert (seen["channel"], seen["timeline"][0]["by"]) == ("phone", "office")


def test_staff_must_say_for_whom(desk):
    answer = desk.worker().post("/needs", NEED)
    assert (answer.status_code, answer.json()["code"]) == (422, "on_behalf_of_required")


def test_a_resident_raises_for_nobody_else(desk):
    told = {"person_id": str(uuid7()), "reason": "邻居"}
    answer = desk.resident().post("/needs", {**NEED, "on_behalf_of": told})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


def test_a_category_must_be_on_the_list(desk):
    answer = desk.resident().post("/needs", {**NEED, "category": "wishes"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_category")


def test_numbers_run_by_community_and_start_anew_with_the_local_year(desk):
    first, other = desk.resident(), desk.resident("510104030009")
    numbers = [one.post("/needs", NEED).json()["number"] for one in (first, first, other)]
    desk.clock.advance(days=38, hours=8)  # 31 December 18:00 in Chengdu
    numbers.append(first.post("/needs", NEED).json()["number"])
    desk.clock.advance(hours=7)  # one o'clock on New Year's Day there, still the old year in UTC
    numbers.append(first.post("/needs", NEED).json()["number"])

    assert numbers == ["N-2026-0001", "N-2026-0002", "N-2026-0001", "N-2026-0003", "N-2027-0001"]


def test_staff_filter_the_list_and_page_through_it(desk):
    resident, worker = desk.resident(), desk.worker()
    for minute in range(5):
        desk.clock.advance(minutes=1)
        resident.post("/needs", {**NEED, "title": f"路灯{minute}", "category": ("lifts", "lighting")[minute % 2]})

    first = worker.get("/needs", limit=2).json()
    second = worker.get("/needs", limit=2, cursor=first["next_cursor"]).json()
    last = worker.get("/needs", limit=2, cursor=second["next_cursor"]).json()

    titles = [one["title"] for page in (first, second, last) for one in page["items"]]
    assert titles == ["路灯4", "路灯3", "路灯2", "路灯1", "路灯0"]
    assert last["next_cursor"] is None
    assert len(worker.get("/needs", category="lighting").json()["items"]) == 2
    assert [one["title"] for one in worker.get("/needs", q="n-2026-0003").json()["items"]] == ["路灯2"]
    assert [one["title"] for one in worker.get("/needs", q="灯4").json()["items"]] == ["路灯4"]
    assert worker.get("/needs", q="%").json()["items"] == []
    assert worker.get("/needs", state="rated").json()["items"] == []


def test_what_was_promised_for_yesterday_is_overdue_today(desk):
    resident, worker = desk.resident(), desk.worker()
    need = desk.need(resident, "assigned")
    assert worker.get("/needs", overdue="true").json()["items"] == []

    desk.clock.advance(days=8)

    assert resident.get(f"/needs/{need['need_id']}").json()["is_overdue"] is True
    assert len(worker.get("/needs", overdue="true").json()["items"]) == 1


def test_an_officer_of_the_street_has_no_needs_of_their_own_to_write(desk):
    officer = desk.person("engagement.work", division="510104030", office="street_officer")
    told = {"person_id": str(uuid7()), "reason": "电话"}

    answer = officer.post("/needs", {**NEED, "on_behalf_of": told})

    assert (answer.status_code, answer.json()["code"]) == (403, "community_required")
    assert officer.get("/needs").json()["items"] == []


def test_names_of_categories_follow_the_language(desk):
    resident = desk.resident()
    resident.headers["Accept-Language"] = "en"
    assert resident.post("/needs", NEED).json()["category_name"] == "Public lighting"
    listed = desk.anybody.get("/need-categories").json()["items"]
    assert listed[0] == {"code": "lighting", "names": {"zh": "公共照明", "en": "Public lighting"}}
    assert len(listed) <= 20
