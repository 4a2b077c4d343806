# SPDX-License-Identifier: Apache-2.0
"""The first data come about through the services' own use cases, on real databases."""

import json
import stat

import pytest

from tools.first_data.progress import write_private


def test_a_synthetic_month_fills_every_service_and_repeating_it_changes_nothing(month):
    before = month.events(), month.accounts, month.told

    assert month.rows("identity", "SELECT count(*) FROM divisions") == [(88,)]
    settled = "SELECT count(*) FROM outbox WHERE type LIKE 'linli.venue.booking.settle%'"
    assert month.rows("venue", settled)[0][0] > 20
    worked_off = "SELECT count(*) FROM owed_sessions WHERE kind = 'delivered'"
    assert month.rows("venue", worked_off) == [(3,)]
    raisers = "SELECT count(DISTINCT person_id) FROM needs WHERE division_code = '510104030006'"
    assert month.rows("engagement", raisers)[0][0] >= 5
    names = {one["username"] for one in month.accounts}
    assert names >= {"resident1", "worker", "operator", "finance", "secretary"}
    month.fill()
    assert (month.events(), month.accounts, month.told) == before


def test_every_person_is_obviously_synthetic(month):
    stored = json.loads(month.progress_file.read_text(encoding="utf-8"))
    names = [key.split(" person ")[1] for key in stored if " person " in key]

    assert len(names) > 40 and all(name.startswith("示例") for name in names)


def test_the_file_with_the_passwords_is_private(tmp_path):
    write_private(tmp_path / "accounts.json", [{"password": "x"}])

    assert stat.S_IMODE((tmp_path / "accounts.json").stat().st_mode) == 0o600


@pytest.mark.slow
@pytest.mark.parametrize("wall", ["2026-11-23T08:10", "2027-03-01T00:20", "2026-12-05T21:40"])
def test_a_month_can_end_on_any_day(month_at, wall):
    with month_at(wall) as month:
        assert month.told > 40  # entries for the ledger: short months have fewer evenings
