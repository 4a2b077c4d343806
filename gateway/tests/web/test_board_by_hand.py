# SPDX-License-Identifier: Apache-2.0
"""The board in a real browser: a booking moves by drag and by keyboard, and goes back when it may not."""

from __future__ import annotations

import threading

import pytest
from werkzeug.serving import make_server

from .conftest import WORKER, build, communities, headers_for
from .fake_answers import BOOKING, SPACES
from .fake_services import FakeServices, sent_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BAR = f'[data-id="{BOOKING}"]'
MOVE = f"/api/venue/v1/bookings/{BOOKING}/move"


@pytest.fixture(scope="module")
def served():
    """The pages on a free port, and the invented services behind them."""
    services = FakeServices(communities())
    server = make_server("127.0.0.1", 0, build(services.transport()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", services
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def window(chromium):
    """A worker's window, kept: opening one costs more than a test does."""
    context = chromium.new_context(viewport={"width": 1300, "height": 900}, extra_http_headers=headers_for(WORKER))
    first = context.new_page()
    yield context
    first.close()
    context.close()


@pytest.fixture
def desk(window, served):
    """A tab with the board of the day, the booking at home, and what has been sent."""
    address, services = served
    services.slot = SPACES[0], "2026-11-23T19:00:00+08:00", "2026-11-23T21:00:00+08:00"
    services.refusals.clear()
    services.sent.clear()
    tab = window.new_page()
    tab.on("dialog", agree)
    tab.goto(f"{address}/desk/board")
    yield tab, services
    tab.close()


def agree(dialog) -> None:
    dialog.accept()


def moves(services) -> list[dict]:
    return [sent_json(one) for one in services.sent if one.url.path == MOVE]


def drag(tab, right: float, down: float) -> None:
    """Drag the bar by half hours to the right and rows down."""
    box = tab.locator(BAR).bounding_box()
    cell, row = box["width"] / 4, tab.locator("tr[data-space]").nth(1).bounding_box()["height"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 10, y + 5)
    tab.mouse.move(x + right * cell, y + down * row, steps=5)


def test_a_drag_snaps_to_half_hours_and_saves_when_let_go(desk):
    tab, services = desk

    drag(tab, right=-3.3, down=2)
    assert tab.locator(".ghost").inner_text().startswith("17:30—19:30")
    with tab.expect_navigation():
        tab.mouse.up()

    wish = {"starts_at": "2026-11-23T17:30:00+08:00", "ends_at": "2026-11-23T19:30:00+08:00"}
    assert moves(services) == [{"space_id": SPACES[2], **wish}]
    assert "搬好了" in tab.locator("[role=status]").inner_text()
    assert tab.locator("tr[data-space]").nth(2).locator(BAR).count() == 1


def test_a_drag_that_was_a_slip_is_taken_back_when_asked(desk):
    tab, services = desk
    tab.remove_listener("dialog", agree)
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))

    drag(tab, right=-3.3, down=2)
    tab.mouse.up()

    assert "17:30—19:30" in asked[0] and "搬到" in asked[0]
    assert tab.locator(".ghost").count() == 0 and moves(services) == []


def test_a_drag_back_to_where_it_was_saves_nothing(desk):
    tab, services = desk

    drag(tab, right=-3, down=1)
    box = tab.locator(BAR).bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.up()

    assert tab.locator(".ghost").count() == 0
    assert moves(services) == [] and "move=" not in tab.url


def test_a_click_without_a_drag_leads_to_the_form(desk):
    tab, services = desk

    with tab.expect_navigation():
        tab.locator(BAR).click()

    assert tab.locator("form#move").is_visible() and moves(services) == []


def test_arrow_keys_move_and_enter_saves_and_every_step_is_said(desk):
    tab, services = desk
    tab.locator(BAR).focus()

    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown"):
        tab.keyboard.press(key)
    said = tab.locator("#live").inner_text()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")

    assert "服务驿站 19:30—21:30" in said
    wish = {"starts_at": "2026-11-23T19:30:00+08:00", "ends_at": "2026-11-23T21:30:00+08:00"}
    assert moves(services) == [{"space_id": SPACES[1], **wish}]


def test_escape_puts_it_back_and_says_so(desk):
    tab, services = desk
    tab.locator(BAR).focus()

    tab.keyboard.press("ArrowLeft")
    assert tab.locator(".ghost").count() == 1
    tab.keyboard.press("Escape")

    assert tab.locator(".ghost").count() == 0 and tab.locator("#live").inner_text() == "放回原处。"
    assert moves(services) == []


def test_the_keys_do_not_lead_out_of_the_board(desk):
    tab, _services = desk
    tab.locator(BAR).focus()

    for _ in range(40):
        tab.keyboard.press("ArrowRight")
    for _ in range(9):
        tab.keyboard.press("ArrowUp")

    assert "议事茶亭 20:00—22:00" in tab.locator("#live").inner_text()


@pytest.mark.parametrize("way", ["drag", "keyboard"])
def test_a_conflict_shows_the_reason_in_focus_and_the_booking_where_it_was(desk, way):
    tab, services = desk
    services.refuse("POST", MOVE, 409, "slot_taken", detail="17:00 已有人订")

    if way == "drag":
        drag(tab, right=-4, down=0)
        with tab.expect_navigation():
            tab.mouse.up()
    else:
        tab.locator(BAR).focus()
        tab.keyboard.press("ArrowLeft")
        with tab.expect_navigation():
            tab.keyboard.press("Enter")

    assert "17:00 已有人订" in tab.locator("#refusal").inner_text()
    assert tab.evaluate("document.activeElement.id") == "refusal"
    assert tab.locator("tr[data-space]").nth(0).locator(BAR).get_attribute("data-first") == "1140"


def test_without_scripts_the_same_move_is_made_with_the_form(chromium, served):
    address, services = served
    services.refusals.clear()
    services.sent.clear()
    context = chromium.new_context(java_script_enabled=False, extra_http_headers=headers_for(WORKER))
    tab = context.new_page()
    tab.goto(f"{address}/desk/board?move={BOOKING}")
    tab.select_option("#m-space", SPACES[3])
    tab.select_option("#m-start", "20:00")
    tab.click("form#move button.main")

    assert moves(services)[0]["space_id"] == SPACES[3]
    assert "搬好了" in tab.locator("[role=status]").inner_text()
    context.close()
