# SPDX-License-Identifier: Apache-2.0
"""Keeping the register: places, people, moves, offices, one's own account."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.testing.tokens import SHUANGGUILU, TokenFactory
from identity.bootstrap import Deps
from starlette.testclient import TestClient

from services.identity.tests.api.provider_client import Flow
from services.identity.tests.conftest import Register

BASE = "/api/identity/v1"


class Desk:
    """A community worker at the counter."""

    def __init__(self, client: TestClient, tokens: TokenFactory) -> None:
        self.client, self.tokens = client, tokens

    def get(self, path: str, **params: Any) -> Any:
        headers = self.tokens.headers("identity", "identity.register.read")
        return self.client.get(BASE + path, params=params, headers=headers)

    def write(self, method: str, path: str, body: dict[str, Any], version: int | None = None, **claims: Any) -> Any:
        headers = self.tokens.headers("identity", "identity.register.write", "identity.accounts.write", **claims)
        headers |= {"Idempotency-Key": str(uuid7())} | ({"If-Match": f'"{version}"'} if version else {})
        return self.client.request(method, BASE + path, json=body, headers=headers)


@pytest.fixture
def desk(client: TestClient, tokens: TokenFactory) -> Desk:
    return Desk(client, tokens)


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_household_is_labelled_with_the_whole_way_down(desk: Desk, register: Register):
    found = desk.get("/places", parent=register.building_id).json()["items"]

    assert [one["label"] for one in found] == ["示例小区 1栋 0101"]


def test_a_household_lies_in_a_building_and_nowhere_else(desk: Desk, register: Register):
    in_an_estate = desk.write("POST", "/places", {"kind": "household", "name": "9", "parent_id": register.estate_id})
    nowhere = desk.write("POST", "/places", {"kind": "building", "name": "9"})
    unknown = desk.write("POST", "/places", {"kind": "building", "name": "9", "parent_id": str(uuid7())})

    assert [told(one) for one in (in_an_estate, nowhere, unknown)] == [
        (422, "wrong_parent"),
        (422, "wrong_parent"),
        (422, "parent_unknown"),
    ]


def test_a_name_is_used_once_under_a_parent(desk: Desk, register: Register):
    again = desk.write("POST", "/places", {"kind": "estate", "name": " 示例小区 "})

    assert told(again) == (409, "place_exists")


@pytest.mark.parametrize("q", ["居民甲01", "甲0", "民", " 居民 甲01", "居民甲０１", "138 0000 0001", "+86 13800000001"])
def test_somebody_is_found_by_part_of_the_name_or_the_whole_number(desk: Desk, register: Register, q: str):
    wanted = register.person("居民甲01", "13800000001")
    register.person("住户丙02", "13800000002")

    assert [one["person_id"] for one in desk.get("/persons", q=q).json()["items"]] == [wanted]


@pytest.mark.parametrize("q", ["居民丁", "13800000009", "0000001", "甲居"])
def test_who_does_not_match_is_not_found(desk: Desk, register: Register, q: str):
    register.person("居民甲01", "13800000001")

    assert desk.get("/persons", q=q).json()["items"] == []


def test_people_are_found_by_household_and_by_id(desk: Desk, register: Register):
    at_home, staff = register.person("居民甲01"), register.person("工作人员甲01", membership="staff")

    household = desk.get("/persons", household=register.household_id).json()["items"]
    both = desk.get("/persons", ids=f"{at_home},{staff},{uuid7()}").json()["items"]

    assert [one["person_id"] for one in household] == [at_home]
    assert {one["person_id"] for one in both} == {at_home, staff}


def test_pages_of_people_found_by_name_have_neither_gap_nor_repetition(desk: Desk, register: Register):
    wanted = [register.person(f"居民甲{number:02d}") for number in range(7)]
    for number in range(5):
        register.person(f"住户丙{number:02d}")
    found, cursor = [], None
    while True:
        page = desk.get("/persons", q="居民", limit=3, **({"cursor": cursor} if cursor else {})).json()
        found += [one["person_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sorted(found) == sorted(wanted)


def test_lists_never_show_a_number_and_each_look_at_one_is_audited(desk: Desk, register: Register, database):
    person_id = register.person("居民甲01", "13800000001")

    assert "13800000001" not in desk.get("/persons").text
    assert desk.get(f"/persons/{person_id}").json()["telephone"] == "13800000001"
    with database.superuser() as connection:
        looks = connection.execute("SELECT count(*) FROM audit WHERE action = 'person.read'").fetchone()[0]
    assert looks == 1


def test_a_move_ends_one_membership_and_starts_another(desk: Desk, register: Register, database):
    person_id = register.person("居民甲01")
    other = register.place("household", "0202", register.building_id)

    moved = desk.write("PATCH", f"/persons/{person_id}", {"household_id": other}, version=1)

    assert (moved.json()["household_label"], moved.json()["version"]) == ("示例小区 1栋 0202", 2)
    with database.superuser() as connection:
        sent = connection.execute("SELECT type FROM outbox WHERE aggregate_type = 'membership' ORDER BY id").fetchall()
    assert [one[0].split(".")[3] for one in sent] == ["started", "ended", "started"]


def test_who_leaves_is_a_member_no_more_and_leaves_once(desk: Desk, register: Register):
    person_id = register.person("居民甲01")

    left = desk.write("PATCH", f"/persons/{person_id}", {"is_member": False}, version=1)
    again = desk.write("PATCH", f"/persons/{person_id}", {"is_member": False}, version=2)

    assert (left.status_code, left.json()["membership"]) == (200, None)
    assert told(again) == (409, "not_a_member")


def test_a_number_is_removed_by_null_and_kept_when_not_named(desk: Desk, register: Register):
    person_id = register.person("居民甲01", "13800000001")

    renamed = desk.write("PATCH", f"/persons/{person_id}", {"name": "居民甲改01"}, version=1).json()
    removed = desk.write("PATCH", f"/persons/{person_id}", {"telephone": None}, version=2).json()

    assert (renamed["telephone"], removed["telephone"]) == ("13800000001", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "居民", "membership": "owner"}, "household_required"),
        ({"name": "居民", "membership": "staff", "household_id": "HOUSEHOLD"}, "household_unexpected"),
        ({"name": "居民", "membership": "owner", "household_id": "BUILDING"}, "household_unknown"),
        ({"name": "居民", "membership": "owner", "household_id": "UNKNOWN"}, "household_unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_membership_needs_the_right_household(desk: Desk, register: Register, body: dict[str, Any], code: str):
    ids = {"HOUSEHOLD": register.household_id, "BUILDING": register.building_id, "UNKNOWN": str(uuid7())}
    sent = body | ({"household_id": ids[body["household_id"]]} if "household_id" in body else {})

    assert told(desk.write("POST", "/persons", sent)) == (422, code)


def office(person_id: str, name: str = "venue_operator") -> dict[str, str]:
    return {"person_id": person_id, "office": name, "starts_on": "2026-11-23", "ends_on": "2028-11-22"}


def test_nobody_gives_an_office_to_oneself(desk: Desk, register: Register):
    person_id = register.person("居民甲01")

    assert told(desk.write("POST", "/offices", office(person_id), subject=person_id)) == (422, "own_office")


def test_the_secretarys_office_is_not_given_at_the_desk(desk: Desk, register: Register):
    sent = office(register.person("居民甲01"), "community_secretary")

    assert desk.write("POST", "/offices", sent).status_code == 400


def test_the_clerk_never_becomes_the_one_who_approves(desk: Desk, register: Register):
    person_id = register.person("书记甲01", membership="staff")
    register.office(person_id, "community_secretary")

    assert told(desk.write("POST", "/offices", office(person_id, "finance_clerk"))) == (409, "offices_incompatible")


def test_an_office_is_given_again_after_its_term(desk: Desk, register: Register, frozen_clock: FrozenClock):
    person_id = register.person("居民甲01")
    register.office(person_id, "venue_operator", days=10)
    assert told(desk.write("POST", "/offices", office(person_id))) == (409, "office_held")

    frozen_clock.advance(days=12)

    assert desk.write("POST", "/offices", office(person_id)).status_code == 201
    assert len(desk.get("/offices", running=True).json()["items"]) == 1
    assert len(desk.get("/offices", running=False).json()["items"]) == 2


def test_an_office_ends_once(desk: Desk, register: Register):
    office_id = register.office(register.person("居民甲01"), "venue_operator")

    ended = desk.write("POST", f"/offices/{office_id}/ending", {"reason": "调离"}, version=1)
    again = desk.write("POST", f"/offices/{office_id}/ending", {"reason": "调离"}, version=2)

    assert (ended.status_code, ended.json()["version"]) == (201, 2)
    assert told(again) == (409, "office_over")


def me(client: TestClient, answer: dict[str, Any]) -> Any:
    return client.get(f"{BASE}/me", headers={"Authorization": f"Bearer {answer['access_token']}"})


@pytest.fixture
def own(client: TestClient, deps: Deps, tokens: TokenFactory):
    """Headers of somebody's own account."""
    return lambda subject, **claims: tokens.headers("identity", "identity.self", subject=subject, **claims)


