# SPDX-License-Identifier: Apache-2.0
"""Reading venue's events tolerantly: what is needed must be there, what is not known is welcome."""

import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from disclosure.reactions import SUBSCRIPTIONS, read_reversal, read_settlement

EXAMPLES = Path(__file__).resolve().parents[4] / "contracts" / "events" / "venue" / "examples"


def data(thing):
    return json.loads((EXAMPLES / f"booking.{thing}.v1.example-1.json").read_text())["data"]


def test_venues_own_examples_can_be_read():
    settled, reversal = read_settlement(data("settled")), read_reversal(data("settlement_reversed"))

    assert (settled.room, settled.amount_fen, settled.occurred_on) == ("议事茶亭", 6000, date(2026, 11, 26))
    assert reversal.settlement_id == UUID(data("settlement_reversed")["settlement_id"])


@pytest.mark.parametrize("thing", ["refunded", "deposit_taken", "deposit_refunded", "deposit_kept"])
def test_venues_examples_of_deposits_and_refunds_can_be_read(thing):
    read = SUBSCRIPTIONS[f"linli.venue.booking.{thing}.v1"].parse(data(thing))

    assert (read.amount_fen, read.occurred_on) == (data(thing)["amount_fen"], date(2026, 11, 26))
    assert type(read).again(read.told) == read


def test_fields_nobody_knows_yet_are_ignored():
    assert read_settlement(data("settled") | {"tip_fen": 1}) == read_settlement(data("settled"))


@pytest.mark.parametrize("missing", ["settlement_id", "venue_id", "space_name", "amount_fen", "occurred_on"])
def test_what_the_ledger_needs_must_be_there(missing):
    told = data("settled")
    del told[missing]

    with pytest.raises(KeyError):
        read_settlement(told)


@pytest.mark.parametrize(
    "wrong",
    [{"amount_fen": -1}, {"amount_fen": 0}, {"amount_fen": 60.0}, {"amount_fen": True}, {"currency": "USD"},
     {"space_name": " "}, {"space_name": None}, {"occurred_on": "yesterday"}, {"settlement_id": "x"}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises((ValueError, TypeError)):
        read_settlement(data("settled") | wrong)


def test_each_type_has_its_reaction():
    assert set(SUBSCRIPTIONS) == {
        "linli.venue.booking.settled.v1", "linli.venue.booking.settlement_reversed.v1",
        "linli.venue.booking.refunded.v1", "linli.venue.booking.deposit_taken.v1",
        "linli.venue.booking.deposit_refunded.v1", "linli.venue.booking.deposit_kept.v1",
    }  # fmt: skip
