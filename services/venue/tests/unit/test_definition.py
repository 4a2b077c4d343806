# SPDX-License-Identifier: Apache-2.0
"""The shipped teahouse, and definitions that contradict themselves."""

from __future__ import annotations

import copy
from importlib import resources

import pytest
import yaml
from venue.domain.booking.pick_up_code import LETTERS, new_code, normalised
from venue.domain.venues.definition import DefinitionError, minutes, parse, wall_time


@pytest.fixture
def document() -> dict:
    return yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8"))


def test_the_teahouse_has_four_rooms_and_the_whole_house_over_them(document):
    definition = parse(document)

    rooms = {space.names.zh: (space.capacity, len(space.atoms)) for space in definition.spaces}
    assert rooms == {
        "议事茶亭": (12, 1), "服务驿站": (6, 1), "长者空间": (20, 1), "社区书屋": (16, 1), "整座茶馆": (54, 4),
    }  # fmt: skip
    assert definition.division == "510104030006"


def test_the_evening_costs_thirty_yuan_a_room_and_one_hundred_and_twenty_the_house(document):
    prices = {space.code: space.price_fen_per_hour for space in parse(document).spaces}

    assert prices.pop("whole_house") == {"public_benefit": 0, "commercial": 12000}
    assert all(price == {"public_benefit": 0, "commercial": 3000} for price in prices.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: one.pop("time_zone"),
        lambda one: one.update(time_zone="Asia/Nowhere"),
        lambda one: one["spaces"][0].update(atoms=["attic"]),
        lambda one: one["spaces"][0]["price_fen_per_hour"].update(public_benefit=500),
        lambda one: one["spaces"][0].update(atoms=[]),
        lambda one: one["spaces"][0]["price_fen_per_hour"].pop("commercial"),
        lambda one: one["regimes"][0]["hours"][0].update(until="25:00"),
        lambda one: one["names"].pop("en"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(document, spoil):
    spoilt = copy.deepcopy(document)
    spoil(spoilt)

    with pytest.raises(DefinitionError):
        parse(spoilt)


def test_wall_times_read_back_as_written():
    assert [wall_time(minutes(text)) for text in ("00:00", "09:30", "24:00")] == ["00:00", "09:30", "24:00"]


def test_a_code_is_six_letters_that_cannot_be_misread():
    codes = {new_code() for _ in range(500)}

    assert len(codes) > 490
    assert all(len(code) == 6 and set(code) <= set(LETTERS) for code in codes)
    assert not set(LETTERS) & set("IOQL01AEU")


def test_a_code_is_read_as_people_say_it():
    assert normalised(" bcd-fgh ") == normalised("BCD FGH") == "BCDFGH"
