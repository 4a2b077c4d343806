# SPDX-License-Identifier: Apache-2.0
"""Settings tell everything that is wrong at once and refuse unsafe secrets."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from chassis.settings import ServiceSettings, SettingsError, load


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


SERVICE = {
    "LINLI_ENVIRONMENT": "local", "LINLI_ISSUER": "http://localhost", "LINLI_CONTRACTS_DIR": "/c",
    "LINLI_APP_DATABASE_URL": "postgresql://app:s3Nq7@/x", "LINLI_PUBLIC_DATABASE_URL": "postgresql://public:s3Nq7@/x",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Baker(ServiceSettings):
    oven_url: str
    pool_size: int = 16


def test_a_service_adds_its_own_fields_and_defaults_to_what_all_services_read():
    loaded = load(Baker, SERVICE | {"LINLI_OVEN_URL": "o", "LINLI_METRICS_PORT": "9"})

    assert (loaded.oven_url, loaded.pool_size, loaded.metrics_port, loaded.log_level) == ("o", 16, 9, "INFO")
    with pytest.raises(SettingsError, match="LINLI_OVEN_URL"):
        load(Baker, SERVICE)


def test_an_address_with_a_password_is_never_shown():
    assert "s3Nq7" not in repr(load(ServiceSettings, SERVICE))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"LINLI_ENVIRONMENT": "staging"}, "one of local, test, production"),
        ({"LINLI_ENVIRONMENT": "production", "LINLI_CLOCK_OFFSET_SECONDS": "60"}, "never shifted in production"),
    ],
)
def test_an_environment_that_is_none_and_a_shifted_clock_in_production_are_refused(wrong, reason):
    with pytest.raises(SettingsError, match=reason):
        load(ServiceSettings, SERVICE | wrong)
