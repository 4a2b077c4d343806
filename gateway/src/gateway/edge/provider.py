# SPDX-License-Identifier: Apache-2.0
"""The edge as a client of the OpenID provider: code flow with PKCE, tokens by resource, sign-out."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from chassis.auth import ALGORITHM
from chassis.errors import AppError, Forbidden, Unavailable, say
from chassis.keys import AT_MOST_EVERY_SECONDS, KeyRing
from joserfc import jwt
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from gateway.edge.settings import Settings

DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT = aiohttp.ClientTimeout(total=8, connect=1)
LEEWAY_SECONDS = 30


class SessionEnded(Exception):
    """The provider no longer honours the refresh token: the person has to sign in again."""


class SignInRefused(AppError):
    """The provider's answer to a sign-in cannot be trusted or says no; begin again."""

    status = 400
    default_code = "sign_in_failed"
    title = say("登录没有完成", "Not signed in")


@dataclass(frozen=True)
class SignIn:
    """The secrets of one sign-in under way."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> SignIn:
        """Draw fresh ones."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(64))

    @property
    def challenge(self) -> str:
        """Return PKCE's S256 challenge."""
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


class Provider:
    """Speaks to the provider: the browser by its public address, ourselves by the internal one."""

    def __init__(self, settings: Settings, http: aiohttp.ClientSession) -> None:
        self._settings, self._http = settings, http
        self._issuer, self._internal = settings.issuer.rstrip("/"), settings.identity_url.rstrip("/")
        self._auth = _basic(settings.edge_client_id, settings.edge_client_secret)
        self._discovered: dict[str, Any] | None = None
        self._discovering = asyncio.Lock()
        self.keys = KeyRing(settings.jwks_url)

    @property
    def callback(self) -> str:
        """Return the one address the provider sends a browser back to."""
        return f"{self._issuer}/sign-in/callback"

    async def authorize_url(self, sign_in: SignIn, language: str) -> str:
        """Return where to send the browser. Asked to sign in anew: on a shared device nobody inherits a person."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.edge_client_id,
            "redirect_uri": self.callback,
            "scope": "openid",
            "state": sign_in.state,
            "nonce": sign_in.nonce,
            "code_challenge": sign_in.challenge,
            "code_challenge_method": "S256",
            "prompt": "login",
            "ui_locales": "zh-Hans" if language == "zh" else language,
        }
        endpoint = (await self._metadata())["authorization_endpoint"]
        return f"{endpoint}?{urlencode(asked)}"

    async def exchange(self, code: str, sign_in: SignIn) -> tuple[str, str, str]:
        """Turn a code into (subject, refresh token, id token). Raises SignInRefused or Unavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": sign_in.verifier,
        }
        status, answer = await self._post("token_endpoint", form)
        if status != 200 or not isinstance(answer.get("refresh_token"), str):
            raise _refused()
        id_token = str(answer.get("id_token", ""))
        subject = await self._subject(id_token, sign_in.nonce)
        return subject, answer["refresh_token"], id_token

    async def refresh(self, refresh_token: str, service: str, office: str | None) -> dict[str, Any]:
        """Fetch an access token for one service. Raises SessionEnded, Forbidden (office) or Unavailable."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "resource": f"urn:linli:{service}",
        }
        if office is not None:
            form["office"] = office
        status, answer = await self._post("token_endpoint", form)
        if status == 200 and isinstance(answer.get("access_token"), str):
            return answer
        if office is not None and (status == 403 or answer.get("error") in ("access_denied", "office_not_held")):
            raise Forbidden("office_not_held", zh="您现在不担任这个职务。", en="You do not hold this office today.")
        if answer.get("error") == "invalid_grant":
            raise SessionEnded
        raise _away()

    async def end_session(self, id_token: str, refresh_token: str) -> None:
        """Tell the provider that the session is over; that it does not hear keeps nobody signed in here."""
        try:
            metadata = await self._metadata()
            if "revocation_endpoint" in metadata:
                await self._post("revocation_endpoint", {"token": refresh_token})
            if "end_session_endpoint" in metadata:
                await self._post("end_session_endpoint", {"id_token_hint": id_token})
        except Unavailable:
            return

    async def _subject(self, id_token: str, nonce: str) -> str:
        claims = await self._verified(id_token)
        now = time.time()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        good = (
            claims.get("iss") == self._issuer
            and self._settings.edge_client_id in audiences
            and isinstance(claims.get("exp"), int | float)
            and claims["exp"] > now - LEEWAY_SECONDS
            and isinstance(claims.get("nonce"), str)
            and secrets.compare_digest(claims["nonce"].encode(), nonce.encode())
            and isinstance(claims.get("sub"), str)
            and claims["sub"]
        )
        if not good:
            raise _refused()
        return str(claims["sub"])

    async def _verified(self, id_token: str) -> Mapping[str, Any]:
        for _ in range(2):
            try:
                if self.keys.current is not None:
                    return jwt.decode(id_token, self.keys.current, algorithms=[ALGORITHM]).claims
            except (JoseError, ValueError):
                pass
            await run_in_threadpool(self.keys.refresh, AT_MOST_EVERY_SECONDS)
        raise _refused()

    async def _metadata(self) -> dict[str, Any]:
        """Read the provider's description once. Raises Unavailable."""
        if self._discovered is None:
            async with self._discovering:
                if self._discovered is None:
                    self._discovered = await self._discover()
        return self._discovered

    async def _discover(self) -> dict[str, Any]:
        try:
            async with self._http.get(self._internal + DISCOVERY, timeout=TIMEOUT) as answer:
                found = await answer.json(content_type=None) if answer.status == 200 else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise _away() from None
        if found.get("issuer") != self._issuer:  # another issuer's provider must not sign our people in
            raise _away()
        return found

    async def _post(self, endpoint: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        url = str((await self._metadata()).get(endpoint, "")).replace(self._issuer, self._internal, 1)
        headers = {
            "Authorization": self._auth,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            async with self._http.post(
                url, data=urlencode(form).encode(), headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                return answer.status, _json(await answer.text())
        except (aiohttp.ClientError, TimeoutError):
            raise _away() from None


def claims_of(access_token: str) -> dict[str, Any]:
    """Read the claims of a token that came from the provider itself; services verify it, we only look."""
    try:
        payload = access_token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _away() -> Unavailable:
    return Unavailable(
        "identity_away",
        zh="登录服务暂时连不上，请稍后再试。",
        en="The sign-in service cannot be reached right now. Please try again shortly.",
        headers={"Retry-After": "5"},
    )


def _refused() -> SignInRefused:
    return SignInRefused(zh="这次登录没有成功，请重新登录。", en="This sign-in did not succeed. Please sign in again.")


def _basic(client_id: str, secret: str) -> str:
    """Write the client's credentials as RFC 6749, section 2.3.1 wants them: form-encoded, then Basic."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
