# SPDX-License-Identifier: Apache-2.0
"""Dividing money: every fen arrives somewhere, and a reversal leaves nothing."""

from datetime import date
from uuid import UUID

import pytest
from disclosure.domain.ledger import Contract, Posting, allocation_postings, in_force, income_postings, opposite
from hypothesis import given
from hypothesis import strategies as st

VENUE, OTHER = UUID(int=1), UUID(int=2)
AMOUNTS = st.integers(1, 10**12)


def contract(per_mille=600, start=date(2026, 1, 1), end=None, venue=VENUE):
    return Contract(UUID(int=9), venue, per_mille, start, end)


def amounts(postings):
    return {posting.account: posting.amount_fen for posting in postings}


def total(postings):
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.account] = sums.get(posting.account, 0) + posting.amount_fen
    return sums


def test_sixty_yuan_sixty_forty():
    assert amounts(income_postings(6000, contract())) == {
        "operator_clearing": 6000, "fund_income": -3600, "operator_payable": -2400}  # fmt: skip


@pytest.mark.parametrize(("per_mille", "fund", "operator"), [(1000, 101, 0), (0, 0, 101), (600, 61, 40), (333, 34, 67)])
def test_what_rounding_leaves_is_the_funds(per_mille, fund, operator):
    told = amounts(income_postings(101, contract(per_mille)))

    assert (-told.get("fund_income", 0), -told.get("operator_payable", 0)) == (fund, operator)


@given(amount=AMOUNTS, per_mille=st.integers(0, 1000))
def test_shares_always_add_up(amount, per_mille):
    postings = income_postings(amount, contract(per_mille))

    assert sum(posting.amount_fen for posting in postings) == 0
    assert all(posting.amount_fen for posting in postings)
    assert len(postings) >= 2


@given(amount=AMOUNTS, per_mille=st.integers(0, 1000))
def test_an_allocation_ends_where_the_contract_would_have_begun(amount, per_mille):
    divided = contract(per_mille)

    waited = total((*income_postings(amount, None), *allocation_postings(amount, divided)))

    assert waited.pop("suspense") == 0
    assert waited == amounts(income_postings(amount, divided))


@given(amount=AMOUNTS, per_mille=st.integers(0, 1000), allocated=st.booleans())
def test_a_reversal_leaves_every_account_even(amount, per_mille, allocated):
    posted = income_postings(amount, None if allocated else contract(per_mille))
    posted += allocation_postings(amount, contract(per_mille)) if allocated else ()

    assert set(total((*posted, *opposite(posted))).values()) == {0}


def test_an_unbalanced_set_is_a_bug_and_says_so():
    with pytest.raises(AssertionError, match="unbalanced"):
        opposite([Posting("fund_income", 1)])


def test_the_contract_of_the_day_is_found():
    first, second = contract(end=date(2026, 11, 10)), contract(700, start=date(2026, 11, 10))
    foreign = contract(100, venue=OTHER)

    assert in_force([foreign, first, second], VENUE, date(2026, 11, 9)) is first
    assert in_force([foreign, first, second], VENUE, date(2026, 11, 10)) is second
    assert in_force([foreign, first, second], VENUE, date(2025, 12, 31)) is None
