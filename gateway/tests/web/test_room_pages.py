# SPDX-License-Identifier: Apache-2.0
"""The teahouse's settings as staff change them: shown ahead, kept as typed when refused, sent with the version seen."""

from __future__ import annotations

import io
import json

import pytest

from .fake_rooms import CLOSURE, PHOTO

ID = "0197f000-0000-7000-8000-0000000000"
VENUE = f"/api/venue/v1/venues/{ID}01"
SECRETARY, WORKER, OPERATOR = "community_secretary", "community_worker", "venue_operator"
CLOSED = {
    "space_id": f"{ID}13", "starts_on": "2026-12-01", "starts_time": "09:00", "ends_on": "2026-12-01",
    "ends_time": "12:00", "reason_zh": "检修空调", "reason_en": "",
}  # fmt: skip
WEEK = {"valid_from": "2026-11-30", "regime_1": "public_benefit", "days_1": "1", "from_1": "09:00", "until_1": "18:00"}


def sent(services, method: str = "POST") -> list:
    return [request for request in services.sent if request.method == method and "/preview" not in request.url.path]


def body(request) -> dict:
    return json.loads(request.content)


def test_closing_all_rooms_is_not_called_as_a_room_is(browse):
    page = browse("/desk/closures", WORKER).text

    assert '<option value="">所有的屋子</option>' in page
    assert page.count(">整座茶馆</option>") == 1


def test_a_closure_is_sent_as_instants_and_without_a_room_closes_the_house(browse, services):
    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED | {"space_id": ""})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/closures?done=saved")
    (request,) = sent(services)
    assert body(request) == {
        "venue_id": f"{ID}01", "starts_at": "2026-12-01T09:00:00+08:00", "ends_at": "2026-12-01T12:00:00+08:00",
        "reason_zh": "检修空调", "reason_en": "检修空调",
    }  # fmt: skip


def test_who_has_booked_is_named_by_code_before_anything_is_cancelled(browse, services):
    told = {"count": 2, "codes": ["BCDFGH", "JKMNPR"], "guests_are_in": False}
    services.refuse("POST", "/api/venue/v1/closures", 409, "bookings_in_the_way", detail="有 2 个预订", **told)

    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED)

    assert answer.status_code == 409
    assert "BCDFGH" in answer.text and "JKMNPR" in answer.text
    assert 'name="cancel_bookings"' in answer.text and 'value="检修空调"' in answer.text
    services.refusals.clear()
    browse("/desk/closures", WORKER, method="POST", form=CLOSED | {"cancel_bookings": "yes"})
    assert body(sent(services)[-1])["cancel_bookings"] is True


def test_sessions_in_the_way_are_named_with_their_numbers_before_they_lose_their_room(browse, services):
    desk = {"session_id": f"{ID}41", "kind": "desk", "title": "养老认证", "date": "2026-12-01", "numbers_out": 2}
    desk |= {"starts_at": "2026-12-01T09:00:00+08:00", "ends_at": "2026-12-01T11:30:00+08:00"}
    services.refuse("POST", "/api/venue/v1/closures", 409, "sessions_in_the_way", detail="有 1 场", sessions=[desk])

    text = browse("/desk/closures", WORKER, method="POST", form=CLOSED).text

    assert f'href="/desk/sessions/{ID}41"' in text and "养老认证" in text and "已取 2 个号" in text
    assert 'name="cancel_bookings"' in text and "照样停用" in text


def test_guests_who_are_in_are_not_offered_for_cancelling(browse, services):
    told = {"count": 1, "codes": ["BCDFGH"], "guests_are_in": True}
    services.refuse("POST", "/api/venue/v1/closures", 409, "bookings_in_the_way", detail="有人在", **told)

    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED)

    assert 'name="cancel_bookings"' not in answer.text and "有人已经签到" in answer.text


@pytest.mark.parametrize("spoilt", [{"starts_on": ""}, {"ends_on": "明天"}, {"starts_time": "9"}, {"ends_time": "x:y"}])
def test_a_closure_without_a_clear_time_is_asked_again(browse, services, spoilt):
    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED | spoilt)

    assert answer.status_code == 422 and sent(services) == []


