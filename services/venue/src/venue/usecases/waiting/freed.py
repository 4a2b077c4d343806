# SPDX-License-Identifier: Apache-2.0
"""What has become free goes to who waited for it, before anybody else can see it.

The offer is a booking in state ``held`` whose atoms are taken in the transaction that freed them: between the two there
is no moment in which somebody who never waited could be faster. Made a transaction later, it would be lost to whoever
clicks at the right time (``tests/integration/test_waiting_races.py`` shows both).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from chassis.db import UnitOfWork
from chassis.errors import AppError, Conflict

from venue.deps import Deps, InProcess
from venue.domain.waiting import waiting as rules
from venue.domain.waiting import waiting_events, waiting_refusals
from venue.domain.waiting.waiting import Entry
from venue.store import due
from venue.store.booking import offers
from venue.store.waiting import waiting
from venue.store.waiting.waiting import Place
from venue.usecases.waiting.free_starts import free_among

AT_ONCE = 20  # entries looked at in the transaction that freed the time; the alarm sees to the others
AT_A_TIME = 200  # entries read by one statement when the whole list is gone through
STARTS_TRIED = 4  # somebody may take one between the look and the hold
ALARM = "offers"
RETIRED = "room_retired"
FOR_WAITING = InProcess(request_id="waiting-list")


def freed(
    deps: Deps,
    work: UnitOfWork,
    atom_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Offer what has become free to those who wait for any of these atoms, in order.

    Called after the atoms were given back, in the same transaction, whatever freed them. Commits nothing.
    """
    now = deps.clock.now()
    if not atom_ids or ends_at <= now:
        return
    in_line = waiting.queue(work, list(atom_ids), starts_at, ends_at, AT_ONCE + 1)
    for entry_id in in_line[:AT_ONCE]:
        offer_to(deps, work, entry_id, now)
    if len(in_line) > AT_ONCE:
        due.set_alarm(work, ALARM, now)


def offer_to(deps: Deps, work: UnitOfWork, entry_id: UUID, now: datetime) -> bool:
    """Offer one entry the first time that fits; tell whether one did. An entry that is being served is left alone."""
    entry = waiting.lock_waiting(work, entry_id)
    if entry is None:
        return False
    room = offers.room(work, entry.wish.space_id, entry.person_id)
    if room is None:  # retired while another transaction was serving the entry
        end(work, entry, "lapsed", now, RETIRED)
        return False
    at_counter = entry.channel == "counter"
    granted = rules.granted_starts(room.offer, entry.wish, now, at_counter=at_counter)
    if not granted:
        return _pass_over(work, entry, rules.refusal(room.offer, entry.wish, now, at_counter=at_counter).code)
    at_once = rules.without_asking(granted)
    if not at_once:
        return _pass_over(work, entry, waiting_refusals.ask_instead().code)
    still_ahead = [start for start in at_once if start > now]
    for start in free_among(work, room, entry.wish, still_ahead)[:STARTS_TRIED]:
        try:
            with work.savepoint():
                _hold(deps, work, entry, start, now)
            return True
        except Conflict as refusal:
            if refusal.code != "slot_taken":
                return _pass_over(work, entry, refusal.code)
        except AppError as refusal:
            return _pass_over(work, entry, refusal.code)
    return False


def _hold(deps: Deps, work: UnitOfWork, entry: Entry, start: datetime, now: datetime) -> None:
    """Keep the room for the entry, as a booking that waits for its person's answer."""
    # It ends holds, and so imports this module.
    from venue.usecases.booking.placing import Booker, BookSpace, place_booking

    expires_at = rules.offer_expires_at(now, waiting.offer_minutes(work, entry.venue_id), start)
    wish = entry.wish
    placed = place_booking(
        deps,
        work,
        BookSpace(wish.space_id, start, start + wish.length, party_size=wish.party_size, hold=True),
        Booker(entry.person_id, entry.channel, entry.on_behalf_reason, hold_expires_at=expires_at),
        FOR_WAITING,
    )
    if placed.booking.state != "held":
        raise waiting_refusals.ask_instead()  # approval has come to be needed this moment: nothing can be kept
    offered = rules.offered(entry, placed.booking.booking_id, now, expires_at)
    waiting.save(work, offered)
    work.outbox.add(waiting_events.offered(offered, start, start + wish.length))
    work.audit("waiting.offered", "waiting_entry", entry.entry_id, {"booking_id": placed.booking.booking_id})


def _pass_over(work: UnitOfWork, entry: Entry, code: str) -> bool:
    """Keep the entry's place, and why it was not served."""
    if entry.refused_code != code:
        waiting.save(work, rules.passed_over(entry, code))
        work.audit("waiting.passed_over", "waiting_entry", entry.entry_id, {"code": code})
    return False


def offer_answered(deps: Deps, work: UnitOfWork, booking_id: UUID, how: str) -> None:
    """End the entry whose offer this booking was: ``accepted``, ``left`` (declined) or ``lapsed``.

    Does nothing for a booking that was no offer. Called with the booking's row locked, in the same transaction.
    """
    entry = waiting.lock_offered(work, booking_id)
    if entry is not None:
        end(work, entry, how, deps.clock.now())


def end(work: UnitOfWork, entry: Entry, how: str, now: datetime, reason_code: str | None = None) -> None:
    """Store and tell that somebody waits no more."""
    ended = rules.ended(entry, how, now)
    waiting.save(work, ended)
    work.outbox.add(waiting_events.ended(ended, reason_code))
    work.audit(f"waiting.{how}", "waiting_entry", entry.entry_id)


def room_retired(work: UnitOfWork, space_id: UUID, now: datetime) -> None:
    """Tell everybody who waits for a room that it is out of use. Whoever is being served meanwhile ends in that act."""
    for entry in waiting.lock_of_space(work, space_id):
        end(work, entry, "lapsed", now, RETIRED)


def offer_what_is_free(deps: Deps, work: UnitOfWork, now: datetime) -> None:
    """Go through the whole list, however long: for time that came free unnoticed, such as by longer hours."""
    while past := waiting.lock_past(work, now, AT_A_TIME):
        for entry in past:
            end(work, entry, "lapsed", now)
    after: Place | None = None
    while in_line := waiting.queue_of_all(work, now, after, AT_A_TIME):
        for _, entry_id in in_line:
            offer_to(deps, work, entry_id, now)
        after = in_line[-1]


def look_again_at(work: UnitOfWork, at: datetime) -> None:
    """Have the whole list gone through at a later moment."""
    due.set_alarm(work, ALARM, at.replace(microsecond=0) + timedelta(seconds=1))
