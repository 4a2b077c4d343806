# SPDX-License-Identifier: Apache-2.0
"""Topics gathered beforehand: nobody counts twice, nothing is public before staff say so, questions become needs."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from uuid import UUID

import pytest
from chassis.auth import Actor
from chassis.db import uuid7
from chassis.errors import Conflict, Forbidden, NotFound, Unprocessable
from chassis.event_schemas import Schemas
from chassis.events import Received
from chassis.pagination import Page
from chassis.testing.loops import until
from chassis.testing.tokens import WUFUQIAO
from psycopg import errors
from venue.deps import InProcess
from venue.reactions import SUBSCRIPTIONS
from venue.schedule import HANDLERS
from venue.store.sittings.sessions import SessionFilter
from venue.usecases.due import look_after
from venue.usecases.sittings import rotas, see_sessions, sittings, topics
from venue.usecases.sittings.topics import NewTopic

from ..conftest import CONTRACTS, NEIGHBOUR, at, counter, keyed, resident
from .sitting_house import open_tea, propose, publish, tea

HANDED_ON, RAISED = "linli.venue.sitting.topic_handed_on.v1", "linli.engagement.need.raised.v1"
DECLINED = "linli.venue.topic.declined.v1"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def id_of(topic) -> UUID:
    return UUID(topic["topic_id"])


def public(deps):
    return see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"][0]["topics"]


def support(deps, topic, who, **more):
    return topics.support_topic(deps, who, id_of(topic), more.get("behalf"), InProcess()).content


def inbox(deps, **wanted):
    page = Page.parse(None, 200, topics.KEY)
    values = {"state": None, "session_id": None, **wanted}
    return topics.list_topics(deps, counter(), page=page, language="zh", **values)["items"]


def hand_on(deps, topic, who=None, title="路灯什么时候修好"):
    attempt = InProcess(if_match=topic["version"])
    return topics.hand_on_topic(deps, who or counter(), id_of(topic), title, "lighting", attempt).content


def need_raised(deps, topic_id, need_id, number="N-2026-0007"):
    """React as the consumer does to engagement's event."""
    subscription = SUBSCRIPTIONS[RAISED]
    data = {"need_id": str(need_id), "person_id": str(uuid7()), "category": "lighting", "channel": "meeting"}
    data |= {"number": number, "source_topic_id": str(topic_id)} if topic_id else {}
    event = Received(
        uuid7(), RAISED, WUFUQIAO, f"need/{need_id}", 1, datetime(2026, 11, 25, tzinfo=UTC), subscription.parse(data)
    )
    with deps.unit_of_work(Actor.system(WUFUQIAO, "linli.venue")) as work:
        subscription.react(deps, work, event)
        work.commit()


def test_nothing_is_public_before_staff_publish_it_and_then_in_their_words(deps, house):
    who = resident()
    topic = propose(deps, who, open_tea(deps, house), "甲01家门口路灯不亮")
    assert (topic["text"], topic["state"], topic["channel"], public(deps)) == (
        "甲01家门口路灯不亮",
        "proposed",
        "web",
        [],
    )

    publish(deps, topic, "路灯什么时候修好")

    (shown,) = public(deps)
    assert (shown["wording"], shown["supporters"], shown["need_number"]) == ("路灯什么时候修好", None, None)
    assert "甲01" not in str(see_sessions.public_sittings(deps, WUFUQIAO, "zh"))


def test_a_person_stands_behind_a_topic_once_through_whichever_channel(deps, house, look):
    who = resident()
    topic = publish(deps, propose(deps, who, open_tea(deps, house)))

    support(deps, topic, who)
    support(deps, topic, who)
    support(deps, topic, counter(), behalf={"person_id": who.subject, "reason": "电话里说的"})

    assert inbox(deps)[0]["supporters"] == 1
    assert look("SELECT count(*) FROM topic_supports") == [(1,)]


def test_the_database_refuses_to_count_somebody_twice(deps, house, database):
    publish(deps, propose(deps, resident(), open_tea(deps, house)))

    with database.superuser() as everything, pytest.raises(errors.UniqueViolation):
        everything.execute("INSERT INTO topic_supports SELECT * FROM topic_supports")


