# SPDX-License-Identifier: Apache-2.0
"""A community without a teahouse: every page of rooms says so, and whom to ask, instead of 'not found'."""

from __future__ import annotations

import re

import pytest
from gateway.web.layout import DESK_MENU, ROOM_HEADS

from .conftest import ID, PAGES

WITHOUT = "510104030009"
OF_ROOMS = [
    "/my/venue",
    f"/my/venue/{ID}10/book?date=2026-11-26",
    "/my/series/new",
    "/my/waiting/new",
    f"/my/bookings/{ID}21/move",
    "/desk/board",
    "/desk/closures",
    "/desk/use",
    "/desk/share",
    "/desk/quotas",
    "/desk/rooms",
    "/desk/spaces",
    "/desk/opening",
    "/desk/days",
    "/desk/prices",
    "/desk/day-end",
    "/desk/days.xlsx",
    "/desk/rotas/new?kind=sitting",
    "/desk/rotas/new?kind=desk",
    f"/desk/book/week?person={ID}51",
    f"/desk/series/new?person={ID}51",
    f"/desk/waiting/new?person={ID}51",
]
REST = [(path, office) for path, office in PAGES if path.startswith(("/my", "/desk"))]


def office_for(path: str) -> str | None:
    return "community_secretary" if path.startswith("/desk") else None


@pytest.mark.parametrize("path", OF_ROOMS)
def test_a_page_of_rooms_says_that_there_are_none_and_whom_to_call(browse, path):
    answer = browse(path, office_for(path), division=WITHOUT)

    assert answer.status_code == 200
    assert "<h1>还没有屋子</h1>" in answer.text and 'href="tel:028-0000-0000"' in answer.text
    assert "抄错了" not in answer.text


@pytest.mark.parametrize("path", ["/desk/closures", "/desk/spaces", "/desk/quotas"])
def test_what_is_sent_for_rooms_that_are_not_there_does_nothing(browse, services, path):
    answer = browse(path, "community_secretary", division=WITHOUT, method="POST", form={})

    assert answer.status_code == 404 and "还没有屋子" in answer.text
    assert [one for one in services.sent if one.method == "POST"] == []


@pytest.mark.parametrize("path, office", REST, ids=[f"{path} as {office or 'resident'}" for path, office in REST])
def test_no_page_is_missing_in_a_community_without_a_teahouse(browse, path, office):
    assert browse(path, office, division=WITHOUT).status_code == 200


@pytest.mark.parametrize("office", ["community_secretary", "community_worker", "venue_operator"])
def test_the_menu_leads_to_no_page_of_rooms(browse, app, office):
    groups = [entries for head, entries in DESK_MENU if any(head is one for one in ROOM_HEADS)]
    of_rooms = {entry.endpoint for entries in groups for entry in entries if office in entry.offices}
    pages = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in of_rooms and "GET" in rule.methods}

    with_rooms, without = (_menu(browse("/desk", office, **where).text) for where in ({}, {"division": WITHOUT}))

    assert len(groups) == len(ROOM_HEADS) and len(pages) == len(of_rooms) > 0
    assert pages <= with_rooms
    assert without and not pages & without


def _menu(text):
    """Return where the menu of a page leads to."""
    return set(re.findall(r'href="(/desk[^"]*)"', text.split("<main", 1)[0]))
