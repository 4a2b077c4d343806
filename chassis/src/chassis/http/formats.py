# SPDX-License-Identifier: Apache-2.0
"""What uuid, date and date-time mean in our contracts; jsonschema checks none of them by itself.

Years are kept between 1900 and 2200: every real date fits, and no arithmetic on one leaves the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from jsonschema import Draft4Validator, FormatChecker, ValidationError

YEARS = range(1900, 2201)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def is_uuid(value: object) -> bool:
    """Whether the text is a hyphenated UUID; anything that is no text is not this format's business."""
    return not isinstance(value, str) or bool(_UUID.fullmatch(value))


def is_date(value: object) -> bool:
    """Whether the text is a day of the calendar, YYYY-MM-DD."""
    if not isinstance(value, str):
        return True
    return bool(_DATE.fullmatch(value)) and date.fromisoformat(value).year in YEARS


def is_instant(value: object) -> bool:
    """Whether the text is an RFC 3339 instant with its offset."""
    if not isinstance(value, str):
        return True
    return bool(_INSTANT.fullmatch(value)) and datetime.fromisoformat(value.upper()).year in YEARS


def register() -> None:
    """Teach jsonschema our formats, in the one checker that Connexion uses for requests and answers."""
    for name, check in (("uuid", is_uuid), ("date", is_date), ("date-time", is_instant)):
        Draft4Validator.FORMAT_CHECKER.checks(name, raises=ValueError)(check)


def checker() -> FormatChecker:
    """Return the checker that knows our formats."""
    return Draft4Validator.FORMAT_CHECKER


def whole_pattern(validator: Any, pattern: str, instance: object, schema: Any) -> Iterator[ValidationError]:
    """JSON Schema's ``pattern`` by its own rules: ``$`` is the end, where Python's lets a line break follow."""
    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")
