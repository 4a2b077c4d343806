# SPDX-License-Identifier: Apache-2.0
"""Finds an operation's function and wraps it: what the contract demands is checked before it runs."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Callable
from keyword import iskeyword
from types import ModuleType
from typing import Any

from connexion.context import request
from connexion.decorators.parameter import sanitized
from connexion.resolver import Resolution, Resolver
from starlette.responses import Response

from chassis.errors import Invalid, PreconditionRequired
from chassis.http.call import Call, Passage, passage
from chassis.http.contract import Contract, ContractError, Operation
from chassis.reply import JSON, Reply, encode

_ETAG = re.compile(r'(?:W/)?"(\d{1,15})"', re.ASCII)


class Operations(Resolver):
    """Resolves each operationId to the function of that name in a service's api package, or refuses to start."""

    def __init__(self, contract: Contract, api: ModuleType, deps: Any) -> None:
        super().__init__()
        missing = sorted(name for name in contract.operations if not callable(getattr(api, name, None)))
        if missing:
            raise ContractError(f"{api.__name__} lacks {', '.join(missing)}")
        self._endpoints = {
            name: _endpoint(operation, getattr(api, name), deps) for name, operation in contract.operations.items()
        }

    def resolve(self, operation: Any) -> Resolution:
        """Return the wrapped function; Connexion asks once a layer."""
        name = operation.operation_id
        return Resolution(self._endpoints[name], name)


def _endpoint(operation: Operation, function: Callable[..., Any], deps: Any) -> Callable[..., Response]:
    _check_signature(operation, function)
    names = _names(operation)

    def endpoint(**given: Any) -> Response:
        here = passage.get()
        values = {names[name]: value for name, value in given.items() if name in names}
        call = _call(operation, here, deps, values)
        if operation.has_body:
            values["body"] = here.body
        return _respond(function(call, **values), here)

    # Connexion reads the signature to decide what to pass, and parses the body once more if asked for it.
    # A parameter named like a word of Python cannot stand in a signature; then it passes whatever there is.
    stated = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names if not iskeyword(name)]
    if len(stated) < len(names):
        stated.append(inspect.Parameter("given", inspect.Parameter.VAR_KEYWORD))
    endpoint.__signature__ = inspect.Signature(stated)  # type: ignore[attr-defined]
    return endpoint


def _names(operation: Operation) -> dict[str, str]:
    """Map each parameter to the name its function takes it by: ``from`` becomes ``from_``."""
    names = [sanitized(one["name"]) for one in operation.parameters if one["in"] in ("path", "query")]
    return {name: f"{name}_" if iskeyword(name) else name for name in names}


def _check_signature(operation: Operation, function: Callable[..., Any]) -> None:
    """Refuse at the start what would be a TypeError at the first request."""
    names = _names(operation)
    given = {names[sanitized(one["name"])]: one for one in operation.parameters if one["in"] in ("path", "query")}
    always = {name for name, one in given.items() if one.get("required") or "default" in one.get("schema", {})}
    if operation.has_body:
        given["body"], always = {}, always | {"body"}
    signature = inspect.signature(function)
    try:
        signature.bind(None, **dict.fromkeys(given))
        signature.bind(None, **dict.fromkeys(always))
    except TypeError as problem:
        raise ContractError(f"{operation.name}: {problem} (the contract gives {sorted(given)})") from None


def _call(operation: Operation, here: Passage, deps: Any, values: dict[str, Any]) -> Call:
    headers = request.headers
    key = headers.get("idempotency-key")
    if operation.is_idempotent and key is None:
        raise PreconditionRequired(
            "idempotency_key_required",
            zh="请附带 Idempotency-Key 请求头，这样重复提交不会重复办理。",
            en="Send an Idempotency-Key header, so that repeating the request does not repeat the act.",
        )
    return Call(
        deps=deps,
        actor=here.actor,
        operation=operation.name,
        language=here.language,
        request_id=here.request_id,
        body_hash=_hash(values, here.body) if key is not None else "",
        idempotency_key=key,
        if_match=_version(headers.get("if-match"), operation.needs_if_match),
        if_none_match=headers.get("if-none-match"),
    )


def _hash(values: dict[str, Any], body: Any) -> str:
    """Hash what is asked, not how it was spelled: the address's parameters and the body's meaning."""
    asked = json.dumps([values, body], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


def _version(header: str | None, needed: bool) -> int | None:
    if header is None:
        if needed:
            raise PreconditionRequired(
                "if_match_required",
                zh="请附带 If-Match 请求头，说明您看到的是哪个版本。",
                en="Send an If-Match header with the ETag of the version you saw.",
            )
        return None
    if header.strip() == "*":
        return None  # RFC 9110: whatever version there is; said on purpose, so nothing is missing
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise Invalid(
            "if_match_invalid", zh="If-Match 请求头的格式不对。", en="The If-Match header is not one of our ETags."
        )
    return int(match[1])


def _respond(result: Any, here: Passage) -> Response:
    if isinstance(result, Reply):
        status, body, headers = result.status, result.body, dict(result.headers)
    else:
        value, status, headers = _unpack(result)
        body = b"" if value is None else encode(value)
    headers.setdefault("Content-Type", JSON)
    headers.setdefault("Content-Language", here.language)
    if here.actor is not None:
        headers.setdefault("Cache-Control", "no-store")
    if not body:
        del headers["Content-Type"]
    return Response(body, status, headers)


def _unpack(result: Any) -> tuple[Any, int, dict[str, str]]:
    value, *rest = result if isinstance(result, tuple) else (result,)
    status = rest[0] if rest else (204 if value is None else 200)
    return value, status, dict(rest[1]) if len(rest) > 1 else {}
