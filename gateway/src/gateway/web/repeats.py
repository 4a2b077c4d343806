# SPDX-License-Identifier: Apache-2.0
"""What repeats, between the form's plain choices, the contract's RRULE, and words a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from gateway.web import reading

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_WORDS = {
    "MO": lazy_gettext("周一"),
    "TU": lazy_gettext("周二"),
    "WE": lazy_gettext("周三"),
    "TH": lazy_gettext("周四"),
    "FR": lazy_gettext("周五"),
    "SA": lazy_gettext("周六"),
    "SU": lazy_gettext("周日"),
}
NTH_WORDS = {
    "1": lazy_gettext("第一个"),
    "2": lazy_gettext("第二个"),
    "3": lazy_gettext("第三个"),
    "4": lazy_gettext("第四个"),
    "5": lazy_gettext("第五个"),
    "-1": lazy_gettext("最后一个"),
}
FROM_THE_END = {  # the form offers none of them, other clients may
    "-2": lazy_gettext("倒数第二个"),
    "-3": lazy_gettext("倒数第三个"),
    "-4": lazy_gettext("倒数第四个"),
    "-5": lazy_gettext("倒数第五个"),
}
EVERY = {
    "weekly": lazy_gettext("每周，选星期几"),
    "monthly_nth": lazy_gettext("每月，第几个星期几"),
    "monthly_day": lazy_gettext("每月，几号"),
    "daily": lazy_gettext("每天"),
}
POLICIES = {
    "skip_and_report": lazy_gettext("有一天订不到就跳过，其余照订"),
    "offer_alternatives": lazy_gettext("跳过，并告诉我还有哪些时间"),
    "all_or_nothing": lazy_gettext("有一天订不到就都不订"),
}
SCOPES = {
    "one": lazy_gettext("只这一天"),
    "following": lazy_gettext("这一天和以后的"),
    "all": lazy_gettext("还没到的全部"),
}
CHANGES = {  # what becomes of a date: the tag's words and look
    "kept": (lazy_gettext("不变"), "plain"),
    "moved": (lazy_gettext("会改"), "tea"),
    "added": (lazy_gettext("新增"), ""),
    "skipped": (lazy_gettext("订不到"), "bad"),
    "dropped": (lazy_gettext("会取消"), "bad"),
}
MOST_INTERVAL, OFFERED_INTERVAL, MOST_EQUIPMENT = 12, 6, 10
EQUIPMENT = "equipment-"
# A change moves what it can; other rooms and times are told only where a series is arranged.
CHANGE_POLICIES = {code: words for code, words in POLICIES.items() if code != "offer_alternatives"}


@dataclass(frozen=True)
class Wish:
    """What somebody chose on the form, ready to be asked of the service; ``errors`` says what is missing."""

    body: dict[str, Any]
    errors: dict[str, str]


def read(chosen: Mapping[str, str], weekdays: list[str]) -> Wish:
    """Turn the form's choices into the contract's wish. What the service can judge is left to it."""
    errors: dict[str, str] = {}
    body: dict[str, Any] = {
        "space_id": chosen.get("space_id", ""),
        "rrule": _rule(chosen, [day for day in weekdays if day in WEEKDAYS], errors),
        "local_start": chosen.get("local_start", "")[:5],
        "policy": chosen.get("policy") if chosen.get("policy") in POLICIES else "skip_and_report",
    }
    if first := reading.day(chosen.get("first_date")):
        body["first_date"] = first.isoformat()
    else:
        errors["first_date"] = _("写明从哪一天开始。")
    body["minutes"] = _number(chosen.get("minutes", ""), 1440) or 60
    if chosen.get("open_ended") == "1":
        body["open_ended"] = True
    if chosen.get("split") == "yes":
        body["split"] = True
    if things := equipment(chosen):
        body["equipment"] = things
    return Wish(body, errors)


@dataclass(frozen=True)
class Now:
    """How a series repeats, as the form's own choices."""

    fields: dict[str, str]
    weekdays: list[str]


def now(series: Mapping[str, Any]) -> Now | None:
    """Say a series' rule in the form's choices; None for a rule that the form cannot say."""
    parts = dict(part.partition("=")[::2] for part in series["rrule"].split(";"))
    named = [day for day in parts.get("BYDAY", "").split(",") if day]
    fields = {"interval": parts.get("INTERVAL", "1"), "until": series["until"] or ""}
    fields["open_ended"] = "1" if series["open_ended"] else ""
    if (reading.number(fields["interval"]) or 0) > OFFERED_INTERVAL:
        return None
    if parts["FREQ"] == "DAILY":
        return None if named else Now({**fields, "every": "daily"}, [])
    if parts["FREQ"] == "WEEKLY":
        first = reading.day(series["first_date"])
        return Now({**fields, "every": "weekly"}, named or [WEEKDAYS[first.weekday()]] if first else [])
    if nths := {day[:-2].removeprefix("+") for day in named}:
        is_offered = len(nths) == 1 and nths <= set(NTH_WORDS)
        weekdays = [day[-2:] for day in named]
        return Now({**fields, "every": "monthly_nth", "nth": nths.pop()}, weekdays) if is_offered else None
    day = parts.get("BYMONTHDAY", series["first_date"][8:].lstrip("0"))
    is_offered = day == "-1" or reading.number(day, 31)
    return Now({**fields, "every": "monthly_day", "day": day}, []) if is_offered else None


