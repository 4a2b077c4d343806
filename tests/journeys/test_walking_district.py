# SPDX-License-Identifier: Apache-2.0
"""The seven steps from a booked room to a published line, and from a visit to a solved need, by hand in a browser."""

import re
import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

WUFUQIAO, SHUANGGUILU, MONTH = "510104030006", "510104030009", "2026-11"
WITHOUT_SCRIPTS = {"java_script_enabled": False}
ROOM = "议事茶亭"


def test_the_walking_district(platform, person, album):
    with album.step("1 a resident books, a second one is refused with alternatives"):
        first, code = book(person, album)
        refuse_the_second(person, album)
    with album.step("2 the operator finds it by its code, checks in, settles, reverses and settles again"):
        operator = person("operator")
        serve(operator, code, album)
    with album.step("1b the resident sees the receipt"):
        first.page.reload()
        first.sees("¥60.00", "收据")
        album.take(first.page, "2d-receipt")
    with album.step("3 the ledger has posted it double-entry"):
        posted(platform)
    with album.step("4 the clerk submits, the secretary publishes"):
        publish(person, album)
    with album.step("5 anyone reads it without signing in and without scripts"):
        read_the_board(person, album)
    with album.step("6 a visit becomes a need that is assigned, resolved and rated"):
        number, path = visit(person, album)
    with album.step("7 another community and a token without the permission get nothing"):
        nothing_for_others(platform, person, path, album)
    assert number.startswith("N-2026-")


def book(person, album):
    resident = person("resident1", **WITHOUT_SCRIPTS)
    resident.go("/my/venue")
    resident.sees("公益时段", "商业时段", "¥30/小时", ROOM)
    album.take(resident.page, "1a-week")
    space = resident.page.locator("a[aria-current]", has_text=ROOM).first.get_attribute("href") or ""
    space_id = re.search(r"[0-9a-f-]{36}", space)[0]
    resident.go(f"/my/venue/{space_id}/book?date=2026-11-30")
    resident.follow(re.compile(r"^19:00"))
    resident.follow(re.compile(r"^21:00"))
    resident.sees("¥60.00", "开始前都可以取消")
    album.take(resident.page, "1b-choose")
    resident.press(re.compile("订这间"))
    resident.sees("订好了", ROOM, "19:00—21:00")
    album.take(resident.page, "1c-booked")
    return resident, resident.page.locator(".code").inner_text()


def refuse_the_second(person, album):
    second = person("resident2", **WITHOUT_SCRIPTS)
    second.go("/my/venue")
    space = second.page.locator("a[aria-current]", has_text=ROOM).first.get_attribute("href") or ""
    space_id = re.search(r"[0-9a-f-]{36}", space)[0]
    second.go(f"/my/venue/{space_id}/book?date=2026-11-30")
    assert second.page.get_by_role("link", name=re.compile(r"^20:00")).count() == 0
    # The page offers no taken time, so somebody who opened it a minute earlier is played by sending the form.
    second.go(f"/my/venue/{space_id}/book?date=2026-11-30&start=21:00&end=22:00")
    form = second.page.locator("form#deal")
    fields = {one.get_attribute("name"): one.get_attribute("value") or "" for one in form.locator("input").all()} | {
        "starts_at": "2026-11-30T20:00:00+08:00",
        "ends_at": "2026-11-30T22:00:00+08:00",
    }
    answer = second.context.request.post(
        second.address + "/my/bookings", form=fields, headers={"Origin": second.address}
    )
    assert answer.status == 409
    second.page.set_content(answer.text())
    second.sees("已有人订", "现在还空着的")
    assert second.page.get_by_role("button", name=re.compile("订这个")).count() >= 1
    album.take(second.page, "1d-refused")


def serve(operator, code, album):
    operator.go("/desk/check-in")
    operator.page.get_by_label("取屋号").fill(code)
    operator.press("找预订")
    operator.sees(ROOM, "¥60.00")
    operator.misses("示例居民")
    album.take(operator.page, "2a-found-by-code")
    operator.press("签到")
    operator.press("收款")
    operator.page.locator("summary", has_text="收错了").click()
    operator.page.get_by_label("为什么冲正").select_option("wrong_booking")
    operator.press(re.compile("冲正 ¥60.00"))
    album.take(operator.page, "2b-reversed")
    operator.press("收款")
    operator.sees("¥60.00")
    operator.press("签退")
    album.take(operator.page, "2c-settled")


def posted(platform):
    """Three entries: the settlement, its reversal, the settlement again; each balanced, split 60/40."""
    query = """
        SELECT e.no, p.amount_fen FROM journal_entries e
        JOIN postings p ON p.division_code = e.division_code AND p.entry_id = e.id
        WHERE e.occurred_on = '2026-11-30' ORDER BY e.no, p.line_no"""
    deadline, rows = time.monotonic() + 120, []
    while len(rows) < 9 and time.monotonic() < deadline:
        with platform.database("disclosure", "app", WUFUQIAO) as books:
            rows = books.execute(query).fetchall()
        time.sleep(0.1)
    by_entry = {}
    for no, amount in rows:
        by_entry.setdefault(no, []).append(abs(amount))
    assert [sorted(amounts) for amounts in by_entry.values()] == [[2400, 3600, 6000]] * 3


