# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent, the answer is one the contract knows, and never a 5xx."""

from __future__ import annotations

import pytest
import schemathesis
from chassis.testing.tokens import TokenFactory
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from services.identity.tests.conftest import Register

PERMISSIONS = ("identity.self", "identity.register.read", "identity.register.write", "identity.accounts.write")
SUBJECT = "01938c1e-7a10-7c3e-9d53-2b1f3c4d5e6f"


@pytest.mark.slow
def test_no_request_breaks_an_operation(client: TestClient, register: Register, tokens: TokenFactory):
    contract = schemathesis.openapi.from_asgi("/api/identity/v1/openapi.yaml", client.app)
    headers = tokens.headers("identity", *PERMISSIONS, subject=SUBJECT)
    told: set[str] = set()

    def send(case) -> None:
        response = case.call(headers=headers)
        definition = case.operation.definition.raw
        assert response.status_code < 500, response.text
        assert str(response.status_code) in definition["responses"], response.text
        told.add(definition["operationId"])

    for found in contract.get_all_operations():
        bounded = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        bounded(given(case=found.ok().as_strategy())(send))()

    assert len(told) == 13
