# SPDX-License-Identifier: Apache-2.0
"""One's own account: who is signed in, and the password."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.web.client import Problem
from gateway.web.my.needs import form_errors
from gateway.web.routes import POST, Route

SHORTEST = 10


def account() -> str:
    """Show who is signed in and the form for a new password."""
    return render_template(
        "my/account.html", me=g.api.get("identity", "/me"), errors={}, is_changed="changed" in request.args
    )


def change_password() -> Any:
    """Change the password. What was typed is not kept here: a password is never put back into a page."""
    typed = {name: request.form.get(name, "") for name in ("current_password", "new_password")}
    wrong: dict[str, str] = {}
    if len(typed["new_password"]) < SHORTEST:
        wrong["new_password"] = _("新密码至少 %(count)s 位", count=SHORTEST)
    elif typed["new_password"] != request.form.get("again", ""):
        wrong["again"] = _("两次输入的新密码不一样")
    status = 422
    if not wrong:
        try:
            g.api.send("identity", "/me/password", typed)
            return redirect(url_for("my.account", changed=1), code=303)
        except Problem as problem:
            wrong, status = form_errors(problem), problem.status
    return render_template("my/account.html", me=g.api.get("identity", "/me"), errors=wrong, is_changed=False), status


ROUTES = (
    Route("/account", "account", account),
    Route("/account", "change_password", change_password, POST),
)
