# SPDX-License-Identifier: Apache-2.0
"""Posting settlements and their reversals: once each, divided by the contract of the day, in the right month."""

from datetime import date
from uuid import UUID

import pytest
from chassis.db import uuid7
from chassis.errors import Conflict
from disclosure.store.awaiting import SettlementReversal
from disclosure.usecases.open_books import OperatorContract, open_books
from disclosure.usecases.post_settlement import Settlement, post_settlement, reverse_settlement

TEAHOUSE = UUID("0192f0c0-0000-7000-8000-0000000000aa")
LIBRARY = UUID("0192f0c0-0000-7000-8000-0000000000bb")


@pytest.fixture
def rows(database):
    """Call with SQL to see what the ledger holds."""

    def look(sql):
        with database.superuser() as connection:
            return connection.execute(sql).fetchall()

    return look


ENTRIES = "SELECT no, month, kind, occurred_on::text FROM journal_entries ORDER BY no"
SIDES = """SELECT e.no, p.account, p.amount_fen FROM postings p JOIN journal_entries e ON e.id = p.entry_id
           ORDER BY e.no, p.line_no"""


class TestPostSettlement:
    def test_divides_sixty_yuan_sixty_forty(self, community, rows):
        community.settle(6000)

        assert rows(SIDES) == [
            (1, "operator_clearing", 6000), (1, "fund_income", -3600), (1, "operator_payable", -2400)]  # fmt: skip

    def test_gives_the_odd_fen_to_the_fund(self, community, rows):
        community.settle(101)

        assert rows(SIDES) == [
            (1, "operator_clearing", 101), (1, "fund_income", -61), (1, "operator_payable", -40)]  # fmt: skip

    def test_posts_once_however_often_it_is_told(self, community, rows):
        settlement = community.settle(6000)

        community.react(post_settlement, settlement)

        assert rows(ENTRIES) == [(1, "2026-11", "income", "2026-11-23")]

    def test_refuses_the_same_settlement_over_another_amount(self, community):
        known = community.settle(6000)
        other = Settlement(known.settlement_id, known.venue_id, known.room, 7000, known.occurred_on)

        with pytest.raises(Conflict) as refusal:
            community.react(post_settlement, other)

        assert refusal.value.code == "settled_differently"

    def test_follows_the_contract_of_the_day(self, community, rows):
        later = OperatorContract(LIBRARY, "示例书屋运营方", 500, date(2026, 11, 1), date(2026, 11, 10))
        open_books(community.deps, community.division, later)
        open_books(
            community.deps, community.division, OperatorContract(LIBRARY, "示例书屋运营方", 700, date(2026, 11, 10))
        )

        community.settle(1000, on=date(2026, 11, 9), venue=LIBRARY)
        community.settle(1000, on=date(2026, 11, 10), venue=LIBRARY)

        assert [row[2] for row in rows(SIDES) if row[1] == "fund_income"] == [-500, -700]

    def test_posts_what_comes_after_closing_to_the_open_month(self, community, rows):
        community.publish("2026-10")

        community.settle(6000, on=date(2026, 10, 31))

        assert rows(ENTRIES) == [(1, "2026-11", "income", "2026-10-31")]

    def test_posts_to_the_next_month_when_the_present_one_is_closed_to_date(self, community, rows):
        community.publish("2026-10")
        community.publish("2026-11", confirm=True)

        community.settle(6000)

        assert rows(ENTRIES) == [(1, "2026-12", "income", "2026-11-23")]

    def test_keeps_its_own_month_while_that_is_open(self, community, rows):
        community.settle(6000, on=date(2026, 10, 31))

        assert rows(ENTRIES) == [(1, "2026-10", "income", "2026-10-31")]


class TestReverseSettlement:
    def test_posts_the_equal_opposite_and_links_it(self, community, rows):
        settlement = community.settle(6000)

        community.reverse(settlement)

        assert rows(SIDES)[3:] == [
            (2, "operator_clearing", -6000), (2, "fund_income", 3600), (2, "operator_payable", 2400)]  # fmt: skip
        assert rows("""SELECT r.no, e.no, r.reason_code FROM journal_entries r
                       JOIN journal_entries e ON e.id = r.relates_to""") == [(2, 1, "entry_error")]

    def test_reverses_once(self, community, rows):
        settlement = community.settle(6000)
        reversal = community.reverse(settlement)

        community.react(reverse_settlement, reversal)
        community.reverse(settlement)

        assert len(rows(ENTRIES)) == 2

    def test_goes_to_the_open_month_and_leaves_the_closed_one(self, community, rows):
        settlement = community.settle(6000, on=date(2026, 10, 20))
        community.publish("2026-10")

        community.reverse(settlement, on=date(2026, 11, 2))

        assert rows(ENTRIES)[1] == (2, "2026-11", "reversal", "2026-11-02")

    def test_waits_for_a_settlement_that_comes_later(self, community, rows):
        settlement = Settlement(uuid7(), TEAHOUSE, "议事茶亭", 6000, date(2026, 11, 23))
        community.reverse(settlement)
        assert rows(ENTRIES) == []

        community.react(post_settlement, settlement)

        assert [row[2] for row in rows(ENTRIES)] == ["income", "reversal"]
        assert rows("SELECT * FROM awaiting_settlement") == []

    def test_refuses_another_amount(self, community):
        known = community.settle(6000)
        wrong = SettlementReversal(known.settlement_id, uuid7(), 5000, known.occurred_on, None)

        with pytest.raises(Conflict) as refusal:
            community.react(reverse_settlement, wrong)

        assert refusal.value.code == "settled_differently"


class TestSuspense:
    def test_takings_without_a_contract_wait_undivided(self, community, rows):
        community.settle(6000, venue=LIBRARY)

        assert rows(SIDES) == [(1, "operator_clearing", 6000), (1, "suspense", -6000)]

    def test_the_contract_divides_what_waited_once(self, community, rows):
        community.settle(6000, venue=LIBRARY, on=date(2026, 11, 5))
        community.settle(6000, venue=LIBRARY, on=date(2026, 10, 31))
        contract = OperatorContract(LIBRARY, "示例书屋运营方", 600, date(2026, 11, 1))

        first = open_books(community.deps, community.division, contract)
        second = open_books(community.deps, community.division, contract)

        assert first == second
        assert rows(SIDES)[4:] == [(3, "suspense", 6000), (3, "fund_income", -3600), (3, "operator_payable", -2400)]
        assert rows(ENTRIES)[2] == (3, "2026-11", "allocation", "2026-11-05")

    def test_a_reversal_undoes_the_division_too(self, community, rows):
        settlement = community.settle(6000, venue=LIBRARY)
        open_books(
            community.deps, community.division, OperatorContract(LIBRARY, "示例书屋运营方", 600, date(2026, 11, 1))
        )

        community.reverse(settlement)

        assert {row[0] for row in rows("SELECT sum(amount_fen) FROM postings GROUP BY account")} == {0}

    def test_money_of_a_community_without_books_opens_them(self, community, deps, rows):
        community.division = "510104030009"

        community.settle(6000)

        assert rows("SELECT division_code, opened_month FROM books ORDER BY 1")[1] == ("510104030009", "2026-11")
        assert rows(SIDES) == [(1, "operator_clearing", 6000), (1, "suspense", -6000)]

    def test_contracts_of_a_venue_do_not_overlap(self, community):
        with pytest.raises(Conflict) as refusal:
            community.open(fund_per_mille=700, since=date(2026, 6, 1))

        assert refusal.value.code == "contract_overlaps"
