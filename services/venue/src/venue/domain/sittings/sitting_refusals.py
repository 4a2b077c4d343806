# SPDX-License-Identifier: Apache-2.0
"""Every refusal of rotas, sittings, topics and desks: its code, its rule in plain words, and the way out."""

from __future__ import annotations

from datetime import datetime

from chassis.errors import AppError, Conflict, Forbidden, NotFound, Unprocessable


def unknown_rota() -> AppError:
    """No such rota here; another community's looks the same."""
    return NotFound("rota_not_found", zh="本社区没有这个排班。", en="There is no such rota in this community.")


def unknown_session() -> AppError:
    """No such sitting or desk session here."""
    return NotFound("session_not_found", zh="没有找到这一场。", en="There is no such session.")


def unknown_topic() -> AppError:
    """No such topic, or none that this caller may know of."""
    return NotFound("topic_not_found", zh="没有找到这个话题。", en="There is no such topic.")


def unknown_ticket() -> AppError:
    """No such ticket, or not the caller's."""
    return NotFound("ticket_not_found", zh="没有找到这张号。", en="There is no such ticket.")


def unknown_desk() -> AppError:
    """A desk that the catalogue does not name."""
    return Unprocessable("unknown_desk", zh="没有这种服务台。", en="There is no such kind of desk.")


def needs_officials() -> AppError:
    """A sitting without anybody who sits, or a desk without seats."""
    return Unprocessable(
        "rota_incomplete",
        zh="坐谈要写明谁来坐谈；服务台要写明哪个台、每小时几个号。",
        en="A sitting names who sits; a desk names its kind and its seats an hour.",
    )


def past_midnight() -> AppError:
    """A session ends on the day it starts."""
    return Unprocessable("past_midnight", zh="一场不能跨过半夜。", en="A session ends on the day on which it starts.")


def starts_in_the_past() -> AppError:
    """A plan starts today at the earliest."""
    return Unprocessable("starts_in_the_past", zh="排班从今天或以后开始。", en="A rota starts today or later.")


def ends_before_it_starts() -> AppError:
    """The last day lies before the first."""
    return Unprocessable(
        "ends_before_it_starts", zh="最后一天不能早于第一天。", en="The last day must not lie before the first."
    )


def too_far_away() -> AppError:
    """Beyond five years."""
    return Unprocessable("too_far_away", zh="排班最多到五年以后。", en="A rota reaches five years at most.")


def names_no_day() -> AppError:
    """The weekdays do not occur between first and last day."""
    return Unprocessable(
        "names_no_day", zh="起止日期之间没有这些星期几。", en="None of the weekdays lies between first and last day."
    )


def wrong_kind(kind: str) -> AppError:
    """A sitting's act on a desk, or the reverse."""
    told = ("只有坐谈", "Only a sitting") if kind == "sitting" else ("只有服务台", "Only a desk")
    return Conflict("wrong_kind", zh=f"{told[0]}能这样办。", en=f"{told[1]} allows this.")


def session_state(state: str) -> AppError:
    """The session is past the state that this act needs."""
    told = {
        "planned": ("已经排好", "is planned"),
        "unplaced": ("还没有屋子", "has no room"),
        "held": ("已经开过", "was held"),
        "missed": ("记为未到", "was missed"),
        "cancelled": ("已经取消", "is cancelled"),
    }[state]
    return Conflict("session_state", zh=f"这一场{told[0]}，不能这样办。", en=f"This session {told[1]}.", state=state)


def session_started() -> AppError:
    """Too late to change where or whether it happens."""
    return Conflict("session_started", zh="这一场已经开始。", en="This session has started.")


def session_not_started() -> AppError:
    """Attendance is recorded once the session has begun."""
    return Conflict("session_not_started", zh="这一场还没有开始。", en="This session has not started yet.")


def session_over() -> AppError:
    """The desk has closed."""
    return Conflict(
        "session_over",
        zh="这一场已经结束，不能再叫号。",
        en="This session is over; no number is called any more.",
    )


def too_late_to_record(deadline: datetime) -> AppError:
    """After noon of the next day."""
    return Conflict(
        "too_late_to_record",
        zh="到场要在次日中午以前记。",
        en="Attendance is recorded until noon of the next day.",
        deadline=deadline.isoformat(),
    )


