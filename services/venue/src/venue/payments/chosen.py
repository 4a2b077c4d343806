# SPDX-License-Identifier: Apache-2.0
"""Which provider the settings name."""

from __future__ import annotations

import sqlalchemy as sa

from venue.payments.provider import PaymentProvider
from venue.payments.sandbox import Sandbox

CONNECT_SECONDS = 3


def chosen(name: str, secret: str, *, environment: str, books_url: str) -> PaymentProvider | None:
    """Build the named provider; none for an empty name. The sandbox refuses to stand where money is real."""
    if not name:
        return None
    if name != "sandbox":
        raise ValueError(f"there is no payment provider {name!r}")
    if environment not in ("local", "test"):
        raise ValueError("the payment sandbox is for local and test environments only")
    if not secret:
        raise ValueError("LINLI_PAYMENT_SECRET is missing: a provider without a secret signs nothing")
    # No pool: it is asked seldom, and a connection of its own each time is what a bank elsewhere would be.
    books = sa.create_engine(books_url, poolclass=sa.NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    return Sandbox(books, secret)
