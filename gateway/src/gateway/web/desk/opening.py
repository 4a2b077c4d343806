# SPDX-License-Identifier: Apache-2.0
"""When the teahouse is open and as what: the week, shown ahead before it is kept; single days and holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request
from flask_babel import gettext as _

from gateway.web import forms, layout, reading
from gateway.web.client import Problem
from gateway.web.desk import venue_forms
from gateway.web.desk.venue_forms import change
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route

ROWS = 8  # of the week's form: each a regime on some weekdays from one time to another
DAY_ROWS = 3
WEEKS_SHOWN = 3
STRANDED = "bookings_outside_hours"


def show() -> str:
    """Show the week's form as the hours now are, or as they were asked to be shown ahead."""
    return _week(_asked(), {}, None)


def preview() -> Any:
    """Show the coming weeks under the hours of the form, and who would be left outside; nothing is kept."""
    asked = _asked()
    if not _rows(asked):
        return _week(asked, {"_form": _("至少要有一段开放的时间。")}, None), 422
    if asked.get("valid_from", "") < layout.today().isoformat():
        return _week(asked, {"valid_from": _("请选今天或以后的一天。")}, None), 422
    try:
        return _shown(asked, {})
    except Problem as problem:
        return _week(asked, form_errors(problem), problem), problem.status


