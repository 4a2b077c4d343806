# SPDX-License-Identifier: Apache-2.0
"""Writing regimes, weekly hours, the hours of single days, special days and prices.

That two stretches never hold at once is the database's word; here its refusal gets the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork, uuid7
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.exc import IntegrityError

from venue.domain.opening import regime_refusals
from venue.domain.opening.hours import DatedHours, WeeklyRule
from venue.domain.venues import venue_refusals
from venue.store.tables import prices, regime_exceptions, regime_rules, regimes, special_days

OVERLAPS = ("ex_regime_rules_one_regime_at_a_time", "ex_regime_exceptions_one_at_a_time")


def known(work: UnitOfWork, venue_id: UUID) -> dict[str, Mapping[str, Any]]:
    """The regimes of a venue by code, ended ones too."""
    query = sa.select(regimes).where(regimes.c.division_code == work.division, regimes.c.venue_id == venue_id)
    return {row["code"]: row for row in work.execute(query).mappings()}


def insert(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Store a regime. Raises Conflict where its code is used."""
    try:
        with work.savepoint():
            work.execute(sa.insert(regimes).values(division_code=work.division, **row))
    except IntegrityError as error:
        if _constraint(error) == "pk_regimes":
            raise venue_refusals.code_taken(row["code"]) from None
        raise


def update(work: UnitOfWork, venue_id: UUID, code: str, values: Mapping[str, Any]) -> None:
    """Change columns of a regime."""
    regime = regimes.c
    mine = (regime.division_code == work.division) & (regime.venue_id == venue_id) & (regime.code == code)
    work.execute(sa.update(regimes).where(mine).values(**values))


def is_used(work: UnitOfWork, venue_id: UUID, code: str, since: date) -> bool:
    """Tell whether hours from a day on still name the regime."""
    rule, own = regime_rules.c, regime_exceptions.c
    weekly = sa.select(rule.id).where(
        rule.division_code == work.division,
        rule.venue_id == venue_id,
        rule.regime_code == code,
        rule.valid_until.is_(None) | (rule.valid_until > since),
    )
    dated = sa.select(own.id).where(
        own.division_code == work.division, own.venue_id == venue_id, own.regime_code == code, own.day >= since
    )
    return work.execute(sa.union_all(weekly, dated).limit(1)).first() is not None


def replace_weekly(work: UnitOfWork, venue_id: UUID, since: date, rules: Sequence[WeeklyRule]) -> None:
    """Let other weekly hours hold from a day on: older ones end there, and those planned for later are dropped."""
    rule = regime_rules.c
    of_venue = (rule.division_code == work.division) & (rule.venue_id == venue_id)
    still = rule.valid_until.is_(None) | (rule.valid_until > since)
    work.execute(sa.delete(regime_rules).where(of_venue, rule.valid_from >= since))
    work.execute(sa.update(regime_rules).where(of_venue, still).values(valid_until=since))
    rows = [
        {
            "division_code": work.division,
            "id": uuid7(),
            "venue_id": venue_id,
            "regime_code": one.regime,
            "weekday": one.weekday,
            "from_minute": one.from_minute,
            "until_minute": one.until_minute,
            "valid_from": since,
            "valid_until": None,
        }
        for one in rules
    ]
    with _never_two_at_once(work):
        if rows:
            work.execute(sa.insert(regime_rules), rows)


def replace_exceptions(work: UnitOfWork, venue_id: UUID, day: date, stretches: Sequence[DatedHours]) -> None:
    """Give a day these hours of its own; none at all: the day follows the week again."""
    own = regime_exceptions.c
    mine = (own.division_code == work.division) & (own.venue_id == venue_id) & (own.day == day)
    work.execute(sa.delete(regime_exceptions).where(mine))
    rows = [
        {
            "division_code": work.division,
            "id": uuid7(),
            "venue_id": venue_id,
            "day": day,
            "from_minute": one.from_minute,
            "until_minute": one.until_minute,
            "regime_code": one.regime,
        }
        for one in stretches
    ]
    with _never_two_at_once(work):
        if rows:
            work.execute(sa.insert(regime_exceptions), rows)


def put_special_day(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Note a holiday or make-up workday of the community, instead of what was noted for that day."""
    insert = pg.insert(special_days).values(division_code=work.division, **row)
    changed = {name: value for name, value in row.items() if name != "day"}
    work.execute(insert.on_conflict_do_update(constraint="pk_special_days", set_=changed))


def remove_special_day(work: UnitOfWork, day: date) -> bool:
    """Make a day an ordinary one; tell whether it was not."""
    mine = (special_days.c.division_code == work.division) & (special_days.c.day == day)
    return work.execute(sa.delete(special_days).where(mine)).rowcount == 1


def next_price(
    work: UnitOfWork,
    venue_id: UUID,
    space_id: UUID,
    regime: str,
    since: date,
    fen_per_hour: int,
    deposit_fen: int | None = None,
) -> None:
    """Add the next version of a price; the versions before it are never touched. The deposit stays unless named."""
    price = prices.c
    last = (
        sa.select(price.version, price.deposit_fen)
        .where(price.division_code == work.division, price.space_id == space_id, price.regime_code == regime)
        .order_by(price.version.desc())
        .limit(1)
    )
    version, deposit = work.execute(last).one_or_none() or (0, 0)
    work.execute(
        sa.insert(prices).values(
            division_code=work.division,
            space_id=space_id,
            venue_id=venue_id,
            regime_code=regime,
            version=version + 1,
            valid_from=since,
            price_fen_per_hour=fen_per_hour,
            deposit_fen=deposit if deposit_fen is None else deposit_fen,
        )
    )


def dearest(work: UnitOfWork, venue_id: UUID, regime: str, day: date) -> int:
    """The highest price an hour, in fen, that any space asks in a regime on a day or later; 0 where none is set."""
    price, newer = prices.c, prices.alias("newer")
    overtaken = sa.exists().where(
        newer.c.division_code == price.division_code,
        newer.c.space_id == price.space_id,
        newer.c.regime_code == price.regime_code,
        newer.c.version > price.version,
        newer.c.valid_from <= sa.func.greatest(price.valid_from, day),
    )
    query = sa.select(sa.func.max(price.price_fen_per_hour)).where(
        price.division_code == work.division, price.venue_id == venue_id, price.regime_code == regime, ~overtaken
    )
    return work.execute(query).scalar_one() or 0


@contextmanager
def _never_two_at_once(work: UnitOfWork) -> Any:
    try:
        with work.savepoint():
            yield
    except IntegrityError as error:
        if _constraint(error) in OVERLAPS:
            raise regime_refusals.regimes_overlap() from None
        raise


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
