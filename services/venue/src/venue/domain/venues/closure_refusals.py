# SPDX-License-Identifier: Apache-2.0
"""Why a place cannot be closed or opened again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import AppError, Conflict, NotFound, Unprocessable

MOST_CODES = 50


def unknown_closure() -> AppError:
    """No such closure here."""
    return NotFound("closure_not_found", zh="没有这次停用。", en="There is no such closure.")


def bookings_in_the_way(
    codes: Sequence[str], sessions: Sequence[Mapping[str, Any]] = (), *, guests_are_in: bool
) -> AppError:
    """People have booked that time. Guests who are in the room cannot be cancelled away."""
    count = len(codes)
    zh = f"这段时间已有 {count} 个预订。可以改时间，或者勾选一并取消并通知他们。"
    en = f"There are {count} bookings in this time. Choose another time, or cancel them with the closure."
    if guests_are_in:
        zh = f"这段时间有 {count} 个预订，其中有人已经签到，不能取消。请从他们结束之后开始停用。"
        en = f"There are {count} bookings in this time and guests are in the room; start the closure after they left."
    return Conflict(
        "bookings_in_the_way",
        zh=zh,
        en=en,
        count=count,
        codes=list(codes[:MOST_CODES]),
        guests_are_in=guests_are_in,
        sessions=list(sessions[:MOST_CODES]),
    )


def sessions_in_the_way(sessions: Sequence[Mapping[str, Any]]) -> AppError:
    """Officials sit or a desk is kept then, and would be without a room."""
    count = len(sessions)
    return Conflict(
        "sessions_in_the_way",
        zh=f"这段时间有 {count} 场坐谈或服务台。可以改时间，或者勾选照样停用，它们就先没有屋子。",
        en=f"There are {count} sittings or desks in this time. Choose another time, or let them go without a room.",
        sessions=list(sessions[:MOST_CODES]),
    )


def already_closed() -> AppError:
    """Another closure or a session holds the place."""
    return Conflict(
        "already_closed",
        zh="这段时间里已经有停用或坐班、服务场次，请避开。",
        en="Another closure or a session already holds some of this time.",
    )


def closure_over() -> AppError:
    """It has ended, by itself or by somebody."""
    return Conflict("closure_over", zh="这次停用已经结束了。", en="This closure is already over.")


def closure_too_long(days: int) -> AppError:
    """Longer than the longest horizon of a booking."""
    return Unprocessable(
        "closure_too_long",
        zh=f"一次停用最长 {days} 天；要长期停用请停办这间屋子。",
        en=f"A closure is {days} days at most; retire the space instead.",
        longest_days=days,
    )
