# SPDX-License-Identifier: Apache-2.0
"""Free and busy times against an oracle that remembers every booking, and how many statements they cost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from chassis.errors import AppError, Conflict, NotFound
from venue.deps import InProcess
from venue.usecases.booking import see_times
from venue.usecases.venues.closures import CloseSpace, close_space, end_closure
from venue.usecases.venues.spaces import update_space

from ..conftest import CHENGDU, NEIGHBOUR, WUFUQIAO, at, book, build_house, counter, operator, resident, secretary

MONDAY = date(2026, 11, 23)
OPEN = range(18, 44)  # half hours from 09:00 to 22:00


def wall(day: date, cell: int) -> str:
    return (datetime.combine(day, datetime.min.time()) + timedelta(minutes=30 * cell)).isoformat()


def cells(days: list[dict], day: date, state: str, **more) -> set[int]:
    """The half hours of a day in one state."""
    found = set()
    for interval in next(one for one in days if one["date"] == day.isoformat())["intervals"]:
        start, end = (datetime.fromisoformat(interval[edge]).astimezone(CHENGDU) for edge in ("starts_at", "ends_at"))
        if interval["state"] == state and all(interval[name] == value for name, value in more.items()):
            found |= set(range(start.hour * 2 + start.minute // 30, end.hour * 2 + end.minute // 30))
    return found


@pytest.fixture
def count_statements(deps):
    """Count the statements of a block, the transaction's own first one included."""
    counted: list[str] = []
    for engine in (deps.database._app, deps.database._public):
        sa.event.listen(engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))
    return counted


@pytest.mark.parametrize("seed", range(3))
def test_what_is_shown_is_what_was_booked_in_every_room_and_the_house(deps, house, seed):
    """Random wishes for rooms and house; the oracle keeps a set of (atom, half hour) per day."""
    chance, me, other = random.Random(seed), resident(), resident()
    atoms = {code: set(house.atoms) if code == "whole_house" else {code} for code in house.spaces}
    taken: dict[tuple[str, date, int], bool] = {}
    for _ in range(60):
        code, day = chance.choice(sorted(house.spaces)), MONDAY + timedelta(days=chance.randrange(1, 4))
        regime = chance.choice([range(18, 36), range(36, 44)])
        start = chance.choice(regime)
        end = min(start + chance.randrange(1, 7), regime[-1] + 1)
        who = chance.choice([me, other])
        wanted = {(atom, day, cell) for atom in atoms[code] for cell in range(start, end)}
        try:
            book(deps, who, house.spaces[code], wall(day, start), wall(day, end))
            assert not wanted & taken.keys(), "booked what was taken"
            taken |= dict.fromkeys(wanted, who is me)
        except Conflict:
            assert wanted & taken.keys(), "refused what was free"

    shown = see_times.availability(deps, me, house.venue_id, MONDAY, 7, "zh")

    for space in shown["spaces"]:
        public = see_times.public_week(deps, WUFUQIAO, house.spaces[space["code"]], MONDAY, "zh")
        for day in (MONDAY + timedelta(days=offset) for offset in range(1, 5)):
            busy = {cell for atom, on, cell in taken if on == day and atom in atoms[space["code"]]}
            own = {
                cell for (atom, on, cell), mine in taken.items() if mine and on == day and atom in atoms[space["code"]]
            }
            assert cells(space["days"], day, "busy") == busy
            assert cells(space["days"], day, "busy", mine=True) == own
            assert cells(space["days"], day, "free") == set(OPEN) - busy
            assert cells(public["days"], day, "busy") == busy


@pytest.mark.parametrize("seed", range(2))
def test_holds_closures_and_buffers_are_shown_as_the_oracle_has_them(deps, house, frozen_clock, seed):
    """Bookings, holds that run out, closures and lifted ones, in one room that needs setup and cleanup."""
    chance, day, room = random.Random(seed), MONDAY + timedelta(days=2), house.spaces["book_room"]
    update_space(deps, secretary(), room, {"setup_minutes": 30, "cleanup_minutes": 60}, InProcess())
    kept: list[tuple[str, int, int]] = []  # what holds the room: whose buffers count, and from which half hour to which

    def act(kind: str, first: int, last: int) -> None:
        if kind == "closure":
            times = (at(wall(day, first)), at(wall(day, last)))
            made = close_space(deps, counter(), CloseSpace(house.venue_id, room, *times, "修", "Repairs"), InProcess())
            if chance.random() < 0.5:
                end_closure(deps, counter(), UUID(made.content["closure_id"]), InProcess())
                return
        else:
            book(deps, resident(), room, wall(day, first), wall(day, last), hold=kind == "hold")
        kept.append((kind, first, last))

    for _ in range(25):
        kind, first = chance.choice(["booking", "hold", "closure"]), chance.randrange(18, 42)
        last = min(first + chance.randrange(1, 5), 36 if first < 36 else 44)
        around = (0, 0) if kind == "closure" else (1, 2)
        clear = all(last + around[1] <= begins or ends <= first - around[0] for begins, ends in _occupied(kept))
        try:
            act(kind, first, last)
            assert clear, "took what was held"
        except Conflict:
            assert not clear, "refused what was not held"

    for is_over in (False, True):
        if is_over:
            frozen_clock.advance(minutes=6)  # the holds have run out; no alarm has rung
        live = [one for one in kept if not (is_over and one[0] == "hold")]
        busy = {cell for first, last in _occupied(live) for cell in range(first - 2, last + 1)} & set(OPEN)
        for intervals in (
            see_times.availability(deps, resident(), house.venue_id, day, 1, "zh")["spaces"],
            [see_times.public_week(deps, WUFUQIAO, room, day, "zh")],
        ):
            days = next(one for one in intervals if one["space_id"] == str(room))["days"]
            assert cells(days, day, "busy") == busy
            assert cells(days, day, "free") == set(OPEN) - busy


