# SPDX-License-Identifier: Apache-2.0
"""In which capacity somebody acts, and which offices may be given."""

from datetime import date

import pytest
from chassis.errors import Conflict, Forbidden, Unprocessable
from identity.domain.offices import OFFICES, Held, act_as, check_assignment, check_compatible

HOME, OTHER, STREET = "510104030006", "510104030009", "510104030"
CLERK = Held("finance_clerk", HOME, date(2028, 1, 1))
WORKER_HERE = Held("community_worker", HOME, date(2028, 1, 1))
WORKER_THERE = Held("community_worker", OTHER, date(2028, 1, 1))
OFFICER = Held("street_officer", STREET, date(2028, 1, 1))


def test_a_resident_acts_as_a_resident_until_an_office_is_asked_for():
    acting = act_as(None, [CLERK], HOME, is_resident=True)

    assert (acting.office, acting.division) == (None, HOME)
    assert acting.permissions == {"identity.self", "venue.read", "venue.book", "engagement.own"}


def test_an_active_office_brings_its_own_permissions_only():
    acting = act_as("finance_clerk", [CLERK], HOME, is_resident=True)

    assert acting.permissions == {"identity.self", "disclosure.read", "disclosure.prepare"}


def test_who_lives_elsewhere_acts_in_the_first_office_held():
    assert act_as(None, [CLERK, WORKER_HERE], HOME, is_resident=False).office == "finance_clerk"


def test_who_neither_lives_nor_serves_here_keeps_nothing_but_the_own_account():
    assert act_as(None, [], HOME, is_resident=False).permissions == {"identity.self"}


def test_a_street_officer_acts_in_the_street():
    acting = act_as("street_officer", [OFFICER], HOME, is_resident=False)

    assert (acting.division, "identity.register.read" in acting.permissions) == (STREET, False)


def test_an_office_held_at_two_places_is_told_apart_by_its_place():
    acting = act_as(f"community_worker@{OTHER}", [WORKER_HERE, WORKER_THERE], HOME, is_resident=True)

    assert acting.division == OTHER


@pytest.mark.parametrize("asked", ["community_secretary", f"finance_clerk@{OTHER}", "finance_clerk@", "", "@", "root"])
def test_an_office_that_is_not_held_is_refused(asked: str):
    held = [WORKER_HERE] if asked == "finance_clerk@" else [CLERK]

    with pytest.raises(Forbidden) as refusal:
        act_as(asked, held, HOME, is_resident=True)

    assert refusal.value.code == "office_not_held"


def test_who_is_no_resident_cannot_act_as_one():
    with pytest.raises(Forbidden):
        act_as("resident", [CLERK], HOME, is_resident=False)


@pytest.mark.parametrize(
    ("office", "held"), [("finance_clerk", "community_secretary"), ("community_secretary", "finance_clerk")]
)
def test_who_prepares_accounts_never_approves_them(office: str, held: str):
    assert not {"disclosure.prepare", "disclosure.approve"} <= OFFICES[office].permissions

    with pytest.raises(Conflict) as refusal:
        check_compatible(office, HOME, [(held, HOME)])

    assert refusal.value.code == "offices_incompatible"


def test_the_two_may_be_held_at_two_places():
    check_compatible("finance_clerk", HOME, [("community_secretary", OTHER)])


def test_an_office_is_not_held_twice_at_once():
    with pytest.raises(Conflict) as refusal:
        check_compatible("venue_operator", HOME, [("venue_operator", HOME)])

    assert refusal.value.code == "office_held"


@pytest.mark.parametrize(("office", "place"), [("street_officer", HOME), ("venue_operator", STREET)])
def test_an_office_is_exercised_at_its_own_tier(office: str, place: str):
    with pytest.raises(Unprocessable) as refusal:
        check_assignment(office, place, date(2026, 1, 1), date(2027, 1, 1))

    assert refusal.value.code == "office_of_another_tier"


@pytest.mark.parametrize("ends_on", [date(2025, 12, 31), date(2031, 1, 2)])
def test_a_term_is_neither_reversed_nor_longer_than_five_years(ends_on: date):
    with pytest.raises(Unprocessable) as refusal:
        check_assignment("venue_operator", HOME, date(2026, 1, 1), ends_on)

    assert refusal.value.code == "term_invalid"


def test_a_term_that_starts_on_a_leap_day_may_last_five_years():
    check_assignment("venue_operator", HOME, date(2028, 2, 29), date(2033, 2, 28))
