# SPDX-License-Identifier: Apache-2.0
"""Notices: kept one for each matter, read in pages, forgotten by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from chassis.pagination import Page
from sqlalchemy.dialects.postgresql import insert

from engagement.domain.notices import News
from engagement.store.tables import notices

_LASTING = ("booking_id", "space_id", "starts_at", "ends_at")  # hold for a matter whatever becomes of it
_PASSING = ("expires_at", "dates", "left_out", "amount_fen", "reason_code")  # of what happened last alone
_SHOWN = tuple(
    notices.c[name]
    for name in (
        "notice_id", "version", "kind", "matter", "subject_id", *_LASTING, *_PASSING, "told_at", "read_at"
    )
)  # fmt: skip


def keep(work: UnitOfWork, news: News, kind: str | None, sequence: int, now: datetime) -> sa.RowMapping | None:
    """Keep the latest of a matter; None where that, or something later, is kept already."""
    about = {name: value for name, value in asdict(news).items() if name not in ("kind", "unless_self")}
    statement = insert(notices).values(
        division_code=work.division, notice_id=uuid7(), version=1, sequence=sequence, kind=kind,
        told_at=now, created_at=now, read_at=None if kind else now, **about,
    )  # fmt: skip
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        constraint="uq_notices_matter",
        set_={
            **{name: sa.func.coalesce(new[name], notices.c[name]) for name in _LASTING},
            **{name: new[name] for name in (*_PASSING, "sequence", "kind", "told_at", "read_at")},
            "version": notices.c.version + 1,
        },
        where=notices.c.sequence < sequence,
    )
    told = statement.returning(notices.c.notice_id, notices.c.version, notices.c.starts_at)
    return work.execute(told).mappings().first()


def fill_in(work: UnitOfWork, news: News) -> None:
    """Give a matter that something later is known of the facts that only the earlier event told."""
    known = {name: getattr(news, name) for name in _LASTING if getattr(news, name) is not None}
    if known:
        filled = {name: sa.func.coalesce(notices.c[name], value) for name, value in known.items()}
        work.execute(notices.update().where(_matter(work, news)).values(**filled))


def page(
    connection: sa.Connection, division: str, person_id: UUID, wanted: Page
) -> tuple[list[sa.RowMapping], str | None]:
    """Return a page of what somebody was told, latest first, and the cursor of the next."""
    key = (notices.c.told_at, notices.c.notice_id)
    statement = (
        sa.select(*_SHOWN)
        .where(_told_to(division, person_id), wanted.clause(*key, descending=True))
        .order_by(*(column.desc() for column in key))
        .limit(wanted.limit + 1)
    )
    rows = connection.execute(statement).mappings().all()
    return wanted.cut(rows, lambda row: (row["told_at"], row["notice_id"]))


def has_unread(connection: sa.Connection, division: str, person_id: UUID) -> bool:
    """Tell whether anything is unread; nothing is counted."""
    found = sa.select(1).where(_told_to(division, person_id), notices.c.read_at.is_(None)).limit(1)
    return connection.execute(found).first() is not None


def soonest(connection: sa.Connection, division: str, person_id: UUID, now: datetime) -> sa.RowMapping | None:
    """Return the notice that runs out first of those still open."""
    statement = sa.select(*_SHOWN).where(_told_to(division, person_id), notices.c.expires_at > now)
    return connection.execute(statement.order_by(notices.c.expires_at).limit(1)).mappings().first()


def one(connection: sa.Connection, division: str, person_id: UUID, notice_id: UUID) -> sa.RowMapping | None:
    """Return one notice of a person."""
    statement = sa.select(*_SHOWN).where(_told_to(division, person_id), notices.c.notice_id == notice_id)
    return connection.execute(statement).mappings().first()


def lock(work: UnitOfWork, person_id: UUID, notice_id: UUID) -> sa.RowMapping | None:
    """Return a notice of a person and lock it until the end of the transaction."""
    statement = sa.select(*_SHOWN).where(_told_to(work.division, person_id), notices.c.notice_id == notice_id)
    return work.execute(statement.with_for_update()).mappings().first()


def mark_read(work: UnitOfWork, notice_id: UUID, now: datetime) -> int:
    """Mark one locked notice as read; return its version."""
    mine = (notices.c.division_code == work.division) & (notices.c.notice_id == notice_id)
    changed = notices.update().where(mine).values(read_at=now, version=notices.c.version + 1)
    return work.execute(changed.returning(notices.c.version)).scalar_one()


def mark_all_read(
    work: UnitOfWork, person_id: UUID, until: datetime, now: datetime, at_most: int
) -> Sequence[sa.RowMapping]:
    """Mark as read what was told until a moment, the oldest first; return ids and versions."""
    mine = _told_to(work.division, person_id) & notices.c.read_at.is_(None) & (notices.c.told_at <= until)
    chosen = sa.select(notices.c.notice_id).where(mine).order_by(notices.c.told_at).limit(at_most).with_for_update()
    changed = (
        notices.update()
        .where(notices.c.division_code == work.division, notices.c.notice_id.in_(chosen))
        .values(read_at=now, version=notices.c.version + 1)
    )
    return work.execute(changed.returning(notices.c.notice_id, notices.c.version)).mappings().all()


def forget(work: UnitOfWork, read_before: datetime, told_before: datetime, at_most: int) -> int:
    """Forget, as the sweep role and over all divisions, some of what is too old; return how many.

    Too old is what was read and told long ago, and what was told longer ago. Rows are named by their place in the
    table: the sweep role sees no id. One that is written meanwhile has another place and is left to the next time.
    """
    place = sa.literal_column("notices.ctid")
    is_read = notices.c.read_at.is_not(None) & (notices.c.told_at < read_before)
    too_old = is_read | (notices.c.told_at < told_before)
    some = sa.select(place).select_from(notices).where(too_old).limit(at_most)
    return work.execute(notices.delete().where(place == sa.func.any(sa.func.array(some.scalar_subquery())))).rowcount


def _matter(work: UnitOfWork, news: News) -> sa.ColumnElement[bool]:
    return (
        (notices.c.division_code == work.division)
        & (notices.c.person_id == news.person_id)
        & (notices.c.matter == news.matter)
        & (notices.c.subject_id == news.subject_id)
    )


def _told_to(division: str, person_id: UUID) -> sa.ColumnElement[Any]:
    return (notices.c.division_code == division) & (notices.c.person_id == person_id) & notices.c.kind.is_not(None)
