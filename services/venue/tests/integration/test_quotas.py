# SPDX-License-Identifier: Apache-2.0
"""A quota holds against many clicks at once, gives back what was taken back, and counts what was there before."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis.auth import Actor
from chassis.errors import AppError, Invalid, NotFound, Unprocessable
from venue import bootstrap
from venue.reactions import SUBSCRIPTIONS
from venue.schedule import HANDLERS
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.booking.quotas import SetQuota, end_quota, list_quotas, set_quota
from venue.usecases.due import look_after

from ..conftest import NEIGHBOUR, WUFUQIAO, at, book, keyed, resident

SECRETARY = Actor(
    str(uuid4()), WUFUQIAO, frozenset({"venue.read", "venue.manage"}), "community_secretary", client="edge"
)
CLIENTS = 16
ROOMS = ("council_pavilion", "service_post", "elders_space", "book_room")


def limit(deps, house, **quota) -> dict:
    quota = {"subject": "person", "period": "week", **quota}
    return set_quota(deps, SECRETARY, house.venue_id, SetQuota(**quota), keyed()).content


def hour(deps, who, house, number: int, day: str = "2026-11-24", **more):
    """The ``number``-th of the day's hours in which rooms are free of charge."""
    start = at(f"{day}T09:00") + timedelta(hours=number // len(ROOMS))
    wall = [one.isoformat()[:16] for one in (start, start + timedelta(hours=1))]
    return book(deps, who, house.spaces[ROOMS[number % len(ROOMS)]], *wall, **more)


def refusal(act, *arguments, **more) -> AppError:
    with pytest.raises(AppError) as raised:
        act(*arguments, **more)
    return raised.value


def counters(look):
    return look("SELECT used_count, used_minutes FROM quota_counters ORDER BY 1, 2")


def test_the_refusal_names_the_quota_what_is_used_and_when_it_begins_anew(deps, house):
    quota, who = limit(deps, house, count_limit=2), resident()
    hour(deps, who, house, 0)
    hour(deps, who, house, 1)

    refused = refusal(hour, deps, who, house, 2)

    assert refused.code == "quota_exceeded"
    assert {"quota_id": quota["quota_id"], "used_count": 2, "count_limit": 2, "renews_on": "2026-11-30"}.items() <= (
        refused.extra.items()
    )
    assert "2026-11-30" in refused.reason["zh"] and "2" in refused.reason["zh"]
    assert hour(deps, who, house, 0, "2026-11-30")["state"] == "confirmed"
    assert hour(deps, resident(), house, 2)["state"] == "confirmed"


def test_what_a_quota_refuses_leaves_nothing_behind(deps, house, look):
    limit(deps, house, count_limit=1)
    who = resident()
    hour(deps, who, house, 0)
    refusal(hour, deps, who, house, 1)

    for table in ("bookings", "quota_uses", "outbox"):
        assert look(f"SELECT count(*) FROM {table} WHERE true") == [(1,)], table
    assert look("SELECT count(*) FROM occupancies WHERE active") == [(1,)]


def test_hours_are_limited_too_and_only_those_of_the_regime(deps, house):
    limit(deps, house, minutes_limit=120, regime="public_benefit", period="month")
    who, room = resident(), house.spaces["book_room"]
    book(deps, who, room, "2026-11-24T18:00", "2026-11-24T22:00")  # commercial
    book(deps, who, room, "2026-11-25T16:30", "2026-11-25T19:00", split=True)  # ninety minutes of it

    refused = refusal(book, deps, who, room, "2026-11-26T09:00", "2026-11-26T10:00")

    assert (refused.code, refused.extra["used_minutes"]) == ("quota_exceeded", 90)
    assert book(deps, who, room, "2026-11-26T09:00", "2026-11-26T09:30")["price_fen"] == 0


def race(config, clock, house) -> Counter[str]:
    """One person wants as many rooms and hours at the same moment as there are clients."""
    deps = bootstrap.build(replace(config, pool_size=CLIENTS), clock=clock)
    who, barrier = resident(), Barrier(CLIENTS)

    def one(number: int) -> str:
        barrier.wait()
        try:
            return hour(deps, who, house, number)["state"]
        except AppError as error:
            return error.code
        except psycopg.Error as error:
            return type(error).__name__

    with ThreadPoolExecutor(CLIENTS) as clients:
        ended = Counter(clients.map(one, range(CLIENTS)))
    deps.database.close()
    return ended


def test_of_many_clicks_at_once_no_more_pass_than_the_quota_allows(config, frozen_clock, deps, house, look):
    limit(deps, house, count_limit=3)

    assert race(config, frozen_clock, house) == {"confirmed": 3, "quota_exceeded": CLIENTS - 3}
    assert counters(look) == [(3, 180)]
    assert look("SELECT count(*) FROM bookings") == [(3,)]


def test_control_without_the_condition_under_the_lock_the_constraint_still_refuses(
    config, frozen_clock, deps, house, look, monkeypatch
):
    limit(deps, house, count_limit=3)
    blind(monkeypatch)

    ended = race(config, frozen_clock, house)

    assert ended == {"confirmed": 3, "CheckViolation": CLIENTS - 3}
    assert counters(look) == [(3, 180)]


def test_control_without_condition_and_constraint_the_race_is_seen(
    config, frozen_clock, deps, house, database, monkeypatch
):
    limit(deps, house, count_limit=3)
    blind(monkeypatch)
    with database.superuser() as connection:
        connection.execute("ALTER TABLE quota_counters DROP CONSTRAINT ck_quota_counters_within")

    assert race(config, frozen_clock, house)["confirmed"] == CLIENTS, "the control run must see the quota broken"


def blind(monkeypatch) -> None:
    from venue.store.booking import quota_uses

    before, _, rest = quota_uses._USE.partition("WHERE (EXCLUDED.count_limit IS NULL")
    monkeypatch.setattr(quota_uses, "_USE", before + rest[rest.index("RETURNING quota_id") :])


def test_what_is_taken_back_run_out_or_moved_away_is_given_back(deps, house, look, frozen_clock):
    limit(deps, house, count_limit=1)
    who = resident()
    cancel_booking(deps, who, UUID(hour(deps, who, house, 0)["booking_id"]), keyed(if_match=1))
    assert counters(look) == [(0, 0)]

    hour(deps, who, house, 0, hold=True)
    frozen_clock.advance(minutes=5)
    look_after(deps, HANDLERS)
    assert counters(look) == [(0, 0)]

    booking = hour(deps, who, house, 0)
    move = MoveBooking(at("2026-12-01T09:00"), at("2026-12-01T11:00"))
    move_booking(deps, who, UUID(booking["booking_id"]), move, keyed(if_match=1))
    assert counters(look) == [(0, 0), (1, 120)]
    assert hour(deps, who, house, 0)["state"] == "confirmed"


def test_a_move_within_the_period_does_not_count_twice(deps, house):
    limit(deps, house, count_limit=1)
    who = resident()
    booking = hour(deps, who, house, 0)

    move = MoveBooking(at("2026-11-25T09:00"), at("2026-11-25T11:00"))

    assert move_booking(deps, who, UUID(booking["booking_id"]), move, keyed(if_match=1)).status == 200


def join(deps, household: UUID, person: UUID, started: str = "2026-01-01") -> UUID:
    membership = uuid4()
    tell(deps, "started", membership_id=membership, person_id=person, household_id=household, started_on=started)
    return membership


def tell(deps, happened: str, **data) -> None:
    subscription = SUBSCRIPTIONS[f"linli.identity.membership.{happened}.v1"]
    parsed = subscription.parse({name: value and str(value) for name, value in data.items()})
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        subscription.react(deps, work, _Event(parsed))
        work.commit()


class _Event:
    def __init__(self, data) -> None:
        self.data = data


def test_a_household_shares_its_quota_as_identity_told(deps, house):
    limit(deps, house, subject="household", count_limit=1)
    one, other, stranger, household = uuid4(), uuid4(), uuid4(), uuid4()
    join(deps, household, one)
    membership = join(deps, household, other)
    hour(deps, resident(subject=one), house, 0)

    assert refusal(hour, deps, resident(subject=other), house, 1).code == "quota_exceeded"
    assert hour(deps, resident(subject=stranger), house, 1)["state"] == "confirmed"
    tell(deps, "ended", membership_id=membership, person_id=other, ended_on="2026-11-20")
    assert hour(deps, resident(subject=other), house, 2)["state"] == "confirmed"


def test_an_ending_told_before_its_start_still_ends_it(deps, house):
    limit(deps, house, subject="household", count_limit=1)
    one, other, household, membership = uuid4(), uuid4(), uuid4(), uuid4()
    join(deps, household, one)
    tell(deps, "ended", membership_id=membership, person_id=other, ended_on="2026-11-20")
    tell(deps, "started", membership_id=membership, person_id=other, household_id=household, started_on="2026-01-01")
    hour(deps, resident(subject=one), house, 0)

    assert hour(deps, resident(subject=other), house, 1)["state"] == "confirmed"


def test_staff_who_only_serve_here_share_no_household_and_who_lives_here_too_keeps_theirs(deps, house):
    limit(deps, house, subject="household", count_limit=1)
    one, lives_here_too, serves, household = uuid4(), uuid4(), uuid4(), uuid4()
    for person in (one, lives_here_too):
        join(deps, household, person)
    for person in (lives_here_too, serves):
        tell(deps, "started", membership_id=uuid4(), person_id=person, household_id=None, started_on="2026-11-01")
    hour(deps, resident(subject=one), house, 0)

    assert refusal(hour, deps, resident(subject=lives_here_too), house, 1).code == "quota_exceeded"
    assert hour(deps, resident(subject=serves), house, 1)["state"] == "confirmed"


def test_a_group_and_the_whole_community_have_quotas_too(deps, house):
    from ..conftest import counter

    limit(deps, house, subject="group", count_limit=1)
    limit(deps, house, subject="community", count_limit=3, period="day")
    choir = uuid4()
    hour(deps, counter(), house, 0, behalf=uuid4(), group_id=choir)

    assert refusal(hour, deps, counter(), house, 1, behalf=uuid4(), group_id=choir).extra["subject"] == "group"
    hour(deps, resident(), house, 1)
    hour(deps, resident(), house, 2)
    assert refusal(hour, deps, resident(), house, 3).extra["subject"] == "community"


def test_only_the_counter_books_for_a_group(deps, house):
    assert refusal(hour, deps, resident(), house, 0, group_id=uuid4()).code == "group_only_at_counter"


def test_a_new_quota_counts_what_is_there_and_takes_nothing_away(deps, house, look):
    who = resident()
    for number in range(3):
        hour(deps, who, house, number)

    limit(deps, house, count_limit=2)

    assert counters(look) == [(3, 180)]
    assert refusal(hour, deps, who, house, 3).extra["used_count"] == 3
    for (booking_id,) in look("SELECT id FROM bookings"):
        cancel_booking(deps, who, booking_id, keyed(if_match=1))
    assert counters(look) == [(0, 0)]


def test_a_quota_ends_on_a_day_and_is_listed_until_then(deps, house):
    quota, who = limit(deps, house, count_limit=1), resident()
    hour(deps, who, house, 0)
    assert [one["quota_id"] for one in list_quotas(deps, who, house.venue_id)["items"]] == [quota["quota_id"]]

    ended = end_quota(deps, SECRETARY, UUID(quota["quota_id"]), None, keyed(if_match=1)).content

    assert (ended["valid_until"], ended["version"]) == ("2026-11-23", 2)
    assert list_quotas(deps, who, house.venue_id) == {"items": []}
    assert hour(deps, who, house, 1)["state"] == "confirmed"


def test_ending_a_quota_never_lengthens_it_nor_brings_it_back(deps, house, frozen_clock, look):
    quota = limit(deps, house, count_limit=1, valid_until=date(2026, 11, 30))

    def end(until: date | None, version: int) -> dict:
        return end_quota(deps, SECRETARY, UUID(quota["quota_id"]), until, keyed(if_match=version)).content

    with pytest.raises(Unprocessable) as refused:
        end(date(2026, 12, 1), 1)
    earlier = end(date(2026, 11, 27), 1)
    frozen_clock.set(at("2026-11-28T10:00"))
    again = end(None, 2)

    assert refused.value.code == "quota_ends_earlier"
    assert earlier["valid_until"] == again["valid_until"] == "2026-11-27"


def test_a_quota_that_limits_nothing_or_reaches_back_is_refused(deps, house):
    with pytest.raises(Invalid):
        limit(deps, house)
    with pytest.raises(Unprocessable):
        limit(deps, house, count_limit=1, valid_from=date(2026, 11, 1))
    with pytest.raises(Unprocessable):
        limit(deps, house, count_limit=1, regime="no_such")
    with pytest.raises(NotFound):
        stranger = replace(SECRETARY, division=NEIGHBOUR)
        set_quota(deps, stranger, house.venue_id, SetQuota("person", "week", 1), keyed())


def test_a_long_sequence_of_acts_is_decided_as_counting_everything_anew_does(deps, house):
    """Two people of one household, four quotas: every decision of the database against a list of live bookings."""
    draw = random.Random(20261123)
    household, people = uuid4(), [resident() for _ in range(3)]
    for who in people[:2]:
        join(deps, household, UUID(who.subject))
    limit(deps, house, count_limit=2, period="day")
    limit(deps, house, minutes_limit=300, period="week")
    limit(deps, house, subject="household", count_limit=6, period="month")
    limit(deps, house, subject="community", count_limit=9, period="week")
    live: dict[str, tuple] = {}
    for _ in range(60):
        if live and draw.random() < 0.25:
            booking_id = draw.choice(sorted(live))
            cancel_booking(deps, live.pop(booking_id)[0], UUID(booking_id), keyed(if_match=1))
            continue
        who, day, number = (
            draw.choice(people),
            date(2026, 11, 26) + timedelta(days=draw.randrange(8)),
            draw.randrange(36),
        )
        home = household if who in people[:2] else who.subject
        same_week = [one for one in live.values() if one[2].isocalendar()[:2] == day.isocalendar()[:2]]
        allowed = (
            sum(one[0] is who and one[2] == day for one in live.values()) < 2
            and sum(60 for one in same_week if one[0] is who) + 60 <= 300
            and sum(one[1] == home and one[2].month == day.month for one in live.values()) < 6
            and len(same_week) < 9
        )
        try:
            booking = hour(deps, who, house, number, day.isoformat())
            live[booking["booking_id"]] = (who, home, day)
            assert allowed
        except AppError as refused:
            assert refused.code == "slot_taken" or (refused.code == "quota_exceeded" and not allowed)
