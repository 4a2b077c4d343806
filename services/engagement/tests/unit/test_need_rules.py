# SPDX-License-Identifier: Apache-2.0
"""The life of a need, without a database."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from chassis.errors import Conflict, Unprocessable
from engagement.domain import needs as rules
from engagement.domain.needs import STATES, Need
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 11, 23)
ALLOWED = {
    "assign": {"received", "assigned", "reopened"},
    "resolve": {"assigned"},
    "rate": {"resolved"},
    "reopen": {"resolved"},
    "remark": {"received", "assigned", "resolved", "reopened"},
}
ACTS = {
    "assign": lambda need: rules.assign(need, "community_worker", "路灯所", TODAY, "", TODAY),
    "resolve": lambda need: rules.resolve(need, "community_worker", "换好了"),
    "rate": lambda need: rules.rate(need, 5, None),
    "reopen": lambda need: rules.reopen(need, None, "又不亮了"),
    "remark": lambda need: rules.remark(need, None, "在三号院"),
}


def need(state="received", **changes):
    return Need(
        need_id=UUID(int=1),
        version=3,
        number_year=2026,
        number_no=7,
        state=state,
        title="三号院路灯不亮",
        category="lighting",
        detail="",
        channel="web",
        person_id=UUID(int=2),
        raised_at=datetime(2026, 11, 21, tzinfo=UTC),
        **changes,
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_happens_in_its_states_and_in_no_other(act, state):
    if state not in ALLOWED[act]:
        with pytest.raises(Conflict, match="wrong_state"):
            ACTS[act](need(state))
        return

    changed, entry = ACTS[act](need(state))

    assert changed.version == 4
    assert entry.state == changed.state


def test_a_reopened_need_goes_back_to_assigned():
    reopened, _ = rules.reopen(need("resolved"), None, "又不亮了")
    assigned, _ = rules.assign(reopened, "community_worker", "路灯所", TODAY, "", TODAY)

    assert (reopened.state, assigned.state) == ("reopened", "assigned")


def test_a_remark_leaves_the_state_alone():
    changed, entry = rules.remark(need("assigned"), "community_worker", "明天上午来")

    assert (changed.state, entry.kind, entry.office) == ("assigned", "remark", "community_worker")


@pytest.mark.parametrize(
    ("due_on", "code"),
    [
        (TODAY - timedelta(days=1), "due_on_in_the_past"),
        (TODAY + timedelta(days=367), "due_on_too_far_ahead"),
    ],
)
def test_a_promise_lies_between_today_and_a_year_from_now(due_on, code):
    with pytest.raises(Unprocessable, match=code):
        rules.assign(need(), "community_worker", "路灯所", due_on, "", TODAY)


@pytest.mark.parametrize(
    ("state", "due_on", "overdue"),
    [
        ("assigned", TODAY - timedelta(days=1), True),
        ("reopened", TODAY - timedelta(days=1), True),
        ("assigned", TODAY, False),
        ("resolved", TODAY - timedelta(days=1), False),
        ("received", None, False),
    ],
)
def test_only_an_open_promise_of_a_past_day_is_overdue(state, due_on, overdue):
    assert need(state, due_on=due_on).is_overdue(TODAY) is overdue


def test_the_reader_is_offered_what_they_may_do_and_nothing_else():
    resolved = need("resolved")

    assert rules.acts(resolved, is_staff=True, is_own=False) == ["reopen", "remark"]
    assert rules.acts(resolved, is_staff=False, is_own=True) == ["rate", "reopen", "remark"]
    assert rules.acts(resolved, is_staff=False, is_own=False) == []
    assert rules.acts(need("rated"), is_staff=True, is_own=True) == []


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=30))
def test_whatever_is_tried_the_version_counts_exactly_what_was_done(tried):
    present, done = need(), 0
    for act in tried:
        try:
            present, _ = ACTS[act](present)
            done += 1
        except Conflict:
            pass
    assert present.version == 3 + done
    assert present.state in STATES


def test_numbers_have_four_digits_and_grow_beyond_them():
    assert need().number == "N-2026-0007"
    assert Need(**{**vars(need()), "number_no": 12345}).number == "N-2026-12345"