def test_fewer_than_five_are_not_counted_out_in_public(deps, house):
    topic = publish(deps, propose(deps, resident(), open_tea(deps, house)))
    for _ in range(3):
        assert support(deps, topic, resident())["supporters"] is None
    assert public(deps)[0]["supporters"] is None

    support(deps, topic, resident())

    assert public(deps)[0]["supporters"] == 5


def test_who_stands_behind_both_of_two_merged_topics_counts_once(deps, house):
    sitting, both, one = open_tea(deps, house), resident(), resident()
    first, second = (publish(deps, propose(deps, both, sitting)) for _ in range(2))
    support(deps, second, one)

    topics.merge_topic(deps, counter(), id_of(second), id_of(first), InProcess(if_match=2))

    kept, gone = inbox(deps, state="published")[0], inbox(deps, state="merged")[0]
    assert (kept["topic_id"], kept["supporters"], gone["supporters"]) == (first["topic_id"], 2, 0)
    assert [shown["topic_id"] for shown in public(deps)] == [first["topic_id"]]


def test_a_topic_is_merged_only_into_another_that_still_stands(deps, house):
    sitting = open_tea(deps, house)
    first, second, third = (propose(deps, resident(), sitting) for _ in range(3))
    topics.merge_topic(deps, counter(), id_of(second), id_of(first), InProcess())

    for into in (third, second):
        with pytest.raises(Unprocessable):
            topics.merge_topic(deps, counter(), id_of(third), id_of(into), InProcess())
    with pytest.raises(NotFound):
        topics.merge_topic(deps, counter(), id_of(third), uuid7(), InProcess())


def test_only_what_is_published_is_handed_on_and_the_event_holds_only_public_words(deps, house, look):
    who = resident()
    topic = propose(deps, who, open_tea(deps, house), "甲01家门口路灯不亮")
    with pytest.raises(Conflict, match="topic_state"):
        hand_on(deps, topic)

    hand_on(deps, publish(deps, topic))

    (payload,) = look("SELECT payload FROM outbox")
    event = json.loads(bytes(payload[0]))
    assert (event["type"], event["data"]["person_id"]) == (HANDED_ON, who.subject)
    assert event["data"]["title"] == "路灯什么时候修好" and "甲01" not in str(event)
    Schemas(CONTRACTS, [HANDED_ON]).require_exact(HANDED_ON, event["data"])


def test_a_letter_that_names_nobody_becomes_the_need_of_the_officer_who_hands_it_on(deps, house, look):
    officer = counter()
    topic = propose(deps, officer, open_tea(deps, house), channel="letterbox")
    assert (topic["raised_by"], topic["supporters"], topic["channel"]) == (None, 0, "letterbox")

    hand_on(deps, publish(deps, topic), officer)

    assert json.loads(bytes(look("SELECT payload FROM outbox")[0][0]))["data"]["person_id"] == officer.subject


def test_two_topics_of_one_sitting_are_told_in_their_own_order(deps, house, look):
    sitting = open_tea(deps, house)
    for _ in range(2):
        hand_on(deps, publish(deps, propose(deps, resident(), sitting)))

    assert [json.loads(bytes(row[0]))["sequence"] for row in look("SELECT payload FROM outbox ORDER BY id")] == [2, 3]


def test_handing_on_waits_for_the_sitting_before_it_holds_the_topic_as_cancelling_the_sitting_does(
    deps, house, database, look
):
    topic = publish(deps, propose(deps, resident(), open_tea(deps, house)))
    with ThreadPoolExecutor(1) as counters, database.superuser() as cancelling:
        cancelling.autocommit = False
        cancelling.execute("SELECT FROM sessions FOR UPDATE")
        handed_on = counters.submit(hand_on, deps, topic)
        until(lambda: look(WAITING) != [(0,)], "handing on waits")
        cancelling.execute("SELECT FROM topics FOR UPDATE NOWAIT")
        cancelling.rollback()

        assert handed_on.result()["state"] == "handed_on"