def test_a_closure_is_ended_with_the_version_that_was_seen(browse, services):
    browse(f"/desk/closures/{CLOSURE}/end", WORKER, method="POST", form={"version": "1"})

    (request,) = sent(services)
    assert request.url.path == f"/api/venue/v1/closures/{CLOSURE}/end"
    assert request.headers["If-Match"] == '"1"'


def test_the_profile_is_sent_in_both_languages(browse, services):
    form = {"version": "7", "name_zh": "五福茶馆", "name_en": "Wufu", "story_zh": "故事", "story_en": "Story"}

    browse("/desk/rooms", SECRETARY, method="POST", form=form)

    (request,) = sent(services, "PATCH")
    assert request.url.path == VENUE and request.headers["If-Match"] == '"7"'
    assert body(request)["story"] == {"zh": "故事", "en": "Story"}


def upload(app, content: bytes) -> object:
    from .conftest import CSRF, headers_for

    data = {
        "csrf": CSRF,
        "key": "k" * 12,
        "photo": (io.BytesIO(content), "door.png"),
        "alt_zh": "门口",
        "alt_en": "Door",
    }
    return app.test_client().post(
        "/desk/rooms/photos", data=data, headers=headers_for(SECRETARY), content_type="multipart/form-data"
    )


def test_a_photo_is_known_by_its_bytes_and_sent_with_what_it_shows(app, services):
    answer = upload(app, b"\x89PNG\r\n\x1a\n" + b"\0" * 100_000)

    assert answer.status_code == 303, answer.text
    (request,) = sent(services)
    assert body(request)["media_type"] == "image/png" and body(request)["alt_zh"] == "门口"


@pytest.mark.parametrize("content", [b"", b"<svg></svg>", b"\x89PNG" + b"\0" * 195 * 1024])
def test_what_is_no_photo_or_too_large_is_not_sent(app, services, content):
    assert upload(app, content).status_code == 422
    assert sent(services) == []


def test_a_photo_is_taken_down(browse, services):
    browse(f"/desk/rooms/photos/{PHOTO}/removal", SECRETARY, method="POST", form={})

    assert sent(services)[0].url.path == f"{VENUE}/photos/{PHOTO}/removal"


def test_a_part_of_a_room_gets_a_unit_of_its_own(browse, services):
    form = {"code": "east", "name_zh": "东半", "name_en": "East", "capacity": "8", "parent_id": f"{ID}13"}

    browse("/desk/spaces", SECRETARY, method="POST", form=form)

    assert body(sent(services)[0]) == {
        "code": "east", "name_zh": "东半", "name_en": "East", "capacity": 8, "new_atoms": ["east"],
        "parent_id": f"{ID}13",
    }  # fmt: skip


def test_a_room_in_use_is_not_retired_and_the_page_says_why(browse, services):
    path = f"/api/venue/v1/spaces/{ID}10/retirement"
    services.refuse("POST", path, 409, "space_in_use", detail="以后还有 1 个预订", codes=["BCDFGH"], count=1)

    answer = browse(f"/desk/spaces/{ID}10/retirement", SECRETARY, method="POST", form={"version": "7"})

    assert answer.status_code == 409 and "以后还有 1 个预订" in answer.text


def test_what_is_in_the_way_of_retiring_a_room_can_be_opened_where_it_is_dealt_with(browse, services):
    path, told = f"/api/venue/v1/spaces/{ID}10/retirement", {"count": 2, "bookings": 1, "requests": 0, "offers": 1}
    services.refuse("POST", path, 409, "space_in_use", detail="还有", codes=["K7M4P", "JKMNPR"], **told)

    text = browse(f"/desk/spaces/{ID}10/retirement", SECRETARY, method="POST", form={"version": "7"}).text

    told = text.partition('class="sheet late"')[2].partition("</div>")[0]
    assert f'href="/desk/bookings/{ID}21"' in told and "JKMNPR" in told
    assert 'href="/desk/waiting"' in told and 'href="/desk/requests"' not in told


