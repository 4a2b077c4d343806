# SPDX-License-Identifier: Apache-2.0
"""How numbers, dates and states are written: 11月23日, ¥1,234.56, Asia/Shanghai, in the page's language."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import g, has_request_context
from flask_babel import format_date as babel_date
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
DIGITS = "〇一二三四五六七八九"


def is_chinese() -> bool:
    """Tell whether the page is in Chinese."""
    return get_locale() is None or get_locale().language == "zh"


def moment(value: str | datetime) -> datetime:
    """Read an RFC 3339 instant as wall time in Shanghai."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def day(value: str | date | datetime) -> date:
    """Read a date, or the Shanghai date of an instant."""
    if isinstance(value, str):
        return date.fromisoformat(value) if len(value) == 10 else moment(value).date()
    return moment(value).date() if isinstance(value, datetime) else value


def money(fen: int | None) -> str:
    """Write fen as ¥1,234.56; the minus stands before the sign."""
    if fen is None:
        return "—"
    sign, value = ("−" if fen < 0 else ""), abs(int(fen))
    return f"{sign}¥{value // 100:,}.{value % 100:02d}"


def money_short(fen: int | None) -> str:
    """Write whole yuan without decimals (prices per hour), anything else in full."""
    return f"¥{fen // 100:,}" if fen and fen % 100 == 0 else money(fen)


def date_words(value: str | date | datetime) -> str:
    """Write 11月23日, with its year where that is not this one; or 23 Nov 2026."""
    at = day(value)
    return f"{_year(at)}{at.month}月{at.day}日" if is_chinese() else babel_date(at, "d MMM y")


def _year(at: date) -> str:
    """Write the year of a date that is not of this one: 2027年."""
    clock = g.get("clock") if has_request_context() else None
    return "" if clock is None or at.year == clock.now().astimezone(SHANGHAI).year else f"{at.year}年"


def date_full(value: str | date | datetime) -> str:
    """Write 2026年11月23日, or 23 Nov 2026."""
    at = day(value)
    return f"{at.year}年{at.month}月{at.day}日" if is_chinese() else babel_date(at, "d MMM y")


def weekday(value: str | date | datetime) -> str:
    """Write 周一, or Mon."""
    at = day(value)
    return WEEKDAYS[at.weekday()] if is_chinese() else babel_date(at, "EEE")


def weekday_short(value: str | date | datetime) -> str:
    """Write 一, or Mon: the head of a day on a phone."""
    return weekday(value)[-1] if is_chinese() else weekday(value)


def clock_time(value: str | datetime) -> str:
    """Write 19:00 in Shanghai."""
    return moment(value).strftime("%H:%M")


def date_time(value: str | datetime) -> str:
    """Write 11月23日 19:00."""
    return f"{date_words(value)} {clock_time(value)}"


def time_range(starts_at: str | datetime, ends_at: str | datetime) -> str:
    """Write 19:00—21:00, or 22:30—次日 00:30 over a midnight."""
    return f"{clock_time(starts_at)}—{end_time(ends_at, moment(starts_at).date())}"


def end_time(value: str | datetime, on: str | date) -> str:
    """Write an end as seen from the day it began: 21:00, 24:00 at its midnight, 次日 00:30 after it."""
    at = moment(value)
    nights = (at.date() - day(on)).days
    if nights == 1:
        return gettext("次日 %(time)s", time=f"{at:%H:%M}") if at.hour or at.minute else "24:00"
    return f"{at:%H:%M}" if nights < 1 else date_time(at)


def month_words(month: str) -> str:
    """Write 2026年10月, or October 2026, from 2026-10."""
    year, number = month.split("-")
    if is_chinese():
        return f"{year}年{int(number)}月"
    return babel_date(date(int(year), int(number), 1), "MMMM y")


def month_title(month: str) -> str:
    """Write 二〇二六年十月 as posters do, or October 2026."""
    if not is_chinese():
        return month_words(month)
    year, number = month.split("-")
    return "".join(DIGITS[int(digit)] for digit in year) + "年" + _count(int(number)) + "月"


def _count(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("十" if tens else "") + (DIGITS[ones] if ones else "") if tens else DIGITS[ones]


def duration(minutes: int) -> str:
    """Write 2 小时, 1.5 小时."""
    return gettext("%(hours)s 小时", hours=f"{minutes / 60:g}")


def time_left(minutes: int) -> str:
    """Write 25 分钟, or 3.5 小时 of what is two hours or more: in whole half hours, never more than is left."""
    return duration(minutes // 30 * 30) if minutes >= 120 else gettext("%(minutes)s 分钟", minutes=minutes)


def plain_name(name: str) -> str:
    """Shorten the register's name to what people say: 五福桥社区居委会 → 五福桥社区."""
    return name.removesuffix("居委会")


def tile_name(name: str) -> str:
    """Shorten further for a tile: 五福桥社区 → 五福桥."""
    return plain_name(name).removesuffix("社区")


def asked_words(starts_at: str, ends_at: str) -> str:
    """Write what a form asked for; what is not a time is shown as nothing rather than as an error."""
    try:
        return f"{date_words(starts_at)} {time_range(starts_at, ends_at)}"
    except (ValueError, OverflowError):  # no time at all, or one at the edge of the calendar
        return "—"


def code_marks(text: str) -> Markup:
    """Show what a contract writes between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def week_words(first: str | date | datetime, last: str | date | datetime) -> str:
    """Write 11月23日—29日, or 30 Nov—6 Dec: a week as short as it can be said."""
    since, until = day(first), day(last)
    if is_chinese():
        return (
            f"{_year(since)}{since.month}月{since.day}日—"
            + (_year(until) if until.year != since.year else "")
            + (f"{until.month}月" if until.month != since.month else "")
            + f"{until.day}日"
        )
    month = "" if since.month == until.month else babel_date(since, " MMM")
    return f"{since.day}{month}—{babel_date(until, 'd MMM y' if _year(until) else 'd MMM')}"


FILTERS = {
    "code_marks": code_marks,
    "asked_words": asked_words,
    "money": money,
    "money_short": money_short,
    "date_words": date_words,
    "date_full": date_full,
    "weekday": weekday,
    "weekday_short": weekday_short,
    "clock_time": clock_time,
    "end_time": end_time,
    "time_left": time_left,
    "date_time": date_time,
    "month_words": month_words,
    "month_title": month_title,
    "duration": duration,
    "plain_name": plain_name,
    "tile_name": tile_name,
}