def publish(person, album):
    clerk = person("finance")
    clerk.go("/desk/statements")
    album.take(clerk.page, "4a-statements")
    clerk.go(f"/desk/statements/new?month={MONTH}")
    clerk.sees("这个月还没有过完")
    clerk.page.get_by_label(re.compile("截至今天")).check()
    clerk.press("提交复核")
    clerk.sees("已经提交，账期已结")
    path = clerk.page.url.removeprefix(clerk.address).partition("?")[0]
    clerk.misses("批准并公布</button>")
    secretary = person("secretary")
    secretary.go(path)
    album.take(secretary.page, "4b-approval")
    secretary.press("批准并公布")
    secretary.sees("已经公布")
    album.take(secretary.page, "4c-published")


def read_the_board(person, album):
    anyone = person(None, **WITHOUT_SCRIPTS)
    assert anyone.go(f"/board/{WUFUQIAO}/fund/{MONTH}") == 200
    anyone.sees("截至", ROOM, "¥60.00", "¥36.00", "¥24.00", "11月30日")
    anyone.misses("示例居民", "resident1", "读书会", "茶会")
    album.take(anyone.page, "5a-statement")
    phone = person(None, viewport={"width": 390, "height": 800}, **WITHOUT_SCRIPTS)
    phone.go(f"/board/{WUFUQIAO}")
    album.take(phone.page, "5b-board-phone")
    phone.go(f"/board/{WUFUQIAO}/fund/{MONTH}")
    album.take(phone.page, "5d-statement-phone")
    district = person(None)
    assert district.go("/") == 200
    district.sees("五福桥", "沙河街道", "不显示")
    district.misses("示例居民")
    album.take(district.page, "5c-district")


def visit(person, album):
    worker = person("worker")
    worker.go("/desk/visits/new")
    for choice in (re.compile("示例一号院"), "1栋", "101室"):
        worker.follow(choice)
    worker.follow(re.compile("示例居民01"))
    worker.page.get_by_label(re.compile("走访记录")).fill("家中平安。")
    worker.page.get_by_label(re.compile("什么事")).fill("三号院路灯不亮")
    worker.page.get_by_label("哪一类").select_option("lighting")
    worker.press("记下来")
    album.take(worker.page, "6a-visit")
    number = re.search(r"N-2026-\d{4}", worker.page.content())[0]
    resident = person("resident1", viewport={"width": 390, "height": 800}, **WITHOUT_SCRIPTS)
    path = need_path(resident, number)
    resident.sees("社区收到了")
    worker.go(path.replace("/my/", "/desk/"))
    worker.page.get_by_label(re.compile("派给谁")).fill("路灯管理所")
    worker.press("派出")
    resident.go(path)
    resident.sees("路灯管理所在办")
    album.take(resident.page, "6b-assigned")
    worker.go(path.replace("/my/", "/desk/"))
    worker.page.get_by_label(re.compile("怎么办好的")).fill("镇流器已换。")
    worker.press("办结")
    resident.go(path)
    resident.page.get_by_label("很好", exact=True).check()
    resident.press("交上去")
    resident.sees("您评了 5 分")
    album.take(resident.page, "6c-rated")
    return number, path


def need_path(resident, number):
    resident.go("/my/needs")
    link = resident.page.locator("a[href^='/my/needs/']", has_text="三号院路灯不亮")
    for one in [link.nth(index).get_attribute("href") for index in range(link.count())]:
        resident.go(one)
        if number in resident.page.content():
            return one
    raise AssertionError(f"{number} is not among the resident's needs")


def nothing_for_others(platform, person, path, album):
    stranger = person("other-worker")
    assert stranger.go(path.replace("/my/", "/desk/")) == 404
    album.take(stranger.page, "7a-another-community")
    resident = person("resident2")
    assert resident.go("/desk/needs") == 403
    album.take(resident.page, "7b-without-permission")
    with platform.database("engagement", "app", SHUANGGUILU) as own:
        assert own.execute("SELECT DISTINCT division_code FROM needs").fetchall() == [(SHUANGGUILU,)]
    with platform.database("engagement", "app", "") as nowhere:
        assert nowhere.execute("SELECT * FROM needs").fetchall() == []
    token = partner_token(platform, resident)
    api = resident.context.request
    assert api.get(f"{platform.address}/api/venue/v1/bookings", headers=token).status == 403
    assert api.get(f"{platform.address}/api/engagement/v1/needs", headers=token).status == 401


def partner_token(platform, somebody):
    """Fetch a partner's token for the venue, as the README shows it."""
    answer = somebody.context.request.post(
        f"{platform.address}/oauth/token",
        form={
            "grant_type": "client_credentials",
            "client_id": "demo-property-firm",
            "client_secret": platform.passwords["demo-property-firm"],
            "resource": "urn:linli:venue",
            "scope": "venue.read",
        },
    )
    assert answer.status == 200, answer.text()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
