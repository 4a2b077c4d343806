# SPDX-License-Identifier: Apache-2.0
"""Back-off of failed sign-ins."""

from datetime import UTC, datetime, timedelta

from identity.domain.throttle import FREE_FAILURES, LONGEST_BLOCK, Attempts, count

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def failures(number: int, kind: str = "username", at: datetime = NOON) -> Attempts:
    """That many attempts, each made as soon as it is allowed."""
    attempts = None
    for _ in range(number):
        if attempts and attempts.is_blocked(at):
            at = attempts.blocked_until
        attempts = count(kind, attempts, at)
    assert attempts
    return attempts


def test_the_first_attempts_are_free():
    assert not failures(FREE_FAILURES["username"] - 1).is_blocked(NOON)


def test_the_fifth_failure_closes_the_name_for_half_a_minute():
    attempts = failures(FREE_FAILURES["username"])

    assert attempts.is_blocked(NOON + timedelta(seconds=29))
    assert not attempts.is_blocked(NOON + timedelta(seconds=30))


def test_each_further_failure_doubles_the_pause_up_to_fifteen_minutes():
    pauses = []
    for number in range(5, 13):
        attempts = failures(number)
        before = failures(number - 1).blocked_until or NOON
        pauses.append(attempts.blocked_until - before)

    assert pauses[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(pauses) == pauses[-1] == LONGEST_BLOCK


def test_an_address_shared_by_many_people_has_more_room():
    assert not failures(FREE_FAILURES["address"] - 1, "address").is_blocked(NOON)
    assert failures(FREE_FAILURES["address"], "address").is_blocked(NOON)


def test_a_quiet_quarter_of_an_hour_forgets_old_failures():
    old = failures(4)

    assert count("username", old, NOON + timedelta(minutes=16)).failures == 1
