# SPDX-License-Identifier: Apache-2.0
"""Every refusal of a series: its code, its rule in plain words, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.errors import AppError, Conflict, Forbidden, NotFound, Unprocessable


def not_supported(part: str) -> AppError:
    """Outside the subset of RFC 5545, or two ways to read it."""
    return Unprocessable(
        "rrule_not_supported",
        zh="这种重复方式不支持：可以每天、每周几，或每月第几个周几、每月几号；要写次数或截止日期。",
        en="This way of repeating is not supported: daily, weekly on named days, or monthly by date or nth weekday,"
        " with a number of dates or a last day.",
        part=part,
    )


def endless() -> AppError:
    """Neither COUNT nor UNTIL."""
    return Unprocessable(
        "rrule_endless", zh="要写重复几次，或到哪一天为止。", en="Say how many times, or until which day."
    )


def too_many(dates: int, days: int) -> AppError:
    """More dates, or further, than a series may have."""
    return Unprocessable(
        "rrule_too_many",
        zh=f"一个系列最多 {dates} 次、从第一天起不超过 {days} 天。",
        en=f"A series has {dates} dates at most, within {days} days of its first.",
        most_dates=dates,
        horizon_days=days,
    )


def too_many_of_ones_own(dates: int) -> AppError:
    """More dates than a resident may take at once; the counter may take more."""
    return Unprocessable(
        "series_too_long",
        zh=f"自己订的系列最多 {dates} 次，更多请到柜台办理。",
        en=f"A series you book yourself has {dates} dates at most; the counter can book more.",
        most_dates=dates,
    )


def empty() -> AppError:
    """The rule names no date at all."""
    return Unprocessable("rrule_empty", zh="按这个规则一天也没有。", en="This rule names no date at all.")


def open_ended_at_counter() -> AppError:
    """Only staff keep a series that never ends."""
    return Forbidden(
        "open_ended_at_counter",
        zh="没有截止日期的系列只能在柜台办理。",
        en="A series without an end is kept at the counter only.",
    )


def open_ended_has_no_end() -> AppError:
    """open_ended beside COUNT or UNTIL."""
    return Unprocessable(
        "open_ended_has_no_end",
        zh="长期系列不写次数和截止日期。",
        en="An open-ended series has neither a number of dates nor a last day.",
    )


def dates_refused(dates: Sequence[dict[str, Any]]) -> AppError:
    """All or nothing was asked, and some date cannot be had; or none of them can."""
    return Conflict(
        "series_dates_refused",
        zh=f"有 {len(dates)} 天订不到，什么都没有改动。",
        en=f"{len(dates)} of the dates cannot be had; nothing was changed.",
        dates=list(dates),
    )


def unknown() -> AppError:
    """No such series for this caller."""
    return NotFound("series_not_found", zh="没有找到这个系列预订。", en="There is no such series.")


def no_such_date() -> AppError:
    """The series has nothing to change on that date: never had it, left it out, or it is over."""
    return NotFound(
        "series_date_not_found",
        zh="这个系列在这一天没有可以改动的预订。",
        en="The series has no booking on that date that could still be changed.",
    )


def date_required() -> AppError:
    """Scope one or following without the date from which."""
    return Unprocessable("from_date_required", zh="要说明从哪一天起改。", en="Say from which date on the change holds.")


def one_date_keeps_the_rule() -> AppError:
    """A single date has no rule of its own."""
    return Unprocessable(
        "one_date_has_no_rule",
        zh="只改一天时不能改重复规则。",
        en="A change of one date cannot change the rule.",
    )


def nothing_to_change() -> AppError:
    """An empty change."""
    return Unprocessable("nothing_to_change", zh="没有写要改什么。", en="The change names nothing to change.")


def over() -> AppError:
    """The series has ended or was cancelled."""
    return Conflict("series_over", zh="这个系列已经结束或取消。", en="This series is over or cancelled.")


def not_on_the_clock() -> AppError:
    """The clock jumps over the whole time of that date."""
    return Unprocessable(
        "not_on_the_clock",
        zh="这一天时钟跳过了这段时间。",
        en="On this day the clock jumps over the whole of this time.",
    )


def closed() -> AppError:
    """A closure holds the room on that date."""
    return Conflict("closed", zh="这段时间关闭。", en="The room is closed at this time.")


def own_other_date() -> AppError:
    """Another date of the same series, moved there by itself, holds the room."""
    return Conflict(
        "own_other_date", zh="这个系列的另一天占着这个时间。", en="Another date of this series has this time."
    )


def in_session() -> AppError:
    """A sitting or a desk holds the room on that date."""
    return Conflict("in_session", zh="这段时间有坐谈或服务台。", en="A sitting or a desk is held at this time.")


def needs_approval() -> AppError:
    """Each date would be a request of its own; the counter, which approves, books such a series at once."""
    return Unprocessable(
        "series_needs_approval",
        zh="这个时段要社区同意，系列请到柜台办理。",
        en="This time needs the community's approval; please arrange the series at the counter.",
    )


def past_the_horizon(days: int) -> AppError:
    """A first date beyond what may be planned."""
    return Unprocessable(
        "too_far_ahead", zh=f"最多提前 {days} 天预订。", en=f"Bookings open {days} days ahead.", horizon_days=days
    )
