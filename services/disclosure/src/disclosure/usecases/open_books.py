# SPDX-License-Identifier: Apache-2.0
"""Open a community's books with the operator's contract, by an administrator at the machine (no operation yet)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.auth import Actor
from chassis.db import uuid7
from chassis.errors import Conflict
from sqlalchemy.exc import IntegrityError

from disclosure.domain.ledger import Contract
from disclosure.domain.months import local_date, month_of
from disclosure.store.ledger import Ledger
from disclosure.usecases.allocate_suspense import allocate_suspense

if TYPE_CHECKING:
    from disclosure.deps import Deps


OVERLAP = "contracts_do_not_overlap"


@dataclass(frozen=True)
class OperatorContract:
    """A venue's contract: the fund gets ``fund_per_mille`` of the takings and what rounding leaves."""

    venue_id: UUID
    operator_name: str
    fund_per_mille: int
    valid_from: date
    valid_to: date | None = None


def open_books(deps: Deps, division: str, contract: OperatorContract, *, opened_month: str | None = None) -> UUID:
    """Open the books of a community unless they are, record the contract and return the contract's id.

    ``opened_month`` is the first month to be published, by default the present one. Repeating it with the same
    contract changes nothing; raises Conflict (contract_overlaps) for another one over the same days.
    """
    now = deps.clock.now()
    with deps.database.unit_of_work(Actor.system(division, "open_books")) as work:
        ledger = Ledger(work)
        book = ledger.open_book(opened_month or month_of(local_date(now)), now)
        ledger.lock(book)
        for known in ledger.contracts(contract.venue_id):
            if _terms(known) == _terms(contract):
                work.commit()
                return known.contract_id
        agreed = Contract(uuid7(), *_terms(contract))
        try:
            ledger.add_contract(book, agreed, contract.operator_name, now)
        except IntegrityError as error:
            if getattr(error.orig, "diag", None) is None or error.orig.diag.constraint_name != OVERLAP:
                raise
            raise Conflict(
                "contract_overlaps",
                zh="这个场所在这段时间已有合同。",
                en="The venue already has a contract for some of these days.",
            ) from error
        allocated = allocate_suspense(work, book, agreed)
        work.audit(
            "open_books",
            "contract",
            agreed.contract_id,
            {"fund_per_mille": agreed.fund_per_mille, "allocated": allocated},
        )
        work.commit()
    return agreed.contract_id


def _terms(contract: Contract | OperatorContract) -> tuple[UUID, int, date, date | None]:
    return contract.venue_id, contract.fund_per_mille, contract.valid_from, contract.valid_to
