# SPDX-License-Identifier: Apache-2.0
"""A statement's content from entries and turnovers."""

from datetime import date

from disclosure import shapes
from disclosure.domain.ledger import Account
from disclosure.domain.statement import Entry, Turnover, statement_content
from disclosure.usecases.content import canonical, sha256

CLEARING = Account("operator_clearing", "asset", "运营方代收款", "Clearing")
INCOME = Account("fund_income", "income", "社区基金收入", "Income")
SPENT = Account("fund_expense", "expense", "社区基金支出", "Expense")


def entry(no, kind="income", occurred=date(2026, 11, 3), relates=None, reversed_by=None, **postings):
    sides = postings or {"operator_clearing": 6000, "fund_income": -3600, "operator_payable": -2400}
    return Entry(no, "2026-11", kind, occurred, date(2026, 11, 4), "议事茶亭", relates, reversed_by, sides)


def content(entries=(), turnovers=()):
    return statement_content(
        division="510104030006", book="community_fund", month="2026-11", version=1, to_date=None, as_of_entry_no=9,
        turnovers=turnovers, entries=entries,
    )  # fmt: skip


def test_the_fund_has_what_it_had_and_what_came_in_less_what_went_out():
    told = content(turnovers=[
        Turnover(CLEARING, 500, 6000, 100), Turnover(INCOME, -1000, 50, 3600), Turnover(SPENT, 200, 300, 0),
    ])  # fmt: skip

    assert (told["opening_fen"], told["income_fen"], told["expense_fen"], told["closing_fen"]) == (800, 3550, 300, 4050)
    assert [account["closing_fen"] for account in told["accounts"]] == [6400, -4550, 500]


def test_a_line_divides_the_takings():
    (line,) = content([entry(4)])["lines"]

    assert (line["line_no"], line["entry_no"], line["gross_fen"]) == (1, 4, 6000)
    assert (line["fund_fen"], line["operator_fen"], line["suspense_fen"]) == (3600, 2400, 0)
    assert line["notes"] == []


def test_lines_say_what_a_reader_should_know():
    waiting = {"operator_clearing": 6000, "suspense": -6000}
    divided = {"suspense": 6000, "fund_income": -3600, "operator_payable": -2400}
    told = content([
        entry(4, occurred=date(2026, 10, 31)), entry(5, reversed_by=6), entry(6, "reversal", relates=5),
        entry(7, **waiting), entry(8, "allocation", relates=7, **divided), entry(9, "reversal", relates=2),
        entry(10, "refund", relates=5), entry(11, "deposit"), entry(12, "deposit_refund", relates=11),
        entry(13, "deposit_kept", relates=11, **waiting),
    ])  # fmt: skip

    notes = [line["notes"] for line in told["lines"]]
    links = [(line["relates_to_line"], line["relates_to_entry_no"]) for line in told["lines"]]
    assert notes == [["late"], ["reversed"], ["reversal"], ["no_contract"], ["allocation"], ["reversal"],
                     ["refund"], ["deposit"], ["deposit_refund"], ["no_contract", "deposit_kept"]]  # fmt: skip
    assert links[:6] == [(None, None), (None, None), (2, 5), (None, None), (4, 7), (None, 2)]
    assert {code for codes in notes for code in codes} == set(shapes.NOTES["zh"]) == set(shapes.NOTES["en"])


def test_the_canonical_form_is_one_and_its_hash_stands():
    told = content([entry(4)])
    shuffled = dict(reversed(told.items()))

    assert canonical(told) == canonical(shuffled)
    assert canonical({"b": "茶", "a": [1, None]}) == '{"a":[1,null],"b":"茶"}'.encode()
    assert sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_notes_are_told_in_words():
    assert shapes.note(["late", "reversed"], "zh") == "款项发生的月份已结账，记入本月；已冲正"
    assert shapes.note([], "en") is None
