# SPDX-License-Identifier: Apache-2.0
"""Why a date was left out, in plain words: only the code is stored, so that old reasons can be read in any language."""

from __future__ import annotations

_WORDS = {
    "slot_taken": ("这天的这个时间已有人订了", "somebody else has this time"),
    "own_other_date": ("这个系列的另一天占着这个时间", "another date of this series has this time"),
    "paid_at_another_price": ("已经付过款，新时间价钱不同", "it is paid, and the new time has another price"),
    "closed": ("这天关闭", "the room is closed on this day"),
    "in_session": ("这天的这个时间有坐谈或服务台", "a sitting or a desk is held at this time"),
    "paused_after_no_shows": ("订了没来的次数多，暂停预订", "paused after not coming"),
    "equipment_taken": ("这天的这个时间设备不够", "not enough of the equipment is free at this time"),
    "outside_opening": ("这天的这个时间不开放", "the venue is not open at this time"),
    "not_for_booking": ("这个时段不对外预订", "this time is not for booking"),
    "crosses_regime": ("这个时间跨了两个时段", "this time lies in two regimes"),
    "not_for_this_audience": ("这个时段不是留给这类使用的", "this time is kept for others"),
    "in_the_past": ("这个时间已经过去", "this time has passed"),
    "too_soon": ("来不及，时间太近", "too short notice"),
    "too_far_ahead": ("太早，还没有开放预订", "bookings are not open that far ahead"),
    "quota_exceeded": ("超过了预订额度", "this would exceed the quota"),
    "series_needs_approval": ("要社区同意，请到柜台办理", "needs approval; please ask at the counter"),
    "not_on_the_clock": ("这天时钟跳过了这段时间", "the clock jumps over this time on that day"),
    "too_many_people": ("人数超过这间屋子", "more people than the room holds"),
    "rule_changed": ("改了重复规则后不再有这一天", "the changed rule no longer names this date"),
}
_OTHER = ("这天订不到", "this date cannot be had")


def words(code: str, language: str) -> str:
    """Say why, in the reader's language; a code that only its own time knew is said in general."""
    told = _WORDS.get(code, _OTHER)
    return told[1] if language == "en" else told[0]
