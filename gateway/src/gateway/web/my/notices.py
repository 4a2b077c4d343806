# SPDX-License-Identifier: Apache-2.0
"""What one is told: each notice in plain words with the way to what it is about, and the mark in the menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext

from gateway.web import forms
from gateway.web.client import Problem
from gateway.web.formats import clock_time, date_words, money, time_range, weekday
from gateway.web.layout import venues_of
from gateway.web.my.waiting import minutes_left
from gateway.web.routes import POST, Route

# Whether something is unread, as the last page that asked knew it: for two minutes the others need not ask.
UNREAD_COOKIE, UNREAD_SECONDS = "linli-unread", 120
LIST = "/my/notices"
OPEN = "offer_made"


@dataclass(frozen=True)
class Words:
    """What a kind of notice says: a line, and where there is more to say a sentence. Both may hold figures."""

    line: Any
    more: Any = ""


WORDS = {
    OPEN: Words(lazy_gettext("给您留着一间屋子"), lazy_gettext("到 %(until)s 不答复，就给下一位。")),
    "offer_lapsed": Words(lazy_gettext("没有等到您答复，屋子给了下一位")),
    "wait_lapsed": Words(lazy_gettext("没有等到空的时间")),
    "wait_ended": Words(lazy_gettext("候补取消了"), lazy_gettext("社区替您退出了，或者那间屋子停用了。")),
    "booking_made": Words(lazy_gettext("社区替您订好了")),
    "booking_approved": Words(lazy_gettext("您申请的批准了")),
    "booking_declined": Words(lazy_gettext("您申请的没有批准"), lazy_gettext("原因写在预订里。")),
    "booking_undecided": Words(
        lazy_gettext("您的申请没有来得及批"), lazy_gettext("时间已经到了，请另选时间，或问社区柜台。")
    ),
    "booking_moved": Words(lazy_gettext("社区给您的预订换了时间或屋子"), lazy_gettext("以现在的为准。")),
    "booking_cancelled": Words(lazy_gettext("社区取消了您的预订"), lazy_gettext("有疑问请找社区柜台。")),
    "booking_released": Words(lazy_gettext("过了时间没有人来，屋子放给别人了")),
    "series_made": Words(lazy_gettext("固定预订办好了"), lazy_gettext("一共 %(dates)s 次。")),
    "series_changed": Words(lazy_gettext("固定预订有变动"), lazy_gettext("改了或取消了 %(dates)s 次。")),
    "series_cancelled": Words(lazy_gettext("社区取消了固定预订里的日子"), lazy_gettext("一共 %(dates)s 次。")),
    "mark_given": Words(lazy_gettext("记了一次：订了没来，或取消得太晚"), lazy_gettext("不是您的原因，可以申诉。")),
    "mark_excused": Words(lazy_gettext("那一次不算了")),
    "mark_upheld": Words(lazy_gettext("申诉没有通过，那一次还算")),
    "refund_made": Words(lazy_gettext("退给您 %(amount)s")),
    "deposit_returned": Words(lazy_gettext("押金 %(amount)s 退给您了")),
    "deposit_kept": Words(lazy_gettext("押金 %(amount)s 没有退"), lazy_gettext("有疑问请找社区柜台。")),
    "need_raised": Words(lazy_gettext("社区替您记下了一件事")),
    "need_assigned": Words(lazy_gettext("您提的事有人办了")),
    "need_resolved": Words(lazy_gettext("您提的事说是办好了，请您来评")),
    "topic_declined": Words(lazy_gettext("您提的话题没有公开"), lazy_gettext("有疑问请找社区柜台。")),
    "ticket_cancelled": Words(lazy_gettext("您取号的那一场取消了"), lazy_gettext("请另取一个号。")),
    "ticket_displaced": Words(
        lazy_gettext("您取号的那一场没有屋子了"), lazy_gettext("正在另找地方；号还算数，有消息就写在这里。")
    ),
    "ticket_moved": Words(lazy_gettext("您取号的那一场换了地方或时间"), lazy_gettext("以现在的为准。")),
    "ticket_lapsed": Words(lazy_gettext("您的号没有办上"), lazy_gettext("那一场已经结束，请另取一个号。")),
}
LEFT_OUT = lazy_gettext("没订上的 %(left_out)s 次，原因写在里面。")
SOMETHING = Words(lazy_gettext("有新消息"))
RAN_OUT = Words(lazy_gettext("给您留过一间屋子"), lazy_gettext("答复的时间已经过了。"))
CLOSED = Words(lazy_gettext("社区取消了您的预订"), lazy_gettext("那段时间屋子停用，不是您的原因。"))
RETIRED = Words(lazy_gettext("候补取消了"), lazy_gettext("那间屋子停办了，请另选一间。"))
CLOSED_DATES = Words(
    lazy_gettext("您的固定预订被取消了几次"), lazy_gettext("那段时间屋子停用，取消了 %(dates)s 次，不是您的原因。")
)


def notices() -> str:
    """List what one is told, the latest first."""
    answer = g.api.get("engagement", LIST, cursor=request.args.get("cursor"), limit=20)
    know(answer)
    items = [_told(one) for one in answer["items"]]
    latest = None if request.args.get("cursor") else next((one["told_at"] for one in items), None)
    return render_template(
        "my/notices.html", notices=items, latest=latest, unread=answer["has_unread"], next_cursor=answer["next_cursor"]
    )


def read_one(notice_id: Any) -> Any:
    """Note that one notice was read; where it tells something newer by now, that is shown instead."""
    try:
        g.api.send("engagement", f"/my/notices/{notice_id}/reading", key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.status not in (404, 412):
            raise
    return redirect(url_for("my.notices"), code=303)


def read_all() -> Any:
    """Note that everything shown was read."""
    g.api.send("engagement", "/my/notices/reading", {"until": forms.text("until", 40)}, key=forms.key())
    return redirect(url_for("my.notices"), code=303)


def know(answer: dict[str, Any] | None) -> dict[str, Any] | None:
    """Take note for the menu whether anything is unread; return the notice that runs out first, with the minutes.

    Where it could not be asked, nothing is marked until it is asked again.
    """
    g.has_unread = answer is not None and answer["has_unread"]
    if answer is None:
        return None
    soonest = answer["soonest"]
    return {**soonest, "minutes": minutes_left(soonest["expires_at"])} if soonest else None


def mark() -> dict[str, bool]:
    """Tell the templates whether the menu bears a mark.

    One's own pages ask once in a while, not each of them; public pages ask nothing of anybody's and go by the cookie.
    """
    if not g.visitor.signed_in or g.visitor.office:
        return {"has_unread": False}
    if "has_unread" not in g:
        remembered = request.cookies.get(UNREAD_COOKIE)
        if remembered in ("0", "1") or request.blueprint != "my":
            return {"has_unread": remembered == "1"}
        try:
            know(g.api.get("engagement", LIST, limit=1))
        except Problem:
            know(None)
    return {"has_unread": g.has_unread}


def remember(answer: Response) -> Response:
    """Have the browser remember for the next two minutes what this page has learnt; no identity in it."""
    if "has_unread" in g:
        value, safe = "1" if g.has_unread else "0", request.is_secure
        answer.set_cookie(UNREAD_COOKIE, value, UNREAD_SECONDS, httponly=True, samesite="Lax", secure=safe)
    return answer


def _told(one: dict[str, Any]) -> dict[str, Any]:
    words = WORDS.get(one["kind"], SOMETHING)
    is_open = one["kind"] == OPEN and minutes_left(one["expires_at"]) > 0
    if one["kind"] == OPEN and not is_open:
        words = RAN_OUT
    if one["reason_code"] == "closure":
        words = CLOSED_DATES if one["dates"] else CLOSED
    if one["reason_code"] == "room_retired":
        words = RETIRED
    facts = {
        "until": clock_time(one["expires_at"]) if one["expires_at"] else "",
        "dates": one["dates"] or 0,
        "left_out": one["left_out"] or 0,
        "amount": money(one["amount_fen"]),
    }
    sentences = [words.more if one["dates"] != 0 else "", LEFT_OUT if one["left_out"] else ""]
    line, more = str(words.line) % facts, " ".join(str(part) % facts for part in sentences if part)
    return {**one, "line": line, "more": more, "about": _about(one), "href": _way(one), "is_open": is_open}


def _about(one: dict[str, Any]) -> str:
    """Say which room and when, as far as it is known; of a series, from when on."""
    spaces = [space for venue in venues_of(g.visitor.community) or [] for space in venue["spaces"]]
    room = next((space["names"][g.language] for space in spaces if space["space_id"] == one["space_id"]), "")
    starts_at, ends_at = one["starts_at"], one["ends_at"]
    if starts_at and ends_at:
        when = f"{date_words(starts_at)} {weekday(starts_at)} {time_range(starts_at, ends_at)}"
    else:
        when = f"{date_words(starts_at)} {clock_time(starts_at)}" if starts_at else ""
    return " ・ ".join(part for part in (room, when) if part)


def _way(one: dict[str, Any]) -> str:
    """Lead to what the notice is about."""
    subject, booking = one["subject_id"], one["booking_id"]
    ways = {
        "offer": url_for("my.waiting"),
        "booking": url_for("my.booking", booking_id=subject),
        "series": url_for("my.one_series", series_id=subject),
        "mark": url_for("my.marks"),
        "money": url_for("my.booking", booking_id=booking) if booking else url_for("my.bookings"),
        "need": url_for("my.need", need_id=subject),
        "topic": url_for("my.sittings"),
        "ticket": url_for("my.ticket", ticket_id=subject),
    }
    return ways.get(one["matter"], url_for("my.home"))


ROUTES = (
    Route("/notices", "notices", notices),
    Route("/notices/reading", "read_all_notices", read_all, POST),
    Route("/notices/<uuid:notice_id>/reading", "read_notice", read_one, POST),
)
