# SPDX-License-Identifier: Apache-2.0
"""Reading needs and visits: one statement for a page, two for a need with its timeline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.pagination import Page

from engagement.domain.needs import Need
from engagement.store.tables import need_categories, need_timeline, needs, visits

_FIELDS = tuple(Need.__dataclass_fields__)
_NAMES = (need_categories.c.name_zh, need_categories.c.name_en)
_NUMBER = re.compile(r"N-(\d{4})-(\d{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Filters:
    """What a list of needs is narrowed to."""

    state: str | None = None
    category: str | None = None
    person_id: UUID | None = None
    overdue_on: date | None = None
    q: str | None = None


def find_need(connection: sa.Connection, division: str, need_id: UUID) -> tuple[Need, sa.RowMapping] | None:
    """Return a need and its category's names."""
    statement = _select().where(needs.c.division_code == division, needs.c.need_id == need_id)
    row = connection.execute(statement).mappings().first()
    return (as_need(row), row) if row else None


def timeline(connection: sa.Connection, division: str, need_id: UUID) -> Sequence[sa.RowMapping]:
    """Return the entries of a need, oldest first."""
    mine = (need_timeline.c.division_code == division) & (need_timeline.c.need_id == need_id)
    return connection.execute(sa.select(need_timeline).where(mine).order_by("entry_no")).mappings().all()


def page_of_needs(
    connection: sa.Connection, division: str, filters: Filters, page: Page
) -> tuple[list[sa.RowMapping], str | None]:
    """Return a page of needs, latest first, and the cursor of the next."""
    key = (needs.c.raised_at, needs.c.need_id)
    statement = (
        _select()
        .where(needs.c.division_code == division, *_conditions(filters), page.clause(*key, descending=True))
        .order_by(*(column.desc() for column in key))
        .limit(page.limit + 1)
    )
    rows = connection.execute(statement).mappings().all()
    return page.cut(rows, lambda row: (row["raised_at"], row["need_id"]))


def page_of_visits(
    connection: sa.Connection, division: str, person_id: UUID | None, household_id: UUID | None, page: Page
) -> tuple[list[sa.RowMapping], str | None]:
    """Return a page of visits with the need each led to, latest first."""
    key = (visits.c.visited_at, visits.c.visit_id)
    joined = visits.outerjoin(
        needs, (needs.c.division_code == visits.c.division_code) & (needs.c.visit_id == visits.c.visit_id)
    )
    wanted = [visits.c.division_code == division, page.clause(*key, descending=True)]
    if person_id:
        wanted.append(visits.c.person_id == person_id)
    if household_id:
        wanted.append(visits.c.household_id == household_id)
    statement = (
        sa.select(visits, needs.c.need_id, needs.c.number_year, needs.c.number_no)
        .select_from(joined)
        .where(*wanted)
        .order_by(*(column.desc() for column in key))
        .limit(page.limit + 1)
    )
    rows = connection.execute(statement).mappings().all()
    return page.cut(rows, lambda row: (row["visited_at"], row["visit_id"]))


def categories(connection: sa.Connection) -> Sequence[sa.RowMapping]:
    """Return the categories in use, in the order to show them in."""
    statement = sa.select(need_categories).where(need_categories.c.is_active).order_by(need_categories.c.position)
    return connection.execute(statement).mappings().all()


def as_need(row: sa.RowMapping) -> Need:
    """Read a need out of a row."""
    return Need(**{name: row[name] for name in _FIELDS})


def _select() -> sa.Select[Any]:
    joined = needs.join(need_categories, need_categories.c.code == needs.c.category)
    return sa.select(*(needs.c[name] for name in _FIELDS), *_NAMES).select_from(joined)


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if filters.state:
        wanted.append(needs.c.state == filters.state)
    if filters.category:
        wanted.append(needs.c.category == filters.category)
    if filters.person_id:
        wanted.append(needs.c.person_id == filters.person_id)
    if filters.overdue_on:
        wanted += [needs.c.due_on < filters.overdue_on, needs.c.state.in_(("assigned", "reopened"))]
    if filters.q:
        wanted.append(_matches(filters.q.strip()))
    return wanted


def _matches(q: str) -> sa.ColumnElement[bool]:
    number = _NUMBER.fullmatch(q)
    if number:
        return (needs.c.number_year == int(number[1])) & (needs.c.number_no == int(number[2]))
    # Not leakproof, so it runs after row-level security and uses no index: a community has thousands of needs, no more.
    return needs.c.title.icontains(q, autoescape=True)
