# SPDX-License-Identifier: Apache-2.0
"""Everything staff keep about a venue, in a number of statements that does not depend on how much it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from chassis.db import UnitOfWork
from sqlalchemy import func

from venue.store.tables import (
    INSTANT,
    atoms,
    column,
    prices,
    regime_exceptions,
    regime_rules,
    regimes,
    space_atoms,
    spaces,
    special_days,
    table,
    venues,
)

Row = Mapping[str, Any]
venue_photos = table(
    "venue_photos", column("id", sa.Uuid), column("venue_id", sa.Uuid), column("position", sa.SmallInteger),
    column("media_type"), column("content", sa.LargeBinary), column("sha256"), column("alt_zh"), column("alt_en"),
    column("published_at", INSTANT),
)  # fmt: skip
equipment = table(
    "equipment", column("id", sa.Uuid), column("version", sa.Integer), column("venue_id", sa.Uuid), column("code"),
    column("name_zh"), column("name_en"), column("counting"), column("stock", sa.Integer),
    column("stock_since", INSTANT),
)  # fmt: skip


@dataclass(frozen=True)
class VenueSettings:
    """A venue as its tables have it. ``spaces`` carry their ``atom_ids`` and ``atom_codes``, retired ones too."""

    venue: Row
    regimes: Sequence[Row]
    rules: Sequence[Row]
    exceptions: Sequence[Row]
    special_days: Sequence[Row]
    spaces: Sequence[Row]
    prices: Sequence[Row]
    equipment: Sequence[Row]
    photos: Sequence[Row]


def lock(work: UnitOfWork, venue_id: UUID) -> Row | None:
    """Load a venue's row for a change. Bookings wait meanwhile, and are then judged by what it has become."""
    mine = (venues.c.division_code == work.division) & (venues.c.id == venue_id)
    return work.execute(sa.select(venues).where(mine).with_for_update()).mappings().one_or_none()


def row(connection: sa.Connection, division: str, venue_id: UUID) -> Row | None:
    """Read a venue's own row."""
    mine = (venues.c.division_code == division) & (venues.c.id == venue_id)
    return connection.execute(sa.select(venues).where(mine)).mappings().one_or_none()


def ids(connection: sa.Connection, division: str) -> list[UUID]:
    """The venues of a community, in a fixed order for those who lock them all."""
    return list(
        connection.execute(sa.select(venues.c.id).where(venues.c.division_code == division).order_by(venues.c.id))
        .scalars()
        .all()
    )


def zones(connection: sa.Connection, division: str) -> list[ZoneInfo]:
    """The time zones of a community's venues."""
    query = sa.select(venues.c.tz).where(venues.c.division_code == division).distinct()
    return [ZoneInfo(name) for name in connection.execute(query).scalars()]


def update(work: UnitOfWork, venue_id: UUID, values: Mapping[str, Any]) -> None:
    """Change columns of a locked venue."""
    mine = (venues.c.division_code == work.division) & (venues.c.id == venue_id)
    work.execute(sa.update(venues).where(mine).values(**values))


def raise_version(work: UnitOfWork, venue_id: UUID) -> None:
    """Give a locked venue its next version: its settings as read are old, and what was judged is judged anew."""
    update(work, venue_id, {"version": venues.c.version + 1, "judged_version": venues.c.judged_version + 1})


def have_judged_anew(work: UnitOfWork, venue_id: UUID) -> None:
    """Have every wish that is judged but not stored be judged once more; the settings of the locked venue stay."""
    update(work, venue_id, {"judged_version": venues.c.judged_version + 1})


def load(connection: sa.Connection, division: str, venue_id: UUID) -> VenueSettings | None:
    """Read it all, or None where the community has no such venue."""

    def of_venue(one: sa.Table, *order: sa.ColumnElement[Any], omit: Sequence[str] = ()) -> list[Row]:
        wanted = [each for each in one.c if each.name not in omit]
        query = sa.select(*wanted).where(one.c.division_code == division, one.c.venue_id == venue_id)
        return list(connection.execute(query.order_by(*order)).mappings())

    venue = row(connection, division, venue_id)
    if venue is None:
        return None
    rule, own, price = regime_rules.c, regime_exceptions.c, prices.c
    return VenueSettings(
        venue=venue,
        regimes=of_venue(regimes, regimes.c.position, regimes.c.code),
        rules=of_venue(regime_rules, rule.valid_from, rule.weekday, rule.from_minute),
        exceptions=of_venue(regime_exceptions, own.day, own.from_minute),
        special_days=special_days_of(connection, division),
        spaces=_spaces(connection, division, venue_id),
        prices=of_venue(prices, price.space_id, price.regime_code, price.version),
        equipment=of_venue(equipment, equipment.c.code),
        photos=of_venue(venue_photos, venue_photos.c.position, omit=("content",)),
    )


def special_days_of(connection: sa.Connection, division: str) -> list[Row]:
    query = sa.select(special_days).where(special_days.c.division_code == division)
    return list(connection.execute(query.order_by(special_days.c.day)).mappings())


def _spaces(connection: sa.Connection, division: str, venue_id: UUID) -> list[Row]:
    part, atom = space_atoms.c, atoms.c
    held = (
        sa.select(
            func.array_agg(sa.text("atoms.id ORDER BY atoms.id")).label("atom_ids"),
            func.array_agg(sa.text("atoms.code ORDER BY atoms.code")).label("atom_codes"),
        )
        .join_from(space_atoms, atoms, (atom.division_code == part.division_code) & (atom.id == part.atom_id))
        .where(part.division_code == spaces.c.division_code, part.space_id == spaces.c.id)
        .lateral("held")
    )
    query = (
        sa.select(spaces, held.c.atom_ids, held.c.atom_codes)
        .join_from(spaces, held, sa.true())
        .where(spaces.c.division_code == division, spaces.c.venue_id == venue_id)
        .order_by(spaces.c.position, spaces.c.id)
    )
    return list(connection.execute(query).mappings())
