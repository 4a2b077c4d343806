# SPDX-License-Identifier: Apache-2.0
"""Settings tell everything that is wrong at once and refuse unsafe secrets."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from chassis.settings import SettingsError, load


@dataclass(frozen=True)
class Example:
    app_database_url: str
    client_secret: str
    key_file: Path
    threads: int = 16
    debug: bool = False
    reader_url: str | None = None


COMPLETE = {"LINLI_APP_DATABASE_URL": "x", "LINLI_CLIENT_SECRET": "s3Nq7", "LINLI_KEY_FILE": "/k", "LINLI_DEBUG": "1"}


def test_fields_are_read_from_the_environment_in_their_own_types():
    loaded = load(Example, COMPLETE | {"LINLI_THREADS": "4", "LINLI_READER_URL": "r"})

    assert loaded == Example("x", "s3Nq7", Path("/k"), 4, True, "r")


def test_everything_missing_is_named_at_once():
    with pytest.raises(SettingsError) as refusal:
        load(Example, {"LINLI_THREADS": "many"})

    for name in ("LINLI_APP_DATABASE_URL", "LINLI_CLIENT_SECRET", "LINLI_KEY_FILE", "LINLI_THREADS"):
        assert name in str(refusal.value)


@pytest.mark.parametrize("secret", ["", "  ", "change-me", "Password", "123456"])
def test_an_empty_or_example_secret_is_refused_without_being_shown(secret):
    with pytest.raises(SettingsError, match="LINLI_CLIENT_SECRET is empty or an example value"):
        load(Example, COMPLETE | {"LINLI_CLIENT_SECRET": secret})