def no_substitute() -> AppError:
    """Nobody was named as substitute."""
    return Conflict("no_substitute", zh="没有登记替班的人。", en="No substitute was named.")


def room_taken(reason: str) -> AppError:
    """The session found no room."""
    closed = reason == "closed"
    return Conflict(
        "room_not_free",
        zh="那间屋子这段时间不开放。" if closed else "那间屋子这段时间已有人订了。",
        en="The room is closed at that time." if closed else "Somebody holds the room at that time.",
        reason=reason,
    )


def topics_closed() -> AppError:
    """Topics are gathered until the sitting ends."""
    return Conflict(
        "topics_closed",
        zh="这一场已经结束，请把话题提给下一场。",
        en="This sitting is over; please bring the topic to the next one.",
    )


def too_many_topics(most: int) -> AppError:
    """As many topics of this person wait for staff as may."""
    return Conflict(
        "too_many_topics",
        zh=f"您已有 {most} 个话题在等社区处理，处理了再提新的。",
        en=f"{most} topics of yours wait for the community already; please bring another one later.",
        most=most,
    )


def topic_state(state: str) -> AppError:
    """The topic is past or short of the state that this act needs."""
    told = {
        "proposed": ("还没有公开", "is not published yet"),
        "published": ("已经公开", "is already published"),
        "handed_on": ("已经转办", "is already handed on"),
        "answered": ("已经答复", "is already answered"),
        "merged": ("已经并入另一个话题", "is merged into another"),
        "declined": ("已经写明不公开", "is declined"),
    }[state]
    return Conflict("topic_state", zh=f"这个话题{told[0]}。", en=f"This topic {told[1]}.", state=state)


def reason_needs_words() -> AppError:
    """A reason that says nothing by itself."""
    return Unprocessable(
        "reason_needs_words", zh="选了“其他”，请用一句话写明原因。", en="The reason other needs words."
    )


def merges_into_itself() -> AppError:
    """A topic cannot become part of itself, of one that is gone, nor a public one of one that is not."""
    return Unprocessable(
        "cannot_merge",
        zh="只能并入另一个仍在的话题；已公开的只能并入已公开的。",
        en="A topic is merged into another one that still stands, a public one into a public one.",
    )


def hour_full() -> AppError:
    """Every seat of the hour is taken; the database decided."""
    return Conflict("hour_full", zh="这个小时的号已经取完，请换一个小时。", en="No seat is left in this hour.")


def already_in_line() -> AppError:
    """One live ticket a person and session."""
    return Conflict("already_in_line", zh="这一场您已经取过号了。", en="There is already a ticket for this session.")


def no_such_hour() -> AppError:
    """The session does not have that hour, or it is over."""
    return Unprocessable("no_such_hour", zh="这一场没有这个小时，或已经过去。", en="This hour is not offered any more.")


def nobody_waits() -> AppError:
    """The queue is empty."""
    return Conflict("nobody_waits", zh="现在没有人排队。", en="Nobody is waiting.")


def ticket_state(state: str) -> AppError:
    """The ticket is past or short of the state that this act needs."""
    told = {
        "waiting": ("还没有叫到", "is not called yet"),
        "called": ("已经叫到", "is already called"),
        "served": ("已经办完", "is served"),
        "not_came": ("记为没来", "is noted as not taken up"),
        "left": ("已经退号", "is given back"),
        "cancelled": ("已经随这一场取消", "is cancelled with its session"),
        "lapsed": ("已经随这一场结束", "ended with its session"),
    }[state]
    return Conflict("ticket_state", zh=f"这张号{told[0]}。", en=f"This ticket {told[1]}.", state=state)


def not_for_others() -> AppError:
    """on_behalf_of without the counter's permission, or the counter without it."""
    return Forbidden(
        "on_behalf_only_at_counter",
        zh="替别人办要在柜台；用柜台身份办时要写明替谁办。",
        en="Acting for somebody else is done at the counter, and the counter always acts for somebody.",
    )


def only_persons() -> AppError:
    """A partner's own token has no person behind it."""
    return Forbidden("person_required", zh="只有居民本人或柜台可以办。", en="Only a person or the counter can do this.")
