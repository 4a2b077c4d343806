# SPDX-License-Identifier: Apache-2.0
"""Forgetting what is kept for a while only."""

from __future__ import annotations

from datetime import timedelta

from chassis import idempotency
from identity.bootstrap import Deps
from identity.store import accounts, provider
from identity.usecases.accounts import SIGN_IN

KEPT_CODES = timedelta(days=1)  # a used code is kept this long to recognise its replay
KEPT_ATTEMPTS = timedelta(days=1)


def purge(deps: Deps) -> int:
    """Delete old idempotency keys, codes, refresh tokens and counted attempts; return how many."""
    wall, gone = deps.wall.now(), idempotency.forget(deps.database, deps.clock)
    with deps.database.sweep(SIGN_IN) as work:
        gone += provider.purge(work.connection, wall - KEPT_CODES)
        gone += accounts.purge_attempts(work.connection, wall - KEPT_ATTEMPTS)
        work.commit()
    return gone
