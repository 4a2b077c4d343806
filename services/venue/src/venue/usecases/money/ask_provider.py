# SPDX-License-Identifier: Apache-2.0
"""The worker's talk with the payment provider: ask, look, give back. Each step is stored before the next is taken.

No transaction is open around a call. A step that is repeated after a crash repeats under the same reference, which is
the provider's idempotency key. As long as anything is awaited or owed, another round follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

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
from venue.domain.money.refunds import Owed
from venue.payments.provider import Refused
from venue.store.money import payments, refunds
from venue.usecases.money.payment_outcome import apply_told, expire
from venue.usecases.money.provider_round import Round

LATE_AT_ONCE = 100  # expired payments asked for before other alarms have their turn
THE_NEXT_AFTER = timedelta(seconds=1)


def ask_provider(deps: Deps, actor: Actor, now: datetime) -> datetime | None:
    """Attend to every payment under way and every refund outstanding in a community; return when to do so again."""
    if deps.payments is None:
        return None
    talk = Round(deps, actor, deps.payments, now)
    talk.with_each(payments.to_attend, _attend)
    awaited = [intent for intent in talk.all_of(payments.to_attend) if not _expired(talk, intent)]
    talk.with_each(refunds.not_executed, _refund)
    talk.with_each(payments.to_return, _return)
    if awaited and not talk.is_unanswered:
        return now + ASKED_AGAIN_AFTER
    if awaited or talk.failed:
        return now + DOWN_TRIED_AGAIN_AFTER
    return now + REFUSED_TRIED_AGAIN_AFTER if talk.refused else None


def ask_for_late_ones(deps: Deps, actor: Actor, now: datetime) -> datetime | None:
    """Ask for some of the payments of a community that expired within a day; return when to do so again.

    A pace of its own: however many payers are awaited, what was abandoned is asked for once in ten minutes. So many at
    a time, by the same few statements, and the next ones a second later: other alarms are not kept waiting.
    """
    if deps.payments is None:
        return None
    since, next_round = now - LATE_ASKED_FOR, rules.next_late_round(now)
    with deps.database.read(actor) as connection:
        late = payments.late(connection, actor.division, since, rules.late_round(now), LATE_AT_ONCE)
    talk = Round(deps, actor, deps.payments, now)
    talk.with_these(late, _attend)
    if late:
        talk.note(lambda work: payments.note_asked(work, [one.payment_id for one in late], now))
    if len(late) == LATE_AT_ONCE and not talk.is_unanswered:
        return now + THE_NEXT_AFTER
    with deps.database.read(actor) as connection:
        remain = payments.late(connection, actor.division, since, next_round, 1)
    return next_round if remain else None


def _attend(talk: Round, intent: Intent) -> None:
    reference = rules.reference(talk.actor.division, intent.payment_id)
    told = talk.provider.query(reference)
    if told is not None:
        apply_told(talk.deps, talk.actor, told)
    elif intent.state == "created" and not intent.is_over(talk.now):
        _ask(talk, intent, reference)


def _ask(talk: Round, intent: Intent, reference: str) -> None:
    try:
        asked = talk.provider.create_intent(reference, intent.amount_fen, intent.currency, intent.expires_at)
    except Refused:
        talk.note(lambda work: _changed(work, intent, talk.now, state="failed", failure_code="refused"))
        raise
    talk.note(
        lambda work: _changed(
            work, intent, talk.now, state="pending", provider_ref=asked.provider_ref, pay_url=asked.pay_url
        )
    )


def _changed(work: UnitOfWork, intent: Intent, now: datetime, **values: str) -> None:
    current = payments.lock(work, intent.payment_id)
    if current is not None and current.state == "created":
        payments.change(work, intent.payment_id, now, **values)


def _expired(talk: Round, intent: Intent) -> bool:
    """Stop waiting for a payer, even where the provider cannot say what became of it.

    Should the payer still pay, the callback is applied all the same, and for a day it is asked for.
    """
    if not intent.is_over(talk.now):
        return False

    def act(work: UnitOfWork) -> None:
        current = payments.lock(work, intent.payment_id)
        if current is not None and current.is_over(talk.now):
            expire(work, intent.payment_id, talk.now)

    talk.note(act)
    return True


def _refund(talk: Round, owed: Owed) -> None:
    reference = rules.reference(talk.actor.division, owed.payment_id)
    done = talk.provider.refund(reference, f"{talk.actor.division}.{owed.number}", owed.amount_fen)

    def act(work: UnitOfWork) -> None:
        payments.lock(work, owed.payment_id)
        refunds.executed(work, owed.number, done, talk.now)
        payments.change(work, owed.payment_id, talk.now, state="refunded")

    talk.note(act)


def _return(talk: Round, owed: Owed) -> None:
    reference = rules.reference(talk.actor.division, owed.payment_id)
    talk.provider.refund(reference, f"{reference}/return", owed.amount_fen)
    talk.note(lambda work: payments.change(work, owed.payment_id, talk.now, state="refunded", returned_at=talk.now))
