# SPDX-License-Identifier: Apache-2.0
"""Only what can be chosen is offered: no day beyond the horizon, no move that is refused, no choice lost."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest
from gateway.web import formats, weeks
from gateway.web.client import Services
from gateway.web.posters import week as poster

from .conftest import BOARD, ID
from .fake_answers import SPACES, days

AVAILABILITY = "/api/venue/v1/availability"
BOOKING = f"/api/venue/v1/bookings/{ID}21"
MOVE = f"/my/bookings/{ID}21/move"
SETTLED = {"settlement_id": f"{ID}21", "receipt_no": 7, "amount_fen": 6000, "method": "online"}
SETTLED |= {"settled_at": "2026-11-23T14:00:00+08:00", "reversed_at": None}


@pytest.fixture
def bookable_until(services):
    """Let the venue say up to which day one may book."""
    answer = services.answer

    def say(last: str) -> None:
        def answering(request):
            reply = answer(request)
            if request.url.path != AVAILABILITY:
                return reply
            return type(reply)(200, json={**reply.json(), "bookable_until": last})

        services.answer = answering

    return say


@pytest.fixture
def browse_later(app, services, bookable_until, browse):
    """Browse while the last day to book is Wednesday."""
    bookable_until("2026-11-25")
    transport = httpx.MockTransport(lambda request: services.answer(request))
    app.extensions["linli.services"] = Services(app.extensions["linli.settings"].service_urls(), transport)
    return browse


def test_a_week_that_can_be_booked_in_part_offers_that_part_and_no_next_week(browse_later):
    text = browse_later("/my/venue").text

    offered = set(re.findall(r"book\?date=([0-9-]+)&amp;start", text))
    assert offered == {"2026-11-23", "2026-11-24", "2026-11-25"}
    assert "还不能订" in text and "太早" in text and "下周" not in text


def test_the_counter_sees_the_same_horizon(browse_later):
    text = browse_later(f"/desk/book/week?person={ID}51", "community_worker").text

    assert "还不能订" in text and "下周" not in text


def test_a_day_beyond_the_horizon_offers_no_start(browse_later):
    text = browse_later(f"/my/venue/{SPACES[0]}/book?date=2026-11-27").text

    assert "这一天没有空了" in text and 'class="time"' not in text


def test_without_a_word_of_the_venue_every_week_can_be_leafed_through(browse):
    assert "下周" in browse("/my/venue").text


def test_days_that_are_over_are_called_over_and_not_full(browse, browse_later, bookable_until):
    bookable_until("2026-11-01")

    text = browse("/my/venue?from=2026-11-16").text

    strip = re.findall(r'class="dayp"[^>]*>.<b>\d+</b>([^<]+)</a>', text)
    assert set(strip) == {"已过"}


def test_the_day_says_why_nothing_is_free():
    day = {"date": "2026-11-27", "intervals": days("2026-11-27", 1)[0]["intervals"]}

    rows = weeks.stretches(day, until="2026-11-26")

    assert {row.state for row in rows} <= {"later", "busy"} and weeks.starts(rows) == []
    assert weeks.why_full([row for row in rows if row.state == "later"]) == "later"
    assert weeks.why_full([]) == "closed"


def test_a_date_of_another_year_says_its_year(app):
    with app.test_request_context("/"):
        app.preprocess_request()
        said = [formats.date_words(date(year, 1, 2)) for year in (2026, 2027)]
        week = formats.week_words(date(2026, 12, 28), date(2027, 1, 3))

    assert said == ["1月2日", "2027年1月2日"] and week == "12月28日—2027年1月3日"


def test_a_paid_booking_is_offered_times_of_its_price_alone(browse, services):
    services.settlement = SETTLED

    text = browse(f"{MOVE}?date=2026-11-26").text

    assert "已经付了 ¥60.00，只能改到同样价格的时间" in text
    assert set(re.findall(r"<small>([^<]+)</small></button>", text)) == {"¥60.00"}


def test_alternatives_of_another_price_are_not_offered_to_who_has_paid(browse, services):
    services.settlement = SETTLED
    times = {"starts_at": "2026-11-26T19:00:00+08:00", "ends_at": "2026-11-26T21:00:00+08:00"}
    free = [{"space_id": SPACES[1], "space_name": "社区书屋", "price_fen": fen, **times} for fen in (0, 6000)]
    services.refuse("POST", f"{BOOKING}/move", 409, "slot_taken", alternatives=free)

    text = browse(MOVE, method="POST", form={"space_id": SPACES[0], **times}).text

    assert text.count("改到 11月26日") == 1


def test_after_a_refusal_the_chosen_day_and_room_stay(browse, services):
    services.refuse("POST", f"{BOOKING}/move", 409, "slot_taken")
    form = {"space_id": SPACES[1], "starts_at": "2026-11-26T09:00:00+08:00", "ends_at": "2026-11-26T11:00:00+08:00"}

    text = browse(MOVE, method="POST", form=form).text

    assert '<h2 class="top">11月26日 周四</h2>' in text
    assert f'href="?space={SPACES[1]}&amp;date=2026-11-26" aria-current="page"' in text


def test_who_is_too_late_to_move_is_offered_nothing(browse, services):
    services.refusals["GET", BOOKING] = (200, {**services.booking(), "movable": False})

    text = browse(MOVE).text

    assert "现在改时间太晚了。" in text and "改到这里" not in text and 'class="dayp"' not in text


def test_the_poster_calls_a_past_day_past(browse, app):
    with app.test_request_context(BOARD):
        app.preprocess_request()
        rows = weeks.stretches({"date": "2026-11-21", "intervals": days("2026-11-21", 1)[0]["intervals"]})
        assert poster._free(date(2026, 11, 21), [row for row in rows if row.state == "busy"]) == "已过"
        assert poster._free(date(2026, 11, 24), [row for row in rows if row.state == "busy"]) == "满了"


def test_a_time_that_would_become_a_request_says_so_before_the_button(browse, services):
    path = f"/my/venue/{SPACES[0]}/book?date=2026-11-26&start=19:00&end=21:00"
    assert "订这间，当场付" in browse(path).text

    services.check = {**services.check, "needs_approval": True, "deposit_fen": 20000}
    text = browse(path).text

    assert "另收押金 ¥200.00" in text
    assert "这个时间要社区批准。" in text and "交申请</button>" in text and "先留住" not in text
