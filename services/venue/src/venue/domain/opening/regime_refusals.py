# SPDX-License-Identifier: Apache-2.0
"""Why regimes, hours, special days, prices and the operator's debt cannot be changed so."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import AppError, Conflict, NotFound, Unprocessable

MOST_CODES = 50


def unknown_regime(code: str) -> AppError:
    """No such regime in this venue, or it has ended."""
    return NotFound("regime_not_found", zh=f"没有 {code} 这种时段。", en=f"There is no regime {code}.", regime=code)


def must_be_free() -> AppError:
    """What is for the public benefit costs nothing (docs/guides/teahouse.md); at cost is a kind of its own."""
    return Unprocessable(
        "must_be_free",
        zh="公益时段不收费，价格只能是 0；要收成本费，请把这种时段的类型改为“成本价”。",
        en="Public-benefit time is free of charge. To ask for what it costs, make it a regime at cost.",
    )


def regimes_overlap() -> AppError:
    """Two stretches hold at the same time; the database says so."""
    return Unprocessable(
        "regimes_overlap",
        zh="有两段时间重叠了，同一时间只能有一种时段。",
        en="Two stretches overlap; one regime holds at a time.",
    )


def stretch_is_empty() -> AppError:
    """It ends before it begins, or not on the half hour."""
    return Unprocessable(
        "stretch_is_empty",
        zh="每段时间要从早到晚，并且落在整点或半点。",
        en="Every stretch ends after it starts, on the hour or the half hour.",
    )


def starts_too_early() -> AppError:
    """Hours and prices are never changed backwards."""
    return Unprocessable(
        "starts_too_early",
        zh="已经过去的时间不能改，请选今天或以后；价格从明天起才能改。",
        en="The past is not changed: choose today or later, and tomorrow or later for prices.",
    )


def bookings_outside_hours(codes: Sequence[str]) -> AppError:
    """Bookings lie ahead in time that would no longer be open."""
    count = len(codes)
    return Conflict(
        "bookings_outside_hours",
        zh=f"新的时间会把 {count} 个预订关在门外。可以勾选保留它们，原价照旧。",
        en=f"The new hours leave {count} bookings outside; you may keep them, at the price they were made.",
        count=count,
        codes=list(codes[:MOST_CODES]),
    )


def public_share_too_small(percent: int, minimum: int) -> AppError:
    """The hours would break the promise to the public."""
    return Unprocessable(
        "public_share_too_small",
        zh=f"这样公益时段只占 {percent}%，少于约定的 {minimum}%。",
        en=f"Public benefit hours would be {percent}%, less than the agreed {minimum}%.",
        public_percent=percent,
        min_public_percent=minimum,
    )


def regime_in_use(code: str) -> AppError:
    """Weekly hours or single days still use it."""
    return Conflict(
        "regime_in_use",
        zh="每周时间或单独安排的日子还在用这种时段，请先改掉。",
        en="Weekly hours or single days still use this regime; change them first.",
        regime=code,
    )


def unknown_special_day() -> AppError:
    """Nothing is noted for that day."""
    return NotFound("special_day_not_found", zh="这一天没有登记。", en="Nothing is noted for that day.")


def not_delivered(state: str) -> AppError:
    """Only a session that took place, free of charge, works off the debt."""
    return Conflict(
        "not_a_free_session",
        zh="只有已经签退、没有收费的场次才能抵欠。",
        en="Only a session that was held and cost nothing works off the debt.",
        state=state,
    )


def not_for_the_debt() -> AppError:
    """Somebody's own booking, or one that does not say what it was for."""
    return Conflict(
        "not_for_the_debt",
        zh="居民自己订的场次本来就免费，不能抵欠。经营人办的，请社区在柜台订好、写明做什么。",
        en="Somebody's own free booking pays no debt: what counts is booked at the counter, with a purpose.",
    )


def staff_confirm() -> AppError:
    """Who owes does not say what pays: any free booking by telephone would do."""
    return Conflict(
        "staff_confirm_sessions",
        zh="抵欠要由社区确认，请社区工作人员来记。",
        en="What works off the debt is confirmed by the community's staff, not by who owes it.",
    )


def already_delivered() -> AppError:
    """The booking has been counted; the database says so."""
    return Conflict("already_delivered", zh="这一场已经抵过了。", en="This session has been counted already.")


def nothing_owed(balance: int) -> AppError:
    """More would be waived than is owed."""
    return Conflict(
        "nothing_owed",
        zh=f"现在只欠 {max(balance, 0)} 场，不能免得更多。",
        en=f"Only {max(balance, 0)} sessions are owed.",
        balance=balance,
    )
