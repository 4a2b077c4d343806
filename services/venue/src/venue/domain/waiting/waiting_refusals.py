# SPDX-License-Identifier: Apache-2.0
"""Refusals of the waiting list: the rule in plain words, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.errors import AppError, Conflict, NotFound, Unprocessable


def unknown_entry() -> AppError:
    """No such entry for this caller."""
    return NotFound("waiting_entry_not_found", zh="没有找到这条候补登记。", en="There is no such waiting-list entry.")


def slot_is_free(offer: Sequence[dict[str, Any]]) -> AppError:
    """There is nothing to wait for."""
    return Conflict(
        "slot_is_free",
        zh="这段时间里还有空，不用候补，可以直接订。",
        en="There is still room in this time; you can book it right away.",
        alternatives=list(offer),
    )


def ask_instead() -> AppError:
    """Whoever asks is decided on by staff, also while somebody else holds the time."""
    return Conflict(
        "ask_instead",
        zh="这里的预订要经社区同意，不设候补：请直接提交申请。",
        en="Bookings here are decided on by the community, so there is no waiting list: please send a request.",
    )


def already_waiting() -> AppError:
    """The same wish stands already."""
    return Conflict(
        "already_waiting", zh="这个愿望已经在候补名单上了。", en="This wish is already on the waiting list."
    )


def too_many_wishes(most: int) -> AppError:
    """The person waits for too much at once."""
    return Conflict(
        "too_many_wishes",
        zh=f"一个人同时最多候补 {most} 项，请先退出一项。",
        en=f"One person waits for {most} things at most; please leave one first.",
        most=most,
    )


def wish_does_not_fit() -> AppError:
    """The range is shorter than the time wanted, or longer than a day."""
    return Unprocessable(
        "wish_does_not_fit",
        zh="候补的时间段要不短于想用的时长，且不超过一天。",
        en="The time you wait in must hold the length you want, and be a day at most.",
    )


def wish_is_past() -> AppError:
    """Nothing of the wish can still begin."""
    return Unprocessable("in_the_past", zh="这个时间已经过去了，请选以后的时间。", en="This time has already passed.")


def offer_is_open() -> AppError:
    """A room is being kept for this entry."""
    return Conflict(
        "offer_is_open",
        zh="已为您留了房间：请接受，或放弃让给下一位。",
        en="A room is being kept for you: please accept it, or decline so that the next in line gets it.",
    )


def not_waiting_any_more(state: str) -> AppError:
    """The entry has ended."""
    return Conflict("not_waiting_any_more", zh="这条候补已经结束。", en="This entry has already ended.", state=state)
