# SPDX-License-Identifier: Apache-2.0
"""Counting needs and publishing the counts. Everything but ``mark`` and ``published`` runs as the sweep role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from engagement.domain.counts import CATEGORY, STATE, TOTAL, Cell, Tally
from engagement.domain.needs import STATES
from engagement.store.tables import need_categories, need_counts, need_counts_due, need_tallies, needs


def mark(work: UnitOfWork, division: str) -> None:
    """Note that a community must be counted, or a district published, again."""
    work.execute(insert(need_counts_due).values(division_code=division).on_conflict_do_nothing())


def due(work: UnitOfWork, digits: int) -> list[str]:
    """Return the divisions of one tier that are marked."""
    code = need_counts_due.c.division_code
    return list(work.execute(sa.select(code).where(sa.func.length(code) == digits).order_by(code)).scalars())


def unmark(work: UnitOfWork, division: str) -> bool:
    """Take the mark away; its row lock makes a second worker wait. False where another was faster."""
    mine = need_counts_due.c.division_code == division
    return work.execute(need_counts_due.delete().where(mine)).rowcount == 1


def recount(work: UnitOfWork) -> None:
    """Count the current community's needs and the distinct persons behind them, by category and by state."""
    mine = needs.c.division_code == work.division
    persons = sa.func.count(sa.distinct(needs.c.person_id))

    def counted(dimension: str, code: sa.ColumnElement[str]) -> sa.Select[tuple[str, str, str, int, int]]:
        columns = (sa.literal(work.division), sa.literal(dimension), code, sa.func.count(), persons)
        return sa.select(*columns).where(mine).group_by(code)

    total = (
        sa.select(sa.literal(work.division), sa.literal(TOTAL), sa.literal(""), sa.func.count(), persons)
        .where(mine)
        .having(sa.func.count() > 0)
    )
    every = sa.union_all(total, counted(CATEGORY, needs.c.category), counted(STATE, needs.c.state))
    work.execute(need_tallies.delete().where(need_tallies.c.division_code == work.division))
    work.execute(need_tallies.insert().from_select(list(need_tallies.c.keys()), every))


def tallies(work: UnitOfWork) -> dict[Cell, Tally]:
    """Return the tallies of every community inside the current district."""
    return {
        (row.division_code, row.dimension, row.code): Tally(row.needs, row.persons)
        for row in work.execute(sa.select(need_tallies))
    }


def publish(work: UnitOfWork, divisions: Sequence[str], shown: Mapping[Cell, int], as_of: datetime) -> None:
    """Replace everything published about the current district; what is not in ``shown`` becomes null."""
    codes = list(work.execute(sa.select(need_categories.c.code).order_by(need_categories.c.position)).scalars())
    work.execute(need_counts.delete().where(need_counts.c.division_code.startswith(work.division)))
    rows = [
        {
            "division_code": division,
            "as_of": as_of,
            "total": shown.get((division, TOTAL, "")),
            "by_category": {code: shown.get((division, CATEGORY, code)) for code in codes},
            "by_state": {state: shown.get((division, STATE, state)) for state in STATES},
        }
        for division in divisions
    ]
    if rows:
        work.execute(need_counts.insert(), rows)


def published(connection: sa.Connection, division: str, depth: int) -> Sequence[sa.RowMapping]:
    """Return the published rows of a division and of ``depth`` tiers below it."""
    code = need_counts.c.division_code
    longest = len(division) + 3 * depth
    inside = (code >= division) & (code < division + ":") & (sa.func.length(code) <= longest)
    return connection.execute(sa.select(need_counts).where(inside).order_by(code)).mappings().all()
