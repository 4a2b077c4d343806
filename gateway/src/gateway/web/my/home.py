# SPDX-License-Identifier: Apache-2.0
"""The residents' first page: six choices, one sentence of news, and what runs out soon."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web.board import or_none
from gateway.web.formats import SHANGHAI
from gateway.web.my.notices import know
from gateway.web.routes import Route

# What is not done on line yet is done at the counter: the page says where, when and by which telephone.
AT_THE_COUNTER = {
    "activities": (lazy_gettext("找活动"), lazy_gettext("告诉柜台您喜欢什么、什么时候有空，工作人员替您找。")),
    "hours": (
        lazy_gettext("我的时长"),
        lazy_gettext("志愿服务时长由社区登记。到柜台或打电话可以查，也可以开证明，不收费。"),
    ),
    "certificates": (
        lazy_gettext("办证明"),
        lazy_gettext("先打电话问清楚谁来开、要带什么，少跑一趟。不归社区开的，会告诉您去哪里。"),
    ),
}


def home() -> Any:
    """Show the six choices; staff without a home here are sent to their own surface."""
    if g.visitor.office:
        return redirect("/district" if g.visitor.community is None else "/desk", code=303)
    api = g.api
    answers = api.together(
        me=lambda: api.get("identity", "/me"),
        needs=lambda: api.get("engagement", "/my/needs", limit=5),
        bookings=lambda: api.get("venue", "/my/bookings", time="coming", limit=10),
        notices=lambda: api.get("engagement", "/my/notices", limit=1),
    )
    needs = (or_none(answers["needs"]) or {}).get("items", [])
    bookings = (or_none(answers["bookings"]) or {}).get("items", [])
    soonest = know(or_none(answers["notices"]))
    coming = [row for row in bookings if row["state"] == "confirmed" and row["cancellable"]]
    return render_template(
        "my/home.html",
        me=or_none(answers["me"]),
        need=next((row for row in needs if row["state"] != "rated"), None),
        coming=min(coming, key=lambda row: row["starts_at"], default=None),
        kept=next((row for row in bookings if row["state"] == "held"), None),
        soonest=soonest,
        greeting=_greeting(),
    )


def counter(matter: str) -> str:
    """Say where and when something is done that is not done on line."""
    if matter not in AT_THE_COUNTER:
        abort(404)
    title, words = AT_THE_COUNTER[matter]
    return render_template("my/counter.html", title=title, words=words, matter=matter)


def _greeting() -> str:
    hour = g.clock.now().astimezone(SHANGHAI).hour
    if hour < 11:
        return _("早上好")
    return _("中午好") if hour < 13 else _("下午好") if hour < 18 else _("晚上好")


ROUTES = (
    Route("", "home", home),
    Route("/counter/<matter>", "counter", counter),
)
