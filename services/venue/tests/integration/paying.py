# SPDX-License-Identifier: Apache-2.0
"""Paying in the sandbox, step by step, as tests do it."""

from __future__ import annotations

import json
import time
from uuid import UUID

from venue.deps import InProcess
from venue.payments import signing
from venue.payments.provider import Told
from venue.schedule import HANDLERS
from venue.usecases.due import look_after
from venue.usecases.money import payment_outcome, payments, sandbox

from ..conftest import WUFUQIAO

EVENING = ("2026-11-26T19:00", "2026-11-26T21:00")
SECRET = b"of-the-test-run-payments"
TERMS = "UPDATE venues SET pays_online = true, refund_percent_late = 50"


def key(booking) -> UUID:
    return UUID(booking["booking_id"])


def start(deps, guest, booking, amount=6000, currency="CNY"):
    return payments.start_payment(deps, guest, key(booking), amount, currency, InProcess()).content


def work_on(deps):
    return look_after(deps, HANDLERS)


def pending(deps, guest, booking):
    """A payment that waits for its payer."""
    started = start(deps, guest, booking)
    work_on(deps)
    return payments.get_payment(deps, guest, UUID(started["payment_id"]))


def decide(deps, guest, payment, outcome="paid"):
    reply = sandbox.decide_sandbox_payment(deps, guest, UUID(payment["payment_id"]), outcome, InProcess())
    return reply.content["callback"]


def deliver(deps, callback):
    return payment_outcome.receive_callback(deps, "sandbox", **callback)


def signed(told: Told, secret=SECRET, timestamp=None):
    payload, timestamp = json.dumps(told.__dict__), timestamp or int(time.time())
    return {"payload": payload, "timestamp": timestamp, "signature": signing.sign(secret, timestamp, payload)}


def told_of(payment, kind="succeeded", amount=6000, event="another", currency="CNY"):
    return Told(event, f"{WUFUQIAO}.{payment['payment_id']}", kind, amount, currency)


def state(deps, guest, payment):
    return payments.get_payment(deps, guest, UUID(payment["payment_id"]))["state"]


def paid(deps, guest, booking):
    payment = pending(deps, guest, booking)
    deliver(deps, decide(deps, guest, payment))
    return payment
