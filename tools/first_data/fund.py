# SPDX-License-Identifier: Apache-2.0
"""Last month's statement: waits until the ledger has been told of everything, then two persons publish it."""

from __future__ import annotations

import time
from uuid import UUID

from disclosure.usecases.decide_statement import approve_statement
from disclosure.usecases.read_books import list_periods
from disclosure.usecases.submit_statement import SubmitStatement, submit_statement

from tools.first_data.official import first_of_last_month
from tools.first_data.people import WUFUQIAO
from tools.first_data.platform import Here, Platform, officer
from tools.first_data.progress import Progress

PATIENCE_SECONDS = 120


class LedgerBehind(Exception):
    """The workers did not post in time what the teahouse settled."""


def publish_last_month(platform: Platform, progress: Progress, expected: int) -> None:
    """Submit and approve last month's statement once the books hold ``expected`` entries."""
    platform.at(platform.now)
    clerk = Here(officer(WUFUQIAO, "finance_clerk", "disclosure.read disclosure.prepare"), platform.disclosure)
    secretary = Here(
        officer(WUFUQIAO, "community_secretary", "disclosure.read disclosure.approve"), platform.disclosure
    )
    _wait(platform, clerk, expected)
    month = first_of_last_month(platform.now).strftime("%Y-%m")

    def publish() -> str:
        submitted = submit_statement(platform.disclosure, clerk, SubmitStatement(month)).content["statement_id"]
        approve_statement(platform.disclosure, secretary, UUID(submitted))
        return submitted

    progress.once(f"statement {month}", publish)


def _wait(platform: Platform, clerk: Here, expected: int) -> None:
    deadline, posted = time.monotonic() + PATIENCE_SECONDS, 0
    while posted < expected:
        posted = sum(period["entries_count"] for period in list_periods(platform.disclosure, clerk.actor))
        if time.monotonic() > deadline:
            raise LedgerBehind(f"{posted} of {expected} entries are posted; are the workers running?")
        time.sleep(0.2)