def test_the_number_of_the_need_appears_once_it_is_raised_and_twice_delivered_changes_nothing(deps, house):
    topic, need_id = hand_on(deps, publish(deps, propose(deps, resident(), open_tea(deps, house)))), uuid7()

    need_raised(deps, topic["topic_id"], need_id)
    version = inbox(deps)[0]["version"]
    need_raised(deps, topic["topic_id"], need_id)

    assert inbox(deps)[0]["version"] == version
    assert inbox(deps)[0]["need"] == {"need_id": str(need_id), "number": "N-2026-0007"}
    assert (public(deps)[0]["state"], public(deps)[0]["need_number"]) == ("handed_on", "N-2026-0007")


@pytest.mark.parametrize("foreign", [True, False])
def test_needs_that_came_from_elsewhere_change_nothing(deps, house, foreign):
    publish(deps, propose(deps, resident(), open_tea(deps, house)))

    need_raised(deps, uuid7() if foreign else None, uuid7())

    assert inbox(deps)[0]["need"] is None


def test_an_answer_is_published_even_after_the_question_was_handed_on(deps, house):
    topic = hand_on(deps, publish(deps, propose(deps, resident(), open_tea(deps, house))))
    need_raised(deps, topic["topic_id"], uuid7())

    topics.answer_topic(deps, counter(), id_of(topic), "路灯所周五前换好", InProcess())

    shown = public(deps)[0]
    assert (shown["state"], shown["answer"], shown["need_number"]) == ("answered", "路灯所周五前换好", "N-2026-0007")


def decline(deps, topic, reason="about_a_person", words=None):
    attempt = InProcess(if_match=topic["version"])
    return topics.decline_topic(deps, counter(), id_of(topic), reason, words, attempt).content


def test_a_declined_topic_is_never_public_and_its_proposer_reads_why(deps, house):
    who = resident()
    topic = propose(deps, who, open_tea(deps, house), "甲01家太吵")

    declined = decline(deps, topic, words="请到柜台单独说")

    (mine,) = topics.my_topics(deps, who, Page.parse(None), "zh")["items"]
    assert (mine["state"], mine["declined"]) == ("declined", {"reason": "about_a_person", "words": "请到柜台单独说"})
    assert (public(deps), declined["acts"], inbox(deps, state="proposed")) == ([], [], [])
    for act in (
        lambda: publish(deps, declined), lambda: hand_on(deps, declined), lambda: decline(deps, declined),
        lambda: topics.answer_topic(deps, counter(), id_of(topic), "x", InProcess()),
    ):  # fmt: skip
        with pytest.raises(Conflict, match="topic_state"):
            act()
    with pytest.raises(NotFound):
        support(deps, topic, resident())


def test_the_database_keeps_no_public_words_of_a_declined_topic_and_no_reason_of_any_other(deps, house, database):
    decline(deps, propose(deps, resident(), open_tea(deps, house)))

    for wrong in ("wording = '路灯'", "declined_for = NULL", "declined_for = 'other'", "state = 'published'"):
        with database.superuser() as everything, pytest.raises(errors.CheckViolation):
            everything.execute(f"UPDATE topics SET {wrong}")


def test_who_raised_it_may_be_told_by_id_and_code_without_a_word(deps, house, look):
    sitting, who = open_tea(deps, house), resident()
    decline(deps, propose(deps, who, sitting), "unclear", "看不懂")
    decline(deps, propose(deps, counter(), sitting, channel="letterbox"), "abusive")

    told, letter = (json.loads(bytes(row[0])) for row in look("SELECT payload FROM outbox ORDER BY id"))

    assert (told["type"], told["sequence"], told["data"]["person_id"]) == (DECLINED, 2, who.subject)
    assert told["data"]["reason"] == "unclear" and "看不懂" not in str(told)
    assert "person_id" not in letter["data"]
    for event in (told, letter):
        Schemas(CONTRACTS, [DECLINED]).require_exact(DECLINED, event["data"])


def test_a_published_topic_is_not_declined_and_another_reason_needs_words(deps, house):
    sitting = open_tea(deps, house)

    with pytest.raises(Conflict, match="topic_state"):
        decline(deps, publish(deps, propose(deps, resident(), sitting)))
    with pytest.raises(Unprocessable, match="reason_needs_words"):
        decline(deps, propose(deps, resident(), sitting), "other")