def test_me_tells_who_i_am_where_i_live_and_what_i_may_act_as(client, own, register: Register, resident: str):
    register.office(resident, "venue_operator")

    found = client.get(f"{BASE}/me", headers=own(resident)).json()

    assert (found["name"], found["household_label"]) == ("居民甲01", "示例小区 1栋 0101")
    assert (found["is_resident"], found["office"]) == (True, None)
    assert found["offices"] == [{"office": "venue_operator", "place": register.division, "until": "2027-11-23"}]


def test_me_is_the_same_person_while_serving_elsewhere(client, own, register: Register, resident: str):
    claims = {"division": SHUANGGUILU, "office": "community_worker"}

    found = client.get(f"{BASE}/me", headers=own(resident, **claims)).json()

    assert (found["name"], found["division"], found["home"]) == ("居民甲01", SHUANGGUILU, register.division)


def change(client: TestClient, headers: dict[str, str], current: str, new: str) -> Any:
    return client.post(f"{BASE}/me/password", json={"current_password": current, "new_password": new}, headers=headers)


def test_a_new_password_ends_every_sign_in_and_may_be_sent_twice(client, own, flow: Flow, resident: str):
    token = flow.sign_in()["refresh_token"]
    waiting_code = flow.code()

    first = change(client, own(resident), "correct-horse-42", "another-horse-43")
    again = change(client, own(resident), "correct-horse-42", "another-horse-43")

    assert (first.status_code, again.status_code) == (204, 204)
    assert flow.refresh(token).status_code == 400
    assert flow.exchange(waiting_code).status_code == 400
    assert flow.submit("resident", "correct-horse-42").status_code == 422
    assert flow.submit("resident", "another-horse-43").status_code == 303


def test_a_wrong_or_weak_password_changes_nothing(client, own, flow: Flow, resident: str):
    wrong = change(client, own(resident), "not-the-password", "another-horse-43")
    weak = change(client, own(resident), "correct-horse-42", "resident-1234")

    assert (told(wrong), told(weak)) == ((422, "password_wrong"), (422, "password_weak"))
    assert flow.submit("resident", "correct-horse-42").status_code == 303


def test_guessing_the_current_password_is_throttled(client, own, resident: str):
    answers = [change(client, own(resident), "not-the-password", "another-horse-43") for _ in range(6)]

    assert told(answers[-1]) == (429, "too_many_attempts")


def test_who_has_no_account_is_not_found(client, own, register: Register):
    assert client.get(f"{BASE}/me", headers=own(str(uuid7()))).status_code == 404
