# SPDX-License-Identifier: Apache-2.0
"""Submitting, approving and rejecting over HTTP, each as nobody, unpermitted, foreign, malformed, well and twice."""

from datetime import date
from uuid import uuid4

import pytest


@pytest.fixture
def submitted(community, clerk):
    """October, submitted, with one line in it."""
    community.settle(6000, on=date(2026, 10, 20))
    return clerk.post("/statements", {"month": "2026-10"}).json()


class TestSubmitStatement:
    def test_closes_the_month_and_fixes_the_last_number(self, community, clerk):
        community.settle(6000, on=date(2026, 10, 20))

        answer = clerk.post("/statements", {"month": "2026-10"})

        assert answer.status_code == 201
        told = answer.json()
        assert (told["state"], told["as_of_entry_no"], told["income_fen"], told["version"]) == ("submitted", 1, 3600, 1)
        assert answer.headers["ETag"] == '"1"'
        assert [one["state"] for one in clerk.get("/periods").json()["items"]] == ["open", "closed"]

    def test_an_unfinished_month_asks_for_confirmation_and_is_named_to_date(self, community, clerk):
        community.publish("2026-10")

        refused = clerk.post("/statements", {"month": "2026-11"})
        confirmed = clerk.post("/statements", {"month": "2026-11", "confirm_to_date": True})

        assert (refused.status_code, refused.json()["code"]) == (409, "month_not_over")
        assert refused.json()["to_date"] == "2026-11-23"
        assert confirmed.json()["title_to_date"] == "2026-11-23"

    def test_months_are_published_in_order(self, community, clerk):
        refused = clerk.post("/statements", {"month": "2026-11", "confirm_to_date": True})

        assert (refused.status_code, refused.json()["code"]) == (409, "period_open")
        assert refused.json()["month"] == "2026-10"

    @pytest.mark.parametrize("month", ["2026-09", "2026-12"])
    def test_there_is_nothing_before_the_books_or_in_the_future(self, community, clerk, month):
        refused = clerk.post("/statements", {"month": month, "confirm_to_date": True})

        assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_publish")

    def test_a_month_is_submitted_once(self, submitted, clerk):
        again = clerk.post("/statements", {"month": "2026-10"})

        assert (again.status_code, again.json()["code"]) == (409, "already_submitted")

    def test_the_same_key_gives_the_same_bytes(self, community, clerk):
        key = uuid4().hex

        first = clerk.post("/statements", {"month": "2026-10"}, key=key)
        second = clerk.post("/statements", {"month": "2026-10"}, key=key)
        other = clerk.post("/statements", {"month": "2026-11"}, key=key)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    def test_nobody_and_no_key(self, community, anyone, clerk):
        assert anyone.post("/statements", {"month": "2026-10"}).status_code == 401
        assert clerk.post("/statements", {"month": "2026-10"}, key=None).status_code == 428

    def test_the_secretary_does_not_prepare(self, community, secretary):
        assert secretary.post("/statements", {"month": "2026-10"}).status_code == 403

    def test_somebody_without_an_office_does_not_prepare(self, community, person):
        refused = person("disclosure.prepare").post("/statements", {"month": "2026-10"})

        assert (refused.status_code, refused.json()["code"]) == (403, "office_required")

    def test_a_community_without_books_has_nothing_to_submit(self, community, neighbouring_clerk):
        refused = neighbouring_clerk.post("/statements", {"month": "2026-10"})

        assert (refused.status_code, refused.json()["code"]) == (404, "no_books")

    @pytest.mark.parametrize(
        "body",
        [{}, {"month": "2026-13"}, {"month": 10}, {"month": "2026-10", "extra": 1}, [], {"month": "2026-10\n"},
         {"month": "2026-10", "confirm_to_date": "yes"}],
    )  # fmt: skip
    def test_a_bad_body_changes_nothing(self, community, clerk, body):
        refused = clerk.post("/statements", body)

        assert refused.status_code == 400
        assert refused.headers["Content-Type"].startswith("application/problem+json")
        assert clerk.get("/statements").json()["items"] == []


