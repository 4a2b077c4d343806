# SPDX-License-Identifier: Apache-2.0
"""Counting sign-in attempts. Each is counted as failed before the password is looked at; success takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chassis.auth import Actor

from identity.domain import throttle
from identity.store import accounts as store

if TYPE_CHECKING:
    from identity.bootstrap import Deps

_NOBODY = Actor("system:attempts", "", frozenset(), client="system")
Subjects = Sequence[tuple[str, str]]  # (kind, username or address)


def begin(deps: Deps, subjects: Subjects) -> bool:
    """Count an attempt against every subject; False when one of them is blocked, and then nothing is counted.

    Time is the machine's: a shifted domain clock neither opens nor prolongs a block.
    """
    now = deps.wall.now()
    with deps.database.unit_of_work(_NOBODY) as work:
        for kind, subject in sorted(subjects):  # one order of locks for everybody
            hashed = deps.sealer.blind(subject, f"sign_in_attempts.{kind}")
            before = store.lock_attempts(work.connection, kind, hashed, now)
            if before is not None and before.is_blocked(now):
                return False
            store.save_attempts(work.connection, kind, hashed, throttle.count(kind, before, now))
        work.commit()
    return True


def succeed(deps: Deps, subjects: Subjects) -> None:
    """Forget the failures of the name, and take this attempt back from the address."""
    with deps.database.unit_of_work(_NOBODY) as work:
        for kind, subject in sorted(subjects):
            hashed = deps.sealer.blind(subject, f"sign_in_attempts.{kind}")
            forget = store.take_back_attempt if kind == "address" else store.forget_attempts
            forget(work.connection, kind, hashed)
        work.commit()
