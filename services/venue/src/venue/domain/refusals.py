# SPDX-License-Identifier: Apache-2.0
"""Every refusal of this service: its code, its rule in plain words, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chassis.errors import AppError, Conflict, Forbidden, NotFound, PreconditionFailed, Unprocessable

if TYPE_CHECKING:
    from venue.domain.booking.offer import Part


def unknown_space() -> AppError:
    """No such room here; another community's room looks the same."""
    return NotFound("space_not_found", zh="本社区没有这间屋子。", en="There is no such room in this community.")


def unknown_venue() -> AppError:
    """No such venue here."""
    return NotFound("venue_not_found", zh="本社区没有这个场所。", en="There is no such venue in this community.")


def unknown_booking() -> AppError:
    """No such booking for this caller: another person's and another community's look the same."""
    return NotFound("booking_not_found", zh="没有找到这个预订。", en="There is no such booking.")


def only_persons_book() -> AppError:
    """A partner's own token has no person behind it."""
    return Forbidden("person_required", zh="只有居民本人或柜台可以订。", en="Only a person or the counter can book.")


def not_at_the_counter() -> AppError:
    """on_behalf_of without the permission, or the counter's permission without on_behalf_of."""
    return Forbidden(
        "on_behalf_only_at_counter",
        zh="替别人订要在柜台办理；用柜台身份订时要写明替谁订。",
        en="Booking for somebody else is done at the counter, and the counter always books for somebody.",
    )


def group_only_at_counter() -> AppError:
    """Whom a group lets book for it only the counter knows."""
    return Forbidden(
        "group_only_at_counter", zh="以社团名义预订请到柜台办理。", en="Bookings for a group are made at the counter."
    )


def ends_not_after_start() -> AppError:
    """An empty or inverted time."""
    return Unprocessable("ends_not_after_start", zh="结束时间要晚于开始时间。", en="The end must be after the start.")


def not_on_grain() -> AppError:
    """Not a full or half hour of the local clock."""
    return Unprocessable(
        "not_on_grain", zh="开始和结束要在整点或半点。", en="Start and end must be on the hour or the half hour."
    )


def in_the_past() -> AppError:
    """The start has passed."""
    return Unprocessable("in_the_past", zh="这个时间已经过去了，请选以后的时间。", en="This time has already passed.")


def too_far_ahead(days: int) -> AppError:
    """Beyond the venue's horizon."""
    return Unprocessable(
        "too_far_ahead", zh=f"最多提前 {days} 天预订。", en=f"Bookings open {days} days ahead.", horizon_days=days
    )


def too_long(minutes: int) -> AppError:
    """Longer than the venue allows."""
    hours = f"{minutes / 60:g}"
    return Unprocessable(
        "too_long",
        zh=f"一次最多订 {hours} 小时。",
        en=f"One booking is {hours} hours at most.",
        longest_minutes=minutes,
    )


def outside_opening() -> AppError:
    """Some of the time lies in no regime."""
    return Unprocessable("outside_opening", zh="这段时间不开放。", en="The venue is not open for all of this time.")


def crosses_regime(border: datetime, parts: Sequence[Part], zone: ZoneInfo) -> AppError:
    """The time is open but spans regimes with different prices and purposes; ``split`` agrees to both."""
    return Unprocessable(
        "crosses_regime",
        zh="这段时间跨了不同的时段，价格不同；同意按各段价格合订，或者分开订。",
        en="This time lies in several regimes with prices of their own; agree to have it split, or book separately.",
        border_at=border.astimezone(zone).isoformat(),
        parts=[
            {
                "regime": part.regime,
                "starts_at": part.starts_at.astimezone(zone).isoformat(),
                "ends_at": part.ends_at.astimezone(zone).isoformat(),
                "price_fen_per_hour": part.price_fen_per_hour,
                "price_fen": part.price_fen,
            }
            for part in parts
        ],
        price_fen=sum(part.price_fen for part in parts),
    )


def no_such_local_time() -> AppError:
    """Written with the venue's own offset, but its clock jumps over that time."""
    return Unprocessable(
        "no_such_local_time",
        zh="当地时钟在那一刻拨快，这个时间不存在。",
        en="The local clock jumps over this time; it does not exist.",
    )


def too_soon(minutes: int) -> AppError:
    """Less notice than the venue needs."""
    return Unprocessable(
        "too_soon",
        zh=f"至少要提前 {minutes} 分钟预订；急用请到柜台。",
        en=f"Please book at least {minutes} minutes ahead, or ask at the counter.",
        lead_minutes=minutes,
    )


def not_for_booking() -> AppError:
    """The time belongs to office hours or a desk, or the room has no price then."""
    return Unprocessable(
        "not_for_booking", zh="这个时段不对外预订。", en="The venue is open then, but this room cannot be booked."
    )


def not_for_this_audience(audience: str) -> AppError:
    """The regime is for residents, for groups or for officials."""
    told = {
        "residents": ("本社区的居民", "who lives in this community"),
        "groups": ("社团、小组", "groups"),
        "officials": ("社区工作", "the community's own work"),
    }[audience]
    return Unprocessable(
        "not_for_this_audience",
        zh=f"这个时段留给{told[0]}使用。",
        en=f"This time is kept for {told[1]}.",
        audience=audience,
    )


