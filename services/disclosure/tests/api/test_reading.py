# SPDX-License-Identifier: Apache-2.0
"""Reading the books with permission, and what is published without any."""

import hashlib
import json
from datetime import date

import pytest

FUND = "/divisions/510104030006/fund"


class TestTheBooks:
    def test_entries_are_listed_newest_first(self, community, clerk):
        first = community.settle(6000, on=date(2026, 10, 20))
        community.reverse(first, on=date(2026, 11, 2))

        items = clerk.get("/entries").json()["items"]

        assert [(one["entry_no"], one["kind"], one["month"]) for one in items] == [
            (2, "reversal", "2026-11"), (1, "income", "2026-10")]  # fmt: skip
        assert items[0]["relates_to_entry_no"] == 1
        assert items[1]["postings"] == [
            {"account": "operator_clearing", "amount_fen": 6000},
            {"account": "fund_income", "amount_fen": -3600},
            {"account": "operator_payable", "amount_fen": -2400},
        ]

    def test_entries_are_paged_and_filtered_by_month(self, community, clerk):
        for day in (20, 21, 22):
            community.settle(3000, on=date(2026, 10, day))

        first = clerk.get("/entries?limit=2").json()
        second = clerk.get(f"/entries?limit=2&cursor={first['next_cursor']}").json()

        assert [one["entry_no"] for one in first["items"] + second["items"]] == [3, 2, 1]
        assert clerk.get("/entries?month=2026-11").json()["items"] == []

    def test_a_preview_closes_nothing(self, community, clerk):
        community.settle(6000)

        preview = clerk.get("/periods/2026-11/preview").json()

        assert (preview["income_fen"], preview["is_over"], preview["state"]) == (3600, False, "open")
        assert [one["state"] for one in clerk.get("/periods").json()["items"]] == ["open", "open"]

    def test_there_is_no_preview_of_the_future(self, community, clerk):
        assert clerk.get("/periods/2027-01/preview").json()["code"] == "nothing_to_publish"
        assert clerk.get("/periods/2026-00/preview").status_code == 400

    @pytest.mark.parametrize("path", ["/entries", "/periods", "/periods/2026-10/preview"])
    def test_nobody_residents_and_neighbours_see_nothing(self, community, anyone, resident, neighbouring_clerk, path):
        community.settle(6000, on=date(2026, 10, 20))

        assert anyone.get(path).status_code == 401
        assert resident.get(path).status_code == 403
        foreign = neighbouring_clerk.get(path)
        assert foreign.status_code == 404 or foreign.json()["items"] == []

    def test_a_street_officer_reads_no_single_ledger(self, community, person):
        officer = person("disclosure.read", office="street_officer", division="510104030")
        community.settle(6000)

        assert officer.get("/entries").json()["items"] == []


class TestTheBoard:
    def test_a_month_is_readable_by_anyone_down_to_the_line(self, community, anyone):
        community.settle(6000, on=date(2026, 10, 20))
        community.publish("2026-10")

        statement = anyone.get(f"{FUND}/2026-10").json()
        lines = anyone.get(f"{FUND}/2026-10/lines").json()["items"]

        assert (statement["income_fen"], statement["version"], statement["versions"]) == (3600, 1, [1])
        assert (statement["prepared_office"], statement["approved_office"]) == ("finance_clerk", "community_secretary")
        assert lines == [
            {
                "line_no": 1, "entry_no": 1, "occurred_on": "2026-10-20", "posted_on": "2026-11-23",
                "room": "议事茶亭", "kind": "income", "gross_fen": 6000, "fund_fen": 3600, "operator_fen": 2400,
                "suspense_fen": 0, "deposit_fen": 0, "relates_to_line": None, "relates_to_entry_no": None,
                "reversed_by_entry_no": None, "notes": [], "note": None,
            }
        ]  # fmt: skip

    def test_anyone_can_check_the_hash(self, community, anyone):
        community.settle(6000, on=date(2026, 10, 20))
        community.publish("2026-10")

        content = anyone.get(f"{FUND}/2026-10/content")

        assert hashlib.sha256(content.content).hexdigest() == anyone.get(f"{FUND}/2026-10").json()["sha256"]
        assert json.loads(content.content)["closing_fen"] == 3600

    def test_what_is_not_published_cannot_be_read(self, community, anyone):
        community.settle(6000, on=date(2026, 10, 20))
        community.submit("2026-10")

        for part in ("", "/lines", "/content"):
            assert anyone.get(f"{FUND}/2026-10{part}").json()["code"] == "statement_not_published"
        assert anyone.get(FUND).json()["items"] == []
        assert anyone.get("/entries").status_code == 401

    def test_a_later_version_supersedes_and_both_stay_readable(self, community, anyone):
        settlement = community.settle(6000, on=date(2026, 10, 20))
        community.publish("2026-10")
        first = anyone.get(f"{FUND}/2026-10/content").content
        community.reverse(settlement)
        community.publish("2026-10")

        latest = anyone.get(f"{FUND}/2026-10").json()
        line = anyone.get(f"{FUND}/2026-10/lines", headers={"Accept-Language": "en"}).json()["items"][0]

        assert (latest["version"], latest["supersedes"], latest["versions"]) == (2, 1, [1, 2])
        assert (line["notes"], line["note"], line["reversed_by_entry_no"]) == (["reversed"], "Reversed since", 2)
        assert anyone.get(f"{FUND}/2026-10/content?version=1").content == first
        assert anyone.get(f"{FUND}/2026-10/lines?version=1").json()["items"][0]["notes"] == []
        assert [(one["version"], one["is_latest"]) for one in anyone.get(FUND).json()["items"]] == [
            (2, True), (1, False)]  # fmt: skip
        assert anyone.get(f"{FUND}/2026-10?version=3").status_code == 404

    def test_lists_are_paged(self, community, anyone):
        for _ in range(3):
            community.settle(3000, on=date(2026, 10, 20))
        community.publish("2026-10")
        community.publish("2026-11", confirm=True)

        months = anyone.get(f"{FUND}?limit=1").json()
        rest = anyone.get(f"{FUND}?limit=1&cursor={months['next_cursor']}").json()
        lines = anyone.get(f"{FUND}/2026-10/lines?limit=2").json()
        last = anyone.get(f"{FUND}/2026-10/lines?limit=2&cursor={lines['next_cursor']}").json()

        assert [one["month"] for one in months["items"] + rest["items"]] == ["2026-11", "2026-10"]
        assert [one["line_no"] for one in lines["items"] + last["items"]] == [1, 2, 3]

    @pytest.mark.parametrize(
        "path",
        ["/divisions/51010403/fund", f"{FUND}/2026-13", f"{FUND}/2026-10?version=0", f"{FUND}?limit=0",
         f"{FUND}/2026-10/lines?cursor=%00", f"{FUND}?unknown=1"],
    )  # fmt: skip
    def test_a_bad_address_is_refused_with_a_reason(self, community, anyone, path):
        refused = anyone.get(path)

        assert refused.status_code in (400, 404)
        assert refused.headers["Content-Type"].startswith("application/problem+json")
