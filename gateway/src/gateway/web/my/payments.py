# SPDX-License-Identifier: Apache-2.0
"""Pay a booking online, see what became of it, and the sandbox in which no money is real."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, url_for
from flask_babel import lazy_gettext

from gateway.web import errors, forms, reading
from gateway.web.client import Problem
from gateway.web.formats import moment
from gateway.web.my import returns
from gateway.web.my.rooms import community_rooms
from gateway.web.routes import POST, Route

STATES = {
    "created": lazy_gettext("正在联系支付渠道"),
    "pending": lazy_gettext("等您付款"),
    "succeeded": lazy_gettext("付好了"),
    "failed": lazy_gettext("没有付成"),
    "expired": lazy_gettext("过时没有付"),
    "refunded": lazy_gettext("已退回"),
}
FAILURES = {
    "refused": lazy_gettext("您没有同意付款，一分钱也没有扣。"),
    "not_available": lazy_gettext("付款时这间屋子已经让给别人了，钱会原路退回。"),
    "already_settled": lazy_gettext("这个预订已经收过款了，这一笔会原路退回。"),
    "amount_differs": lazy_gettext("金额和应收的不一样，钱会原路退回。"),
}
REASONS = {
    "cancelled": lazy_gettext("预订取消了"),
    "late_cancelled": lazy_gettext("取消得晚"),
    "declined": lazy_gettext("没有批准"),
    "not_available": lazy_gettext("屋子没能用成"),
    "damage": lazy_gettext("有损坏"),
    "late_cancel": lazy_gettext("取消得晚"),
    "no_show": lazy_gettext("没有来"),
}


def money(booking_id: Any, refusal: dict[str, str] | None = None) -> str:
    """Show everything about the money of one's booking, and the way to pay it online."""
    booking = g.api.get("venue", f"/bookings/{booking_id}")
    told = g.api.get("venue", f"/bookings/{booking_id}/money")
    return render_template(
        "my/money.html",
        booking=booking,
        money=told,
        refusal=refusal,
        payment_states=STATES,
        reasons=REASONS,
        returns=returns.told(booking, told),
        terms=(community_rooms()[0] or {}).get("terms"),
        is_late=bool(booking.get("late_cancel_from")) and moment(booking["late_cancel_from"]) <= g.clock.now(),
    )


def start(booking_id: Any) -> Any:
    """Ask to pay; the amount is the one the person had in front of them."""
    body = {"amount_fen": reading.number(forms.text("amount_fen", 12)) or 0, "currency": "CNY"}
    path = f"/bookings/{booking_id}/payments"
    try:
        payment = g.api.send("venue", path, body, key=forms.key(), version=forms.version())
    except Problem as problem:
        if problem.code == "payment_open":
            return redirect(url_for("my.payment", payment_id=problem.body["payment_id"]), code=303)
        if problem.status not in (400, 409, 412, 422):
            raise
        return money(booking_id, errors.words(problem)), problem.status
    return redirect(url_for("my.payment", payment_id=payment["payment_id"]), code=303)


def payment(payment_id: Any) -> str:
    """Show what became of a payment, and where to go to pay."""
    told = g.api.get("venue", f"/payments/{payment_id}")
    failure = FAILURES.get(told["failure_code"] or "")
    return render_template("my/payment.html", payment=told, words=STATES[told["state"]], failure=failure)


def sandbox(payment_id: Any) -> str:
    """The page of a provider that moves no money. Where another provider works, there is no such page."""
    told = g.api.get("venue", f"/payments/{payment_id}")
    if told["provider"] != "sandbox":
        abort(404)
    return render_template("my/sandbox.html", payment=told)


def decide(payment_id: Any) -> Any:
    """Confirm or refuse; then do what the provider's server does: tell the venue, signed."""
    outcome = forms.text("outcome", 10)
    try:
        path = f"/payments/{payment_id}/sandbox-decision"
        told = g.api.send("venue", path, {"outcome": outcome}, key=forms.key())
        g.api.send("venue", f"/payments/{told['provider']}/callbacks", told["callback"])
    except Problem as problem:
        if problem.code != "payment_decided":
            raise
    return redirect(url_for("my.payment", payment_id=payment_id), code=303)


ROUTES = (
    Route("/bookings/<uuid:booking_id>/payment", "money", money),
    Route("/bookings/<uuid:booking_id>/payment", "start_payment", start, POST),
    Route("/payments/<uuid:payment_id>", "payment", payment),
    Route("/payments/sandbox/<uuid:payment_id>", "sandbox", sandbox),
    Route("/payments/sandbox/<uuid:payment_id>", "decide_sandbox", decide, POST),
)
