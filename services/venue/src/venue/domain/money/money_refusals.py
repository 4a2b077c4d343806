# SPDX-License-Identifier: Apache-2.0
"""Refusals about money: deposits, online payment, refunds and closed days."""

from __future__ import annotations

from datetime import date, datetime, time

from chassis.errors import AppError, Conflict, NotFound, Unavailable, Unprocessable


def yuan(fen: int) -> str:
    """Write an amount as people read it."""
    return f"{'−' if fen < 0 else ''}¥{abs(fen) / 100:.2f}"


def no_deposit_asked() -> AppError:
    """The room asks for no deposit at that time."""
    return Conflict("no_deposit_asked", zh="这个预订不收押金。", en="This booking asks for no deposit.")


def deposit_stands() -> AppError:
    """A deposit was taken already and has not ended."""
    return Conflict("deposit_stands", zh="押金已经收了。", en="The deposit is already taken.")


def no_deposit_stands() -> AppError:
    """There is nothing to give back or keep: never taken, or ended already."""
    return Conflict(
        "no_deposit_stands", zh="没有可以退还或扣留的押金。", en="No deposit stands that could be given back or kept."
    )


def deposit_differs(deposit_fen: int) -> AppError:
    """The amount is not the frozen deposit."""
    return Unprocessable(
        "deposit_differs",
        zh=f"应收押金 {yuan(deposit_fen)}，金额不符。",
        en=f"The deposit is {yuan(deposit_fen)}; the amount differs.",
        deposit_fen=deposit_fen,
    )


def no_ground_to_keep(reason_code: str) -> AppError:
    """The booking's own history does not bear the reason out."""
    return Conflict(
        "no_ground_to_keep",
        zh="这个预订的记录不支持这个扣留理由。",
        en="The booking's record does not bear this reason out.",
        reason_code=reason_code,
    )


def already_refunded() -> AppError:
    """The settlement was given back, in part or whole: it is neither undone as a mistake nor given back again."""
    return Conflict("already_refunded", zh="这笔收款已经退过款了。", en="This settlement was refunded already.")


def paid_online() -> AppError:
    """A reversal at the counter would leave the money with the payment provider."""
    return Conflict(
        "paid_online",
        zh="网上付的钱不能在柜台冲正。客人还没来的，取消预订；来了没用成的，在“押金和收据”里退款，钱会原路退回。",
        en="What was paid online is not reversed by hand: cancel or refund it, and the provider pays it back.",
    )


def currency_not_supported(currency: str) -> AppError:
    """Anything but CNY."""
    return Unprocessable(
        "currency_not_supported",
        zh="只收人民币（CNY）。",
        en="Only renminbi (CNY) is taken.",
        currency=currency,
    )


def pays_on_the_spot() -> AppError:
    """The venue takes no online payment, or no provider is set up."""
    return Conflict(
        "online_payment_off",
        zh="这里不能网上付款，请到现场付。",
        en="There is no online payment here; please pay on the spot.",
    )


def payment_open(payment_id: object) -> AppError:
    """A payment of this booking is under way."""
    return Conflict(
        "payment_open",
        zh="这个预订有一笔付款正在进行。",
        en="A payment of this booking is under way.",
        payment_id=str(payment_id),
    )


def paid_at_another_price(price_fen: int) -> AppError:
    """A paid booking goes only where it costs the same."""
    return Conflict(
        "paid_at_another_price",
        zh=f"已经付了 {yuan(price_fen)}，只能改到同样价格的时间；也可以取消后重新订。",
        en=f"{yuan(price_fen)} is paid: it can move where it costs the same, or be cancelled and booked again.",
        price_fen=price_fen,
    )


def unknown_payment() -> AppError:
    """No such payment for this caller."""
    return NotFound("payment_not_found", zh="没有找到这笔付款。", en="There is no such payment.")


def callback_not_genuine() -> AppError:
    """Signature, time or form is wrong: not told which, for whoever tries."""
    return NotFound("payment_not_found", zh="没有找到这笔付款。", en="There is no such payment.")


def payment_decided(state: str) -> AppError:
    """The payer decided before, or too late."""
    return Conflict("payment_decided", zh="这笔付款已经结束。", en="This payment is over.", state=state)


def provider_unreachable() -> AppError:
    """The payment provider does not answer; nothing was changed."""
    return Unavailable(
        "provider_unreachable",
        zh="支付渠道暂时不通，请稍后再试或到现场付。",
        en="The payment provider does not answer.",
    )


def day_closed(day: date) -> AppError:
    """Somebody closed the day already."""
    return Conflict("day_closed", zh="这一天已经日结。", en="This day is already closed.", day=day.isoformat())


def day_not_begun(day: date) -> AppError:
    """A day to come cannot be closed."""
    return Conflict("day_not_begun", zh="还没到这一天。", en="This day has not come yet.", day=day.isoformat())


def earlier_day_open(day: date) -> AppError:
    """An earlier day has money that nobody has counted; closed over, it never would be."""
    return Conflict(
        "earlier_day_open",
        zh=f"{day.isoformat()} 有收付还没有日结，请先结那一天。",
        en=f"Money of {day.isoformat()} is not counted yet: please close that day first.",
        day=day.isoformat(),
    )


def still_open(day: date, closes_at: datetime) -> AppError:
    """The venue is open for hours yet that day; closed now, their money stands in the next day's books."""
    hour = f"{closes_at:%H:%M}"
    zh, en = f" {hour}", hour
    if closes_at.date() > day:
        is_midnight = closes_at.time() == time()
        zh, en = (" 24:00", "24:00") if is_midnight else (f"次日 {hour}", f"{hour} of the next day")
    return Conflict(
        "still_open",
        zh=f"这一天开到{zh}。现在日结，以后收的钱就算到下一天；真要现在结，请确认。",
        en=f"That day is open until {en}. Closed now, later money counts for the next day; confirm to do so.",
        closes_at=closes_at.isoformat(),
    )


def later_day_closed(day: date) -> AppError:
    """Days are closed in order; an earlier one had no money and takes none any more."""
    return Conflict("day_closed", zh="更晚的一天已经日结。", en="A later day is already closed.", day=day.isoformat())


def difference_unexplained(difference_fen: int) -> AppError:
    """Counted cash differs from the books and nobody says why."""
    return Unprocessable(
        "difference_unexplained",
        zh=f"现金相差 {yuan(difference_fen)}，请写明原因。",
        en=f"The cash differs by {yuan(difference_fen)}; please say why.",
        difference_fen=difference_fen,
    )


def unknown_feed() -> AppError:
    """No such feed, a revoked one, or an address that was never given out: they look the same."""
    return NotFound("calendar_not_found", zh="没有这个日历订阅。", en="There is no such calendar feed.")


def calendars_off() -> AppError:
    """This process has no secret to sign addresses with."""
    return Unavailable("calendars_unavailable", zh="日历订阅暂时不可用。", en="Calendar feeds are not available now.")


def feed_needs_a_place() -> AppError:
    """A room's feed names the room, a venue's the venue, the others nothing."""
    return Unprocessable(
        "feed_place_required",
        zh="房间的日历要写明房间，场所的日历要写明场所，其他的不写。",
        en="A room's feed names its room, a venue's its venue, and the others none.",
    )


def too_many_feeds(most: int) -> AppError:
    """So many addresses that nobody knows any more who reads them."""
    return Conflict(
        "too_many_feeds",
        zh=f"最多 {most} 个日历订阅，请先停用不用的。",
        en=f"There are {most} calendar feeds at most; please revoke those not used.",
        most=most,
    )