def test_the_weeks_form_starts_from_the_hours_as_they_are(browse):
    page = browse("/desk/opening", SECRETARY).text

    assert page.count(" checked") == 14
    assert 'value="2026-11-30"' in page, "the next Monday"


def test_the_coming_weeks_are_shown_before_anything_is_kept(browse, services):
    page = browse(
        "/desk/opening/preview?" + "&".join(f"{name}={value}" for name, value in WEEK.items()), SECRETARY
    ).text

    assert "81%" in page and "BCDFGH" in page and "JKMNPR" in page and 'name="keep_bookings"' in page
    assert sent(services) == [] and sent(services, "PATCH") == []
    previewed = next(request for request in services.sent if request.url.path == f"{VENUE}/preview")
    stretch = {"regime": "public_benefit", "weekday": 1, "from": "09:00", "until": "18:00"}
    assert body(previewed)["hours"] == [stretch]


def test_hours_below_the_public_share_cannot_be_kept_from_the_preview(browse, services):
    from . import fake_rooms

    short = fake_rooms._preview() | {"min_public_percent": 90}
    services._venue = lambda method, path, request, english, old=services._venue: (
        short if path.endswith("/preview") else old(method, path, request, english)
    )

    page = browse(
        "/desk/opening/preview?" + "&".join(f"{name}={value}" for name, value in WEEK.items()), SECRETARY
    ).text

    assert "少于约定的 90%" in page and 'class="btn main">就这样' not in page
    assert 'name="keep_bookings"' not in page


def test_hours_are_kept_as_the_preview_showed_them(browse, services):
    browse("/desk/opening", SECRETARY, method="POST", form=WEEK | {"version": "7", "keep_bookings": "yes"})

    (request,) = sent(services)
    assert request.url.path == f"{VENUE}/weekly-hours" and request.headers["If-Match"] == '"7"'
    assert body(request) == {
        "valid_from": "2026-11-30", "keep_bookings": True,
        "hours": [{"regime": "public_benefit", "weekday": 1, "from": "09:00", "until": "18:00"}],
    }  # fmt: skip


def test_a_week_without_any_hours_is_asked_again(browse, services):
    answer = browse("/desk/opening/preview?valid_from=2026-11-30", SECRETARY)

    assert answer.status_code == 422 and "至少要有一段开放的时间" in answer.text


def test_a_day_is_closed_only_on_an_express_wish(browse, services):
    empty = browse("/desk/days", SECRETARY, method="POST", form={"version": "7", "day": "2026-12-05"})
    browse("/desk/days", SECRETARY, method="POST", form={"version": "7", "day": "2026-12-05", "closed": "yes"})

    assert empty.status_code == 422
    (request,) = sent(services)
    assert request.url.path == f"{VENUE}/own-hours/2026-12-05" and body(request) == {"hours": []}


def test_who_a_day_would_leave_outside_is_named_and_may_be_kept(browse, services):
    path = f"{VENUE}/own-hours/2026-12-05"
    services.refuse(
        "POST", path, 409, "bookings_outside_hours", detail="会把 1 个预订关在门外", codes=["BCDFGH"], count=1
    )

    answer = browse("/desk/days", SECRETARY, method="POST", form={"day": "2026-12-05", "closed": "yes"})

    assert answer.status_code == 409
    assert "BCDFGH" in answer.text and 'name="keep_bookings"' in answer.text and 'value="2026-12-05"' in answer.text


def test_a_holiday_is_noted_with_the_weekday_it_keeps(browse, services):
    form = {
        "date": "2027-02-06",
        "kind": "holiday",
        "name_zh": "春节",
        "name_en": "Spring Festival",
        "follows_weekday": "7",
    }

    browse("/desk/special-days", SECRETARY, method="POST", form=form)

    assert body(sent(services)[0]) == form | {"follows_weekday": 7}


