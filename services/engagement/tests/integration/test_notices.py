# SPDX-License-Identifier: Apache-2.0
"""Each person is told what happened to what is theirs: once, the latest, and never what they did themselves."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from chassis.auth import Actor
from chassis.db import uuid7
from chassis.event_schemas import Schemas
from chassis.events import Received
from chassis.testing.plugin import MONDAY_MORNING
from chassis.testing.tokens import SHUANGGUILU, WUFUQIAO
from engagement.reactions import SUBSCRIPTIONS
from engagement.usecases import notices
from sqlalchemy.exc import IntegrityError

from services.engagement.tests.conftest import CONTRACTS

OFFERED, ENDED = "linli.venue.waiting.offered.v1", "linli.venue.waiting.ended.v1"
CONFIRMED, MOVED = "linli.venue.booking.confirmed.v1", "linli.venue.booking.moved.v1"
CANCELLED = "linli.venue.booking.cancelled.v1"
STARTS, ENDS = datetime(2026, 11, 26, 11, tzinfo=UTC), datetime(2026, 11, 26, 13, tzinfo=UTC)
OFFICE = "community_worker"


def deliver(desk, event_type, data, sequence=1, *, office=None, division=WUFUQIAO, time=MONDAY_MORNING):
    """React as the consumer does; every delivery comes under an id of its own, as if the inbox had forgotten."""
    told = json.loads(json.dumps(data, default=str))
    Schemas(CONTRACTS, [event_type]).require_exact(event_type, told)
    subscription = SUBSCRIPTIONS[event_type]
    event = Received(uuid7(), event_type, division, "any/one", sequence, time, subscription.parse(told), office)
    with desk.deps.database.unit_of_work(Actor.system(division, "linli.engagement")) as work:
        subscription.react(desk.deps, work, event)
        work.commit()


def offer(person, entry_id, **more):
    data = {"entry_id": entry_id, "space_id": uuid7(), "person_id": person.person_id, "booking_id": uuid7()}
    times = {"starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}
    return {**data, **times, "expires_at": (MONDAY_MORNING + timedelta(minutes=30)).isoformat(), **more}


def ended(offered, how):
    return {name: offered[name] for name in ("entry_id", "space_id", "person_id", "booking_id")} | {"how": how}


def booking(person, booking_id=None, **more):
    data = {"booking_id": booking_id or uuid7(), "venue_id": uuid7(), "space_id": uuid7()}
    times = {"starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}
    return {**data, "person_id": person.person_id, "channel": "counter", **times, **more}


def confirmed(person, **more):
    return booking(person, **{"regime": "commercial", "price_fen": 0, **more})


def told(person):
    answer = person.get("/my/notices")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def kinds(person):
    return [one["kind"] for one in told(person)["items"]]


def raised(desk):
    with desk.database.superuser() as everything:
        rows = everything.execute("SELECT payload FROM outbox ORDER BY id").fetchall()
    events = [json.loads(bytes(payload)) for (payload,) in rows]
    return [event for event in events if event["type"].startswith("linli.engagement.notice.")]


def test_an_offer_is_told_with_its_room_its_hours_and_until_when_it_stands(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())

    deliver(desk, OFFERED, offered, 2)

    answer = told(resident)
    (notice,) = answer["items"]
    assert (notice["kind"], notice["matter"], notice["is_read"]) == ("offer_made", "offer", False)
    assert notice["space_id"] == str(offered["space_id"])
    assert datetime.fromisoformat(notice["starts_at"]) == STARTS
    assert answer["has_unread"] is True
    assert answer["soonest"].items() <= notice.items()
    assert told(desk.resident())["items"] == []


def test_delivered_three_times_it_is_told_once(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())

    for _ in range(3):
        deliver(desk, OFFERED, offered, 2)

    assert kinds(resident) == ["offer_made"]
    assert len(raised(desk)) == 1


def test_delivered_by_many_at_once_and_out_of_order_the_latest_stands_and_is_told_once(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())
    events = [(OFFERED, offered, 2), (ENDED, ended(offered, "lapsed"), 3)] * 8

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda one: deliver(desk, *one), events))

    assert kinds(resident) == ["offer_lapsed"]
    told_of = [one["data"]["kind"] for one in raised(desk)]
    assert told_of[-1] == "offer_lapsed" and len(told_of) == len(set(told_of))


def test_delivered_again_after_it_was_read_it_stays_read(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())
    deliver(desk, OFFERED, offered, 2)
    (notice,) = told(resident)["items"]
    resident.post(f"/my/notices/{notice['notice_id']}/reading", None, version=notice["version"])

    deliver(desk, OFFERED, offered, 2)

    assert told(resident)["has_unread"] is False
    assert [one["type"].split(".")[3] for one in raised(desk)] == ["raised", "settled"]


def test_the_database_refuses_a_second_notice_of_one_matter(desk):
    resident = desk.resident()
    deliver(desk, OFFERED, offer(resident, uuid7()), 2)
    deliver(desk, OFFERED, offer(resident, uuid7()), 2)

    with desk.deps.database.unit_of_work(Actor.system(WUFUQIAO, "test")) as work, pytest.raises(IntegrityError):
        work.connection.exec_driver_sql(f"UPDATE notices SET subject_id = '{uuid7()}'")


def test_an_offer_that_lapsed_before_it_was_heard_of_is_told_as_lapsed_with_its_hours(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())

    deliver(desk, ENDED, ended(offered, "lapsed"), 3)
    deliver(desk, OFFERED, offered, 2)

    answer = told(resident)
    (notice,) = answer["items"]
    assert (notice["kind"], datetime.fromisoformat(notice["starts_at"])) == ("offer_lapsed", STARTS)
    assert (notice["expires_at"], answer["soonest"]) == (None, None)
    assert len(raised(desk)) == 1


def test_who_waited_in_vain_reads_for_which_time_and_that_the_room_was_retired(desk):
    resident = desk.resident()
    data = {"entry_id": uuid7(), "space_id": uuid7(), "person_id": resident.person_id, "how": "lapsed"}
    times = {"starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}

    deliver(desk, ENDED, {**data, **times, "reason_code": "room_retired"}, 2)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["reason_code"]) == ("wait_lapsed", "room_retired")
    assert datetime.fromisoformat(notice["starts_at"]) == STARTS


def test_an_offer_that_was_accepted_asks_no_more_for_an_answer(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())
    deliver(desk, OFFERED, offered, 2)

    deliver(desk, ENDED, ended(offered, "accepted"), 3)
    deliver(desk, OFFERED, offered, 2)

    assert told(resident) == {"items": [], "next_cursor": None, "has_unread": False, "soonest": None}
    assert [one["data"].get("how") for one in raised(desk)] == [None, "superseded"]


def test_an_offer_that_ran_out_is_no_longer_the_soonest(desk):
    resident = desk.resident()
    deliver(desk, OFFERED, offer(resident, uuid7()), 2)

    desk.clock.set(MONDAY_MORNING + timedelta(minutes=31))

    assert told(resident)["soonest"] is None


def test_what_people_did_themselves_is_no_news_to_them(desk):
    resident = desk.resident()
    deliver(desk, CONFIRMED, confirmed(resident, channel="self"), 1)
    deliver(desk, CANCELLED, booking(resident, channel="self"), 2)
    here = {"space_id": uuid7(), "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}
    where = {"venue_id": uuid7(), "space_id": uuid7(), "from": here, "to": here, "regime": "commercial", "price_fen": 0}
    deliver(desk, MOVED, {"booking_id": uuid7(), "person_id": resident.person_id, **where}, 2)
    left = ended(offer(resident, uuid7()), "left")
    deliver(desk, ENDED, left, 2)

    assert told(resident)["items"] == []
    assert raised(desk) == []


def test_several_events_of_one_booking_are_one_notice_of_the_latest(desk):
    resident = desk.resident()
    booking_id, later = uuid7(), STARTS + timedelta(days=1)
    deliver(desk, CONFIRMED, confirmed(resident, booking_id=booking_id), 1, office=OFFICE)
    before = {"space_id": uuid7(), "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}
    after = {**before, "starts_at": later.isoformat()}
    moved = {"booking_id": booking_id, "venue_id": uuid7(), "space_id": uuid7(), "person_id": resident.person_id}
    deliver(
        desk, MOVED, {**moved, "from": before, "to": after, "regime": "commercial", "price_fen": 0}, 2, office=OFFICE
    )

    (notice,) = told(resident)["items"]
    assert (notice["kind"], datetime.fromisoformat(notice["starts_at"])) == ("booking_moved", later)
    first, second = raised(desk)
    assert (first["data"]["notice_id"], first["sequence"]) == (second["data"]["notice_id"], second["sequence"] - 1)


def test_a_closure_says_that_it_was_a_closure(desk):
    resident = desk.resident()
    deliver(desk, CANCELLED, booking(resident, reason_code="closure"), 2, office=OFFICE)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["reason_code"]) == ("booking_cancelled", "closure")


def test_money_that_came_back_is_told_to_whose_it_is(desk):
    resident = desk.resident()
    names = {"venue_id": uuid7(), "venue_name": "五福茶馆", "space_name": "议事茶亭", "booking_id": uuid7()}
    paid = {"occurred_on": "2026-11-23", "amount_fen": 3000, "currency": "CNY", **names}
    refund = {"settlement_id": uuid7(), "refund_id": uuid7(), "reason_code": "cancelled", "method": "cash", **paid}

    deliver(desk, "linli.venue.booking.refunded.v1", {**refund, "person_id": resident.person_id}, 4)
    deliver(desk, "linli.venue.booking.refunded.v1", {**refund, "refund_id": uuid7()}, 5)  # from before it said whose

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["amount_fen"], notice["booking_id"]) == (
        "refund_made", 3000, str(names["booking_id"]),
    )  # fmt: skip


def test_a_mark_and_what_was_decided_of_it_are_one_matter(desk):
    resident = desk.resident()
    mark = {"mark_id": uuid7(), "person_id": resident.person_id}
    given = {**mark, "kind": "no_show", "booking_id": uuid7(), "expires_at": "2027-01-01T00:00:00Z"}

    deliver(desk, "linli.venue.mark.given.v1", given, 1)
    assert kinds(resident) == ["mark_given"]
    deliver(desk, "linli.venue.mark.decided.v1", {**mark, "outcome": "excused"}, 3, office=OFFICE)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["booking_id"]) == ("mark_excused", str(given["booking_id"]))


def test_a_number_that_lost_its_room_and_found_another_is_one_matter_told_where_it_is(desk):
    resident = desk.resident()
    times = {"on": "2026-11-26", "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat()}
    ticket = {"ticket_id": uuid7(), "session_id": uuid7(), "desk": "elders", "person_id": resident.person_id, **times}
    before, after = uuid7(), uuid7()

    deliver(desk, "linli.venue.ticket.displaced.v1", {**ticket, "space_id": before}, 2, office=OFFICE)
    assert kinds(resident) == ["ticket_displaced"]
    deliver(desk, "linli.venue.ticket.moved.v1", {**ticket, "space_id": after}, 3, office=OFFICE)

    (notice,) = told(resident)["items"]
    assert (notice["kind"], notice["space_id"]) == ("ticket_moved", str(after))


def test_who_was_called_is_not_told_that_nobody_called(desk):
    resident = desk.resident()
    times = {"on": "2026-11-26", "starts_at": STARTS.isoformat(), "ends_at": ENDS.isoformat(), "space_id": uuid7()}
    ticket = {"ticket_id": uuid7(), "session_id": uuid7(), "desk": "elders", "person_id": resident.person_id, **times}

    deliver(desk, "linli.venue.ticket.lapsed.v1", {**ticket, "was_called": True}, 3)
    assert kinds(resident) == []
    deliver(desk, "linli.venue.ticket.lapsed.v1", {**ticket, "ticket_id": uuid7(), "was_called": False}, 3)
    assert kinds(resident) == ["ticket_lapsed"]


def test_a_request_that_nobody_decided_in_time_is_told(desk):
    resident = desk.resident()
    request = {name: value for name, value in booking(resident).items() if name != "channel"}

    deliver(desk, "linli.venue.booking.request_lapsed.v1", request, 2)

    assert kinds(resident) == ["booking_undecided"]


def test_a_declined_topic_is_told_to_who_raised_it_and_to_nobody_where_nobody_did(desk):
    resident = desk.resident()
    topic = {"topic_id": uuid7(), "session_id": uuid7(), "reason": "about_a_person"}

    deliver(desk, "linli.venue.topic.declined.v1", topic, 2, office=OFFICE)
    assert raised(desk) == []
    deliver(desk, "linli.venue.topic.declined.v1", {**topic, "person_id": resident.person_id}, 2, office=OFFICE)

    assert kinds(resident) == ["topic_declined"]


def test_what_is_promised_and_done_about_a_need_is_told_to_whose_it_is(desk):
    resident = desk.resident()
    need = desk.need(resident, "resolved")
    about = {"need_id": need["need_id"], "person_id": resident.person_id}

    deliver(desk, "linli.engagement.need.resolved.v1", about, 3, office=OFFICE)
    assert kinds(resident) == ["need_resolved"]
    deliver(desk, "linli.engagement.need.rated.v1", {**about, "score": 5}, 4)

    assert kinds(resident) == []


def test_a_replay_of_what_happened_long_ago_tells_nobody(desk):
    resident = desk.resident()
    deliver(desk, OFFERED, offer(resident, uuid7()), 2, time=MONDAY_MORNING - timedelta(days=91))
    assert told(resident)["items"] == []


@pytest.mark.parametrize(
    ("at", "urgent", "later"),
    [
        ("2026-11-23T10:00+08:00", True, "2026-11-23T10:00+08:00"),
        ("2026-11-23T10:00+08:00", False, "2026-11-23T10:02+08:00"),
        ("2026-11-23T21:29+08:00", False, "2026-11-24T07:30+08:00"),
        ("2026-11-23T23:30+08:00", True, "2026-11-23T23:30+08:00"),
        ("2026-11-24T02:00+08:00", False, "2026-11-24T07:30+08:00"),
    ],
)
def test_it_is_delivered_outside_the_quiet_hours_unless_it_is_urgent(desk, at, urgent, later):
    desk.clock.set(datetime.fromisoformat(at))
    resident = desk.resident()
    if urgent:
        deliver(desk, OFFERED, offer(resident, uuid7()), 2)
    else:
        deliver(desk, CONFIRMED, confirmed(resident), 1, office=OFFICE)

    (event,) = raised(desk)
    assert event["data"]["urgency"] == ("urgent" if urgent else "normal")
    assert datetime.fromisoformat(event["data"]["not_before"]) == datetime.fromisoformat(later)


def test_what_begins_tonight_and_was_cancelled_cannot_wait(desk):
    deliver(desk, CANCELLED, booking(desk.resident(), starts_at="2026-11-23T12:00:00Z"), 2, office=OFFICE)
    assert [one["data"]["urgency"] for one in raised(desk)] == ["urgent"]


def test_what_it_tells_follows_its_schema(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())
    deliver(desk, OFFERED, offered, 2)
    deliver(desk, ENDED, ended(offered, "accepted"), 3)

    events = raised(desk)
    assert [one["type"] for one in events] == [notices.RAISED, notices.SETTLED]
    for event in events:
        Schemas(CONTRACTS, [event["type"]]).require_exact(event["type"], event["data"])


def test_what_is_told_meanwhile_is_not_marked_as_read(desk):
    resident = desk.resident()
    offered = offer(resident, uuid7())
    deliver(desk, OFFERED, offered, 2)
    (seen,) = told(resident)["items"]
    desk.clock.set(MONDAY_MORNING + timedelta(minutes=30))
    deliver(desk, ENDED, ended(offered, "lapsed"), 3)

    one = resident.post(f"/my/notices/{seen['notice_id']}/reading", None, version=seen["version"])
    every = resident.post("/my/notices/reading", {"until": seen["told_at"]})

    assert (one.status_code, every.json()) == (412, {"has_unread": True})


def test_everything_shown_is_marked_as_read_in_one_act(desk):
    resident = desk.resident()
    for _ in range(3):
        deliver(desk, OFFERED, offer(resident, uuid7()), 2)
    latest = told(resident)["items"][0]["told_at"]

    assert resident.post("/my/notices/reading", {"until": latest}).json() == {"has_unread": False}

    assert [one["is_read"] for one in told(resident)["items"]] == [True] * 3
    assert [one["data"].get("how") for one in raised(desk)][3:] == ["read"] * 3


def test_a_person_turns_the_pages_of_their_notices(desk):
    resident = desk.resident()
    for minute in range(5):
        desk.clock.set(MONDAY_MORNING + timedelta(minutes=minute))
        deliver(desk, OFFERED, offer(resident, uuid7()), 2)

    first = resident.get("/my/notices", limit=3).json()
    second = resident.get("/my/notices", limit=3, cursor=first["next_cursor"]).json()

    told_at = [one["told_at"] for one in first["items"] + second["items"]]
    assert (len(told_at), told_at, second["next_cursor"]) == (5, sorted(told_at, reverse=True), None)


def test_nobody_reads_or_marks_what_another_was_told(desk):
    resident, neighbour = desk.resident(), desk.resident()
    deliver(desk, OFFERED, offer(resident, uuid7()), 2)
    (notice,) = told(resident)["items"]
    path = f"/my/notices/{notice['notice_id']}/reading"

    for stranger in (neighbour, desk.resident(SHUANGGUILU)):
        assert stranger.post(path, None, version=notice["version"]).json()["code"] == "notice_not_found"
        stranger.post("/my/notices/reading", {"until": notice["told_at"]})

    assert told(resident)["has_unread"] is True


def test_what_was_read_is_forgotten_after_ninety_days_and_what_was_not_after_a_year(desk):
    read, unread = desk.resident(), desk.resident(SHUANGGUILU)
    deliver(desk, OFFERED, offer(read, uuid7()), 2)
    deliver(desk, OFFERED, offer(unread, uuid7()), 2, division=SHUANGGUILU)
    read.post("/my/notices/reading", {"until": told(read)["items"][0]["told_at"]})

    forgotten = []
    for days in (90, 91, 365, 366):
        desk.clock.set(MONDAY_MORNING + timedelta(days=days))
        forgotten.append(notices.forget(desk.deps))

    assert forgotten == [0, 1, 0, 1]


def test_the_one_who_forgets_cannot_see_whose_it_was(desk):
    deliver(desk, OFFERED, offer(desk.resident(), uuid7()), 2)
    with desk.database.as_role("sweep", "") as sweep:
        assert len(sweep.execute("SELECT told_at FROM notices").fetchall()) == 1
        with pytest.raises(Exception, match="permission denied"):
            sweep.execute("SELECT person_id FROM notices")
