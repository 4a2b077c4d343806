# SPDX-License-Identifier: Apache-2.0
"""The service's tables as statements see them; constraints and triggers live in the migrations."""

import sqlalchemy as sa
from chassis.db import metadata
from sqlalchemy.dialects.postgresql import JSONB, UUID

METADATA = metadata()


def _table(name: str, **columns: sa.types.TypeEngine) -> sa.Table:
    return sa.Table(name, METADATA, *(sa.Column(column, kind) for column, kind in columns.items()))


_DIVISION, _UUID, _TEXT, _DAY, _AT = sa.Text(), UUID(as_uuid=True), sa.Text(), sa.Date(), sa.DateTime(timezone=True)
_BIG, _INT, _SMALL = sa.BigInteger(), sa.Integer(), sa.SmallInteger()

_FIGURES = {
    "as_of_entry_no": _BIG,
    "opening_fen": _BIG,
    "income_fen": _BIG,
    "expense_fen": _BIG,
    "closing_fen": _BIG,
    "lines_count": _INT,
    "sha256": _TEXT,
}

books = _table(
    "books", division_code=_DIVISION, id=_UUID, code=_TEXT, opened_month=_TEXT, opened_at=_AT, last_entry_no=_BIG
)
accounts = _table(
    "accounts", division_code=_DIVISION, book_id=_UUID, code=_TEXT, kind=_TEXT, name_zh=_TEXT, name_en=_TEXT
)
contracts = _table(
    "contracts",
    division_code=_DIVISION,
    id=_UUID,
    book_id=_UUID,
    venue_id=_UUID,
    operator_name=_TEXT,
    fund_per_mille=_SMALL,
    valid_from=_DAY,
    valid_to=_DAY,
    recorded_at=_AT,
    recorded_by=_TEXT,
)
periods = _table("periods", division_code=_DIVISION, book_id=_UUID, month=_TEXT, state=_TEXT, closed_at=_AT)
journal_entries = _table(
    "journal_entries",
    division_code=_DIVISION,
    id=_UUID,
    book_id=_UUID,
    no=_BIG,
    month=_TEXT,
    kind=_TEXT,
    occurred_on=_DAY,
    posted_on=_DAY,
    posted_at=_AT,
    venue_id=_UUID,
    room=_TEXT,
    relates_to=_UUID,
    reason_code=_TEXT,
    source_event=_TEXT,
    posted_by=_TEXT,
    postings_count=_SMALL,
)
postings = _table(
    "postings", division_code=_DIVISION, book_id=_UUID, entry_id=_UUID, line_no=_SMALL, account=_TEXT, amount_fen=_BIG
)
awaiting_settlement = _table(
    "awaiting_settlement",
    division_code=_DIVISION,
    settlement_id=_UUID,
    reversal_id=_UUID,
    amount_fen=_BIG,
    occurred_on=_DAY,
    reason_code=_TEXT,
    received_at=_AT,
)
awaiting_source = _table(
    "awaiting_source",
    division_code=_DIVISION,
    source=_TEXT,
    waiting=_TEXT,
    kind=_TEXT,
    data=JSONB(),
    received_at=_AT,
)
statements = _table(
    "statements",
    division_code=_DIVISION,
    id=_UUID,
    book_id=_UUID,
    month=_TEXT,
    version=_SMALL,
    state=_TEXT,
    to_date=_DAY,
    **_FIGURES,
    prepared_by=_TEXT,
    prepared_office=_TEXT,
    submitted_at=_AT,
    decided_by=_TEXT,
    decided_office=_TEXT,
    decided_at=_AT,
    rejection_reason=_TEXT,
    row_version=_INT,
)
published_statements = _table(
    "published_statements",
    division_code=_DIVISION,
    book=_TEXT,
    month=_TEXT,
    version=_SMALL,
    supersedes=_SMALL,
    statement_id=_UUID,
    to_date=_DAY,
    **_FIGURES,
    content=sa.LargeBinary(),
    published_at=_AT,
    prepared_office=_TEXT,
    approved_office=_TEXT,
)
published_lines = _table(
    "published_lines",
    division_code=_DIVISION,
    book=_TEXT,
    month=_TEXT,
    version=_SMALL,
    line_no=_INT,
    entry_no=_BIG,
    occurred_on=_DAY,
    posted_on=_DAY,
    room=_TEXT,
    kind=_TEXT,
    gross_fen=_BIG,
    fund_fen=_BIG,
    operator_fen=_BIG,
    suspense_fen=_BIG,
    deposit_fen=_BIG,
    relates_to_line=_INT,
    relates_to_entry_no=_BIG,
    reversed_by_entry_no=_BIG,
    notes=sa.ARRAY(sa.Text()),
)
