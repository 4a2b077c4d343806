# SPDX-License-Identifier: Apache-2.0
"""Checks requests against the contract, strictly, with validators compiled once and words a person understands."""

from __future__ import annotations

import json
import math
from typing import Any

from connexion.json_schema import Draft4RequestValidator
from connexion.validators import AbstractRequestBodyValidator
from connexion.validators.parameter import ParameterValidator
from jsonschema import Draft4Validator
from jsonschema.validators import extend
from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope

from chassis.errors import Forbidden, Invalid
from chassis.http import formats, wording
from chassis.http.call import passage

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64
DIVISION_FIELDS = ("division", "division_code")
_Strict = extend(Draft4RequestValidator, {"pattern": formats.whole_pattern})
_compiled: dict[int, Draft4Validator] = {}


def compiled(schema: dict[str, Any]) -> Draft4Validator:
    """Return the validator of a schema of the contract; contracts live as long as the process."""
    validator = _compiled.get(id(schema))
    if validator is None or validator.schema is not schema:
        validator = _Strict(schema, format_checker=formats.checker())
        _compiled[id(schema)] = validator
    return validator


class JsonBody(AbstractRequestBodyValidator):
    """Reads, parses and checks a JSON body; leaves the parsed value in the passage, so it is parsed once."""

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        """Check the body. Raises Invalid, or Forbidden when it names another division."""
        text = await _read(receive)
        if not text:
            if self._required:
                raise Invalid("body_required", zh="请求缺少内容。", en="The request needs a body.")
            return receive, scope
        body = parse(text)
        if isinstance(body, dict):
            for name in DIVISION_FIELDS:
                agree_on_division(body.get(name))
        if errors := wording.describe(compiled(self._schema).iter_errors(body)):
            raise wording.invalid(errors)
        passage.get().body = body
        return receive, scope


async def _read(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def parse(text: bytes) -> Any:
    """Parse JSON, refusing what no database stores and what readers of JSON disagree about. Raises Invalid."""
    try:
        body = json.loads(text.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid("malformed_json", zh="内容不是正确的 JSON。", en="The body is not valid JSON.") from None
    _check_values(body, 0)
    return body


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _check_values(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Invalid("malformed_json", zh="内容嵌套过深。", en="The body is nested too deeply.")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for name, one in value.items():
            check_text(name)
            _check_values(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            _check_values(one, depth + 1)
    elif isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= LARGEST_INTEGER):
        raise Invalid("number_out_of_range", zh="有一个数字过大。", en="A number is too large.")


def check_text(text: str) -> None:
    """Refuse NUL and lone surrogates: neither can be stored, and neither is ever meant."""
    if "\x00" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise Invalid("invalid_text", zh="文字中有无效的字符。", en="A text holds an invalid character.")


def agree_on_division(named: object) -> None:
    """Refuse a division that disagrees with the token's: elsewhere for a community, outside for a tier.

    Nothing is compared on public operations, which alone may name any division.
    """
    actor = passage.get().actor
    if actor is None or not isinstance(named, str):
        return
    if named != actor.division and not (len(actor.division) < 12 and named.startswith(actor.division)):
        raise Forbidden(
            "division_mismatch",
            zh="您只能办理自己所在社区的事。",
            en="The request names another division than your sign-in.",
        )


class Parameters(ParameterValidator):
    """Checks path, query and header parameters, all of them at once, and refuses unknown ones."""

    def validate(self, scope: Scope) -> None:
        """Refuse another division before anything else is said, then check each parameter."""
        query = QueryParams(scope["query_string"])
        headers = Headers(scope=scope)
        for name in DIVISION_FIELDS:
            for named in [*query.getlist(name), scope.get("path_params", {}).get(name)]:
                agree_on_division(named)
            agree_on_division(headers.get(name.replace("_", "-")))
        for text in [*query.values(), *scope.get("path_params", {}).values()]:
            if isinstance(text, str):
                check_text(text)
        super().validate(scope)

    def validate_request(self, request: Any) -> None:
        """Collect what is wrong with every parameter. Raises Invalid."""
        unknown = self.validate_query_parameter_list(request, security_params=self.security_query_params)
        errors = [wording.error(name[:60], "unknown_parameter") for name in sorted(unknown)]
        readers = {
            "query": request.query_params.get,
            "path": lambda name: request.path_params.get(name.replace("-", "_")),
            "header": request.headers.get,
        }
        for place, read in readers.items():
            for parameter in self.parameters.get(place, []):
                errors += _check_parameter(parameter, read(parameter["name"]))
        if errors:
            raise wording.invalid(errors)


def _check_parameter(parameter: dict[str, Any], value: Any) -> list[wording.FieldError]:
    name = parameter["name"]
    if value is None:
        return [wording.error(name, "required")] if parameter.get("required") else []
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        return [wording.error(name, "out_of_range")]
    return wording.describe(compiled(parameter["schema"]).iter_errors(value), within=name)