def change(chosen: Mapping[str, str], weekdays: list[str], before: Now | None) -> Wish:
    """Turn the choices of the form that changes a series into the contract's change; what stays is left out."""
    errors: dict[str, str] = {}
    scope = chosen.get("scope") if chosen.get("scope") in SCOPES else "following"
    body: dict[str, Any] = {"scope": scope}
    if scope != "all":
        body["from_date"] = chosen.get("from_date", "")[:10]
    if chosen.get("every"):
        wanted = _rule(_latest(chosen, before), [day for day in weekdays if day in WEEKDAYS], errors)
        if before is None or wanted != _rule(before.fields, before.weekdays, {}):
            body["rrule"] = wanted
    body |= {name: chosen[name][:40] for name in ("space_id", "local_start", "policy") if chosen.get(name)}
    if minutes := _number(chosen.get("minutes", ""), 1440):
        body["minutes"] = minutes
    if chosen.get("split") == "yes":
        body["split"] = True
    if chosen.get("equips") == "yes":
        body["equipment"] = equipment(chosen)
    return Wish(body, errors)


def _latest(chosen: Mapping[str, str], before: Now | None) -> dict[str, str]:
    """What was typed last holds: a number of times against the date that stood there, any end against none."""
    latest = dict(chosen)
    if chosen.get("count") and before and chosen.get("until") == before.fields["until"]:
        latest["until"] = ""
    if latest.get("until") or latest.get("count"):
        latest["open_ended"] = ""
    return latest


def equipment(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read how many of each equipment were chosen; those of which none is wanted are left out."""
    counts = {name: reading.number(value.strip()[:4]) for name, value in fields.items() if name.startswith(EQUIPMENT)}
    wanted = [(name.removeprefix(EQUIPMENT), count) for name, count in counts.items() if count]
    return [{"equipment_id": one, "quantity": count} for one, count in wanted[:MOST_EQUIPMENT]]


def _rule(chosen: Mapping[str, str], weekdays: list[str], errors: dict[str, str]) -> str:
    every, nth = chosen.get("every", "weekly"), chosen.get("nth", "")
    parts = ["FREQ=" + ("DAILY" if every == "daily" else "WEEKLY" if every == "weekly" else "MONTHLY")]
    interval = _number(chosen.get("interval", ""), MOST_INTERVAL)
    if interval and interval > 1:
        parts.append(f"INTERVAL={interval}")
    if every in ("weekly", "monthly_nth"):
        if not weekdays:
            errors["weekdays"] = _("选一个或几个星期几。")
        which = nth if nth in NTH_WORDS else "1"
        parts.append("BYDAY=" + ",".join(f"{which if every == 'monthly_nth' else ''}{day}" for day in weekdays))
    if every == "monthly_day":
        day = chosen.get("day", "")
        parts.append(f"BYMONTHDAY={day if day == '-1' else _number(day, 31) or 1}")
    parts += _ending(chosen, errors)
    return ";".join(parts)


def _ending(chosen: Mapping[str, str], errors: dict[str, str]) -> list[str]:
    if chosen.get("open_ended") == "1":
        return []
    if until := chosen.get("until", ""):
        if last := reading.day(until):
            return [f"UNTIL={last:%Y%m%d}"]
        errors["until"] = _("日期没有看懂。")
        return []
    if count := _number(chosen.get("count", ""), 9999):
        return [f"COUNT={count}"]
    errors["until"] = _("写明到哪一天，或一共几次。")
    return []


def _number(text: str, most: int) -> int | None:
    return reading.number(text, most) or None


def words(rrule: str) -> str:
    """Say a rule of the contract in words: 每周二、周四 · every Tue, Thu."""
    parts = dict(part.partition("=")[::2] for part in rrule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    named = [day for day in parts.get("BYDAY", "").split(",") if day]
    if parts.get("FREQ") == "DAILY":
        return _("每天") if interval == 1 else _("每 %(count)s 天", count=interval)
    if not named and not parts.get("BYMONTHDAY"):  # the day of the first date
        if parts.get("FREQ") == "WEEKLY":
            return _("每周") if interval == 1 else _("每 %(n)s 周", n=interval)
        return _("每月") if interval == 1 else _("每 %(n)s 个月", n=interval)
    if parts.get("FREQ") == "WEEKLY":
        days = _("、").join(str(WEEKDAY_WORDS[day]) for day in named)
        return _("每%(days)s", days=days) if interval == 1 else _("每 %(n)s 周：%(days)s", n=interval, days=days)
    days = _("、").join(_nth(day) for day in named) or _month_days(parts.get("BYMONTHDAY", ""))
    return _("每月%(days)s", days=days) if interval == 1 else _("每 %(n)s 个月：%(days)s", n=interval, days=days)


def _nth(day: str) -> str:
    which, weekday = day[:-2].removeprefix("+"), WEEKDAY_WORDS[day[-2:]]
    nth = NTH_WORDS.get(which) or FROM_THE_END[which]
    return _("%(nth)s%(weekday)s", nth=nth, weekday=weekday)


def _month_days(text: str) -> str:
    days = [day for day in text.split(",") if day]
    return _("、").join(_month_day(int(day)) for day in days)


def _month_day(day: int) -> str:
    if day < -1:
        return _("倒数第 %(count)s 天", count=-day)
    return _("最后一天") if day == -1 else _("%(day)s 号", day=day)
