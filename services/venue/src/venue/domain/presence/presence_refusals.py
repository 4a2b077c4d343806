# SPDX-License-Identifier: Apache-2.0
"""Refusals about checking in and door displays: the rule in plain words, and the way out."""

from __future__ import annotations

from chassis.errors import AppError, Conflict, NotFound


def door_code_expired() -> AppError:
    """Not the code on the door, or not any more."""
    return Conflict(
        "door_code_expired",
        zh="门口的码已经换了，请再扫一次门口的二维码，或到柜台报取号码签到。",
        en="The code on the door has changed. Please scan it again, or check in at the counter with your pick-up code.",
    )


def nothing_to_check_in() -> AppError:
    """The caller has no booking of this room that can be checked in now."""
    return Conflict(
        "nothing_to_check_in",
        zh="现在这间屋子没有您可以签到的预订。开始前 30 分钟起可以签到。",
        en="You have no booking of this room to check in now. Check-in opens 30 minutes before the start.",
    )


def unknown_display() -> AppError:
    """No such display; a wrong and a revoked address look the same."""
    return NotFound(
        "display_not_found", zh="没有这块门口屏，或已停用。", en="There is no such display, or it was turned off."
    )


def display_is_revoked() -> AppError:
    """It was turned off before."""
    return Conflict("display_is_revoked", zh="这块门口屏已经停用。", en="This display has already been turned off.")


def device_clock_is_ahead() -> AppError:
    """The device says that it happened in the future."""
    return Conflict(
        "device_clock_is_ahead",
        zh="设备的时钟走快了，请校准后重试。",
        en="The device's clock is fast; please set it and try again.",
    )


def noted_too_long_ago() -> AppError:
    """The device kept its note for more than a week."""
    return Conflict(
        "noted_too_long_ago", zh="这条离线记录超过一周，不再补登。", en="This note is more than a week old."
    )


def already_checked_in() -> AppError:
    """The guests were checked in by another way."""
    return Conflict("already_checked_in", zh="已经签到。", en="Already checked in.")


def came_after_the_grace_time() -> AppError:
    """The room had been released when they came."""
    return Conflict(
        "came_after_the_grace_time",
        zh="超过保留时间才到，房间已释放。",
        en="They came after the grace time, when the room had been released.",
    )


def given_away() -> AppError:
    """Somebody else has the room by now."""
    return Conflict("given_away", zh="房间已给了别人。", en="Somebody else has the room by now.")
