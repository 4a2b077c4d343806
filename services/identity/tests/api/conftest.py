# SPDX-License-Identifier: Apache-2.0
"""People who can sign in, and the edge that signs them in."""

from __future__ import annotations

import pytest
from chassis.testing.tokens import WUFUQIAO
from identity.bootstrap import Deps
from identity.usecases.clients import NewClient, register_client
from identity.usecases.keys import ensure_key
from starlette.testclient import TestClient

from services.identity.tests.api.provider_client import CALLBACK, EDGE_SECRET, HOME, Flow
from services.identity.tests.conftest import Register


@pytest.fixture
def flow(client: TestClient, deps: Deps) -> Flow:
    """The edge, registered, with a browser in front of it."""
    ensure_key(deps)
    register_client(
        deps,
        NewClient(
            "edge", "edge", "网关", EDGE_SECRET, "510104", redirect_uris=[CALLBACK], post_logout_redirect_uris=[HOME]
        ),
    )
    return Flow(client)


@pytest.fixture
def resident(register: Register) -> str:
    """Person id of the resident whose username is ``resident``."""
    person_id = register.person("居民甲01", "13800000001")
    register.account(person_id, "resident")
    return person_id


@pytest.fixture
def worker(register: Register) -> str:
    """Person id of somebody who lives elsewhere and serves here; username ``worker``."""
    person_id = register.person("工作人员甲01", membership="staff")
    register.account(person_id, "worker")
    register.office(person_id, "community_worker", WUFUQIAO)
    return person_id
