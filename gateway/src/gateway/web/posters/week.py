# SPDX-License-Identifier: Apache-2.0
"""What stands on the poster of a room's week: free and taken hours, how to book, whom to call. Never a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import g
from flask_babel import gettext as _

from gateway.web import nights, weeks
from gateway.web.formats import money_short, plain_name, week_words, weekday
from gateway.web.layout import today

# A stretch narrower than this share of the day is drawn without its word.
WORD_FROM = 0.1
HOUR_STEP = 120


def facts(place: dict[str, Any], week: dict[str, Any]) -> dict[str, Any]:
    """Arrange a public week for the sheet."""
    read = [(date.fromisoformat(day["date"]), weeks.stretches(day, week["regimes"])) for day in week["days"]]
    days = nights.by_night(read)
    opens, closes = weeks.opening(days)
    return {
        "language": g.language,
        "community": plain_name(place["name"]),
        "venue": week["venue_name"],
        "title": week["name"],
        "week": week_words(days[0][0], days[-1][0]),
        "opens": opens,
        "closes": closes,
        "hours": [
            {"minute": minute, "words": f"{minute // 60 % 24}:00"}
            for minute in range(-(-opens // 60) * 60, closes, HOUR_STEP)
        ],
        "days": [_day(on, rows, opens, closes) for on, rows in days],
        "legend": _legend(days),
        **_words(place, week),
    }


def _day(on: date, rows: list[weeks.Stretch], opens: int, closes: int) -> dict[str, Any]:
    segments = []
    for row in rows:
        first, last = (min(max(minute, opens), closes) for minute in weeks.minutes(on, row))
        if last > first:
            wide = (last - first) / (closes - opens) >= WORD_FROM
            segments.append({"from": first, "until": last, "look": row.look, "label": label(row) if wide else ""})
    return {"name": weekday(on), "number": str(on.day), "segments": segments, "words": _free(on, rows)}


def label(row: weeks.Stretch) -> str:
    """Say in a word what a stretch is."""
    if row.look in ("benefit", "commercial"):
        return _("可订")
    return row.label or {"busy": _("已订"), "past": _("已过")}.get(row.look, _("不开放"))


def _free(on: date, rows: list[weeks.Stretch]) -> str:
    if on < today():
        return _("已过")
    free: list[tuple[datetime, datetime]] = []
    for row in rows:
        if row.state == "free":
            adjoins = bool(free) and free[-1][1] == row.starts_at
            free = [*free[:-1], (free[-1][0], row.ends_at)] if adjoins else [*free, (row.starts_at, row.ends_at)]
    if free:
        return _("空：%(times)s", times=_("、").join(f"{first:%H:%M}—{last:%H:%M}" for first, last in free))
    return {"past": _("已过"), "closed": _("不开放")}.get(weeks.why_full(rows), _("满了"))


def _legend(days: list[tuple[date, list[weeks.Stretch]]]) -> list[dict[str, str]]:
    seen = {row.look for _on, rows in days for row in rows}
    prices = {row.price_fen_per_hour for _on, rows in days for row in rows if row.look == "commercial"}
    one_price = money_short(min(prices)) if len(prices) == 1 else None
    words = {
        "benefit": _("公益时段 ・ 免费"),
        "commercial": _("商业时段 ・ %(price)s/小时", price=one_price) if one_price else _("商业时段 ・ 收费"),
        "session": _("社区活动，欢迎来"),
        "busy": _("已有人订"),
    }
    return [{"look": look, "words": said} for look, said in words.items() if look in seen]


def _words(place: dict[str, Any], week: dict[str, Any]) -> dict[str, str]:
    contact = place.get("contact") or {}
    said = (contact.get("office_name"), contact.get("telephone"), contact.get("address"))
    return {
        "contact": "　".join(part for part in said if part),
        "ask": _("坐 %(people)s 人。想用，先看空不空。", people=week["capacity"]),
        "how": _("扫码看现在的情况，以扫到的为准；网上、电话、柜台都能订。"),
        "sign": _("张贴：____月____日　楼栋：______"),
        "check": _("核对：扫码看到的指纹和纸上一致才是真的。内容指纹"),
    }
