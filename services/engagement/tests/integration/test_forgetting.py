# SPDX-License-Identifier: Apache-2.0
"""What has grown too old is forgotten to the last, however much it is, and no transaction is long for it."""

from __future__ import annotations

from datetime import timedelta

from chassis.db import uuid7
from chassis.testing.plugin import MONDAY_MORNING
from engagement.store import notices as store
from engagement.usecases import notices

from .test_notices import OFFERED, deliver, offer, told


def test_however_much_is_too_old_it_is_forgotten_a_few_at_a_time(desk, monkeypatch):
    resident = desk.resident()
    for _ in range(5):
        deliver(desk, OFFERED, offer(resident, uuid7()), 2)
    desk.clock.set(MONDAY_MORNING + timedelta(days=366))
    monkeypatch.setattr(notices, "AT_ONCE", 2)
    forget, works, counts = store.forget, [], []

    def seen(work, *limits):
        works.append(work)
        counts.append(forget(work, *limits))
        return counts[-1]

    monkeypatch.setattr(store, "forget", seen)

    assert notices.forget(desk.deps) == 5

    assert counts == [2, 2, 1] and len({id(work) for work in works}) == 3
    assert told(resident)["items"] == []
