# SPDX-License-Identifier: Apache-2.0
"""Putting right what was parked: one command applies it again, in order, once the cause is repaired."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.auth import Actor
from chassis.inbox.consumer import Consumer
from chassis.inbox.failures import describe, is_transient


@dataclass(frozen=True)
class Replayed:
    """What a replay did: events applied, events found to be done or unwanted, and the aggregates still parked."""

    applied: int
    dropped: int
    still_parked: dict[str, str]


def replay(consumer: Consumer, *, division: str = "") -> Replayed:
    """Apply the group's parked events again, aggregate by aggregate in their order; within ``division`` if given.

    An aggregate stops at its first event that fails again and stays parked with the new reason; others go on. Safe
    beside running consumers: both lock the aggregate. Raises whatever is transient, with what was done kept.
    """
    applied = dropped = 0
    still_parked: dict[str, str] = {}
    with consumer.database.unit_of_work(_actor(consumer, division)) as work:
        groups = consumer.store.groups(work, division)
    for code, subject, _ in groups:
        after = 0
        while (outcome := _replay_next(consumer, code, subject, after)) is not None:
            if isinstance(outcome, _Failed):
                still_parked[f"{code} {subject or 'unreadable'}"] = outcome.reason
                if subject is not None:
                    break
                after = outcome.parked_id  # records of no known aggregate do not wait for each other
            else:
                applied, dropped = applied + outcome, dropped + (not outcome)
    return Replayed(applied, dropped, still_parked)


def command(arguments: Sequence[str], consumer: Consumer) -> int:
    """Run ``replay [--group …] [--division …]`` and print the outcome; the exit code is 1 while some stay parked."""
    parser = argparse.ArgumentParser(prog=f"{consumer.service} replay", description=replay.__doc__)
    parser.add_argument("--group", default=consumer.group, choices=[consumer.group])
    parser.add_argument("--division", default="")
    options = parser.parse_args(arguments)
    result = replay(consumer, division=options.division)
    print(
        f"applied {result.applied}, already done or no longer wanted {result.dropped},"
        f" aggregates still parked {len(result.still_parked)}"
    )
    for aggregate, reason in result.still_parked.items():
        print(f"  {aggregate}: {reason}")
    return 1 if result.still_parked else 0


@dataclass(frozen=True)
class _Failed:
    parked_id: int
    reason: str


def _replay_next(consumer: Consumer, division: str, subject: str | None, after: int) -> bool | _Failed | None:
    """Apply the aggregate's next parked event; None when there is none, whether it took effect now otherwise."""
    store, actor = consumer.store, _actor(consumer, division)
    parked = None
    try:
        with consumer.database.unit_of_work(actor) as work:
            store.lock(work, division, subject)
            parked = store.next_parked(work, division, subject, after)
            if parked is None:
                return None
            took_effect = consumer.applier.react_alone(work, parked.delivery)
            store.release(work, parked)
            work.commit()
            return took_effect
    except Exception as error:
        if parked is None or is_transient(error):
            raise
        reason = describe(error)
    with consumer.database.unit_of_work(actor) as work:
        store.note_attempt(work, parked, reason)
        work.commit()
    return _Failed(parked.id, reason)


def _actor(consumer: Consumer, division: str) -> Actor:
    return Actor.system(division, f"{consumer.group} replay")