def _shown(asked: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    venue = venue_forms.settings()
    body = {"valid_from": asked.get("valid_from", ""), "hours": _rows(asked), "weeks": WEEKS_SHOWN}
    shown = g.api.send("venue", f"/venues/{venue['venue_id']}/preview", body)
    kept = {name: value for name, value in asked.items() if name != "keep_bookings"}
    return render_template(
        "desk/opening_preview.html",
        venue=venue,
        asked=kept,
        preview=shown,
        outside=venue_forms.by_codes(shown["bookings_outside_hours"]["codes"]),
        regimes=venue_forms.regime_words(venue),
        again=urlencode([(name, one) for name, value in kept.items() for one in value.split(",")]),
        errors=wrong,
    )


def save() -> Any:
    """Keep the hours from the day on that was named."""
    asked = venue_forms.typed()
    body = {"valid_from": asked.get("valid_from", ""), "hours": _rows(asked), **_keep()}
    return change(_refused_week, "desk.opening", f"/venues/{venue_forms.venue_id()}/weekly-hours", body)


def _refused_week(asked: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    """Show the weeks ahead again where people would be left outside: there they can be kept. Else the form."""
    if problem is not None and problem.code == STRANDED:
        try:
            return _shown(asked, wrong)
        except Problem:
            pass  # what cannot be shown ahead is corrected in the form
    return _week(asked, wrong, problem)


def days() -> str:
    """Show holidays and the days that have hours of their own."""
    return _days({}, {}, None)


def set_own_hours() -> Any:
    """Give one day hours of its own, or close it."""
    asked, day = venue_forms.typed(), reading.day(forms.text("day", 10))
    hours = [one for one in (_stretch(asked, number) for number in range(1, DAY_ROWS + 1)) if one]
    if day is None:
        return _days(asked, {"day": _("请选一天。")}, None), 422
    if not hours and not asked.get("closed"):
        return _days(asked, {"closed": _("请写一段开放时间；整天不开放就勾选。")}, None), 422
    path = f"/venues/{venue_forms.venue_id()}/own-hours/{day}"
    return change(_days, "desk.days", path, {"hours": [] if asked.get("closed") else hours, **_keep()})


def clear_own_hours(day: Any) -> Any:
    """Let a day follow the week again."""
    path = f"/venues/{venue_forms.venue_id()}/own-hours/{day}/removal"
    return change(_days, "desk.days", path, _keep())


def set_special_day() -> Any:
    """Note a holiday or make-up workday."""
    body: dict[str, Any] = {name: forms.text(name, 80) for name in ("date", "kind")} | venue_forms.names(80)
    if forms.text("follows_weekday"):
        body["follows_weekday"] = venue_forms.whole("follows_weekday")
    return change(_days, "desk.days", "/special-days", body | _keep(), versioned=False)


def remove_special_day(day: Any) -> Any:
    """Make a day an ordinary one again."""
    return change(_days, "desk.days", f"/special-days/{day}/removal", _keep(), versioned=False)


def _asked() -> dict[str, str]:
    return {name: ",".join(request.args.getlist(name)) for name in request.args if name != "done"}


def _keep() -> dict[str, bool]:
    return {"keep_bookings": True} if forms.text("keep_bookings") == "yes" else {}


def _rows(asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the week's rows: one stretch for each weekday that is ticked."""
    found = []
    for number in range(1, ROWS + 1):
        stretch = _stretch(asked, number)
        ticked = [reading.number(day, 7) for day in asked.get(f"days_{number}", "").split(",")]
        found += [{**stretch, "weekday": day} for day in ticked if stretch and day]
    return found


def _stretch(asked: Mapping[str, str], number: int) -> dict[str, Any]:
    regime = asked.get(f"regime_{number}", "")
    if not regime:
        return {}
    return {"regime": regime, "from": asked.get(f"from_{number}", ""), "until": asked.get(f"until_{number}", "")}


def _as_rows(venue: Mapping[str, Any]) -> dict[str, str]:
    """Write the newest weekly hours as the form has them: equal times of several weekdays in one row."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for one in venue["weekly_hours"]:
        if one["valid_until"] is None:
            grouped.setdefault((one["regime"], one["from"], one["until"]), []).append(str(one["weekday"]))
    asked: dict[str, str] = {}
    for number, ((regime, start, end), ticked) in enumerate(grouped.items(), 1):
        asked |= {f"regime_{number}": regime, f"from_{number}": start, f"until_{number}": end}
        asked[f"days_{number}"] = ",".join(sorted(ticked))
    return asked


def _week(kept: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    venue = venue_forms.settings()
    asked = dict(kept) or _as_rows(venue)
    tomorrow = layout.today() + timedelta(days=1)
    next_monday = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    return render_template(
        "desk/opening.html",
        venue=venue,
        asked={"valid_from": next_monday.isoformat(), **asked},
        rows=range(1, ROWS + 1),
        used=max((n for n in range(1, ROWS + 1) if asked.get(f"regime_{n}")), default=0),
        planned=sorted({one["valid_from"] for one in venue["weekly_hours"] if one["valid_from"] > str(layout.today())}),
        weekdays=venue_forms.WEEKDAYS,
        half_hours=venue_forms.HALF_HOURS,
        errors=wrong,
        stranded=_stranded(problem),
        done=request.args.get("done"),
    )


def _days(kept: Mapping[str, str], wrong: Mapping[str, str], problem: Problem | None) -> str:
    venue = venue_forms.settings()
    today = layout.today().isoformat()
    return render_template(
        "desk/days.html",
        venue=venue,
        own=[one for one in venue["own_hours"] if one["date"] >= today],
        special=[one for one in venue["special_days"] if one["date"] >= today],
        past=sum(one["date"] < today for one in venue["special_days"]),
        regimes=venue_forms.regime_words(venue),
        rows=range(1, DAY_ROWS + 1),
        weekdays=venue_forms.WEEKDAYS,
        half_hours=venue_forms.HALF_HOURS,
        asked=kept,
        errors=wrong,
        stranded=_stranded(problem),
        done=request.args.get("done"),
    )


def _stranded(problem: Problem | None) -> list[dict[str, Any]] | None:
    """The bookings that would be left outside, where that was the refusal."""
    if problem is None or problem.code != STRANDED:
        return None
    return venue_forms.by_codes(problem.body.get("codes", []))


ROUTES = (
    Route("/opening", "opening", show),
    Route("/opening/preview", "preview_opening", preview),
    Route("/opening", "save_opening", save, POST),
    Route("/days", "days", days),
    Route("/days", "set_own_hours", set_own_hours, POST),
    Route("/days/<day>/removal", "clear_own_hours", clear_own_hours, POST),
    Route("/special-days", "set_special_day", set_special_day, POST),
    Route("/special-days/<day>/removal", "remove_special_day", remove_special_day, POST),
)