def too_many_people(capacity: int) -> AppError:
    """More people than the room holds."""
    return Unprocessable(
        "too_many_people",
        zh=f"这间屋子最多坐 {capacity} 人。",
        en=f"This room holds {capacity} people at most.",
        capacity=capacity,
    )


def slot_taken(alternatives: Sequence[dict[str, Any]]) -> AppError:
    """Somebody else was first; the database decided."""
    return Conflict(
        "slot_taken",
        zh="这段时间已有人订了。",
        en="Somebody has already booked this time.",
        alternatives=list(alternatives),
    )


def version_changed(version: int) -> AppError:
    """If-Match names another version."""
    return PreconditionFailed("version_changed", current_version=version)


def unknown_import() -> AppError:
    """No such import in the caller's community."""
    return NotFound("import_not_found", zh="没有这次导入。", en="There is no such import.")


def expect_version(version: int, seen: int | None) -> None:
    """Refuse to act on a version the caller has not seen. None: the caller insists on no version."""
    if seen is not None and version != seen:
        raise version_changed(version)


def wrong_state(state: str) -> AppError:
    """The booking is past or short of the state this act needs."""
    told = {
        "requested": ("还在等批准", "waits for approval"),
        "held": ("只是暂留，还没有确认", "is only held and not confirmed"),
        "declined": ("没有获批", "was declined"),
        "lapsed": ("已经过期", "has lapsed"),
        "no_show": ("已按未到处理", "was released because nobody came"),
        "confirmed": ("还没有签到", "is not checked in yet"),
        "checked_in": ("已经签到", "is already checked in"),
        "checked_out": ("已经签退", "is already checked out"),
        "cancelled": ("已经取消", "is cancelled"),
    }[state]
    return Conflict("wrong_state", zh=f"这个预订{told[0]}。", en=f"This booking {told[1]}.", state=state)


def hold_expired() -> AppError:
    """Confirmed too late."""
    return Conflict("hold_expired", zh="暂留的时间已过，请重新选择。", en="The hold has run out; please choose again.")


def too_late_to_move() -> AppError:
    """Within the time in which even cancelling is late."""
    return Conflict(
        "too_late_to_move",
        zh="离开始太近，不能再改时间；可以取消，或请柜台帮忙。",
        en="It is too close to the start to move it; cancel it or ask at the counter.",
    )


def moves_within_the_venue() -> AppError:
    """Receipts, codes and quotas are a venue's own."""
    return Unprocessable(
        "other_venue",
        zh="只能改到同一场所的屋子；要去别的场所请重新预订。",
        en="A booking moves within its venue; book anew for another one.",
    )


def move_needs_approval() -> AppError:
    """The new room or time is given by approval, which the booking has not had."""
    return Unprocessable(
        "move_needs_approval",
        zh="改到的屋子或时段要先获批；请另行申请，或请柜台办理。",
        en="That room or time needs approval; ask for it anew, or at the counter.",
    )


def too_many_holds(most: int) -> AppError:
    """A person holds as many times as one may without confirming any."""
    return Unprocessable(
        "too_many_holds",
        zh=f"同时最多暂留 {most} 个时间，请先确认或取消一个。",
        en=f"Only {most} times can be held at once; confirm or cancel one first.",
        most=most,
    )


def already_started() -> AppError:
    """Too late to cancel."""
    return Conflict(
        "already_started", zh="已经开始的预订不能取消。", en="A booking that has started cannot be cancelled."
    )


def too_early_to_check_in(opens_at: datetime) -> AppError:
    """Before the 30 minutes that precede the start."""
    return Conflict(
        "too_early_to_check_in",
        zh="开始前 30 分钟起可以签到。",
        en="Check-in opens 30 minutes before the start.",
        opens_at=opens_at.isoformat(),
    )


def too_late_to_check_in() -> AppError:
    """After the end."""
    return Conflict("too_late_to_check_in", zh="预订的时间已经结束。", en="The booked time is over.")


def nothing_to_settle() -> AppError:
    """The booking is free of charge."""
    return Conflict(
        "nothing_to_settle", zh="这个预订是免费的，不用收款。", en="This booking is free; there is nothing to settle."
    )


def already_settled(receipt_no: int) -> AppError:
    """A settlement stands."""
    return Conflict(
        "already_settled", zh="这个预订已经收款。", en="This booking is already settled.", receipt_no=receipt_no
    )


def not_settled() -> AppError:
    """Nothing stands that could be reversed."""
    return Conflict("not_settled", zh="没有可以冲正的收款。", en="There is no settlement to reverse.")


def amount_differs(price_fen: int) -> AppError:
    """The amount is not the frozen price."""
    return Unprocessable(
        "amount_differs",
        zh=f"应收 ¥{price_fen / 100:.2f}，金额不符。",
        en=f"The price is ¥{price_fen / 100:.2f}; the amount differs.",
        price_fen=price_fen,
    )
