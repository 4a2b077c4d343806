# SPDX-License-Identifier: Apache-2.0
"""Refusals as pages: the rule in words, and the way out."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from flask import Flask, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from gateway.web import labels
from gateway.web.client import Problem

log = logging.getLogger("gateway.web")

# code -> what happened, and what to do about it. What a service says in its own words stands between the two.
WORDS: dict[str, tuple[Any, Any]] = {
    "wrong_csrf": (
        lazy_gettext("这张表单已经过期"),
        lazy_gettext("什么都没有改动。请退回上一页刷新后再提交；如果刚重新登录过，旧页面的表单不能再用。"),
    ),
    "slot_taken": (lazy_gettext("这段时间已有人订了"), lazy_gettext("下面是现在还空着的时间，点一下就能订。")),
    "crosses_regime": (
        lazy_gettext("一次预订不能跨两个时段"),
        lazy_gettext("价格不同：可以按两段价格一起订，也可以分开订。"),
    ),
    "in_the_past": (lazy_gettext("这段时间已经过去"), lazy_gettext("请另选一个时间。")),
    "no_such_time": (lazy_gettext("没有这个时间"), lazy_gettext("请再选一次哪天、几点、多久。")),
    "not_on_grain": (lazy_gettext("时间以半小时为单位"), lazy_gettext("请选整点或半点。")),
    "outside_opening": (lazy_gettext("这段时间不开放"), lazy_gettext("请在开放时间内选。")),
    "too_long": (lazy_gettext("一次订得太久"), lazy_gettext("请订短一些，或者分几次订。")),
    "too_far_ahead": (lazy_gettext("还没到可以订的时候"), lazy_gettext("请选近一些的日子。")),
    "too_many_people": (lazy_gettext("人数超过这间屋子"), lazy_gettext("请换一间大些的屋子。")),
    "hold_expired": (lazy_gettext("留的时间已经过了"), lazy_gettext("看看这个时间还空不空，再订一次。")),
    "quota_exceeded": (lazy_gettext("已经订满了规定的次数或时间"), lazy_gettext("等下一个周期再订，或者请柜台帮忙。")),
    "equipment_taken": (lazy_gettext("设备已经借完"), lazy_gettext("少要几件，或者换个时间。")),
    "too_late_to_move": (lazy_gettext("现在改时间太晚了"), lazy_gettext("可以取消，或者请柜台帮忙改。")),
    "paused_after_no_shows": (
        lazy_gettext("现在只能订当天的时间"),
        lazy_gettext("请看看今天还空着的，或者请柜台代订。"),
    ),
    "door_code_expired": (lazy_gettext("门口的码已经换了"), lazy_gettext("请再扫一次门口的二维码。")),
    "slot_is_free": (lazy_gettext("这段时间还有空"), lazy_gettext("不用候补，下面的时间点一下就能订。")),
    "too_many_holds": (lazy_gettext("您留着的太多了"), lazy_gettext("先把留着的订下或放掉，再留新的。")),
    "stale_version": (
        lazy_gettext("在您看的时候，这里已经改过了"),
        lazy_gettext("什么都没有改动。请回到那一页看过最新情况再办。"),
    ),
    "division_mismatch": (lazy_gettext("这不是您的社区"), lazy_gettext("请先切换到对应的职务再办。")),
    "not_published": (
        lazy_gettext("这个月的收支表还没有公布"),
        lazy_gettext("财务编制、书记复核以后才公布。已经公布的月份都在“社区基金”那一页；急着知道，请问下面的办公室。"),
    ),
    "fonts_missing": (
        lazy_gettext("这台服务器上没有中文字体"),
        lazy_gettext("海报现在排不出来；屋子的一周在网页上照样看得到，也能用浏览器打印。"),
    ),
    "photo_too_large": (
        lazy_gettext("照片太大"),
        lazy_gettext("一张最大 190 KB。请退回上一页，别的字还在；把照片缩小，或在设置里调低拍照的清晰度，再传一次。"),
    ),
    "same_person": (
        lazy_gettext("提交的人不能自己批准"),
        lazy_gettext("请由另一位有批准权限的人来办。"),
    ),
}
# Refusals whose reason speaks of headers: true, and of no use to a person.
MACHINERY = ("if_match_invalid", "if_match_required", "idempotency_key_required")
WORDS |= dict.fromkeys(MACHINERY, WORDS["wrong_csrf"])
BY_STATUS: dict[int, tuple[Any, Any]] = {
    400: (lazy_gettext("填写的内容有问题"), lazy_gettext("请退回上一页，照提示改过再提交。")),
    401: (lazy_gettext("请先登录"), lazy_gettext("登录后再办；刚才没有改动任何东西。")),
    403: (
        lazy_gettext("您现在的身份不能办这件事"),
        lazy_gettext("如果您有几个职务，请在下面切换；否则请联系下面的办公室。"),
    ),
    404: (lazy_gettext("没有找到这一页"), lazy_gettext("也许网址抄错了，或者它不属于您的社区。")),
    405: (lazy_gettext("这个网址不能这样用"), lazy_gettext("请从首页重新进入。")),
    409: (lazy_gettext("现在办不了这件事"), lazy_gettext("请回到那一页，看过最新情况再办。")),
    412: WORDS["stale_version"],
    413: (lazy_gettext("提交的内容太长"), lazy_gettext("请缩短后再提交。")),
    422: (lazy_gettext("这样办不符合规定"), lazy_gettext("请照提示改过再提交。")),
    429: (lazy_gettext("操作太频繁"), lazy_gettext("请过一分钟再试。")),
    500: (lazy_gettext("我们这边出了错"), lazy_gettext("什么都没有改动。请稍后再试，或打电话给下面的办公室。")),
    503: (
        lazy_gettext("服务暂时连不上"),
        lazy_gettext("什么都没有改动。请过一会儿再试；急事请打电话或到柜台。"),
    ),
}


class NoVenue(Exception):
    """The community has no rooms yet. Its pages of rooms say so, and whom to ask instead."""


def install(app: Flask) -> None:
    """Turn every failure into a page."""
    app.register_error_handler(NoVenue, no_venue_page)
    app.register_error_handler(Problem, problem_page)
    app.register_error_handler(HTTPException, http_page)
    app.register_error_handler(Exception, unexpected_page)


def words(problem: Problem) -> dict[str, str]:
    """Say a problem to a person: title, reason, way out."""
    title, way = WORDS.get(problem.code) or BY_STATUS.get(problem.status, BY_STATUS[500])
    detail = problem.detail if problem.detail.rstrip("。.") != str(title).rstrip("。.") else ""
    if problem.code in MACHINERY:
        detail = ""
    elif fields := labels.wrong(problem):
        detail = " ".join(dict.fromkeys(fields.values()))
    return {"title": str(title), "detail": detail, "way": str(way), "code": problem.code}


def sign_in_address() -> str:
    """Return the sign-in page that comes back to the page asked for."""
    back = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return f"/sign-in?next={quote(back, safe='/')}"


def problem_page(problem: Problem) -> Any:
    """Show a service's refusal."""
    if problem.status == 401 and request.method == "GET":
        return redirect(sign_in_address(), code=303)
    if problem.status >= 500:
        log.warning("service answered badly: %s (request %s)", problem, g.visitor.request_id)
    return page(problem.status, **words(problem))


