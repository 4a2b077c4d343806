# SPDX-License-Identifier: Apache-2.0
"""The frame of an act: one transaction, one answer a key, tried again where PostgreSQL chose it as a victim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.auth import Actor
from chassis.db import UnitOfWork, retry_conflicts
from chassis.reply import Reply

from venue.deps import Attempt, Deps


def one_act(
    deps: Deps, actor: Actor, attempt: Attempt, operation: str, act: Callable[[UnitOfWork], Any], status: int = 200
) -> Reply:
    """Run ``act`` once for the attempt's key and commit; a repetition gives the stored answer."""

    def once() -> Reply:
        with deps.unit_of_work(actor) as work:
            reply = work.once(attempt, operation, lambda: act(work), status=status)
            work.commit()
            return reply

    return retry_conflicts(once)
