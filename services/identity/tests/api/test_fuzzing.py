# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, the answer is one the contract knows, and never a 5xx."""

from __future__ import annotations

import pytest
import schemathesis
from chassis.testing.tokens import TokenFactory
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from services.identity.tests.conftest import Register

schema = schemathesis.pytest.from_fixture("contract")
PERMISSIONS = ("identity.self", "identity.register.read", "identity.register.write", "identity.accounts.write")


@pytest.fixture
def contract(client: TestClient):
    """The contract as served."""
    return schemathesis.openapi.from_asgi("/api/identity/v1/openapi.yaml", client.app)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_an_operation(case, register: Register, tokens: TokenFactory):
    headers = tokens.headers("identity", *PERMISSIONS, subject="01938c1e-7a10-7c3e-9d53-2b1f3c4d5e6f")

    response = case.call(headers=headers)

    assert response.status_code < 500, response.text
    assert str(response.status_code) in case.operation.definition.raw["responses"] or response.status_code in (405, 406)