def test_a_price_is_written_in_yuan_and_sent_in_even_fen(browse, services):
    form = {"space_id": f"{ID}10", "regime": "commercial", "valid_from": "2026-12-01"}

    browse("/desk/prices", SECRETARY, method="POST", form=form | {"yuan": "25.50"})
    refused = [
        browse("/desk/prices", SECRETARY, method="POST", form=form | {"yuan": one}) for one in ("25.55", "", "-1")
    ]

    (request,) = sent(services)
    assert body(request)["price_fen_per_hour"] == 2550
    assert [one.status_code for one in refused] == [422] * 3


@pytest.mark.parametrize("typed, told", [("100", 10000), ("0", 0), ("", None)])
def test_a_deposit_goes_with_a_price_and_stays_as_it_was_where_none_is_written(browse, services, typed, told):
    form = {"space_id": f"{ID}10", "regime": "commercial", "valid_from": "2026-12-01", "yuan": "30", "deposit": typed}

    answer = browse("/desk/prices", SECRETARY, method="POST", form=form)

    assert answer.status_code == 303
    assert body(sent(services)[0]).get("deposit_fen") == told


def test_a_deposit_that_is_no_amount_is_asked_again_beside_its_field(browse, services):
    form = {"space_id": f"{ID}10", "regime": "commercial", "valid_from": "2026-12-01", "yuan": "30", "deposit": "一百"}

    answer = browse("/desk/prices", SECRETARY, method="POST", form=form)

    assert answer.status_code == 422 and sent(services) == []
    assert 'id="e-deposit"' in answer.text and 'value="一百"' in answer.text and 'value="30"' in answer.text


def test_deposits_stand_beside_the_prices_they_go_with(browse):
    page = browse("/desk/prices", SECRETARY).text

    assert page.count("押金 ¥200") == 1 and "押金 ¥200" in page.split("已经定下的改价")[0]


def test_prices_show_what_holds_now_and_what_is_to_come(browse):
    page = browse("/desk/prices", SECRETARY).text

    assert "¥30" in page and "¥35" in page and "2027" not in page.split("已经定下的改价")[0]


def test_purposes_are_read_from_one_line(browse, services):
    form = {"version": "7", "purposes_zh": "品茶、 听书，演出", "purposes_en": "tea, stories", "kind": "commercial"}

    browse("/desk/regimes/commercial", SECRETARY, method="POST", form=form)

    told = body(sent(services, "PATCH")[0])
    assert (told["purposes_zh"], told["purposes_en"]) == (["品茶", "听书", "演出"], ["tea", "stories"])


def test_the_secretary_marks_a_free_session_by_its_code_and_the_operator_only_reads_the_debt(browse, services):
    page = browse("/desk/share", OPERATOR).text
    assert not any(words in page for words in ("抵一场", "免去几场", "和运营方的约定"))

    browse("/desk/share/free-sessions", SECRETARY, method="POST", form={"code": "K7M4P"})

    assert sent(services)[0].url.path == f"/api/venue/v1/bookings/{ID}21/free-session"


def test_only_the_secretary_finds_the_settings_in_the_menu(browse):
    assert 'href="/desk/rooms"' in browse("/desk", SECRETARY).text
    worker = browse("/desk", WORKER).text
    assert 'href="/desk/closures"' in worker and 'href="/desk/rooms"' not in worker


def test_the_public_reads_the_story_below_a_rooms_week(browse, services):
    old = services._venue

    def told(method, path, request, english):
        found = old(method, path, request, english)
        if path.endswith("/venues"):
            venue = found["items"][0]
            photos = [{"photo_id": PHOTO, "alt": "门口"}]
            words = {"story": "老茶馆的故事", "rules": "不吸烟\n小声说话", "opening": "每天", "photos": photos}
            found["items"] = [venue | words | {"address": "", "telephone": "028-0000"}]
        return found

    services._venue = told

    page = browse(f"/board/510104030006/venues/{ID}10", "").text

    assert "老茶馆的故事" in page and "<li>小声说话</li>" in page
    assert f'venue-photos/{PHOTO}" alt="门口"' in page