def test_nothing_is_merged_into_what_was_declined_nor_what_is_public_into_what_is_not(deps, house):
    sitting = open_tea(deps, house)
    gone, hidden, shown = (propose(deps, resident(), sitting) for _ in range(3))
    decline(deps, gone)
    publish(deps, shown)

    for topic, into in ((hidden, gone), (shown, hidden)):
        with pytest.raises(Unprocessable, match="cannot_merge"):
            topics.merge_topic(deps, counter(), id_of(topic), id_of(into), InProcess())
    assert [one["topic_id"] for one in public(deps)] == [shown["topic_id"]]


def test_public_words_that_turn_out_to_name_somebody_are_replaced_whatever_came_of_the_topic(deps, house):
    topic = publish(deps, propose(deps, resident(), open_tea(deps, house)), "甲01门口的灯")
    topics.answer_topic(deps, counter(), id_of(topic), "问过甲01了", InProcess())

    topics.publish_topic(deps, counter(), id_of(topic), "三号院的灯", InProcess())
    answered = topics.answer_topic(deps, counter(), id_of(topic), "周五前换好", InProcess()).content

    assert (public(deps)[0]["wording"], public(deps)[0]["answer"]) == ("三号院的灯", "周五前换好")
    assert answered["state"] == "answered" and "甲01" not in str(public(deps))


@pytest.mark.parametrize("how", ["cancelled", "missed", "noted as missed", "its plan ended"])
def test_what_a_sitting_that_does_not_take_place_left_unanswered_goes_to_the_next(deps, house, frozen_clock, how):
    first = open_tea(deps, house, valid_until=date(2026, 11, 25))
    hidden, shown, answered, gone = (propose(deps, resident(), first) for _ in range(4))
    for one in (shown, answered):
        publish(deps, one)
    topics.answer_topic(deps, counter(), id_of(answered), "好了", InProcess())
    decline(deps, gone)
    rotas.create_rota(deps, counter(), tea(house, valid_from=date(2026, 12, 1), valid_until=None), InProcess())
    page = Page.parse(None, 9, see_sessions.KEY)
    later = see_sessions.session_list(deps, counter(), SessionFilter(first=date(2026, 12, 1)), page, "zh")["items"]

    if how == "cancelled":
        sittings.cancel_session(deps, counter(), first, "防汛", InProcess())
    elif how == "missed":
        frozen_clock.set(at("2026-11-26T12:00"))
        look_after(deps, HANDLERS)
    elif how == "noted as missed":
        frozen_clock.set(at("2026-11-25T16:00"))
        sittings.record_attendance(deps, counter(), first, "missed", None, InProcess())
    else:
        *_, plan = rotas.list_rotas(deps, counter(), "sitting", Page.parse(None, 9, (UUID,)), "zh")["items"]
        rotas.end_rota(deps, counter(), UUID(plan["rota_id"]), date(2026, 11, 24), InProcess())

    carried = {one["topic_id"] for one in inbox(deps, session_id=UUID(later[0]["session_id"]))}
    assert carried == {hidden["topic_id"], shown["topic_id"]}
    assert {one["topic_id"] for one in inbox(deps, session_id=first)} == {answered["topic_id"], gone["topic_id"]}
    board = see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"]
    assert [[topic["topic_id"] for topic in one["topics"]] for one in board][:2] == [
        [answered["topic_id"]],
        [shown["topic_id"]],
    ]


