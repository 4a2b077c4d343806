# SPDX-License-Identifier: Apache-2.0
"""A calendar address is somebody's as long as they belong to the community."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from chassis.auth import Actor
from chassis.errors import NotFound
from venue.deps import InProcess
from venue.usecases.booking import households
from venue.usecases.calendars.calendar_feeds import MakeFeed, create_calendar_feed
from venue.usecases.calendars.read_calendar import get_calendar

from ..conftest import WUFUQIAO, at, resident


@pytest.fixture
def guest() -> Actor:
    return resident()


@pytest.fixture
def token(deps, house, guest) -> str:
    made = create_calendar_feed(deps, guest, MakeFeed("person"), InProcess()).content
    return made["address"].rpartition("/")[2].removesuffix(".ics")


def belongs(deps, guest: Actor, since: str, household: UUID | None) -> UUID:
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        membership = uuid4()
        households.membership_started(work, membership, UUID(guest.subject), household, at(f"{since}T00:00").date())
        work.commit()
    return membership


def leaves(deps, guest: Actor, membership: UUID, on: str) -> None:
    with deps.unit_of_work(Actor.system(WUFUQIAO, "test")) as work:
        households.membership_ended(work, membership, UUID(guest.subject), at(f"{on}T00:00").date())
        work.commit()


def test_who_left_the_community_reads_no_calendar_of_it_from_that_day_on(deps, guest, token, frozen_clock):
    leaves(deps, guest, belongs(deps, guest, "2026-01-01", uuid4()), "2026-11-25")
    assert get_calendar(deps, token, None).status == 200

    frozen_clock.set(at("2026-11-25T00:30"))

    with pytest.raises(NotFound):
        get_calendar(deps, token, None)


@pytest.mark.parametrize("household", [uuid4(), None], ids=["in_another_home", "as_staff"])
def test_who_only_moved_or_still_serves_here_keeps_the_address(deps, guest, token, household):
    leaves(deps, guest, belongs(deps, guest, "2026-01-01", uuid4()), "2026-11-20")
    belongs(deps, guest, "2026-11-20", household)

    assert get_calendar(deps, token, None).status == 200


def test_whom_identity_never_told_of_keeps_the_address(deps, token):
    assert get_calendar(deps, token, None).status == 200
