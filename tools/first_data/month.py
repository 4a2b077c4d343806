# SPDX-License-Identifier: Apache-2.0
"""The synthetic month from its first neighbour to its last need."""

from __future__ import annotations

from typing import Any

from tools.first_data import needs, people, teahouse
from tools.first_data.platform import Platform
from tools.first_data.progress import Progress


def fill(platform: Platform, progress: Progress) -> tuple[list[Any], int]:
    """Fill a platform that has what is official.

    Returns what belongs into accounts.json, and of how many entries the ledger will be told.
    """
    residents = people.fill(platform, progress)
    accounts = people.open_accounts(platform, progress, residents)
    told = teahouse.fill(platform, progress, residents[people.WUFUQIAO])
    needs.fill(platform, progress, residents)
    return accounts, told
