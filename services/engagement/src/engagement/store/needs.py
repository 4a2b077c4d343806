# SPDX-License-Identifier: Apache-2.0
"""Loading and saving needs and visits inside a unit of work."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from engagement.domain.needs import Entry, Need
from engagement.store.tables import need_categories, need_numbers, need_timeline, needs, visits

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = tuple(Need.__dataclass_fields__)


def next_number(work: UnitOfWork, year: int) -> int:
    """Take the year's next number. Its row stays locked until the commit, so a number rolled back is given again."""
    statement = insert(need_numbers).values(division_code=work.division, year=year, last_no=1)
    statement = statement.on_conflict_do_update(
        index_elements=[need_numbers.c.division_code, need_numbers.c.year],
        set_={"last_no": need_numbers.c.last_no + 1},
    )
    return work.execute(statement.returning(need_numbers.c.last_no)).scalar_one()


def is_category(work: UnitOfWork, code: str) -> bool:
    """Tell whether new needs may be filed under the code."""
    found = sa.select(need_categories.c.code).where(need_categories.c.code == code, need_categories.c.is_active)
    return work.execute(found).first() is not None


def load(work: UnitOfWork, need_id: UUID) -> Need | None:
    """Load a need of the current community and lock it until the end of the transaction."""
    statement = sa.select(*(needs.c[name] for name in _FIELDS)).where(needs.c.need_id == need_id)
    row = work.execute(statement.where(needs.c.division_code == work.division).with_for_update()).mappings().first()
    return Need(**row) if row else None


def has_topic(work: UnitOfWork, topic_id: UUID) -> bool:
    """Tell whether a need of this topic is raised already."""
    found = sa.select(needs.c.need_id).where(needs.c.division_code == work.division)
    return work.execute(found.where(needs.c.source_topic_id == topic_id)).first() is not None


def add(work: UnitOfWork, need: Need) -> None:
    """Store a new need."""
    work.execute(needs.insert().values(division_code=work.division, **asdict(need)))


def save(work: UnitOfWork, need: Need) -> None:
    """Store a loaded need as it has become."""
    changed = {name: value for name, value in asdict(need).items() if name != "need_id"}
    mine = (needs.c.division_code == work.division) & (needs.c.need_id == need.need_id)
    work.execute(needs.update().where(mine).values(**changed))


def add_entry(work: UnitOfWork, need: Need, entry: Entry, at: datetime) -> None:
    """Append to the need's timeline. A need's version is its entry's number: one entry for each change."""
    values = {"division_code": work.division, "need_id": need.need_id, "entry_no": need.version, "at": at}
    work.execute(need_timeline.insert().values(**values, **asdict(entry)))


def add_visit(work: UnitOfWork, visit: Mapping[str, Any]) -> None:
    """Store a visit."""
    work.execute(visits.insert().values(division_code=work.division, **visit))
