# SPDX-License-Identifier: Apache-2.0
"""Settings from the environment into a frozen dataclass. Nothing is read at import; nothing has a secret default."""

from __future__ import annotations

import dataclasses
import os
import typing
from collections.abc import Mapping
from pathlib import Path

T = typing.TypeVar("T")
PREFIX = "LINLI_"
ENVIRONMENTS = ("local", "test", "production")
EXAMPLES = frozenset({"", "change-me", "changeme", "example", "secret", "password", "123456", "admin", "test"})


class SettingsError(Exception):
    """The environment is incomplete or unsafe; the message lists everything that is wrong at once."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What the web and worker processes of every service read; a service adds fields of its own."""

    environment: str
    issuer: str
    contracts_dir: Path
    app_database_url: str = dataclasses.field(repr=False)
    public_database_url: str = dataclasses.field(repr=False)
    relay_database_url: str = dataclasses.field(default="", repr=False)
    sweep_database_url: str = dataclasses.field(default="", repr=False)
    kafka_bootstrap: str = ""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    clock_offset_seconds: float = 0
    pool_size: int = 8
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        if self.environment not in ENVIRONMENTS:
            raise ValueError(f"{PREFIX}ENVIRONMENT is one of {', '.join(ENVIRONMENTS)}")
        if self.environment == "production" and self.clock_offset_seconds:
            raise ValueError("the domain clock is never shifted in production")


@dataclasses.dataclass(frozen=True, kw_only=True)
class MigrateSettings:
    """What ``migrate`` reads: the owner's address, which no other process may know."""

    owner_database_url: str = dataclasses.field(repr=False)
    log_level: str = "INFO"


def load(cls: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Build ``cls`` from ``LINLI_<FIELD>`` variables.

    Fields whose name contains ``secret`` or ``password`` refuse empty and example values.
    Raises SettingsError naming every missing or wrong variable, never their values.
    """
    environ = os.environ if environ is None else environ
    hints = typing.get_type_hints(cls)
    values, wrong = {}, []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        name = PREFIX + field.name.upper()
        text = environ.get(name)
        if text is None:
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                wrong.append(f"{name} is missing")
            continue
        if _is_secret(field.name) and text.strip().lower() in EXAMPLES:
            wrong.append(f"{name} is empty or an example value")
            continue
        try:
            values[field.name] = _convert(_plain(hints[field.name]), text)
        except ValueError:
            wrong.append(f"{name} is not a {_plain(hints[field.name]).__name__}")  # type: ignore[attr-defined]
    if wrong:
        raise SettingsError("; ".join(wrong))
    try:
        return cls(**values)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _is_secret(name: str) -> bool:
    return "secret" in name or "password" in name


def _convert(kind: object, text: str) -> object:
    if kind is bool:
        if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
            raise ValueError("expected 1 or 0")
        return text.lower() in {"1", "true", "yes"}
    if kind in (int, float, Path):
        return kind(text)  # type: ignore[operator]
    return text


def _plain(kind: object) -> object:
    """Take ``X`` out of ``X | None``."""
    options = [one for one in typing.get_args(kind) if one is not type(None)]
    return options[0] if options else kind
