# SPDX-License-Identifier: Apache-2.0
"""Refusals about marks, pauses and exemptions: the rule in plain words, and the way out."""

from __future__ import annotations

from datetime import datetime

from chassis.errors import AppError, Conflict, NotFound, Unprocessable


def paused_after_no_shows(until: datetime) -> AppError:
    """The person may book for the same day only, until then."""
    day = until.date()
    return Unprocessable(
        "paused_after_no_shows",
        zh=f"因多次订了没来或取消得太晚，{day.month}月{day.day}日前只能订当天的时间。柜台照常代订；"
        "有特殊情况可在“我的预订”的“没来的记录”里说明。",
        en="After several bookings that nobody came to or that were cancelled too late, you can book for the same day "
        f"only until {day.isoformat()}. The counter still books for you, and you can appeal under “My bookings”, "
        "“Missed bookings”.",
        paused_until=until.isoformat(),
    )


def unknown_mark() -> AppError:
    """No such mark for this caller."""
    return NotFound("mark_not_found", zh="没有找到这条记录。", en="There is no such record.")


def cannot_appeal(state: str) -> AppError:
    """An appeal was made or decided before, or nothing is left to appeal against."""
    return Conflict(
        "cannot_appeal",
        zh="这条记录已经申诉过或已经处理。",
        en="This record has been appealed against or dealt with already.",
        state=state,
    )


def mark_has_decayed() -> AppError:
    """It counts no more."""
    return Conflict(
        "mark_has_decayed", zh="这条记录已过期，不再计算。", en="This record has expired and no longer counts."
    )


def nothing_to_decide(state: str) -> AppError:
    """No appeal is open, or the mark is excused already."""
    return Conflict(
        "nothing_to_decide",
        zh="这条记录没有待处理的申诉。",
        en="There is nothing to decide about this record.",
        state=state,
    )


def already_exempt() -> AppError:
    """One exemption a person is enough."""
    return Conflict("already_exempt", zh="这位居民已经在照顾名单上。", en="This resident is on the list already.")


def exemption_is_past() -> AppError:
    """It would end before it begins."""
    return Unprocessable("exemption_is_past", zh="截止日期要在今天或以后。", en="The last day must be today or later.")


def unknown_exemption() -> AppError:
    """No such exemption here."""
    return NotFound("exemption_not_found", zh="照顾名单上没有这一条。", en="There is no such entry on the list.")


def exemption_has_ended() -> AppError:
    """It was ended before."""
    return Conflict("exemption_has_ended", zh="这一条已经结束。", en="This entry has already ended.")
