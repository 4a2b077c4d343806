# SPDX-License-Identifier: Apache-2.0
"""The worker's talk with the payment provider: ask, look, give back. Each step is stored before the next is taken.

No transaction is open around a call. A step that is repeated after a crash repeats under the same reference, which is
the provider's idempotency key. A provider that does not answer ends the round; the next one comes half a minute later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.auth import Actor
from chassis.db import UnitOfWork

from venue.deps import Deps
from venue.domain.money import payments as rules
from venue.domain.money.payments import (
    ASKED_AGAIN_AFTER,
    DOWN_TRIED_AGAIN_AFTER,
    LATE_ASKED_FOR,
    REFUSED_TRIED_AGAIN_AFTER,
    Intent,
)
from venue.payments.provider import PaymentProvider, ProviderDown, Refused
from venue.store import due
from venue.store.money import payments, refunds
from venue.usecases.money.payment_outcome import ASK_LATE, apply_told, expire
from venue.usecases.money.refunds import ASK_PROVIDER

log = logging.getLogger(__name__)
AT_ONCE = 50
Row = Mapping[str, Any]


def ask_provider(deps: Deps, actor: Actor, now: datetime) -> None:
    """Attend to every payment under way and every refund outstanding in a community (an alarm's handler)."""
    provider = deps.payments
    if provider is None:
        return
    try:
        _attend_all(deps, actor, provider, payments.to_attend, now)
        refused = _give_back(deps, actor, provider, now)
    except ProviderDown as error:
        log.warning("the payment provider does not answer: %s", error)
        _again(deps, actor, ASK_PROVIDER, now + DOWN_TRIED_AGAIN_AFTER)
        return
    with deps.database.read(actor) as connection:
        waiting = payments.to_attend(connection, actor.division, 1)
    if waiting:
        _again(deps, actor, ASK_PROVIDER, now + ASKED_AGAIN_AFTER)
    elif refused:
        _again(deps, actor, ASK_PROVIDER, now + REFUSED_TRIED_AGAIN_AFTER)


def ask_for_late_ones(deps: Deps, actor: Actor, now: datetime) -> None:
    """Ask for every payment of a community that expired within a day, each once (an alarm's handler).

    A pace of its own: however many payers are awaited, what was abandoned is asked for once in ten minutes.
    """
    provider = deps.payments
    if provider is None:
        return

    def page(connection: sa.Connection, division: str, limit: int, after: UUID = payments.FIRST) -> list[Intent]:
        return payments.late(connection, division, now - LATE_ASKED_FOR, limit, after)

    try:
        _attend_all(deps, actor, provider, page, now)
    except ProviderDown as error:
        log.warning("the payment provider does not answer: %s", error)
    with deps.database.read(actor) as connection:
        remain = page(connection, actor.division, 1)
    if remain:
        _again(deps, actor, ASK_LATE, rules.next_late_round(now))


def _attend_all(
    deps: Deps, actor: Actor, provider: PaymentProvider, page: Callable[..., list[Intent]], now: datetime
) -> None:
    """Attend to every payment of all pages: none waits behind fifty others that stay as they are."""
    after, more = payments.FIRST, True
    while more:
        with deps.database.read(actor) as connection:
            intents = page(connection, actor.division, AT_ONCE, after)
        for intent in intents:
            _attend(deps, actor, provider, intent, now)
            after = intent.payment_id
        more = len(intents) == AT_ONCE


def _attend(deps: Deps, actor: Actor, provider: PaymentProvider, intent: Intent, now: datetime) -> None:
    reference = rules.reference(actor.division, intent.payment_id)
    told = provider.query(reference)
    if told is not None:
        apply_told(deps, actor, told)
    elif intent.state in rules.OPEN and intent.expires_at <= now:
        _note(deps, actor, lambda work: _expire(work, intent.payment_id, now))
    elif intent.state == "created":
        asked = provider.create_intent(reference, intent.amount_fen, intent.currency, intent.expires_at)
        _note(deps, actor, lambda work: _pending(work, intent.payment_id, asked.provider_ref, asked.pay_url, now))


def _pending(work: UnitOfWork, payment_id: UUID, provider_ref: str, pay_url: str, now: datetime) -> None:
    intent = payments.lock(work, payment_id)
    if intent is not None and intent.state == "created":
        payments.change(work, payment_id, now, state="pending", provider_ref=provider_ref, pay_url=pay_url)


def _expire(work: UnitOfWork, payment_id: UUID, now: datetime) -> None:
    """Stop waiting. Should the payer still pay, the callback is applied all the same, and for a day it is asked for."""
    intent = payments.lock(work, payment_id)
    if intent is not None and intent.state in rules.OPEN:
        expire(work, payment_id, now)


def _give_back(deps: Deps, actor: Actor, provider: PaymentProvider, now: datetime) -> int:
    """Have the provider give back what is owed; count what it refused, which waits and holds up nothing else."""
    with deps.database.read(actor) as connection:
        owed = refunds.not_executed(connection, actor.division, AT_ONCE)
        unusable = payments.to_return(connection, actor.division, AT_ONCE)
    refused = 0
    for row in owed:
        refused += not _refund(deps, actor, provider, row, now)
    for row in unusable:
        refused += not _return(deps, actor, provider, row, now)
    return refused


def _refund(deps: Deps, actor: Actor, provider: PaymentProvider, row: Row, now: datetime) -> bool:
    payment, refund_id = row["intent_id"], row["id"]
    try:
        done = provider.refund(
            rules.reference(actor.division, payment), f"{actor.division}.{refund_id}", row["amount_fen"]
        )
    except Refused as error:
        log.error("the payment provider refuses refund %s: %s", refund_id, error)
        return False
    _note(deps, actor, lambda work: _refunded(work, refund_id, payment, done, now))
    return True


def _return(deps: Deps, actor: Actor, provider: PaymentProvider, row: Row, now: datetime) -> bool:
    payment, reference = row["id"], rules.reference(actor.division, row["id"])
    try:
        provider.refund(reference, f"{reference}/return", row["to_return_fen"])
    except Refused as error:
        log.error("the payment provider refuses to return payment %s: %s", payment, error)
        return False
    _note(deps, actor, lambda work: payments.change(work, payment, now, state="refunded", returned_at=now))
    return True


def _refunded(work: UnitOfWork, refund_id: UUID, payment_id: UUID, provider_ref: str, now: datetime) -> None:
    payments.lock(work, payment_id)
    refunds.executed(work, refund_id, provider_ref, now)
    payments.change(work, payment_id, now, state="refunded")


def _again(deps: Deps, actor: Actor, kind: str, at: datetime) -> None:
    _note(deps, actor, lambda work: due.set_alarm(work, kind, at))


def _note(deps: Deps, actor: Actor, act: Callable[[UnitOfWork], None]) -> None:
    with deps.unit_of_work(actor) as work:
        act(work)
        work.commit()
