# SPDX-License-Identifier: Apache-2.0
"""Deposits, refunds, payments, closed days and the ledger's copy, as statements see them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from venue.store.tables import INSTANT, column, table

# What 0011 and 0014 add to tables that others describe too; named here so that no other description must know of it.
booking_terms = sa.table("bookings", sa.column("division_code"), sa.column("id", sa.Uuid), sa.column("state"),
    sa.column("late_cancelled", sa.Boolean), sa.column("deposit_fen", sa.BigInteger), sa.column("space_id", sa.Uuid),
    sa.column("venue_id", sa.Uuid), sa.column("person_id", sa.Uuid), sa.column("version", sa.Integer),
    sa.column("refund_percent", sa.SmallInteger))  # fmt: skip
venue_terms = sa.table("venues", sa.column("division_code"), sa.column("id", sa.Uuid), sa.column("tz"),
    sa.column("name_zh"), sa.column("name_en"), sa.column("pays_online", sa.Boolean),
    sa.column("refund_percent_late", sa.SmallInteger))  # fmt: skip

deposits = table(
    "deposits", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("venue_id", sa.Uuid),
    column("attempt", sa.SmallInteger), column("after_deposit_id", sa.Uuid), column("amount_fen", sa.BigInteger),
    column("method"), column("taken_at", INSTANT), column("occurred_on", sa.Date), column("taken_by"),
)  # fmt: skip
deposit_endings = table(
    "deposit_endings", column("deposit_id", sa.Uuid), column("booking_id", sa.Uuid), column("kind"),
    column("reason_code"), column("amount_fen", sa.BigInteger), column("ended_at", INSTANT),
    column("occurred_on", sa.Date), column("ended_by"),
)  # fmt: skip
refunds = table(
    "refunds", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("settlement_id", sa.Uuid),
    column("paid_fen", sa.BigInteger), column("before_fen", sa.BigInteger), column("amount_fen", sa.BigInteger),
    column("after_fen", sa.BigInteger), column("method"), column("reason_code"), column("refunded_at", INSTANT),
    column("occurred_on", sa.Date), column("refunded_by"),
)  # fmt: skip
refund_executions = table(
    "refund_executions", column("refund_id", sa.Uuid), column("provider_ref"), column("executed_at", INSTANT)
)
payment_intents = table(
    "payment_intents", column("id", sa.Uuid), column("booking_id", sa.Uuid), column("venue_id", sa.Uuid),
    column("amount_fen", sa.BigInteger), column("currency"), column("state"), column("provider"),
    column("provider_ref"), column("pay_url"), column("settlement_id", sa.Uuid), column("failure_code"),
    column("to_return_fen", sa.BigInteger), column("returned_at", INSTANT),
    column("created_by"), column("created_at", INSTANT), column("changed_at", INSTANT), column("expires_at", INSTANT),
    column("asked_at", INSTANT),
)  # fmt: skip
payment_events = table(
    "payment_events", column("provider"), column("event_id"), column("intent_id", sa.Uuid), column("kind"),
    column("amount_fen", sa.BigInteger), column("currency"), column("outcome"), column("received_at", INSTANT),
)  # fmt: skip
sandbox_payments = sa.table(
    "sandbox_payments", sa.column("provider_ref"), sa.column("reference"), sa.column("amount_fen", sa.BigInteger),
    sa.column("refunded_fen", sa.BigInteger), sa.column("state"), sa.column("expires_at", INSTANT),
)  # fmt: skip
sandbox_refunds = sa.table(
    "sandbox_refunds", sa.column("reference"), sa.column("provider_ref"), sa.column("amount_fen", sa.BigInteger)
)
day_statements = table(
    "day_statements", column("venue_id", sa.Uuid), column("day", sa.Date), column("totals", pg.JSONB),
    column("expected_cash_fen", sa.BigInteger), column("counted_cash_fen", sa.BigInteger),
    column("difference_fen", sa.BigInteger), column("note"), column("closed_by"), column("closed_at", INSTANT),
)  # fmt: skip
posted_entries = table(
    "posted_entries", column("entry_id", sa.Uuid), column("source_kind"), column("source_id", sa.Uuid),
    column("amount_fen", sa.BigInteger), column("posted_on", sa.Date),
)  # fmt: skip
differences = table(
    "reconciliation_differences", column("source_kind"), column("source_id", sa.Uuid), column("venue_id", sa.Uuid),
    column("occurred_on", sa.Date), column("kind"), column("venue_fen", sa.BigInteger),
    column("ledger_fen", sa.BigInteger), column("found_at", INSTANT), column("resolved_at", INSTANT),
)  # fmt: skip
