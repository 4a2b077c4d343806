# SPDX-License-Identifier: Apache-2.0
"""Whatever order people and events act in, the books balance, no number is missing, nothing published changes."""

import itertools
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from chassis.clock import FrozenClock
from chassis.errors import Conflict
from disclosure.store import queries
from disclosure.store import tables as t
from disclosure.usecases import content
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

BEGINNING = date(2026, 9, 1)
communities = itertools.count(510104030101)  # a community for each run, in one database


class Books(RuleBasedStateMachine):
    """A community's books under random settlements, reversals, submissions and decisions."""

    def __init__(self, community_of):
        super().__init__()
        self.community = community_of(str(next(communities)))
        self.community.open("2026-09", fund_per_mille=613)
        self.living, self.reversed, self.published = [], [], {}
        self.pending = None

    @property
    def today(self):
        return self.community.clock.now().date()

    @rule(amount=st.integers(1, 10**9), back=st.integers(0, 70))
    def settle(self, amount, back):
        self.living.append(self.community.settle(amount, on=self.today - timedelta(days=back)))

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def reverse(self, data):
        chosen = data.draw(st.sampled_from(self.living), label="settlement")
        self.community.reverse(chosen)
        self.living.remove(chosen)
        self.reversed.append(chosen)

    @rule(days=st.integers(1, 20))
    def wait(self, days):
        self.community.clock.advance(days=days)

    @precondition(lambda self: self.pending is None)
    @rule(ahead=st.sampled_from([-1, 0, 0, 0, 1]), confirm=st.booleans())
    def submit(self, ahead, confirm):
        """Mostly the month that is next, sometimes one too early or one that is published already."""
        month = f"2026-{9 + len({month for month, _ in self.published}) + ahead:02d}"
        try:
            self.pending = self.community.submit(month, confirm=confirm)
        except Conflict as refusal:
            assert refusal.code in {"period_open", "month_not_over", "nothing_to_publish"}

    @precondition(lambda self: self.pending is not None)
    @rule()
    def approve(self):
        told = self.community.approve(self.pending)
        self.published[told["month"], told["version"]] = told
        self.pending = None

    @precondition(lambda self: self.pending is not None)
    @rule()
    def reject(self):
        self.community.reject(self.pending)
        self.pending = None

    @invariant()
    def the_books_balance_and_tell_what_was_taken(self):
        amount = t.postings.c.amount_fen
        sums = dict(self._rows(sa.select(t.postings.c.account, sa.func.sum(amount)).group_by(t.postings.c.account)))
        taken = sum(one.amount_fen for one in self.living)
        operator = sum(one.amount_fen * 387 // 1000 for one in self.living)
        assert sum(sums.values()) == 0
        assert sums.get("operator_clearing", 0) == taken
        assert sums.get("operator_payable", 0) == -operator

    @invariant()
    def no_number_is_missing(self):
        numbers = [row.no for row in self._rows(sa.select(t.journal_entries.c.no).order_by(t.journal_entries.c.no))]
        assert numbers == list(range(1, len(self.living) + 2 * len(self.reversed) + 1))

    @invariant()
    def every_published_statement_can_be_computed_again(self):
        division = self.community.division
        with self.community.deps.database.read(self.community.clerk()) as connection:
            book, _ = queries.book(connection, division)
            for told in self.published.values():
                stored = queries.statement(connection, division, UUID(told["statement_id"]))
                again = content.compute(
                    connection, division, book, month=stored.month, version=stored.version,
                    to_date=stored.to_date, as_of_entry_no=stored.as_of_entry_no)  # fmt: skip
                assert content.sha256(again) == told["sha256"]

    @invariant()
    def each_month_begins_where_the_one_before_ended(self):
        latest = {month: told for (month, _), told in sorted(self.published.items())}
        for (_, before), (_, after) in itertools.pairwise(sorted(latest.items())):
            assert before["closing_fen"] == after["opening_fen"]

    def _rows(self, statement):
        with self.community.deps.database.read(self.community.clerk()) as connection:
            return connection.execute(statement).all()


def test_books_hold_under_any_sequence(community, frozen_clock):
    start = frozen_clock.now()

    def community_of(division):
        clock: FrozenClock = community.clock
        clock.set(start - timedelta(days=60))
        return type(community)(community.deps, clock, division)

    run_state_machine_as_test(
        lambda: Books(community_of),
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
