# SPDX-License-Identifier: Apache-2.0
"""A month's statement as a pure function of the entries up to one number: the same bytes whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from disclosure.domain import ledger
from disclosure.domain.months import month_of


@dataclass(frozen=True)
class Entry:
    """A posted entry, as far as a statement tells of it."""

    no: int
    month: str
    kind: str
    occurred_on: date
    posted_on: date
    room: str
    relates_to_no: int | None
    reversed_by_no: int | None
    postings: Mapping[str, int]


@dataclass(frozen=True)
class Turnover:
    """What happened on one account before and in the month."""

    account: ledger.Account
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def has_moved(self) -> bool:
        """Whether anything was ever posted to it."""
        return bool(self.opening_fen or self.debit_fen or self.credit_fen)

    @property
    def closing_fen(self) -> int:
        """The balance at the end; debits above zero."""
        return self.opening_fen + self.debit_fen - self.credit_fen


def statement_content(
    *,
    division: str,
    book: str,
    month: str,
    version: int,
    to_date: date | None,
    as_of_entry_no: int,
    turnovers: Sequence[Turnover],
    entries: Sequence[Entry],
) -> dict[str, Any]:
    """Write the statement: strings, integers, nulls and lists alone, so that its canonical form is one.

    An account that came later is told of once it has moved, so statements of before it keep their bytes.
    """
    turnovers = [one for one in turnovers if one.account.code != ledger.DEPOSITS_HELD or one.has_moved]
    return {
        "division": division,
        "book": book,
        "month": month,
        "version": version,
        "title_to_date": to_date and to_date.isoformat(),
        "as_of_entry_no": as_of_entry_no,
        **_figures(turnovers),
        "accounts": [_account(turnover) for turnover in turnovers],
        "lines": list(_lines(entries)),
    }


def _figures(turnovers: Iterable[Turnover]) -> dict[str, int]:
    """Sum up the fund: what it had, what came in, what went out. Credits are the fund's gain."""
    opening = income = expense = 0
    for turnover in turnovers:
        if turnover.account.kind == "income":
            opening -= turnover.opening_fen
            income += turnover.credit_fen - turnover.debit_fen
        elif turnover.account.kind == "expense":
            opening -= turnover.opening_fen
            expense += turnover.debit_fen - turnover.credit_fen
    return {
        "opening_fen": opening,
        "income_fen": income,
        "expense_fen": expense,
        "closing_fen": opening + income - expense,
    }


def _account(turnover: Turnover) -> dict[str, Any]:
    account = turnover.account
    return {
        "code": account.code,
        "kind": account.kind,
        "name_zh": account.name_zh,
        "name_en": account.name_en,
        "opening_fen": turnover.opening_fen,
        "debit_fen": turnover.debit_fen,
        "credit_fen": turnover.credit_fen,
        "closing_fen": turnover.closing_fen,
    }


def _lines(entries: Sequence[Entry]) -> Iterable[dict[str, Any]]:
    line_of = {entry.no: number for number, entry in enumerate(entries, 1)}
    for number, entry in enumerate(entries, 1):
        yield {
            "line_no": number,
            "entry_no": entry.no,
            "occurred_on": entry.occurred_on.isoformat(),
            "posted_on": entry.posted_on.isoformat(),
            "room": entry.room,
            "kind": entry.kind,
            "gross_fen": entry.postings.get(ledger.OPERATOR_CLEARING, 0),
            "fund_fen": -entry.postings.get(ledger.FUND_INCOME, 0),
            "operator_fen": -entry.postings.get(ledger.OPERATOR_PAYABLE, 0),
            "suspense_fen": -entry.postings.get(ledger.SUSPENSE, 0),
            **_deposit(entry),
            "relates_to_line": line_of.get(entry.relates_to_no) if entry.relates_to_no else None,
            "relates_to_entry_no": entry.relates_to_no,
            "reversed_by_entry_no": entry.reversed_by_no,
            "notes": _notes(entry),
        }


def _deposit(entry: Entry) -> dict[str, int]:
    """Only of lines that move a deposit: lines of before deposits keep their bytes."""
    held = entry.postings.get(ledger.DEPOSITS_HELD)
    return {} if held is None else {"deposit_fen": -held}


def _notes(entry: Entry) -> list[str]:
    """Say in codes what a reader should know about a line; pages say them in words."""
    told = {
        "late": month_of(entry.occurred_on) < entry.month,
        "reversed": entry.reversed_by_no is not None,
        "reversal": entry.kind == ledger.REVERSAL,
        "no_contract": entry.kind in (ledger.INCOME, ledger.DEPOSIT_KEPT) and ledger.SUSPENSE in entry.postings,
        "allocation": entry.kind == ledger.ALLOCATION,
        "refund": entry.kind == ledger.REFUND,
        "deposit": entry.kind == ledger.DEPOSIT,
        "deposit_refund": entry.kind == ledger.DEPOSIT_REFUND,
        "deposit_kept": entry.kind == ledger.DEPOSIT_KEPT,
    }
    return [code for code, holds in told.items() if holds]
