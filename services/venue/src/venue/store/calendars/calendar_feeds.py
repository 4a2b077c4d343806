# SPDX-License-Identifier: Apache-2.0
"""Calendar feeds by the hash of their address, and what stands in them. Constant statements, whatever the entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chassis.db import UnitOfWork

from venue.domain.calendars.calendar import ENTRIES, MOST_FEEDS, Feed
from venue.store.booking.quota_tables import household_members
from venue.store.tables import INSTANT, bookings, column, occupancies, space_atoms, spaces, table, venues

calendar_feeds = table(
    "calendar_feeds", column("id", sa.Uuid), column("kind"), column("person_id", sa.Uuid), column("space_id", sa.Uuid),
    column("venue_id", sa.Uuid), column("language"), column("token_hash", sa.LargeBinary), column("created_by"),
    column("created_at", INSTANT), column("revoked_at", INSTANT), column("label"),
)  # fmt: skip
_F = calendar_feeds.c
_CHANGED = """
    (SELECT max(trail.at) FROM audit trail WHERE trail.division_code = {0}.division_code
        AND trail.object_type IN ({1}) AND trail.object_id = {0}.id::text)"""


def insert(work: UnitOfWork, feed: Feed, digest: bytes, at: datetime) -> None:
    """Store a feed under the hash of its address."""
    row = {"division_code": work.division, "id": feed.feed_id, "kind": feed.kind, "language": feed.language}
    row |= {"person_id": feed.person_id, "space_id": feed.space_id, "venue_id": feed.venue_id, "label": feed.label}
    row |= {"token_hash": digest, "created_by": work.actor.subject, "created_at": at}
    work.execute(sa.insert(calendar_feeds).values(row))


def of_token(connection: sa.Connection, division: str, digest: bytes, now: datetime) -> Feed | None:
    """Find the feed of an address, unless it is revoked or its person belongs to the community no more."""
    query = sa.select(_F.id, _F.kind, _F.language, _F.person_id, _F.space_id, _F.venue_id).where(
        _F.division_code == division, _F.token_hash == digest, _F.revoked_at.is_(None), ~_has_left(now)
    )
    row = connection.execute(query).one_or_none()
    return Feed(*row) if row else None


def _has_left(now: datetime) -> sa.ColumnElement[bool]:
    """Whether every membership of a feed's person is over; of whom identity told nothing it is not."""
    member, here = household_members.c, (venues.c.division_code == _F.division_code)
    zone = sa.select(venues.c.tz).where(here).order_by(venues.c.id).limit(1).scalar_subquery()
    today = sa.cast(sa.func.timezone(zone, sa.cast(sa.literal(now), INSTANT)), sa.Date)
    theirs = (member.division_code == _F.division_code) & (member.person_id == _F.person_id)
    lasts = sa.or_(member.ended_on.is_(None), member.ended_on > today)
    return sa.and_(sa.exists().where(theirs), ~sa.exists().where(theirs, lasts))


def shown(
    connection: sa.Connection, division: str, person_id: UUID | None, feed_id: UUID | None = None
) -> Sequence[Mapping[str, Any]]:
    """A person's feeds that can be read, or (None) those of the community; with the name of what they are of."""
    query = (
        sa.select(
            calendar_feeds,
            sa.func.coalesce(spaces.c.name_zh, venues.c.name_zh).label("name_zh"),
            sa.func.coalesce(spaces.c.name_en, venues.c.name_en).label("name_en"),
        )
        .outerjoin_from(
            calendar_feeds, spaces, (spaces.c.division_code == _F.division_code) & (spaces.c.id == _F.space_id)
        )
        .outerjoin(venues, (venues.c.division_code == _F.division_code) & (venues.c.id == _F.venue_id))
        .where(_F.division_code == division, _F.person_id == person_id if person_id else _F.person_id.is_(None))
    )
    query = query.where(_F.revoked_at.is_(None)) if feed_id is None else query.where(_F.id == feed_id)
    return connection.execute(query.order_by(_F.created_at.desc(), _F.id).limit(MOST_FEEDS)).mappings().all()


