# SPDX-License-Identifier: Apache-2.0
"""What the service asks of any payment provider. No call happens inside a request's transaction.

``reference`` is ours and is the provider's idempotency key: asking twice under one reference is one payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

KINDS = ("succeeded", "failed", "expired")


class ProviderDown(Exception):
    """The provider did not answer in time or answered nonsense: try later, under the same reference."""


class Refused(Exception):
    """The provider answered and will not do it: asking at once again changes nothing, and others need not wait."""


class NotGenuine(Exception):
    """What claims to come from the provider does not, is too old, or cannot be read."""


@dataclass(frozen=True)
class Asked:
    """A payment as the provider took it on; the payer goes to ``pay_url``."""

    provider_ref: str
    pay_url: str


@dataclass(frozen=True)
class Told:
    """What the provider says of a payment. It may say it twice, late, in any order, and of another amount."""

    event_id: str
    reference: str
    kind: str  # one of KINDS
    amount_fen: int
    currency: str

    @property
    def is_sound(self) -> bool:
        """Tell whether it says something this service understands: of a known kind, with whole positive fen."""
        texts = (self.event_id, self.reference, self.currency)
        is_whole = isinstance(self.amount_fen, int) and not isinstance(self.amount_fen, bool) and self.amount_fen > 0
        return self.kind in KINDS and is_whole and all(isinstance(one, str) and one for one in texts)


class PaymentProvider(Protocol):
    """One provider. Every method may raise ProviderDown; none may be called within a request."""

    name: str

    def create_intent(self, reference: str, amount_fen: int, currency: str, expires_at: datetime) -> Asked:
        """Ask for a payment; the same answer again for the same reference. May raise Refused."""

    def query(self, reference: str) -> Told | None:
        """What became of a payment; None while the payer has not decided."""

    def refund(self, reference: str, refund_reference: str, amount_fen: int) -> str:
        """Give money back, once for each refund reference; return the provider's own reference. May raise Refused."""

    def read(self, payload: str, timestamp: int, signature: str) -> Told:
        """Read a callback. Raises NotGenuine."""