def test_who_is_in_the_way_of_a_closure_can_be_opened_and_called(browse, services):
    told = {"count": 1, "codes": ["K7M4P"], "guests_are_in": False}
    services.refuse("POST", "/api/venue/v1/closures", 409, "bookings_in_the_way", **told)

    text = browse("/desk/closures", WORKER, method="POST", form=CLOSED).text

    assert f'href="/desk/bookings/{ID}21"' in text and "11月23日 19:00—21:00" in text
    assert "居民甲01 ・" in text


def test_however_many_are_in_the_way_their_names_are_one_call(browse, services):
    told = {"count": 9, "codes": [f"CODE{number}" for number in range(9)], "guests_are_in": False}
    services.refuse("POST", "/api/venue/v1/closures", 409, "bookings_in_the_way", **told)

    text = browse("/desk/closures", WORKER, method="POST", form=CLOSED).text

    assert text.count("居民甲01 ・") == 9
    assert len([one for one in services.sent if one.url.path.endswith("/persons")]) == 1


def test_without_the_register_a_booking_in_the_way_is_still_known_by_its_code(browse, services):
    told = {"count": 1, "codes": ["K7M4P"], "guests_are_in": False}
    services.refuse("POST", "/api/venue/v1/closures", 409, "bookings_in_the_way", **told)
    services.refuse("GET", "/api/identity/v1/persons", 503, "unavailable")

    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED)

    assert answer.status_code == 409 and "K7M4P" in answer.text and "居民甲01" not in answer.text


def test_a_booking_at_the_desk_says_whose_it_is(browse):
    assert "<b>居民甲01</b>" in browse(f"/desk/bookings/{ID}21", WORKER).text


def test_after_closing_the_cancelled_are_listed_to_be_called(browse, services):
    closure = {"closure_id": CLOSURE, "version": 1, "venue_id": f"{ID}01", "space_id": None, "space_name": None}
    closure |= {"starts_at": "2026-11-23T18:00:00+08:00", "ends_at": "2026-11-24T00:00:00+08:00", "reason": "消毒"}
    closure |= {"reasons": {"zh": "消毒", "en": "x"}, "ended_at": None}
    services.refusals["POST", "/api/venue/v1/closures"] = (201, {**closure, "cancelled_bookings": 1})
    services.refusals["GET", "/api/venue/v1/closures"] = (200, {"items": [closure], "next_cursor": None})
    gone = {**services.booking(), "state": "cancelled", "ended_reason": "closure"}
    other = {**gone, "booking_id": f"{ID}99", "ended_reason": None}
    services.refusals["GET", "/api/venue/v1/bookings"] = (200, {"items": [gone, other], "next_cursor": None})

    answer = browse("/desk/closures", WORKER, method="POST", form=CLOSED | {"cancel_bookings": "yes"})
    text = browse(answer.headers["Location"], WORKER).text

    assert "跟着取消了 1 个预订，请打电话告知" in text  # listed on both days of the closure, told once
    assert f'href="/desk/bookings/{ID}21"' in text and f"{ID}99" not in text
    assert "居民甲01 ・" in text


def test_hours_that_would_leave_people_outside_come_back_with_the_box_to_keep_them(browse, services):
    path = f"{VENUE}/weekly-hours"
    services.refuse(
        "POST", path, 409, "bookings_outside_hours", detail="会把 1 个预订关在门外", codes=["K7M4P"], count=1
    )

    answer = browse("/desk/opening", SECRETARY, method="POST", form=WEEK | {"version": "7"})

    assert answer.status_code == 409
    assert "会把 1 个预订关在门外" in answer.text and "以后几周会是这样" in answer.text
    assert f'name="from_1" value="{WEEK["from_1"]}"' in answer.text
    assert 'name="keep_bookings"' in answer.text and f'href="/desk/bookings/{ID}21"' in answer.text


def test_hours_from_a_day_that_is_over_are_not_shown_ahead(browse, services):
    query = "&".join(f"{name}={value}" for name, value in {**WEEK, "valid_from": "2020-01-01"}.items())

    answer = browse(f"/desk/opening/preview?{query}", SECRETARY)

    assert answer.status_code == 422 and "请选今天或以后的一天。" in answer.text
