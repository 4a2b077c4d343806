# SPDX-License-Identifier: Apache-2.0
"""The sandbox provider's own page: its payer confirms or refuses. It exists only where the sandbox is the provider."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.auth import Actor
from chassis.reply import Reply

from venue.deps import Attempt, Deps
from venue.domain.money import money_refusals
from venue.payments.sandbox import Sandbox
from venue.store.money import payments


def decide_sandbox_payment(deps: Deps, actor: Actor, payment_id: UUID, outcome: str, attempt: Attempt) -> Reply:
    """Decide as the payer; answer with the signed message that the sandbox sends to the callback address.

    The provider decides in books of its own: what happens here changes no booking and no payment of ours.
    """
    sandbox = deps.payments
    if not isinstance(sandbox, Sandbox):
        raise money_refusals.unknown_payment()

    def act() -> dict[str, Any]:
        with deps.database.read(actor) as connection:
            row = payments.find(connection, actor.division, payment_id)
        if row is None or row["created_by"] != actor.subject or row["provider_ref"] is None:
            raise money_refusals.unknown_payment()
        callback = sandbox.decide(row["provider_ref"], outcome)
        if callback is None:
            raise money_refusals.payment_decided(row["state"])
        return {"provider": sandbox.name, "callback": callback.__dict__}

    with deps.unit_of_work(actor) as work:
        reply = work.once(attempt, "decide_sandbox_payment", act, status=200)
        work.commit()
        return reply
