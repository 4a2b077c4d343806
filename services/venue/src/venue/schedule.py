# SPDX-License-Identifier: Apache-2.0
"""What happens by the clock: alarms that fell due every second, used idempotency keys every hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chassis.worker import Job

from chassis import idempotency
from venue.deps import Deps
from venue.usecases.booking.holding import lapse_holds, lapse_requests
from venue.usecases.due import Handler, Outside, look_after
from venue.usecases.money.ask_provider import ask_for_late_ones, ask_provider
from venue.usecases.money.reconciliation import reconcile
from venue.usecases.money.refunds import refund_what_ended
from venue.usecases.opening.owed_sessions import accrue_owed_sessions
from venue.usecases.opening.public_share import watch_public_share
from venue.usecases.presence.no_shows import release_everywhere, release_no_shows
from venue.usecases.series.rematerialise import rematerialise
from venue.usecases.series.roll import roll_series
from venue.usecases.sittings.rotas import roll_rotas
from venue.usecases.sittings.sittings import note_missed
from venue.usecases.sittings.ticket_news import lapse_tickets
from venue.usecases.waiting.freed import offer_what_is_free

EVERY_SECOND = 1
ROUND_SECONDS = 15  # how often the alarms of the next grace times are set
HOURLY = 3600
NIGHTLY = 24 * HOURLY  # and when the worker starts

# What to do when an alarm of store.due goes off, by its kind.
INSIDE: Mapping[str, Handler] = {
    "holds": lapse_holds,
    "no_shows": release_no_shows,
    "requests": lapse_requests,
    "sittings": note_missed,
    "tickets": lapse_tickets,
    "offers": offer_what_is_free,
    "reconciliation": reconcile,
    "refunds": refund_what_ended,
}
# In a loop of its own: however long somebody outside takes to answer, a hold ends in its second.
OUTSIDE: Mapping[str, Outside] = {
    "payments": Outside(ask_provider),
    "late_payments": Outside(ask_for_late_ones),
}
HANDLERS: Mapping[str, Handler | Outside] = {**INSIDE, **OUTSIDE}


def never() -> bool:
    """Go on."""
    return False


def jobs(deps: Deps, is_stopping: Callable[[], bool] = never) -> list[Job]:
    """Return the service's jobs. Once it ``is_stopping`` no further talk is begun."""
    return [
        Job("look_after_what_is_due", EVERY_SECOND, lambda: look_after(deps, INSIDE, HANDLERS)),
        Job(
            "talk_with_outside",
            EVERY_SECOND,
            lambda: look_after(deps, OUTSIDE, HANDLERS, is_stopping),
            loop="outside",
        ),
        Job("release_no_shows", ROUND_SECONDS, lambda: release_everywhere(deps)),
        Job("roll_rotas", HOURLY, lambda: roll_rotas(deps)),
        Job("rematerialise", NIGHTLY, lambda: rematerialise(deps)),
        Job("roll_series", NIGHTLY, lambda: roll_series(deps)),
        Job("watch_public_share", HOURLY, lambda: watch_public_share(deps)),
        Job("accrue_owed_sessions", HOURLY, lambda: accrue_owed_sessions(deps)),
        Job("forget_idempotency_keys", HOURLY, lambda: idempotency.forget(deps.database, deps.clock)),
    ]
