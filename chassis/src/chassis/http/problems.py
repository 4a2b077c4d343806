# SPDX-License-Identifier: Apache-2.0
"""Every refusal as RFC 9457 problem+json: a stable code, a reason in the caller's language, no schema text."""

from __future__ import annotations

import logging
import re

import psycopg
from connexion.exceptions import NonConformingResponse, ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from sqlalchemy import exc as sql
from starlette.exceptions import HTTPException

from chassis import reply
from chassis.errors import (
    AppError,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from chassis.http.call import passage

_log = logging.getLogger(__name__)
_WRONG_TYPE = re.compile(r"Wrong type, expected '(\w+)' for \w+ parameter '([\w-]{1,60})'")


_BY_STATUS: dict[int, type[AppError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
    503: Unavailable,
}


def as_app_error(error: Exception) -> AppError:
    """Say any exception in our own words; what nobody foresaw is a 500 that tells nothing."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, NonConformingResponse):
        _log.error("the answer breaks the contract: %s", error.detail)
        return AppError("response_breaks_contract")
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, sql.DataError | psycopg.DataError):
        _log.error("a value the contract lets through does not fit its column: %s", type(error).__name__)
        return Invalid("value_out_of_range", zh="有一个值超出了允许的范围。", en="A value is out of range.")
    if isinstance(error, sql.OperationalError | sql.InterfaceError | sql.TimeoutError | psycopg.OperationalError):
        return Unavailable("database_away", headers={"Retry-After": "2"})
    _log.error("unforeseen", exc_info=error)
    return AppError()


def _from_http(error: HTTPException) -> AppError:
    status = error.status_code
    match = _WRONG_TYPE.fullmatch(error.detail or "") if status == 400 else None
    if match is not None:
        kind, name = match.groups()
        wrong = {"field": name, "code": "wrong_type"}
        return Invalid(zh=f"参数“{name}”的类型不对。", en=f"Parameter {name} must be a {kind}.", errors=[wrong])
    known = _BY_STATUS.get(status)
    if known is not None:
        return known()
    if status >= 500:
        _log.error("unforeseen", exc_info=error)
        return AppError()
    return Invalid()


def render(error: Exception) -> reply.Reply:
    """Return the problem document of an exception, in the language of the request that is passing."""
    told = as_app_error(error)
    here = passage.get()
    here.refusal = told.code
    document = reply.problem(told, here.language) | {"request_id": here.request_id}
    headers = {"Content-Type": reply.PROBLEM, "Content-Language": here.language, **told.headers}
    if told.status == 401:
        headers["WWW-Authenticate"] = f'Bearer error="invalid_token", error_description="{told.code}"'
    elif told.code == "permission_missing":
        headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return reply.Reply(told.status, reply.encode(document), headers)


async def handle(_request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Answer for Connexion's exception middleware."""
    answer = render(error)
    return ConnexionResponse(status_code=answer.status, body=answer.body, headers=dict(answer.headers))


HANDLED = (AppError, ProblemException, HTTPException, Exception)
