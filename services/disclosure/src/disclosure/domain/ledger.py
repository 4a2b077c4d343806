# SPDX-License-Identifier: Apache-2.0
"""Double entry: how money becomes postings. Debits are above zero, credits below, and each entry adds up to zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

OPERATOR_CLEARING = "operator_clearing"
FUND_INCOME = "fund_income"
OPERATOR_PAYABLE = "operator_payable"
SUSPENSE = "suspense"
DEPOSITS_HELD = "deposits_held"

INCOME, REVERSAL, ALLOCATION, REFUND = "income", "reversal", "allocation", "refund"
DEPOSIT, DEPOSIT_REFUND, DEPOSIT_KEPT = "deposit", "deposit_refund", "deposit_kept"


@dataclass(frozen=True)
class Account:
    """An account of a book. ``kind`` says on which side it grows: assets and expenses by debit."""

    code: str
    kind: str
    name_zh: str
    name_en: str


CHART = (
    Account(OPERATOR_CLEARING, "asset", "运营方代收款", "Taken by the operator, to be handed over"),
    Account(FUND_INCOME, "income", "社区基金收入", "Income of the community fund"),
    Account(OPERATOR_PAYABLE, "liability", "应付运营方分成", "Owed to the operator"),
    Account(SUSPENSE, "liability", "待清分款", "Not divided yet"),
    Account(DEPOSITS_HELD, "liability", "押金", "Deposits held"),
)


@dataclass(frozen=True)
class Posting:
    """One side of an entry."""

    account: str
    amount_fen: int


@dataclass(frozen=True)
class Contract:
    """What a venue's operator and the fund agreed, from ``valid_from`` to before ``valid_to`` (None: open)."""

    contract_id: UUID
    venue_id: UUID
    fund_per_mille: int
    valid_from: date
    valid_to: date | None = None

    def operator_share(self, amount_fen: int) -> int:
        """Return the operator's part, rounded down to the fen: the remainder is the fund's."""
        return amount_fen * (1000 - self.fund_per_mille) // 1000


def in_force(contracts: Iterable[Contract], venue_id: UUID, on: date) -> Contract | None:
    """Find the contract of a venue on a day; the database lets no two overlap."""
    for contract in contracts:
        begun, ended = contract.valid_from <= on, contract.valid_to is not None and contract.valid_to <= on
        if contract.venue_id == venue_id and begun and not ended:
            return contract
    return None


def income_postings(amount_fen: int, contract: Contract | None) -> tuple[Posting, ...]:
    """Divide takings by the contract; without one they wait in suspense, undivided.

    Suspense and not refusal: the money was taken, and one community without a contract must not hold up the events
    of its neighbours.
    """
    if contract is None:
        return _balanced({OPERATOR_CLEARING: amount_fen, SUSPENSE: -amount_fen})
    return _balanced({OPERATOR_CLEARING: amount_fen} | _shares(amount_fen, contract))


def allocation_postings(amount_fen: int, contract: Contract) -> tuple[Posting, ...]:
    """Divide takings that waited in suspense."""
    return _balanced({SUSPENSE: amount_fen} | _shares(amount_fen, contract))


def opposite(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """Reverse everything posted so far for one settlement; accounts that are even already stay out."""
    net: dict[str, int] = {}
    for posting in postings:
        net[posting.account] = net.get(posting.account, 0) - posting.amount_fen
    return _balanced(net)


def part_of(postings: Iterable[Posting], amount_fen: int) -> tuple[Posting, ...]:
    """Give back ``amount_fen`` of what stands of a settlement, from each share in its proportion.

    What is left divides as the whole did, the operator's part rounded down again: giving back everything in any
    number of parts is the exact opposite of taking it.
    """
    standing: dict[str, int] = {}
    for posting in postings:
        standing[posting.account] = standing.get(posting.account, 0) + posting.amount_fen
    taken = standing.pop(OPERATOR_CLEARING, 0)
    if not 0 < amount_fen <= taken:
        raise ValueError(f"{amount_fen} fen cannot be given back of {taken}")
    operator = -standing.get(OPERATOR_PAYABLE, 0)
    operator_back = operator - operator * (taken - amount_fen) // taken
    rest = SUSPENSE if standing.get(SUSPENSE) else FUND_INCOME
    return _balanced(
        {OPERATOR_CLEARING: -amount_fen, OPERATOR_PAYABLE: operator_back, rest: amount_fen - operator_back}
    )


def deposit_postings(amount_fen: int) -> tuple[Posting, ...]:
    """A deposit is owed to the guest from the moment it is taken."""
    return _balanced({OPERATOR_CLEARING: amount_fen, DEPOSITS_HELD: -amount_fen})


def deposit_refund_postings(amount_fen: int) -> tuple[Posting, ...]:
    """A deposit given back."""
    return _balanced({DEPOSITS_HELD: amount_fen, OPERATOR_CLEARING: -amount_fen})


def deposit_kept_postings(amount_fen: int, contract: Contract | None) -> tuple[Posting, ...]:
    """A deposit kept is income, divided by the contract of the day; without one it waits in suspense."""
    shares = {SUSPENSE: -amount_fen} if contract is None else _shares(amount_fen, contract)
    return _balanced({DEPOSITS_HELD: amount_fen} | shares)


def _shares(amount_fen: int, contract: Contract) -> dict[str, int]:
    operator = contract.operator_share(amount_fen)
    return {FUND_INCOME: operator - amount_fen, OPERATOR_PAYABLE: -operator}


def _balanced(amounts: dict[str, int]) -> tuple[Posting, ...]:
    postings = tuple(Posting(account, amount) for account, amount in amounts.items() if amount)
    if sum(posting.amount_fen for posting in postings):
        raise AssertionError(f"unbalanced: {postings}")
    return postings
