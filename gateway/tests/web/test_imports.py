# SPDX-License-Identifier: Apache-2.0
"""A sheet of bookings: read line by line, sent whole or not at all, and answered line by line."""

from __future__ import annotations

import io
import json

import pytest
from gateway.web.desk import booking_rows

from .conftest import CSRF, ID, OPERATOR, WORKER, headers_for
from .fake_answers import PERSON
from .fake_imports import IMPORT, KEPT, row

HEAD = "屋子,日期,几点开始,几点结束,姓名或电话,做什么用,几个人"
LINE = "议事茶亭,2026/12/1,9:00,10：30,居民甲01,读书会,8"
IMPORTS = "/api/venue/v1/imports"


@pytest.fixture
def send(app):
    def sent(text: str | bytes, office: str = WORKER):
        content = text if isinstance(text, bytes) else text.encode()
        data = {"csrf": CSRF, "key": "k" * 12, "sheet": (io.BytesIO(content), "bookings.csv")}
        headers, kind = headers_for(office), "multipart/form-data"
        return app.test_client().post("/desk/import", data=data, headers=headers, content_type=kind)

    return sent


def told(services) -> list[dict]:
    return [json.loads(one.content) for one in services.sent if (one.method, one.url.path) == ("POST", IMPORTS)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_what_a_person_writes_is_sent_in_the_contracts_words(send, services, encoding):
    answer = send(f"{HEAD}\r\n{LINE}\r\n".encode(encoding))

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/import/{IMPORT}"), answer.text
    assert told(services) == [
        {
            "venue_id": f"{ID}01",
            "rows": [
                {
                    "space_code": "r0",
                    "local_start": "2026-12-01T09:00",
                    "local_end": "2026-12-01T10:30",
                    "person_id": PERSON,
                    "purpose": "读书会",
                    "party_size": 8,
                }
            ],
        }
    ]
    assert next(one for one in services.sent if one.url.path == IMPORTS).headers["Idempotency-Key"] == "k" * 12


def test_the_result_can_be_opened_again_and_says_what_became_of_every_row(browse, services):
    text = browse(f"/desk/import/{IMPORT}", WORKER).text

    assert "订上了 1 场，没有订上 1 场" in text and f'href="/desk/bookings/{ID}21"' in text
    assert "这段时间已有人订了。" in text and text.count("居民甲01") == 2 and "议事茶亭" in text
    assert f'href="/desk/import/{IMPORT}/refused.csv"' in text
    assert len([one for one in services.sent if one.url.path.endswith("/persons")]) == 1


def test_an_end_at_midnight_is_shown_as_it_stood_in_the_sheet(browse):
    text = browse(f"/desk/import/{IMPORT}", WORKER).text

    assert "19:00—24:00" in text and "—00:00" not in text


def test_two_hundred_residents_are_named_by_two_calls(browse, services):
    rows = [row(number, person_id=f"{ID[:-3]}{number:03}00") for number in range(1, 201)]
    services.refusals["GET", f"{IMPORTS}/{IMPORT}"] = 200, {**KEPT, "rows": rows}

    browse(f"/desk/import/{IMPORT}", WORKER)

    assert len([one for one in services.sent if one.url.path.endswith("/persons")]) == 2


def test_where_all_was_booked_no_sheet_is_offered(browse, services):
    all_booked = {**KEPT, "booked": 1, "refused": 0, "rows": [row(1)]}
    services.refusals["GET", f"{IMPORTS}/{IMPORT}"] = 200, all_booked

    text = browse(f"/desk/import/{IMPORT}", WORKER).text

    assert "都订上了" in text and "refused.csv" not in text and "没有订上的" not in text


def test_the_refused_rows_are_a_sheet_that_can_be_mended_and_sent_again(browse, send, services):
    answer = browse(f"/desk/import/{IMPORT}/refused.csv", WORKER)

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == HEAD + ",为什么没有订上"
    assert lines[1:] == ["议事茶亭,2026-12-01,19:00,24:00,居民甲01,邻里读书会,8,这段时间已有人订了。"]

    assert send(answer.data).status_code == 303
    assert told(services)[0]["rows"][0]["local_end"] == "2026-12-02T00:00"


def test_no_spreadsheet_takes_somebodys_words_for_a_formula(browse, services):
    refused = row(1, outcome="refused", booking_id=None, code="slot_taken", reason="x", purpose="=cmd|x")
    services.refusals["GET", f"{IMPORTS}/{IMPORT}"] = 200, {**KEPT, "rows": [refused]}

    assert ",'=cmd|x," in browse(f"/desk/import/{IMPORT}/refused.csv", WORKER).data.decode("utf-8-sig")


def test_earlier_imports_are_listed_and_without_one_the_page_says_so(browse, services):
    assert f'href="/desk/import/{IMPORT}"' in browse("/desk/import", WORKER).text

    services.refusals["GET", IMPORTS] = 200, {"items": [], "next_cursor": None}

    assert "还没有导入过" in browse("/desk/import", WORKER).text


def test_an_import_of_elsewhere_is_not_found(browse):
    assert browse(f"/desk/import/{ID}e6", WORKER).status_code == 404
    assert browse(f"/desk/import/{ID}e6/refused.csv", WORKER).status_code == 404


@pytest.mark.parametrize(
    "line, said",
    [
        ("后院,2026-12-01,9:00,10:00,居民甲01", "没有叫“后院”的屋子"),
        ("议事茶亭,明天,9:00,10:00,居民甲01", "日期看不懂"),
        ("议事茶亭,2026-02-30,9:00,10:00,居民甲01", "日期看不懂"),
        ("议事茶亭,9999-12-31,19:00,24:00,居民甲01", "日期看不懂"),
        ("议事茶亭,2099-12-31,19:00,24:00,居民甲01", "日期看不懂"),
        ("议事茶亭,2026-12-01,10:00,9:00,居民甲01", "结束要在开始以后"),
        ("议事茶亭,2026-12-01,9:00,25:00,居民甲01", "时间看不懂"),
        ("议事茶亭,2026-12-01,9:00,10:00,", "没有这位居民"),
        ("议事茶亭,2026-12-01,9:00,10:00,居民甲01,,0", "人数请写 1 到 10000 的数字"),
        ("议事茶亭,2026-12-01,9:00,10:00,居民甲01,,几个", "人数请写 1 到 10000 的数字"),
        ("议事茶亭,2026-12-01,9:00,10:00,居民甲01,,99999999999999", "人数请写 1 到 10000 的数字"),
    ],
)
def test_a_line_that_cannot_be_read_sends_nothing_and_is_named(send, services, line, said):
    answer = send(f"{HEAD}\n{LINE}\n{line}\n")

    assert answer.status_code == 422 and told(services) == []
    assert said in answer.text and "看懂了，还没有订" in answer.text and "一行也没有订" in answer.text


def test_a_line_of_a_day_gone_by_says_so_before_it_is_sent(send):
    past = LINE.replace("2026/12/1", "2026-11-22")

    answer = send(f"{HEAD}\n{past}\n{LINE}\n后院,2026-12-01,9:00,10:00,居民甲01\n")

    assert answer.text.count("这段时间已经过去") == 1 and answer.text.count("看懂了，还没有订") == 1


def test_what_the_service_cannot_read_stands_beside_its_line_in_the_sheets_words(send, services):
    wrong = {"field": "rows.1.purpose", "code": "wrong_format", "detail": "“rows.1.purpose”的格式不对。"}
    refusal = {"status": 400, "code": "invalid_request", "title": "请求有误", "detail": "“rows.1.purpose”……"}
    services.refusals["POST", IMPORTS] = 400, {**refusal, "errors": [wrong]}

    answer = send(f"{HEAD}\n{LINE}\n\n{LINE}\n")

    row = answer.text.split('<th scope="row">4</th>')[1].split("</tr>")[0]
    assert answer.status_code == 400 and "rows." not in answer.text
    assert "做什么用" in row and "一行也没有订" in answer.text


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "请选一个 CSV 文件"),
        (HEAD, "一行预订也没有"),
        ("屋子,日期\n议事茶亭,2026-12-01", "缺这些栏名：几点开始、几点结束、姓名或电话"),
        (HEAD + "\n" + f"{LINE}\n" * 201, "一次最多 200 行"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xff", "这不是 CSV 文件"),
        (b"x" * (200 * 1024 + 1), "文件最大 200 KB"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_how_it_must_be(send, services, text, said):
    answer = send(text)

    assert answer.status_code == 422 and told(services) == []
    assert said in answer.text and 'id="e-sheet"' in answer.text


def test_two_of_one_name_are_told_apart_by_telephone(send, services):
    people = [{"person_id": f"{ID}5{n}", "name": "居民甲01", "household_label": None} for n in (1, 2)]
    services.refusals["GET", "/api/identity/v1/persons"] = 200, {"items": people, "next_cursor": None}

    answer = send(f"{HEAD}\n{LINE}\n")

    assert answer.status_code == 422 and "找到 2 位，请写完整的电话" in answer.text


def test_an_end_at_midnight_is_the_next_day():
    sheet = f"{HEAD}\n议事茶亭,2026-12-31,22:00,24:00,甲".encode()

    rows = booking_rows.read(sheet, {"议事茶亭": "r0"}, lambda _all: {"甲": [{"person_id": "x"}]})

    assert (rows[0].wrong, rows[0].body["local_end"]) == ("", "2027-01-01T00:00")


def test_the_empty_sheet_has_the_columns_and_can_be_read_again(browse):
    answer = browse("/desk/import/bookings.csv", WORKER)

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert (
        answer.mimetype == "text/csv" and lines[0] == HEAD and lines[1].startswith("议事茶亭,2026-11-24,19:00,21:00,")
    )


def test_the_empty_sheet_in_english_is_read_as_it_was_given(app, services):
    client, headers = app.test_client(), headers_for(WORKER)
    client.set_cookie("linli-language", "en")
    sheet = client.get("/desk/import/bookings.csv", headers=headers).data
    data = {"csrf": CSRF, "key": "k" * 12, "sheet": (io.BytesIO(sheet), "bookings.csv")}

    answer = client.post("/desk/import", data=data, headers=headers, content_type="multipart/form-data")

    assert answer.status_code == 303 and told(services)[0]["rows"][0]["local_start"] == "2026-11-24T19:00"


def test_the_operator_imports_nothing(send, services, browse):
    for path in ("", f"/{IMPORT}", f"/{IMPORT}/refused.csv"):
        assert browse(f"/desk/import{path}", OPERATOR).status_code == 403
    assert send(f"{HEAD}\n{LINE}\n", OPERATOR).status_code == 403 and told(services) == []


def test_the_counter_leads_to_the_import(browse):
    assert 'href="/desk/import"' in browse("/desk/book", WORKER).text