def test_topics_are_carried_over_in_their_order_and_locked_in_it(deps, house, database, look):
    """Who merges two of them locks them in that order too: else each could wait for what the other has."""
    sitting = open_tea(deps, house, valid_until=date(2026, 11, 25))
    older, younger = propose(deps, resident(), sitting), propose(deps, resident(), sitting)
    for one in (younger, older):  # what was stored anew last is not what was raised last
        publish(deps, one)
    rotas.create_rota(deps, counter(), tea(house, valid_from=date(2026, 12, 1), valid_until=None), InProcess())
    row = "SELECT FROM topics WHERE id = %s FOR UPDATE NOWAIT"
    with database.superuser() as merging, ThreadPoolExecutor(1) as client:
        merging.autocommit = False
        merging.execute(row, (id_of(older),))
        cancelling = client.submit(sittings.cancel_session, deps, counter(), sitting, "防汛", InProcess())
        until(lambda: look(WAITING) != [(0,)], "it waits for the older one")

        merging.execute(row, (id_of(younger),))
        merging.rollback()

        assert cancelling.result(timeout=10).status == 200
    noted = look("SELECT object_id FROM audit WHERE action = 'topic.carried_over' ORDER BY id")
    in_order = [older["topic_id"], younger["topic_id"]]
    assert [topic_id for (topic_id,) in noted] == in_order
    assert in_order in [
        [topic["topic_id"] for topic in one["topics"]]
        for one in see_sessions.public_sittings(deps, WUFUQIAO, "zh")["items"]
    ]


def test_without_a_sitting_to_come_topics_stay_where_they_were(deps, house):
    sitting = open_tea(deps, house)
    topic = propose(deps, resident(), sitting)

    sittings.cancel_session(deps, counter(), sitting, "防汛", InProcess())

    assert [one["topic_id"] for one in inbox(deps, session_id=sitting)] == [topic["topic_id"]]


def test_of_eight_topics_sent_at_once_five_wait_and_more_may_follow_what_staff_dealt_with(deps, house, look):
    who, sitting, barrier = resident(), open_tea(deps, house), Barrier(8)

    def send(_number):
        barrier.wait()
        told = topics.propose_topic(deps, who, sitting, NewTopic("路灯", "lighting"), keyed()).content
        return told.get("state") or told["code"]

    with ThreadPoolExecutor(8) as clicks:
        answers = list(clicks.map(send, range(8)))

    assert Counter(answers) == {"proposed": 5, "too_many_topics": 3}
    assert look("SELECT count(*) FROM topics") == [(5,)]
    decline(deps, inbox(deps)[0])
    assert propose(deps, who, sitting)["state"] == "proposed"
    with pytest.raises(Conflict, match="too_many_topics"):
        propose(deps, who, sitting)
    assert propose(deps, counter(), sitting, channel="letterbox")["state"] == "proposed"


def test_topics_are_gathered_until_the_sitting_ends(deps, house, frozen_clock):
    sitting = open_tea(deps, house)
    frozen_clock.set(at("2026-11-25T17:00"))

    with pytest.raises(Conflict, match="topics_closed"):
        propose(deps, resident(), sitting)


def test_somebody_else_reads_neither_the_words_nor_who_wrote_them(deps, house):
    who, other = resident(), resident()
    topic = publish(deps, propose(deps, who, open_tea(deps, house), "甲01家门口路灯不亮"))

    seen = support(deps, topic, other)

    assert seen["text"] is None and "raised_by" not in seen and seen["acts"] == []
    mine = topics.my_topics(deps, who, Page.parse(None), "zh")["items"]
    assert (mine[0]["text"], mine[0]["is_own"]) == ("甲01家门口路灯不亮", True)
    assert topics.my_topics(deps, resident(), Page.parse(None), "zh")["items"] == []


def test_what_is_not_published_cannot_be_supported_and_looks_like_nothing(deps, house):
    topic = propose(deps, resident(), open_tea(deps, house))

    with pytest.raises(NotFound):
        support(deps, topic, resident())


def test_only_the_counter_speaks_for_somebody_and_always_does_when_it_supports(deps, house):
    topic = publish(deps, propose(deps, resident(), open_tea(deps, house)))

    with pytest.raises(Forbidden):
        support(deps, topic, resident(), behalf={"person_id": str(uuid7()), "reason": "代办"})
    with pytest.raises(Forbidden):
        support(deps, topic, counter())


def test_another_community_neither_finds_nor_supports_it(deps, house):
    topic = publish(deps, propose(deps, resident(), open_tea(deps, house)))

    with pytest.raises(NotFound):
        support(deps, topic, resident(NEIGHBOUR))
