# SPDX-License-Identifier: Apache-2.0
"""A provider that moves no money and otherwise behaves like one: it decides later, signs, repeats itself and forgets.

Its books are tables of their own, written through connections of its own: this service learns of them only through the
interface, as it would from a bank. Local and test environments only.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.exc import OperationalError

from venue.payments import signing
from venue.payments.provider import Asked, NotGenuine, ProviderDown, Refused, Told
from venue.store.money.money_tables import sandbox_payments, sandbox_refunds

PAY_PAGE = "/my/payments/sandbox/"
_KIND = {"paid": "succeeded", "refused": "failed", "expired": "expired"}
_P = sandbox_payments.c


@dataclass(frozen=True)
class Callback:
    """A signed message as it travels."""

    payload: str
    timestamp: int
    signature: str


class Sandbox:
    """The sandbox provider."""

    name = "sandbox"

    def __init__(self, engine: sa.Engine, secret: str, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._secret = secret.encode()
        self._now = now

    def create_intent(self, reference: str, amount_fen: int, currency: str, expires_at: datetime) -> Asked:
        """Open a payment that waits for its payer."""
        if currency != "CNY":
            raise ValueError(f"the sandbox has no {currency}")
        provider_ref = "SBX-" + hashlib.sha256(self._secret + reference.encode()).hexdigest()[:32]
        row = {
            "provider_ref": provider_ref, "reference": reference, "amount_fen": amount_fen, "state": "waiting",
            "expires_at": expires_at,
        }  # fmt: skip
        self._run(pg.insert(sandbox_payments).values(row).on_conflict_do_nothing())
        return Asked(provider_ref, PAY_PAGE + reference.rpartition(".")[2])

    def query(self, reference: str) -> Told | None:
        """What the payer decided."""
        row = self._find(_P.reference == reference)
        return None if row is None or row["state"] == "waiting" else _told(row)

    def refund(self, reference: str, refund_reference: str, amount_fen: int) -> str:
        """Give back within what was paid, once for each reference."""
        row = self._find(_P.reference == reference)
        if row is None or row["state"] != "paid":
            raise Refused(f"{reference} was not paid here")
        with self._begun() as connection:
            new = connection.execute(
                pg.insert(sandbox_refunds)
                .values(reference=refund_reference, provider_ref=row["provider_ref"], amount_fen=amount_fen)
                .on_conflict_do_nothing()
                .returning(sandbox_refunds.c.reference)
            ).one_or_none()
            if new is not None:
                connection.execute(
                    sa.update(sandbox_payments)
                    .where(_P.provider_ref == row["provider_ref"])
                    .values(refunded_fen=_P.refunded_fen + amount_fen)
                )
        return f"{row['provider_ref']}/{hashlib.sha256(refund_reference.encode()).hexdigest()[:12]}"

    def read(self, payload: str, timestamp: int, signature: str) -> Told:
        """Read a message of ours that came back over the network."""
        signing.check(self._secret, timestamp, payload, signature, self._now())
        try:
            read = json.loads(payload)
            told = Told(**{name: read[name] for name in Told.__dataclass_fields__})
        except (ValueError, KeyError, TypeError) as error:
            raise NotGenuine("the message cannot be read") from error
        if not told.is_sound:
            raise NotGenuine("the message says nothing that is known here")
        return told

    def payment(self, provider_ref: str) -> Mapping[str, Any] | None:
        """A payment as the sandbox's own page shows it."""
        return self._find(_P.provider_ref == provider_ref)

    def decide(self, provider_ref: str, outcome: str) -> Callback | None:
        """Let the payer decide, once; return the message this provider then sends. None: it was decided before."""
        with self._begun() as connection:
            row = (
                connection.execute(
                    sa.update(sandbox_payments)
                    .where(_P.provider_ref == provider_ref, _P.state == "waiting")
                    .values(state=outcome)
                    .returning(sandbox_payments)
                )
                .mappings()
                .one_or_none()
            )
        return None if row is None else self.callback(_told(row))

    def callback(self, told: Told) -> Callback:
        """Sign what is told; each sending has its own time."""
        payload, timestamp = json.dumps(told.__dict__, sort_keys=True), int(self._now())
        return Callback(payload, timestamp, signing.sign(self._secret, timestamp, payload))

    def _find(self, condition: sa.ColumnElement[bool]) -> Mapping[str, Any] | None:
        with self._begun() as connection:
            return connection.execute(sa.select(sandbox_payments).where(condition)).mappings().one_or_none()

    def _run(self, statement: sa.Executable) -> None:
        with self._begun() as connection:
            connection.execute(statement)

    def _begun(self) -> Any:
        try:
            return self._engine.begin()
        except OperationalError as error:
            raise ProviderDown("the sandbox's books cannot be reached") from error


def _told(row: Mapping[str, Any]) -> Told:
    kind = _KIND[row["state"]]
    return Told(f"{row['provider_ref']}/{kind}", row["reference"], kind, row["amount_fen"], "CNY")
