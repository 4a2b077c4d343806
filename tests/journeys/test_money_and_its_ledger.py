# SPDX-License-Identifier: Apache-2.0
"""Money moves in the venue, is posted in the ledger, and comes back to be compared: both services, one process.

The events go the way they go over Kafka: out of one outbox, through the other's parsing and reaction, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib import resources
from uuid import UUID
from zoneinfo import ZoneInfo

import disclosure.bootstrap
import disclosure.reactions
import disclosure.settings
import pytest
import venue.bootstrap
import venue.reactions
import venue.settings
import yaml
from chassis.auth import Actor
from chassis.clock import FrozenClock
from chassis.db import uuid7
from chassis.testing.tokens import WUFUQIAO
from disclosure.usecases.open_books import OperatorContract, open_books
from venue.deps import InProcess
from venue.domain.venues.definition import parse
from venue.schedule import HANDLERS
from venue.usecases.booking.book_space import BookSpace, book_space
from venue.usecases.booking.cancel_booking import cancel_booking
from venue.usecases.booking.move_booking import MoveBooking, move_booking
from venue.usecases.due import look_after
from venue.usecases.money import day_statements, deposits, payment_outcome, payments, sandbox, settlement
from venue.usecases.presence import attendance
from venue.usecases.venues.create_venue import create_venue

from chassis import events

from ..contracts.sources import CONTRACTS

CHENGDU = ZoneInfo("Asia/Shanghai")
THURSDAY = date(2026, 11, 26)
GUEST = frozenset({"venue.read", "venue.book"})
OPERATOR = frozenset({"venue.read", "venue.operate"})


def at(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=CHENGDU)


@dataclass
class Town:
    """A teahouse and a ledger, and the road between them."""

    venue: object
    ledger: object
    venue_rows: object
    ledger_rows: object
    clock: FrozenClock
    venue_id: UUID
    spaces: dict[str, UUID]
    carried: dict[str, int] = field(default_factory=lambda: {"venue": 0, "ledger": 0})

    @property
    def operator(self) -> Actor:
        return Actor(str(uuid7()), WUFUQIAO, OPERATOR, "venue_operator")

    def booked(self, guest: Actor, room: str, starts: str, ends: str) -> UUID:
        command = BookSpace(self.spaces[room], at(starts), at(ends))
        return UUID(book_space(self.venue, guest, command, InProcess()).content["booking_id"])

    def carry(self, *, lose: str = "") -> None:
        """Take every new event along, both ways; ``lose`` names a type that never arrives."""
        self._carry("venue", self.venue_rows, disclosure.reactions.SUBSCRIPTIONS, self.ledger, lose)
        self._carry("ledger", self.ledger_rows, venue.reactions.SUBSCRIPTIONS, self.venue, lose)

    def _carry(self, name: str, rows, subscriptions, deps, lose: str) -> None:
        found = rows("SELECT id, payload FROM outbox WHERE id > %s ORDER BY id", self.carried[name])
        for number, payload in found:
            self.carried[name] = number
            event = events.parse(bytes(payload))
            subscription = subscriptions.get(event.type)
            if subscription is None or (lose and lose in event.type):
                continue
            data = subscription.parse(event.data)
            with deps.database.unit_of_work(Actor.system(event.division, "carrier")) as work:
                subscription.react(deps, work, events.Received(**{**vars(event), "data": data}))
                work.commit()

    def night(self) -> None:
        """The alarm after the day's money rings."""
        self.clock.set(at("2026-11-27T03:00"))
        look_after(self.venue, HANDLERS)

    def differences(self) -> list[tuple]:
        return self.venue_rows(
            "SELECT source_kind, kind, venue_fen, ledger_fen FROM reconciliation_differences"
            " WHERE resolved_at IS NULL ORDER BY 1, 2"
        )


def _rows(database):
    def look(query: str, *parameters: object) -> list[tuple]:
        with database.superuser() as connection:
            return connection.execute(query, parameters).fetchall()

    return look


