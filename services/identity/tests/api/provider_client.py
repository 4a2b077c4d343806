# SPDX-License-Identifier: Apache-2.0
"""A browser and a client in one: walks the code flow the way the edge does."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.testclient import TestClient

CALLBACK = "http://localhost:8080/sign-in/callback"
HOME = "http://localhost:8080/"
EDGE_SECRET = "edge-secret-made-for-this-test"
VERIFIER = "a-verifier-of-the-length-that-rfc-7636-asks-for-0001"


def challenge(verifier: str = VERIFIER) -> str:
    """S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    """Read a token without looking at its signature."""
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@dataclass
class Flow:
    """One sign-in, step by step; any parameter may be bent."""

    client: TestClient
    client_id: str = "edge"
    secret: str = EDGE_SECRET
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in asked.items() if value is not None}

    def open_form(self, headers: dict[str, str] | None = None, **changes: str | None) -> Any:
        """GET the sign-in page."""
        response = self.client.get("/oauth/authorize", params=self.ask(**changes), headers=headers or {})
        for header in response.headers.get_list("set-cookie"):
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return response

    def submit(self, username: str, password: str, headers: dict[str, str] | None = None, **changes: str | None) -> Any:
        """Open the form and send it."""
        page = self.open_form(**changes)
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
        form = {"username": username, "password": password, "form_token": token[1] if token else ""}
        return self.send_form(form, headers, **changes)

    def send_form(self, form: dict[str, str], headers: dict[str, str] | None = None, **changes: str | None) -> Any:
        """POST the form with the browser's cookies."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.client.post(
            "/oauth/authorize", params=self.ask(**changes), data=form, headers={"Cookie": cookie, **(headers or {})}
        )

    def code(self, username: str = "resident", password: str = "correct-horse-42", **changes: str | None) -> str:
        """Sign in and take the code from the redirect."""
        response = self.submit(username, password, **changes)
        assert response.status_code == 303, response.text
        return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]

    def exchange(self, code: str | None, **changes: str | None) -> Any:
        """Exchange the code."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.token(**(asked | changes))

    def refresh(self, refresh_token: str, **more: str | None) -> Any:
        """Ask for another access token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **more)

    def token(self, **form: Any) -> Any:
        """POST to the token endpoint as the client."""
        sent = {name: value for name, value in form.items() if value is not None}
        return self.client.post("/oauth/token", data=sent, auth=(self.client_id, self.secret))

    def sign_in(self, username: str = "resident", **changes: str | None) -> dict[str, Any]:
        """The whole way; returns the token answer."""
        return self.exchange(self.code(username, **changes)).json()
