# SPDX-License-Identifier: Apache-2.0
"""Ask every operation of a service what nobody thought of.

Bounded, and the same on each run. Half the cases follow the contract, half break it; where a path names something that
exists, half of them name it.
"""

from __future__ import annotations

import warnings

import schemathesis
from chassis.db import uuid7
from chassis.http.contract import load
from chassis.testing.tokens import WUFUQIAO
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from tests.architecture.tree import MIGRATIONS

from .houses import BUILDERS, SOMEBODY
from .sources import CONTRACTS, operations

CASES = 16
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def fuzz(name, databases, tokens, folder):
    """Ask all of them, as a caller with every permission that the service knows; demand what the contract says."""
    database = databases.fresh(name, MIGRATIONS[name])
    house = BUILDERS[name](database, tokens, folder)
    permissions = {one for *_, operation in operations(name) for need in operation["security"] for one in need["oauth"]}
    headers = tokens.headers(
        name, *sorted(permissions), subject=SOMEBODY, division=WUFUQIAO, office="community_secretary"
    )
    contract = load(CONTRACTS / "openapi" / f"{name}.v1.yaml")
    with TestClient(house.app, raise_server_exceptions=False, follow_redirects=False) as client:
        answered = dict(_ask_all(contract, client, house.known, headers))
    house.deps.database.close()
    databases.drop(database)

    assert len(answered) == len(contract.operations)
    assert all(answered.values()), "some operation was never asked"
    only_at_the_door = [label for label, told in answered.items() if told <= {400}]
    assert only_at_the_door == [], "every case was refused before a rule was asked"


def _ask_all(contract, client, known, headers):
    """Yield each operation with every status it answered."""
    for result in schemathesis.openapi.from_dict(contract.document).get_all_operations():
        operation = result.ok()
        found = {one: known[one] for one in _path_names(operation) if one in known}
        yield operation.label, _try(operation, client, found, headers)


def _try(operation, client, known, headers):
    """Ask one operation many times and return every status it answered."""
    statuses = set()
    strategies = [operation.as_strategy(mode) for mode in MODES if _can(operation, mode)]
    if known:
        strategies += [operation.as_strategy(GenerationMode.POSITIVE, path_parameters=known)]

    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies))
    def attempt(case):
        # A proper key and version each time: without them a write is refused before anything else is looked at.
        sent = case.as_transport_kwargs(headers=headers | {"Idempotency-Key": str(uuid7()), "If-Match": '"1"'})
        sent.pop("timeout", None)
        answer = client.request(**sent)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        attempt()
    return statuses


def _path_names(operation):
    return [parameter.name for parameter in operation.path_parameters]


def _can(operation, mode):
    """Whether there is anything in the operation that a caller could get wrong."""
    return mode is GenerationMode.POSITIVE or bool(list(operation.iter_parameters())) or bool(operation.body)