def revoke(work: UnitOfWork, feed_id: UUID, at: datetime) -> None:
    """Let an address lead nowhere any more; the first revocation is the one that counts."""
    work.execute(
        sa.update(calendar_feeds)
        .where(_F.division_code == work.division, _F.id == feed_id, _F.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def name(connection: sa.Connection, division: str, feed: Feed, language: str) -> str | None:
    """The name of the room or venue; None for a feed of neither."""
    here = spaces if feed.space_id else venues
    query = sa.select(here.c[f"name_{language}"]).where(
        here.c.division_code == division, here.c.id == (feed.space_id or feed.venue_id)
    )
    return connection.execute(query).scalar_one_or_none() if feed.space_id or feed.venue_id else None


def own_bookings(
    connection: sa.Connection, division: str, person_id: UUID, first: datetime, last: datetime
) -> Sequence[Mapping[str, Any]]:
    """A person's own bookings, those that fell away too, so that calendars take them off."""
    booking = bookings.c
    query = _bookings(sa.literal(True)).where(
        booking.division_code == division,
        booking.person_id == person_id,
        booking.ends_at > first,
        booking.starts_at < last,
    )
    return connection.execute(query.order_by(booking.starts_at, booking.id).limit(ENTRIES)).mappings().all()


def busy_times(
    connection: sa.Connection, division: str, feed: Feed, first: datetime, last: datetime
) -> Sequence[Mapping[str, Any]]:
    """Bookings that hold, or held and gave back, an atom of the room, the venue or the community. Never a person.

    ``stands`` tells whether one of these atoms is still held: a booking moved elsewhere does not stand here.
    """
    booking, held, part = bookings.c, occupancies.c, space_atoms.c
    mine = [held.division_code == booking.division_code, held.booking_id == booking.id]
    if feed.space_id is not None:
        atoms = sa.select(part.atom_id).where(part.division_code == division, part.space_id == feed.space_id)
        mine.append(held.atom_id.in_(atoms))
    stands = sa.exists().where(*mine, held.active)
    query = _bookings(stands).where(
        booking.division_code == division,
        booking.ends_at > first,
        booking.starts_at < last,
        sa.exists().where(*mine),
    )
    if feed.venue_id is not None:
        query = query.where(booking.venue_id == feed.venue_id)
    return connection.execute(query.order_by(booking.starts_at, booking.id).limit(ENTRIES)).mappings().all()


def _bookings(stands: sa.ColumnElement[bool]) -> sa.Select[Any]:
    booking = bookings.c
    changed = sa.literal_column(_CHANGED.format("bookings", "'booking'"), INSTANT)
    return (
        sa.select(
            booking.id, booking.version, booking.state, booking.starts_at, booking.ends_at, booking.tz,
            booking.pick_up_code, sa.func.coalesce(changed, booking.created_at).label("changed_at"),
            spaces.c.name_zh, spaces.c.name_en, venues.c.name_zh.label("venue_zh"),
            venues.c.name_en.label("venue_en"), stands.label("stands"),
        )
        .join_from(
            bookings, spaces, (spaces.c.division_code == booking.division_code) & (spaces.c.id == booking.space_id)
        )
        .join(venues, (venues.c.division_code == booking.division_code) & (venues.c.id == booking.venue_id))
    )  # fmt: skip


_WITH_LABELS = """
    SELECT * FROM (
        SELECT 'session' AS kind, s.id, s.version, s.state, s.starts_at, s.ends_at, s.tz,
            coalesce({session_changed}, r.created_at, s.starts_at) AS changed_at, s.title_zh, s.title_en,
            p.name_zh, p.name_en, v.name_zh AS venue_zh, v.name_en AS venue_en, s.space_id AS place_id, v.id AS venue_id
        FROM sessions s
        LEFT JOIN rotas r ON r.division_code = s.division_code AND r.id = s.rota_id
        JOIN spaces p ON p.division_code = s.division_code AND p.id = s.space_id
        JOIN venues v ON v.division_code = p.division_code AND v.id = p.venue_id
        WHERE s.division_code = :division
        UNION ALL
        SELECT 'closure', c.id, c.version, CASE WHEN c.ended_at IS NULL THEN 'confirmed' ELSE 'cancelled' END,
            c.starts_at, c.ends_at, v.tz, coalesce(c.ended_at, c.created_at), c.reason_zh, c.reason_en,
            coalesce(p.name_zh, v.name_zh), coalesce(p.name_en, v.name_en), v.name_zh, v.name_en, c.space_id, v.id
        FROM closures c
        JOIN venues v ON v.division_code = c.division_code AND v.id = c.venue_id
        LEFT JOIN spaces p ON p.division_code = c.division_code AND p.id = c.space_id
        WHERE c.division_code = :division
    ) AS told
    WHERE ends_at > :first AND starts_at < :last
        AND (CAST(:venue_id AS uuid) IS NULL OR venue_id = :venue_id)
        AND (CAST(:space_id AS uuid) IS NULL OR place_id IS NULL OR place_id = :space_id OR EXISTS (
            SELECT FROM space_atoms here JOIN space_atoms there ON there.division_code = here.division_code
                AND there.atom_id = here.atom_id
            WHERE here.division_code = :division AND here.space_id = :space_id AND there.space_id = place_id))
    ORDER BY starts_at, id LIMIT {entries}"""
_PUBLIC = sa.text(
    _WITH_LABELS.format(session_changed=_CHANGED.format("s", "'session', 'sitting'"), entries=ENTRIES)
).columns(starts_at=INSTANT, ends_at=INSTANT)


def public_times(
    connection: sa.Connection, division: str, feed: Feed, first: datetime, last: datetime
) -> Sequence[Mapping[str, Any]]:
    """Sittings, desks and closures, whose names are public."""
    told = {"division": division, "first": first, "last": last, "space_id": feed.space_id, "venue_id": feed.venue_id}
    return connection.execute(_PUBLIC, told).mappings().all()
