# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a field, in words. jsonschema's own messages quote the schema and the input; these do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from jsonschema import ValidationError

from chassis.errors import Invalid
from chassis.http.call import passage

MOST_ERRORS = 20
WORDS = {
    "required": {"zh": "缺少“{field}”。", "en": "{field} is missing."},
    "unknown_field": {"zh": "不认识“{field}”。", "en": "{field} is not known here."},
    "unknown_parameter": {"zh": "不认识参数“{field}”。", "en": "Parameter {field} is not known here."},
    "wrong_type": {"zh": "“{field}”的类型不对。", "en": "{field} has the wrong type."},
    "wrong_format": {"zh": "“{field}”的格式不对。", "en": "{field} has the wrong format."},
    "not_allowed": {"zh": "“{field}”不是允许的值。", "en": "{field} is not one of the allowed values."},
    "too_long": {"zh": "“{field}”太长或太多。", "en": "{field} is too long."},
    "too_short": {"zh": "“{field}”太短或太少。", "en": "{field} is too short."},
    "out_of_range": {"zh": "“{field}”超出允许的范围。", "en": "{field} is out of range."},
    "not_valid": {"zh": "“{field}”不符合要求。", "en": "{field} is not valid."},
}
CODES = {
    "type": "wrong_type",
    "format": "wrong_format",
    "pattern": "wrong_format",
    "enum": "not_allowed",
    "maxLength": "too_long",
    "maxItems": "too_long",
    "maxProperties": "too_long",
    "minLength": "too_short",
    "minItems": "too_short",
    "minProperties": "too_short",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
}
WHOLE = {"zh": "内容", "en": "the body"}


class FieldError(NamedTuple):
    """One wrong field; ``field`` is a dotted path, empty for the body as a whole."""

    field: str
    code: str


error = FieldError


def describe(found: Iterable[ValidationError], within: str = "") -> list[FieldError]:
    """Turn jsonschema's errors into ours, each field once."""
    told: dict[FieldError, None] = {}
    for one in found:
        path = [within] * bool(within) + [str(part)[:60] for part in one.absolute_path]
        for name, code in _name_and_code(one):
            told[FieldError(".".join([*path, *name]), code)] = None
        if len(told) >= MOST_ERRORS:
            break
    return list(told)[:MOST_ERRORS]


def _name_and_code(one: ValidationError) -> list[tuple[list[str], str]]:
    instance: Any = one.instance
    if one.validator == "required":
        return [([name], "required") for name in one.validator_value if name not in instance]
    if one.validator == "additionalProperties" and isinstance(instance, dict):
        known = one.schema.get("properties", {})
        return [([str(name)[:60]], "unknown_field") for name in instance if name not in known]
    return [([], CODES.get(str(one.validator), "not_valid"))]


def invalid(errors: list[FieldError]) -> Invalid:
    """Return the refusal that lists these errors, its reason being the first of them."""
    language = passage.get().language
    listed = [{"field": one.field, "code": one.code, "detail": _say(one, language)} for one in errors]
    return Invalid(zh=_say(errors[0], "zh"), en=_say(errors[0], "en"), errors=listed)


def _say(one: FieldError, language: str) -> str:
    return WORDS[one.code][language].format(field=one.field or WHOLE[language])
