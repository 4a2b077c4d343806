# SPDX-License-Identifier: Apache-2.0
"""When a month may be submitted and who may decide."""

from datetime import UTC, date, datetime

import pytest
from chassis.errors import AppError
from disclosure.domain import closing

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DONE = {"2026-09": "published", "2026-10": "published"}


def submit(month, states=DONE, confirm=False):
    return closing.check_submittable(month, opened_month="2026-09", states=states, now=NOW, confirm_to_date=confirm)


def refusal(act, *arguments, **named):
    with pytest.raises(AppError) as refused:
        act(*arguments, **named)
    return refused.value


def test_a_finished_month_has_no_to_date():
    assert submit("2026-10", {"2026-09": "published"}) is None


def test_an_unfinished_month_reaches_to_today_once_confirmed():
    told = refusal(submit, "2026-11")

    assert (told.code, told.extra) == ("month_not_over", {"to_date": "2026-11-23"})
    assert submit("2026-11", confirm=True) == date(2026, 11, 23)


def test_a_published_month_asks_for_no_confirmation():
    assert submit("2026-11", DONE | {"2026-11": "published"}) is None


@pytest.mark.parametrize("states", [{}, {"2026-09": "published"}, DONE | {"2026-10": "submitted"}])
def test_every_earlier_month_is_published_first(states):
    assert refusal(submit, "2026-11", states, confirm=True).code == "period_open"


def test_the_first_missing_month_is_named():
    assert refusal(submit, "2026-11", {"2026-09": "published"}).extra == {"month": "2026-10"}


@pytest.mark.parametrize("month", ["2026-08", "2026-12"])
def test_nothing_before_the_books_and_nothing_in_the_future(month):
    assert refusal(submit, month, confirm=True).code == "nothing_to_publish"


def test_a_submitted_month_waits_for_its_decision():
    assert refusal(submit, "2026-11", DONE | {"2026-11": "submitted"}).code == "already_submitted"


def test_two_persons():
    closing.check_two_persons("one", "other")

    assert refusal(closing.check_two_persons, "one", "one").code == "same_person"


def test_a_decision_is_made_once():
    closing.check_undecided("submitted")

    assert refusal(closing.check_undecided, "published").code == "already_decided"


def test_no_month_can_be_left_out_of_the_list():
    assert closing.months_to_show("2026-09", NOW) == ["2026-11", "2026-10", "2026-09"]


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_refusal_has_a_reason_in_both_languages(code):
    for told in (
        closing.no_books(),
        refusal(submit, "2026-11"),
        refusal(submit, "2026-12"),
        refusal(closing.check_two_persons, "a", "a"),
        refusal(closing.check_reissue, tells_something_new=False),
    ):
        assert told.detail(code)
        assert told.reason["zh"] != told.reason["en"]
