# SPDX-License-Identifier: Apache-2.0
"""Pages of bookings that repeat, the same for residents and for the counter: arrange, see, change, cancel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import errors, formats, forms, reading, repeats
from gateway.web.client import Problem
from gateway.web.my.rooms import community_rooms, venue_and_rooms

LONGEST_MINUTES = 720
# What a refusal means where dates repeat: code -> what happened, and what to do about it.
WORDS = {
    "slot_taken": (lazy_gettext("这段时间已有人订了"), lazy_gettext("下面是现在还空着的；回去改成其中一个。")),
    "crosses_regime": (
        lazy_gettext("这个时间跨两个时段"),
        lazy_gettext("勾上“可以跨两个时段”，就按两个价格一起订。"),
    ),
    "series_dates_refused": (
        lazy_gettext("有几天订不到"),
        lazy_gettext("可以改时间、换屋子，或者选“有一天订不到就跳过”。"),
    ),
    "series_over": (lazy_gettext("这个固定预订已经结束"), lazy_gettext("要接着用，请重新订一个。")),
    "series_date_not_found": (
        lazy_gettext("这一天没有可以改的预订"),
        lazy_gettext("它已经过去、已经取消，或者刚被改过；回去看看最新的日子。"),
    ),
    "series_too_long": (lazy_gettext("一次订得太多"), lazy_gettext("少订几次，更多的请到柜台办理。")),
    "rrule_too_many": (lazy_gettext("次数太多或者太远"), lazy_gettext("少订几次，快到期时再接着订。")),
    "rrule_empty": (lazy_gettext("这样一天也没有"), lazy_gettext("看看起止日期和选的日子对不对。")),
    "nothing_to_change": (
        lazy_gettext("没有要改的"),
        lazy_gettext("至少改一样：怎么重复、时间、长短、屋子或者设备。"),
    ),
    "one_date_has_no_rule": (
        lazy_gettext("只改一天，不能改怎么重复"),
        lazy_gettext("要改怎么重复，请选“这一天和以后的”或“还没到的全部”。"),
    ),
}


@dataclass(frozen=True)
class Surface:
    """Where the pages stand: their address and frame, the lists they read, and who may be named on them."""

    base: str
    frame: str
    bookings: str
    lists: str
    names: Callable[[list[dict[str, Any]]], dict[str, str]] = lambda items: {}
    is_desk: bool = False


def listed(surface: Surface) -> str:
    """List series, newest first."""
    answer = g.api.get("venue", surface.lists, cursor=request.args.get("cursor"), limit=20)
    return render_template(
        "series/list.html",
        surface=surface,
        items=answer["items"],
        next_cursor=answer["next_cursor"],
        words=repeats.words,
        names=surface.names(answer["items"]),
        left_behind=g.api.get("venue", "/left-behind-bookings")["items"] if surface.is_desk else [],
    )


def form(surface: Surface, behalf: dict[str, Any] | None = None) -> Any:
    """Choose room, days and times; with everything chosen, every date is tried and shown before anything is booked."""
    venue, spaces = venue_and_rooms()
    chosen = {name: value.strip()[:60] for name, value in request.args.items()}
    weekdays = request.args.getlist("weekdays")
    wish, told, problem = None, None, None
    if "try" in chosen:
        wish = repeats.read(chosen, weekdays)
        if not wish.errors:
            told, problem = _tried(wish.body, behalf)
    page = render_template(
        "series/form.html",
        surface=surface,
        behalf=behalf,
        choices=_choices(spaces),
        chosen=chosen,
        weekdays=weekdays,
        repeats=repeats,
        equipment=_equipment(venue, wish.body if wish else {}),
        wish=wish,
        told=told,
        problem=_words(problem) if problem else None,
    )
    return (page, problem.status) if problem else page


def _equipment(venue: dict[str, Any], chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """What there is in the house, each with how many of it were chosen."""
    counts = {one["equipment_id"]: one["quantity"] for one in chosen.get("equipment") or []}
    return [{**one, "has": counts.get(one["equipment_id"], 0)} for one in venue.get("equipment") or []]


def _tried(body: dict[str, Any], behalf: dict[str, Any] | None) -> tuple[Any, Problem | None]:
    if behalf:
        body = {**body, "on_behalf_of": {"person_id": behalf["person_id"], "reason": "check"}}
    return _asked("/series/check", body)


def _asked(path: str, body: dict[str, Any]) -> tuple[Any, Problem | None]:
    """Try something out: what would come of it, or the refusal."""
    try:
        return g.api.send("venue", path, body), None
    except Problem as problem:
        if problem.status not in (400, 404, 409, 422):
            raise
        return None, problem


def create(surface: Surface, behalf: dict[str, Any] | None = None) -> Any:
    """Arrange what was tried; a refusal names the dates that could not be had."""
    body: dict[str, Any] = {
        name: forms.text(name, 200) for name in ("space_id", "rrule", "first_date", "local_start", "policy")
    }
    body["minutes"] = reading.number(forms.text("minutes", 4)) or 0
    if forms.text("open_ended", 1):
        body["open_ended"] = True
    if forms.text("split", 3) == "yes":
        body["split"] = True
    if things := repeats.equipment(request.form):
        body["equipment"] = things
    if purpose := forms.text("purpose", 200):
        body["purpose"] = purpose
    if behalf:
        body["on_behalf_of"] = {"person_id": behalf["person_id"], "reason": forms.text("reason", 200)}
    try:
        made = g.api.send("venue", "/series", body, key=forms.key())
    except Problem as problem:
        if problem.status not in (400, 409, 422):
            raise
        return _refused(surface, problem, f"{surface.base}/new" + (f"?person={behalf['person_id']}" if behalf else ""))
    return redirect(f"{surface.base}/{made['series_id']}?new=1", code=303)


def _words(problem: Problem) -> dict[str, str]:
    told = errors.words(problem)
    title, way = WORDS.get(problem.code, (told["title"], told["way"]))
    detail = told["detail"] if told["detail"].rstrip("。.") != str(title).rstrip("。.") else ""
    return {**told, "title": str(title), "detail": detail, "way": str(way)}


def _refused(surface: Surface, problem: Problem, again: str) -> tuple[str, int]:
    page = render_template(
        "series/refused.html",
        surface=surface,
        problem=_words(problem),
        dates=problem.body.get("dates") or [],
        alternatives=problem.body.get("alternatives") or [],
        again=again,
    )
    return page, problem.status


def one(surface: Surface, series_id: Any) -> str:
    """Show a series with every date and what may be done with it."""
    found = g.api.get("venue", f"/series/{series_id}")
    venue, _spaces = community_rooms()
    return render_template(
        "series/one.html",
        equipment=_equipment(venue or {}, found),
        surface=surface,
        series=found,
        skipped=[row for row in found["dates"] if row["state"] == "skipped"],
        changeable=[row for row in found["dates"] if row["changeable"]],
        repeats=repeats,
        words=repeats.words(found["rrule"]),
        names=surface.names([found]),
        is_new="new" in request.args,
        done=request.args.get("done"),
    )


def change_form(surface: Surface, series_id: Any) -> Any:
    """Choose what is to be otherwise; what would become of every date is shown before anything is changed."""
    found = g.api.get("venue", f"/series/{series_id}")
    changeable = [row for row in found["dates"] if row["changeable"]]
    if not (found["changeable"] and changeable):
        return redirect(f"{surface.base}/{series_id}", code=303)
    venue, spaces = venue_and_rooms()
    before = repeats.now(found)
    tried = _tried_change(series_id, before) if "try" in request.args else {}
    wished = tried["wish"].body if tried else {}
    page = render_template(
        "series/change.html",
        surface=surface,
        series=found,
        changeable=changeable,
        choices=_choices(spaces),
        says_rule=before is not None,
        repeats=repeats,
        equipment=_equipment(venue, wished if "equipment" in wished else found),
        **({"chosen": before.fields if before else {}, "weekdays": before.weekdays if before else []} | tried),
    )
    problem = tried.get("problem")
    return (page, problem["status"]) if problem else page


def _tried_change(series_id: Any, before: repeats.Now | None) -> dict[str, Any]:
    """Read the form of a change and ask what would come of it; what is missing is not asked."""
    chosen = {name: value.strip()[:60] for name, value in request.args.items()}
    weekdays = request.args.getlist("weekdays")
    wish, told, problem = repeats.change(chosen, weekdays, before), None, None
    if not wish.errors:
        told, problem = _asked(f"/series/{series_id}/check", wish.body)
    facts: dict[str, Any] = {"chosen": chosen, "weekdays": weekdays, "wish": wish, "told": told}
    if told:
        facts["counts"] = Counter(row["change"] for row in told["dates"])
    if problem:
        lists = {name: problem.body.get(name) or [] for name in ("dates", "alternatives")}
        facts["problem"] = {**_words(problem), **lists, "status": problem.status}
    return facts


def change(surface: Surface, series_id: Any) -> Any:
    """Change one date, the following or all; what is left at “as it is” stays."""
    scope = forms.text("scope", 10)
    body: dict[str, Any] = {"scope": scope}
    if scope != "all":
        body["from_date"] = forms.text("from_date", 10)
    for name in ("space_id", "rrule", "local_start", "policy"):
        if value := forms.text(name, 200):
            body[name] = value
    if minutes := reading.number(forms.text("minutes", 4)):
        body["minutes"] = minutes
    if forms.text("split", 3) == "yes":
        body["split"] = True
    if forms.text("equips", 3) == "yes":
        body["equipment"] = repeats.equipment(request.form)
    return _acted(surface, series_id, body, "PATCH", f"/series/{series_id}", "changed")


def cancel(surface: Surface, series_id: Any) -> Any:
    """Cancel one date, the following or all."""
    scope = forms.text("scope", 10)
    body = {"scope": scope} if scope == "all" else {"scope": scope, "from_date": forms.text("from_date", 10)}
    return _acted(surface, series_id, body, "POST", f"/series/{series_id}/cancellation", "cancelled")


def _acted(surface: Surface, series_id: Any, body: dict[str, Any], method: str, path: str, done: str) -> Any:
    try:
        answer = g.api.send("venue", path, body, key=forms.key(), version=forms.version(), method=method)
    except Problem as problem:
        if problem.status not in (400, 404, 409, 412, 422):
            raise
        return _refused(surface, problem, f"{surface.base}/{series_id}")
    return redirect(f"{surface.base}/{answer['series_id']}?done={done}", code=303)


def _choices(spaces: list[dict[str, Any]]) -> dict[str, list[tuple[Any, str]]]:
    """What the selects of the forms offer: (value, words)."""
    half_hours = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 30)]
    return {
        "spaces": [(one["space_id"], one["name"]) for one in spaces],
        "times": [(time, time) for time in half_hours],
        "lengths": [(minutes, formats.duration(minutes)) for minutes in range(30, LONGEST_MINUTES + 1, 30)],
        "month_days": [(day, _("%(day)s 号", day=day)) for day in range(1, 32)] + [("-1", _("最后一天"))],
        "intervals": [(1, _("每次"))]
        + [(number, _("每 %(count)s 周（月、天）一次", count=number)) for number in range(2, 7)],
    }
