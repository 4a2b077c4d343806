# SPDX-License-Identifier: Apache-2.0
"""Statements as use cases: what is submitted is what is published, rejections reopen, versions follow."""

from datetime import date
from uuid import UUID

import pytest
from chassis.errors import Conflict, Forbidden
from chassis.pagination import Page
from disclosure.store import board
from disclosure.usecases.content import sha256
from disclosure.usecases.open_books import OperatorContract, open_books
from disclosure.usecases.read_books import get_statement

FIRST = Page(None, 50)


def published_lines(community, month, version):
    with community.deps.database.published() as connection:
        return board.lines(connection, community.division, month, version, FIRST)


def test_what_arrives_between_submission_and_approval_is_not_published_with_it(community):
    community.settle(6000, on=date(2026, 10, 20))
    submitted = community.submit("2026-10")
    community.settle(9900, on=date(2026, 10, 21))

    published = community.approve(submitted)

    assert (published["income_fen"], published["sha256"]) == (3600, submitted["sha256"])
    assert len(published_lines(community, "2026-10", 1)) == 1


def test_a_rejected_month_takes_entries_again_and_keeps_its_version(community):
    community.settle(6000, on=date(2026, 10, 20))
    community.reject(community.submit("2026-10"))
    community.settle(4000, on=date(2026, 10, 21))

    published = community.publish("2026-10")

    assert (published["version"], published["income_fen"]) == (1, 6000)


def test_a_month_begins_with_what_the_one_before_left(community):
    community.settle(6000, on=date(2026, 10, 20))
    october = community.publish("2026-10")
    community.settle(1000)

    november = community.publish("2026-11", confirm=True)

    assert (october["closing_fen"], november["opening_fen"], november["closing_fen"]) == (3600, 3600, 4200)


def test_an_empty_month_is_published_too(community):
    published = community.publish("2026-10")

    assert (published["lines_count"], published["closing_fen"]) == (0, 0)


def test_a_published_month_is_not_published_again_without_news(community):
    community.settle(6000, on=date(2026, 10, 20))
    community.publish("2026-10")
    community.settle(6000)

    with pytest.raises(Conflict) as refusal:
        community.submit("2026-10")

    assert refusal.value.code == "nothing_to_publish"


def test_a_rejected_reissue_leaves_the_month_closed(community):
    settlement = community.settle(6000, on=date(2026, 10, 20))
    community.publish("2026-10")
    community.reverse(settlement)

    community.reject(community.submit("2026-10"))
    community.settle(100, on=date(2026, 10, 25))

    assert community.publish("2026-10")["version"] == 2
    assert len(published_lines(community, "2026-10", 2)) == 1


def test_a_month_published_to_date_keeps_its_title_in_later_versions(community):
    community.publish("2026-10")
    settlement = community.settle(6000)
    community.publish("2026-11", confirm=True)
    community.clock.advance(days=20)
    community.reverse(settlement)

    assert community.publish("2026-11")["title_to_date"] == "2026-11-23"


def test_lines_are_linked_within_a_statement_and_across(community):
    settlement = community.settle(6000, on=date(2026, 10, 20))
    community.publish("2026-10")
    other = community.settle(3000)
    community.reverse(other)
    community.reverse(settlement)

    community.publish("2026-11", confirm=True)

    lines = published_lines(community, "2026-11", 1)
    assert [(one.line_no, one.relates_to_line, one.relates_to_entry_no) for one in lines] == [
        (1, None, None),
        (2, 1, 2),
        (3, None, 1),
    ]


def test_suspense_is_shown_and_divided_in_the_open(community, deps):
    library = OperatorContract(UUID(int=7), "示例书屋运营方", 600, date(2026, 10, 1))
    community.settle(6000, on=date(2026, 10, 20), venue=library.venue_id)
    community.publish("2026-10")
    open_books(deps, community.division, library)
    community.publish("2026-11", confirm=True)

    october, november = published_lines(community, "2026-10", 1)[0], published_lines(community, "2026-11", 1)[0]
    assert (october.suspense_fen, october.fund_fen, october.notes) == (6000, 0, ["no_contract"])
    assert (november.gross_fen, november.fund_fen, november.suspense_fen) == (0, 3600, -6000)
    assert november.notes == ["late", "allocation"]


def test_a_system_actor_decides_nothing(community):
    submitted = community.submit("2026-10")

    with pytest.raises(Forbidden):
        community.approve(submitted, by=community.clerk("somebody else"))


def test_a_published_statement_reads_the_same_after_a_later_reversal(community):
    settlement = community.settle(6000, on=date(2026, 10, 20))
    published = community.publish("2026-10")
    community.reverse(settlement)

    _, told = get_statement(community.deps, community.clerk(), UUID(published["statement_id"]))

    assert sha256(told) == published["sha256"]