@pytest.fixture
def town(fresh_database, tokens) -> Iterator[Town]:
    """五福茶馆 with deposits and online payment, and the books of its community."""
    clock = FrozenClock(at("2026-11-23T10:00").astimezone(UTC))
    houses, ledgers = (fresh_database(one.SERVICE, one.VERSIONS) for one in (venue.bootstrap, disclosure.bootstrap))
    told = {"environment": "test", "issuer": tokens.issuer, "jwks_url": "", "contracts_dir": CONTRACTS}

    def urls(database) -> dict[str, str]:
        return {f"{role}_database_url": database.url(role) for role in ("app", "public", "sweep")}

    money = {"payment_provider": "sandbox", "payment_secret": "of-the-test-run-payments"}
    house = venue.bootstrap.build(venue.settings.Settings(**told, **money, **urls(houses)), clock=clock)
    ledger = disclosure.bootstrap.build(disclosure.settings.Settings(**told, **urls(ledgers)), clock)
    definition = parse(yaml.safe_load((resources.files("venue.data") / "wufu_teahouse.yaml").read_text("utf-8")))
    venue_id = create_venue(house, Actor.system(WUFUQIAO, "test"), definition)
    with houses.superuser() as connection:
        connection.execute("UPDATE prices SET deposit_fen = 5000 WHERE regime_code = 'commercial'")
        connection.execute("UPDATE venues SET pays_online = true")
        spaces = dict(connection.execute("SELECT code, id FROM spaces").fetchall())
    open_books(
        ledger, WUFUQIAO, OperatorContract(venue_id, "示例运营方", 600, date(2026, 1, 1)), opened_month="2026-11"
    )
    yield Town(house, ledger, _rows(houses), _rows(ledgers), clock, venue_id, spaces)
    house.database.close()
    ledger.database.close()


def an_evening(town: Town) -> None:
    """Cash and its reversal, three deposits with three ends, an online payment that is refunded."""
    guest, who = Actor(str(uuid7()), WUFUQIAO, GUEST), town.operator
    rooms = ("council_pavilion", "service_post", "elders_space")
    town.clock.set(at("2026-11-26T17:50"))
    made = [town.booked(guest, room, "2026-11-26T18:00", "2026-11-26T19:00") for room in rooms]
    for one in made:
        deposits.take_deposit(town.venue, who, one, 5000, InProcess())
        attendance.check_in(town.venue, who, one, InProcess())
        settlement.settle_booking(town.venue, who, one, "cash", 3000, InProcess())
    settlement.reverse_settlement(town.venue, who, made[0], "wrong_amount", InProcess())
    deposits.refund_deposit(town.venue, who, made[0], InProcess())
    deposits.keep_deposit(town.venue, who, made[1], "damage", InProcess())
    online = town.booked(guest, "book_room", "2026-11-27T18:00", "2026-11-27T19:00")
    payment = payments.start_payment(town.venue, guest, online, 3000, "CNY", InProcess()).content
    look_after(town.venue, HANDLERS)
    decided = sandbox.decide_sandbox_payment(
        town.venue, guest, UUID(payment["payment_id"]), "paid", InProcess()
    ).content
    payment_outcome.receive_callback(town.venue, "sandbox", **decided["callback"])
    cancel_booking(town.venue, guest, online, InProcess())
    look_after(town.venue, HANDLERS)


def test_every_yuan_of_an_evening_is_in_the_ledger_and_the_night_finds_no_difference(town):
    an_evening(town)
    town.carry()
    town.carry()
    town.night()

    assert town.differences() == []
    kinds = town.venue_rows("SELECT source_kind, count(*) FROM posted_entries GROUP BY 1 ORDER BY 1")
    assert dict(kinds) == {
        "deposit": 3, "deposit_kept": 1, "deposit_refund": 1, "refund": 1, "reversal": 1, "settlement": 4,
    }  # fmt: skip