def no_venue_page(_failure: NoVenue) -> Any:
    """Show what stands in place of every page of rooms where there are none."""
    is_desk = request.path.startswith("/desk")
    page = render_template("no_venue.html", surface_frame="desk/layout.html" if is_desk else "my/layout.html")
    return page, 200 if request.method == "GET" else 404


def http_page(failure: HTTPException) -> Any:
    """Show what Flask itself refused (no such page, too large a form, wrong method)."""
    if failure.code is None or failure.code < 400:
        return failure
    code = "wrong_csrf" if failure.description == "wrong_csrf" else f"status_{failure.code}"
    if failure.code == 413 and request.mimetype == "multipart/form-data":
        code = "photo_too_large"
    title, way = WORDS.get(code) or BY_STATUS.get(failure.code, BY_STATUS[400])
    return page(failure.code, title=str(title), detail="", way=str(way), code=code)


def unexpected_page(failure: Exception) -> Any:
    """Show that it was our fault, without a trace; the log has it."""
    log.exception("a page failed (request %s)", g.visitor.request_id, exc_info=failure)
    title, way = BY_STATUS[500]
    return page(500, title=str(title), detail="", way=str(way), code="internal_error")


def page(status: int, title: str, detail: str, way: str, code: str) -> tuple[str, int]:
    """Render a refusal with its status."""
    facts = {"title": title, "detail": detail, "way": way, "code": code, "status": status}
    return render_template("refusal.html", refusal=facts, page_title=_("没有办成")), status


def require_office(*offices: str) -> Any:
    """Return a guard that lets only these offices onto a surface; what each may do the services decide."""

    def guard() -> Any:
        if (answer := require_session()) is not None or g.visitor.office in offices:
            return answer
        title, way = BY_STATUS[403]
        return page(403, title=str(title), detail="", way=str(way), code="office_required")

    return guard


def require_session() -> Any:
    """Send a visitor without a session to sign in; for a surface's before_request."""
    if g.visitor.signed_in:
        return None
    if request.method == "GET":
        return redirect(sign_in_address(), code=303)
    title, way = BY_STATUS[401]
    return page(401, title=str(title), detail="", way=str(way), code="status_401")
