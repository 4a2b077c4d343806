# SPDX-License-Identifier: Apache-2.0
"""From a settlement to a published line, as use cases."""

from datetime import date

from chassis.pagination import Page
from disclosure.store import board


def test_sixty_yuan_become_thirty_six_for_the_fund_and_twenty_four_for_the_operator(community):
    community.settle(4000, on=date(2026, 10, 20))
    october = community.publish("2026-10")
    community.settle(6000)

    november = community.publish("2026-11", confirm=True)

    assert october["closing_fen"] == november["opening_fen"] == 2400
    assert november["income_fen"] == 3600
    assert november["title_to_date"] == "2026-11-23"
    with community.deps.database.published() as connection:
        lines = board.lines(connection, community.division, "2026-11", 1, Page(None, 50))
    assert [(line.room, line.gross_fen, line.fund_fen, line.operator_fen) for line in lines] == [
        ("议事茶亭", 6000, 3600, 2400)
    ]