def test_a_deposit_that_follows_its_moved_booking_leaves_the_ledger_balanced(town):
    guest, who = Actor(str(uuid7()), WUFUQIAO, GUEST), town.operator
    with_more = town.booked(guest, "council_pavilion", "2026-11-26T18:00", "2026-11-26T19:00")
    town.venue_rows("UPDATE prices SET deposit_fen = 20000 WHERE space_id = %s RETURNING 1", town.spaces["whole_house"])
    deposits.take_deposit(town.venue, who, with_more, 5000, InProcess())
    evening = at("2026-11-26T19:00"), at("2026-11-26T20:00")
    move_booking(town.venue, guest, with_more, MoveBooking(*evening, town.spaces["whole_house"]), InProcess())
    deposits.take_deposit(town.venue, who, with_more, 20000, InProcess())
    town.carry()
    town.carry()
    town.night()

    assert town.differences() == []
    balance = town.ledger_rows(
        "SELECT account, sum(amount_fen)::bigint FROM postings GROUP BY account HAVING sum(amount_fen) <> 0 ORDER BY 1"
    )
    assert balance == [("deposits_held", -20000), ("operator_clearing", 20000)]


def test_the_days_ends_equal_the_ledger_although_money_moves_after_closing(town):
    an_evening(town)
    expected = day_statements.get_day(town.venue, town.operator, town.venue_id, THURSDAY, "zh")["totals"]
    counted = expected["expected_cash_fen"]
    day_statements.close_day(
        town.venue, town.operator, town.venue_id, THURSDAY, counted, None, InProcess(), confirm=True
    )
    (last,) = town.venue_rows(
        "SELECT booking_id FROM deposits d WHERE NOT EXISTS (SELECT FROM deposit_endings e WHERE e.deposit_id = d.id)"
    )
    deposits.refund_deposit(town.venue, town.operator, last[0], InProcess())
    town.carry()
    town.carry()
    town.night()

    assert town.differences() == []
    days = [
        day_statements.get_day(town.venue, town.operator, town.venue_id, day, "zh")["totals"]["total_fen"]
        for day in (THURSDAY, date(2026, 11, 27))
    ]
    (posted,) = town.ledger_rows(
        """SELECT coalesce(sum(amount_fen), 0)::bigint FROM postings p JOIN journal_entries e ON e.id = p.entry_id
        WHERE p.account = 'operator_clearing' AND e.occurred_on = %s""",
        THURSDAY,
    )

    assert (days, posted[0]) == ([16000, -5000], 11000), "in the ledger it keeps its own date"


@pytest.mark.parametrize(
    ("lost", "kind", "amount"),
    [
        ("deposit_taken", "deposit", 5000),
        ("booking.refunded", "refund", 3000),
        ("settlement_reversed", "reversal", 3000),
    ],
)
def test_an_event_that_is_lost_is_found_the_next_night(town, lost, kind, amount):
    an_evening(town)
    town.carry(lose=lost)
    town.night()

    found = town.differences()
    assert (kind, "not_in_ledger", amount, None) in found
    page = day_statements.get_day(town.venue, town.operator, town.venue_id, date(2026, 11, 27), "zh")
    assert len(page["differences"]) == len(found)


def test_what_arrives_late_is_no_difference_any_more(town):
    an_evening(town)
    town.night()
    assert len(town.differences()) == 11

    town.carry()
    town.clock.set(at("2026-11-28T03:00"))
    look_after(town.venue, HANDLERS)

    assert town.differences() == []


def test_an_amount_the_ledger_tells_otherwise_is_found(town):
    an_evening(town)
    town.carry()
    town.venue_rows("UPDATE posted_entries SET amount_fen = amount_fen + 1 WHERE source_kind = 'refund' RETURNING 1")
    town.night()

    assert town.differences() == [("refund", "amount_differs", 3000, 3001)]


def test_an_entry_nobody_here_caused_is_found(town):
    an_evening(town)
    town.carry()
    town.venue_rows(
        """INSERT INTO posted_entries SELECT division_code, gen_random_uuid(), 'settlement', gen_random_uuid(), 4200,
            posted_on FROM posted_entries LIMIT 1 RETURNING 1"""
    )
    town.night()

    assert town.differences() == [("settlement", "not_in_venue", None, 4200)]
