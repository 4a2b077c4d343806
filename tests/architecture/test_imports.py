# SPDX-License-Identifier: Apache-2.0
"""Who may know whom."""

from __future__ import annotations

import sys

import pytest

from .tree import SERVICES, imports, named, sources

OURS = {*SERVICES, "gateway", "linli_local", "tools", "tests"}
PURE = {"dateutil"}  # calendar arithmetic: no IO, no clock, and RFC 5545 is not what Linli exists for
OF_DOMAINS = {"chassis", "chassis.errors", "chassis.events"}  # refusals and events are what rules result in


def roots(path):
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other_service(service):
    for path in sources(f"services/{service}/"):
        assert not roots(path) & (OURS - {service}), named(path)


def test_the_chassis_imports_nobody_who_stands_on_it():
    for path in sources("chassis/src/"):
        allowed = {"linli_local"} if "chassis/testing/" in named(path) else set()
        assert not roots(path) & (OURS - allowed), named(path)


def test_the_gateway_knows_services_by_their_contracts_alone():
    for path in sources("gateway/src/"):
        assert not roots(path) & (OURS - {"gateway"}), named(path)


def test_what_starts_the_machine_imports_none_of_what_it_starts():
    for path in sources("deploy/local/src/"):
        assert not roots(path) & (OURS - {"linli_local"}), named(path)


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_imports_the_standard_library_and_refusals_alone(service):
    for path in sources(f"services/{service}/src/{service}/domain/"):
        for name in imports(path):
            own = name.startswith(f"{service}.domain") or name == service
            of_chassis = any(name == one or name.startswith(f"{one}.") for one in OF_DOMAINS - {"chassis"})
            standard = name.split(".")[0] in sys.stdlib_module_names | PURE
            assert own or of_chassis or standard, f"{named(path)} imports {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_rooms_are_entered_in_one_direction(service):
    """api → usecases → store and domain; nobody looks back."""
    forbidden = {"store": {"api", "usecases"}, "usecases": {"api"}, "api": set()}
    for room, others in forbidden.items():
        for path in sources(f"services/{service}/src/{service}/{room}/"):
            for other in others:
                assert not any(name.startswith(f"{service}.{other}") for name in imports(path)), named(path)


@pytest.mark.parametrize("service", SERVICES)
def test_the_door_speaks_no_sql(service):
    for path in sources(f"services/{service}/src/{service}/api/"):
        assert not {"sqlalchemy", "psycopg"} & roots(path), named(path)
