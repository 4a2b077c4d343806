# SPDX-License-Identifier: Apache-2.0
"""What a password must be."""

import pytest
from chassis.errors import Unprocessable
from identity.domain import passwords


@pytest.mark.parametrize(
    "weak", ["short", "1234567890", "aaaaaaaaaaaa", "My-Resident1-2026", "woaini1314", "x" * 129, "PASSWORD123"]
)
def test_weak_passwords_are_refused(weak: str):
    with pytest.raises(Unprocessable) as refusal:
        passwords.check(weak, "resident1")

    assert refusal.value.code == "password_weak"


@pytest.mark.parametrize("good", ["correct-horse-42", "窗前明月光疑是地上霜", "p773-jutj-efeb-3nux"])
def test_long_ones_are_taken_whatever_they_are_made_of(good: str):
    passwords.check(good, "resident1")


def test_random_passwords_are_taken_and_differ():
    made = {passwords.random_password() for _ in range(50)}

    assert len(made) == 50
    for one in made:
        passwords.check(one, "resident1")