class TestApproveStatement:
    def test_another_person_publishes_it(self, submitted, secretary):
        answer = secretary.post(f"/statements/{submitted['statement_id']}/approval", {}, version=1)

        assert answer.status_code == 201
        assert (answer.json()["state"], answer.json()["decided_office"]) == ("published", "community_secretary")
        assert answer.headers["ETag"] == '"2"'

    def test_nobody_approves_their_own(self, submitted, person):
        same = person(
            "disclosure.approve", office="community_secretary", subject="0192f0c0-0000-7000-8000-00000000000c"
        )

        refused = same.post(f"/statements/{submitted['statement_id']}/approval", {}, version=1)

        assert (refused.status_code, refused.json()["code"]) == (403, "same_person")

    def test_a_decided_statement_is_not_decided_again(self, submitted, secretary):
        path = f"/statements/{submitted['statement_id']}/approval"
        secretary.post(path, {}, version=1)

        stale = secretary.post(path, {}, version=1)
        again = secretary.post(path, {}, version=2)

        assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
        assert (again.status_code, again.json()["code"]) == (409, "already_decided")

    def test_the_same_key_publishes_once(self, submitted, secretary, anyone):
        path, key = f"/statements/{submitted['statement_id']}/approval", uuid4().hex

        first = secretary.post(path, {}, key=key, version=1)
        second = secretary.post(path, {}, key=key, version=1)

        assert first.content == second.content
        assert len(anyone.get("/divisions/510104030006/fund").json()["items"]) == 1

    def test_nobody_the_clerk_and_neighbours_do_not_approve(self, submitted, anyone, clerk, neighbouring_clerk):
        path = f"/statements/{submitted['statement_id']}/approval"

        assert anyone.post(path, {}, version=1).status_code == 401
        assert clerk.post(path, {}, version=1).status_code == 403
        assert neighbouring_clerk.post(path, {}, version=1).status_code == 404

    def test_it_names_the_version_it_means(self, submitted, secretary):
        path = f"/statements/{submitted['statement_id']}/approval"

        assert secretary.post(path, {}).status_code == 428
        assert secretary.post(path, {}, version=7).status_code == 412
        assert secretary.post(path, {"extra": 1}, version=1).status_code == 400
        assert secretary.post("/statements/not-a-uuid/approval", {}, version=1).status_code == 400
        assert secretary.post(f"/statements/{uuid4()}/approval", {}, version=1).status_code == 404


class TestRejectStatement:
    def test_opens_the_month_again_and_tells_the_reason(self, submitted, secretary, clerk):
        path = f"/statements/{submitted['statement_id']}/rejection"

        answer = secretary.post(path, {"reason": "请核对第一笔"}, version=1)

        assert (answer.status_code, answer.json()["rejection_reason"]) == (201, "请核对第一笔")
        assert clerk.get("/periods").json()["items"][1]["state"] == "open"
        assert clerk.post("/statements", {"month": "2026-10"}).status_code == 201

    def test_the_same_key_rejects_once(self, submitted, secretary):
        path, key = f"/statements/{submitted['statement_id']}/rejection", uuid4().hex

        first = secretary.post(path, {"reason": "请核对"}, key=key, version=1)
        second = secretary.post(path, {"reason": "请核对"}, key=key, version=1)
        other = secretary.post(path, {"reason": "别的原因"}, key=key, version=1)

        assert first.content == second.content
        assert other.status_code == 422

    @pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "   "}, {"reason": "x" * 501}, {"reason": 5}])
    def test_a_rejection_has_a_reason(self, submitted, secretary, body):
        path = f"/statements/{submitted['statement_id']}/rejection"

        assert secretary.post(path, body, version=1).status_code == 400

    def test_nobody_the_clerk_and_neighbours_do_not_reject(self, submitted, anyone, clerk, neighbouring_clerk):
        path, body = f"/statements/{submitted['statement_id']}/rejection", {"reason": "请核对"}

        assert anyone.post(path, body, version=1).status_code == 401
        assert clerk.post(path, body, version=1).status_code == 403
        assert neighbouring_clerk.post(path, body, version=1).status_code == 404


class TestReadStatements:
    def test_a_statement_shows_its_accounts_and_lines(self, submitted, secretary):
        answer = secretary.get(f"/statements/{submitted['statement_id']}")

        assert answer.status_code == 200
        told = answer.json()
        assert told["prepared_by_me"] is False
        assert [line["fund_fen"] for line in told["lines"]] == [3600]
        assert {one["code"]: one["closing_fen"] for one in told["accounts"]} == {
            "fund_income": -3600, "operator_clearing": 6000, "operator_payable": -2400, "suspense": 0}  # fmt: skip

    def test_the_list_is_paged_and_filtered(self, community, submitted, clerk):
        community.approve(submitted)
        clerk.post("/statements", {"month": "2026-11", "confirm_to_date": True})

        first = clerk.get("/statements?limit=1").json()
        second = clerk.get(f"/statements?limit=1&cursor={first['next_cursor']}").json()

        assert [one["month"] for one in first["items"] + second["items"]] == ["2026-11", "2026-10"]
        assert second["next_cursor"] is None
        assert [one["month"] for one in clerk.get("/statements?state=published").json()["items"]] == ["2026-10"]
        assert [one["state"] for one in clerk.get("/statements?month=2026-11").json()["items"]] == ["submitted"]
        assert clerk.get("/statements?cursor=nonsense").json()["code"] == "cursor_invalid"

    def test_nobody_residents_and_neighbours_see_none(self, submitted, anyone, resident, neighbouring_clerk):
        path = f"/statements/{submitted['statement_id']}"

        assert (anyone.get(path).status_code, resident.get(path).status_code) == (401, 403)
        assert neighbouring_clerk.get(path).status_code == 404
        assert (anyone.get("/statements").status_code, resident.get("/statements").status_code) == (401, 403)
        assert neighbouring_clerk.get("/statements").json()["items"] == []
        assert neighbouring_clerk.get("/statements?division=510104030006").status_code in (400, 403)
