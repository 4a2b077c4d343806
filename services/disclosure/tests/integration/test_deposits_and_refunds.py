# SPDX-License-Identifier: Apache-2.0
"""Deposits are owed until they end; refunds give back of each share, and never more than was taken."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis.db import uuid7
from chassis.errors import Conflict
from disclosure.reactions import SUBSCRIPTIONS
from disclosure.usecases.open_books import OperatorContract, open_books
from disclosure.usecases.post_deposit import Deposit, end_deposit, post_deposit
from disclosure.usecases.post_refund import Refund, post_refund
from disclosure.usecases.post_settlement import post_settlement, reverse_settlement

TEAHOUSE = UUID("0192f0c0-0000-7000-8000-0000000000aa")
TODAY = date(2026, 11, 23)
BALANCES = "SELECT account, sum(amount_fen)::bigint FROM postings GROUP BY 1 HAVING sum(amount_fen) <> 0 ORDER BY 1"


@pytest.fixture
def balances(database):
    def look():
        with database.superuser() as connection:
            return dict(connection.execute(BALANCES).fetchall())

    return look


def deposit(kind="deposit", deposit_id=None, amount=10000, reason=None, on=TODAY):
    return Deposit(kind, deposit_id or uuid7(), TEAHOUSE, "议事茶亭", amount, on, reason)


def refund(settlement, amount, refund_id=None):
    return Refund(settlement.settlement_id, refund_id or uuid7(), amount, TODAY, "cancelled")


def test_a_deposit_is_a_liability_and_no_income(community, balances):
    community.react(post_deposit, deposit())

    assert balances() == {"operator_clearing": 10000, "deposits_held": -10000}


def test_given_back_it_leaves_nothing(community, balances):
    taken = deposit()
    community.react(post_deposit, taken)

    community.react(end_deposit, deposit("deposit_refund", taken.deposit_id))

    assert balances() == {}


def test_kept_it_becomes_income_by_the_contract(community, balances):
    taken = deposit()
    community.react(post_deposit, taken)

    community.react(end_deposit, deposit("deposit_kept", taken.deposit_id, reason="damage"))

    assert balances() == {"operator_clearing": 10000, "fund_income": -6000, "operator_payable": -4000}


def test_a_deposit_ends_once_however_it_is_told(community, balances):
    taken = deposit()
    community.react(post_deposit, taken)
    given_back = deposit("deposit_refund", taken.deposit_id)
    for _ in range(2):
        community.react(end_deposit, given_back)

    with pytest.raises(Conflict) as refused:
        community.react(end_deposit, deposit("deposit_kept", taken.deposit_id, reason="no_show"))

    assert refused.value.code == "deposit_ended"
    assert balances() == {}


def test_an_end_that_comes_first_waits_for_its_deposit(community, balances):
    taken = deposit()
    community.react(end_deposit, deposit("deposit_kept", taken.deposit_id, reason="no_show"))
    assert balances() == {}

    community.react(post_deposit, taken)

    assert balances()["fund_income"] == -6000


def test_a_kept_deposit_without_a_contract_waits_undivided_and_is_divided_later(community, balances):
    elsewhere, taken = uuid4(), uuid7()
    community.react(post_deposit, Deposit("deposit", taken, elsewhere, "小书屋", 1000, TODAY))
    community.react(end_deposit, Deposit("deposit_kept", taken, elsewhere, "小书屋", 1000, TODAY, "damage"))
    assert balances() == {"operator_clearing": 1000, "suspense": -1000}

    open_books(community.deps, community.division, OperatorContract(elsewhere, "示例运营方", 500, date(2026, 1, 1)))

    assert balances() == {"operator_clearing": 1000, "fund_income": -500, "operator_payable": -500}


@pytest.mark.parametrize("parts", [[101], [1, 100], [33, 33, 35], [50, 1, 49, 1]])
def test_whatever_the_parts_giving_back_everything_leaves_nothing(community, balances, parts):
    settlement = community.settle(101)

    for part in parts:
        community.react(post_refund, refund(settlement, part))

    assert balances() == {}


def test_what_is_left_divides_as_the_whole_did(community, balances):
    settlement = community.settle(6000)

    community.react(post_refund, refund(settlement, 3000))

    assert balances() == {"operator_clearing": 3000, "fund_income": -1800, "operator_payable": -1200}


def test_a_refund_is_posted_once_and_waits_for_its_settlement(community, balances):
    settlement = community.settle(6000)
    early = Refund(uuid7(), uuid7(), 500, TODAY, "cancelled")
    twice = refund(settlement, 1000)

    for one in (twice, twice, early, early):
        community.react(post_refund, one)
    assert balances()["operator_clearing"] == 5000

    late = type(settlement)(early.settlement_id, TEAHOUSE, "议事茶亭", 2000, TODAY)
    community.react(post_settlement, late)
    assert balances()["operator_clearing"] == 6500


def test_more_than_was_taken_is_never_given_back(community, balances):
    settlement = community.settle(1000)
    community.react(post_refund, refund(settlement, 600))

    with pytest.raises(ValueError, match="cannot be given back"):
        community.react(post_refund, refund(settlement, 401))

    assert balances()["operator_clearing"] == 400


def test_the_database_itself_refuses_to_give_back_too_much(community, monkeypatch):
    from disclosure.domain.ledger import FUND_INCOME, OPERATOR_CLEARING, Posting
    from disclosure.usecases import post_refund as module

    settlement = community.settle(1000)
    too_much = (Posting(OPERATOR_CLEARING, -1001), Posting(FUND_INCOME, 1001))
    monkeypatch.setattr(module, "part_of", lambda *_: too_much)

    with pytest.raises(Exception, match="gives back more than was taken") as refused:
        community.react(post_refund, refund(settlement, 1001))

    assert isinstance(getattr(refused.value, "orig", refused.value), psycopg.errors.CheckViolation)


def test_suspense_is_divided_less_what_was_given_back(community, balances):
    elsewhere = uuid4()
    settlement = community.settle(1000, venue=elsewhere)
    community.react(post_refund, refund(settlement, 400))

    open_books(community.deps, community.division, OperatorContract(elsewhere, "示例运营方", 500, date(2026, 1, 1)))

    assert balances() == {"operator_clearing": 600, "fund_income": -300, "operator_payable": -300}


def test_a_statement_of_before_deposits_keeps_its_bytes_and_a_later_one_tells_of_them(community):
    community.settle(6000, on=date(2026, 10, 20))
    before = community.publish("2026-10")
    taken = deposit()
    community.react(post_deposit, taken)
    community.react(end_deposit, deposit("deposit_kept", taken.deposit_id, reason="damage"))

    from disclosure.usecases.read_books import get_statement

    one, told = get_statement(community.deps, community.clerk(), UUID(before["statement_id"]))
    assert "deposits_held" not in {account["code"] for account in told["accounts"]}
    assert all("deposit_fen" not in line for line in told["lines"])
    november = community.publish("2026-11", confirm=True)
    _, told = get_statement(community.deps, community.clerk(), UUID(november["statement_id"]))

    assert one.sha256 == before["sha256"]
    shown = ("gross_fen", "fund_fen", "operator_fen", "deposit_fen")
    lines = [tuple(line[name] for name in shown) for line in told["lines"]]
    assert lines == [(10000, 0, 0, 10000), (0, 6000, 4000, -10000)]
    assert november["income_fen"] == 6000


def test_reactions_read_what_the_venue_tells():
    data = {
        "booking_id": str(uuid4()), "venue_id": str(TEAHOUSE), "venue_name": "五福茶馆", "space_name": "议事茶亭",
        "deposit_id": str(uuid4()), "reason_code": "damage", "occurred_on": "2026-11-23", "amount_fen": 10000,
        "currency": "CNY",
    }  # fmt: skip
    read = SUBSCRIPTIONS["linli.venue.booking.deposit_kept.v1"].parse(data)

    assert (read.kind, read.amount_fen, read.reason_code) == ("deposit_kept", 10000, "damage")
    with pytest.raises(ValueError, match="CNY"):
        SUBSCRIPTIONS["linli.venue.booking.deposit_taken.v1"].parse({**data, "currency": "EUR"})


def test_a_settlement_given_back_whole_can_still_not_be_reversed_twice(community, balances):
    settlement = community.settle(6000)
    community.reverse(settlement)
    community.react(reverse_settlement, _reversal(settlement))

    assert balances() == {}


def _reversal(settlement):
    from disclosure.store.awaiting import SettlementReversal

    return SettlementReversal(settlement.settlement_id, uuid7(), settlement.amount_fen, TODAY, "other")
