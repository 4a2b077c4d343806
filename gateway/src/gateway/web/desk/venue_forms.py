# SPDX-License-Identifier: Apache-2.0
"""What the pages of the teahouse's settings share: the settings themselves, and a change that keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import lazy_gettext

from gateway.web import forms, reading, weeks
from gateway.web.board import or_none
from gateway.web.client import Problem
from gateway.web.desk import people
from gateway.web.my.needs import form_errors
from gateway.web.my.rooms import venue_and_rooms

SAVED = "saved"
MOST_LOOKED_UP = 50
KINDS = {
    "public_benefit": lazy_gettext("公益"),
    "at_cost": lazy_gettext("收成本"),
    "commercial": lazy_gettext("商业"),
    "office_hours": lazy_gettext("坐班"),
    "government_desk": lazy_gettext("服务台"),
    "closed": lazy_gettext("不开放"),
}
AUDIENCES = {
    "everyone": lazy_gettext("谁都可以"),
    "residents": lazy_gettext("本社区居民"),
    **weeks.AUDIENCES,
}
APPROVALS = {"none": lazy_gettext("不用批"), "required": lazy_gettext("每次都要批")}
WEEKDAYS = tuple(lazy_gettext(words) for words in ("周一", "周二", "周三", "周四", "周五", "周六", "周日"))
HALF_HOURS = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 1441, 30))
LOOKS = {"public_benefit": "", "commercial": "night", "at_cost": "tea", "closed": "plain"}
Page = Callable[[Mapping[str, str], Mapping[str, str], Problem | None], Any]


def settings() -> dict[str, Any]:
    """Read everything staff keep about the community's teahouse."""
    return g.api.get("venue", f"/venues/{venue_id()}")


def venue_id() -> str:
    """Return the community's venue; without one there is nothing to set."""
    venue, _spaces = venue_and_rooms()
    return venue["venue_id"]


def typed() -> dict[str, str]:
    """Return what was typed, but for what every form carries; several ticks of one name stand in one line."""
    names = [name for name in request.form if name not in ("csrf", "key", "version")]
    return {name: ",".join(one.strip() for one in request.form.getlist(name))[:4000] for name in names}


def change(
    show: Page, back: str, path: str, body: Mapping[str, Any], *, method: str = "POST", versioned: bool = True
) -> Any:
    """Send a change and go ``back``; a refusal stands above the same page with what was typed."""
    version = forms.version() if versioned else None
    try:
        g.api.send("venue", path, dict(body), key=forms.key(), version=version, method=method)
    except Problem as problem:
        return show(typed(), form_errors(problem), problem), problem.status
    return redirect(url_for(back, done=SAVED), code=303)


def names(most: int = 120) -> dict[str, str]:
    """Return a name in both languages; without an English one the Chinese stands for it."""
    zh = forms.text("name_zh", most)
    return {"name_zh": zh, "name_en": forms.text("name_en", most) or zh}


def by_codes(codes: Sequence[str]) -> list[dict[str, Any]]:
    """Find the bookings of some pick-up codes, for staff to open and call; what cannot be read stays a bare code.

    Names take one call of identity's, whatever the number of bookings.
    """
    asked = list(dict.fromkeys(codes))[:MOST_LOOKED_UP]
    answers = g.api.together(**{code: _by_code(g.api, code) for code in asked})
    found = {code: (or_none(answers[code]) or {}).get("items", [])[:1] for code in asked}
    rows = [{**(row[0] if row else {}), "pick_up_code": code} for code, row in found.items()]
    return with_names(rows) + [{"pick_up_code": code} for code in codes[MOST_LOOKED_UP:]]


def with_names(bookings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add whose each booking is, where the caller is told and may know the name."""
    names = people.names(g.api, {row["person_id"] for row in bookings if row.get("person_id")})
    return [{**row, "name": names.get(row.get("person_id", ""))} for row in bookings]


def _by_code(api: Any, code: str) -> Callable[[], Any]:
    return lambda: api.get("venue", "/bookings", pick_up_code=code)


def whole(name: str) -> int:
    """Return a number that was typed; what is none becomes -1, which every contract refuses by name."""
    found = reading.number(forms.text(name, 8))
    return -1 if found is None else found


def lines(text: str) -> list[str]:
    """Read a list of words that stand on lines or between commas."""
    parts = text.replace("\n", ",").replace("、", ",").replace("，", ",").split(",")
    return [one.strip() for one in parts if one.strip()]


def regime_words(found: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Name and look of each regime, for tags."""
    return {one["code"]: {"name": one["name"], "look": LOOKS.get(one["kind"], "tea")} for one in found["regimes"]}