def _occupied(kept: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """What is held with its own setup (a half hour) and cleanup (two); a closure needs neither."""
    return [(first, last) if kind == "closure" else (first - 1, last + 2) for kind, first, last in kept]


def test_free_times_say_up_to_which_day_they_can_be_booked(deps, house):
    shown = see_times.availability(deps, resident(), house.venue_id, MONDAY, 1, "zh")

    last = date.fromisoformat(shown["bookable_until"])
    after = last + timedelta(days=1)
    book(deps, resident(), house.spaces["book_room"], wall(last, 20), wall(last, 22))
    with pytest.raises(AppError) as refused:
        book(deps, resident(), house.spaces["book_room"], wall(after, 20), wall(after, 22))
    assert refused.value.code == "too_far_ahead"


def test_availability_costs_the_same_statements_whatever_the_rooms_and_days(
    deps, database, house, teahouse, count_statements
):
    one_room = replace(teahouse, code="one_room", atoms=["book_room"], spaces=[
        replace(space, parent=None) for space in teahouse.spaces if space.code == "book_room"
    ])  # fmt: skip
    small = build_house(deps, database, one_room)

    def cost(venue_id, days: int) -> int:
        count_statements.clear()
        see_times.availability(deps, resident(), venue_id, MONDAY, days, "zh")
        return len(count_statements)

    few = cost(small.venue_id, 1)
    for cell in range(18, 36, 2):
        book(
            deps,
            resident(),
            house.spaces["book_room"],
            wall(date(2026, 11, 25), cell),
            wall(date(2026, 11, 25), cell + 2),
        )

    assert cost(house.venue_id, 31) == few == 4


def test_the_publics_week_costs_the_same_statements_too(deps, house, count_statements):
    see_times.public_week(deps, WUFUQIAO, house.spaces["whole_house"], MONDAY, "zh")

    assert len(count_statements) == 3


def test_the_publics_week_tells_when_and_never_who_or_why(deps, house, look):
    who = resident()
    book(deps, who, house.spaces["book_room"], "2026-11-26T19:00", "2026-11-26T20:00", purpose="家庭聚会")

    week = see_times.public_week(deps, WUFUQIAO, house.spaces["book_room"], MONDAY, "zh")

    text = str(week)
    assert who.subject not in text and "家庭聚会" not in text and "mine" not in text and "booking" not in text
    assert cells(week["days"], date(2026, 11, 26), "busy") == {38, 39}
    columns = look(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'published_busy_times' ORDER BY 1"
    )
    assert [name for (name,) in columns] == [
        "atom_id", "division_code", "ends_at", "held_until", "kind", "label_en", "label_zh", "starts_at",
    ]  # fmt: skip


def test_a_venue_of_another_community_is_not_found(deps, house):
    with pytest.raises(NotFound):
        see_times.availability(deps, operator(NEIGHBOUR), house.venue_id, None, 7, "zh")
    with pytest.raises(NotFound):
        see_times.public_week(deps, NEIGHBOUR, house.spaces["book_room"], None, "zh")


def test_the_public_reads_venues_in_its_own_language(deps, house):
    chinese, english = (see_times.public_venues(deps, WUFUQIAO, language)["items"][0] for language in ("zh", "en"))

    assert (chinese["name"], english["name"]) == ("五福茶馆", "Wufu Teahouse")
    assert [space["name"] for space in chinese["spaces"]] == [
        "议事茶亭",
        "服务驿站",
        "长者空间",
        "社区书屋",
        "整座茶馆",
    ]
    assert see_times.public_venues(deps, NEIGHBOUR, "zh") == {"items": []}
