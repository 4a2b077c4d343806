# SPDX-License-Identifier: Apache-2.0
"""Partners: programs that act for themselves with exactly what is registered."""

import pytest
from chassis.auth import Verifier
from chassis.errors import Unprocessable
from chassis.testing.tokens import ISSUER, WUFUQIAO
from identity.bootstrap import Deps
from identity.usecases.clients import NewClient, register_client
from starlette.testclient import TestClient

from services.identity.tests.api.provider_client import Flow

SECRET = "secret-of-a-partner-in-a-test-01"


@pytest.fixture
def partner(flow: Flow, deps: Deps, client: TestClient) -> Flow:
    """A firm that may read the venue's week and count needs."""
    scopes = ["venue.read", "engagement.counts"]
    register_client(deps, NewClient("firm-1", "partner", "示例物业", SECRET, WUFUQIAO, scopes=scopes))
    return Flow(client, "firm-1", SECRET)


def test_a_partner_gets_a_token_that_names_itself(partner: Flow, client: TestClient):
    answer = partner.token(grant_type="client_credentials", resource="urn:linli:venue").json()
    verifier = Verifier(ISSUER, "urn:linli:venue", keys=lambda: client.get("/oauth/jwks").json())

    actor = verifier.verify(answer["access_token"])

    assert (actor.subject, actor.client, actor.division) == ("firm-1", "firm-1", WUFUQIAO)
    assert actor.permissions == {"venue.read"}
    assert "refresh_token" not in answer


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"resource": "urn:linli:venue", "scope": "venue.book"}, "invalid_scope"),
        ({"resource": "urn:linli:venue", "scope": "engagement.counts"}, "invalid_scope"),
        ({"resource": "urn:linli:disclosure"}, "invalid_scope"),
        ({"resource": "urn:linli:nothing"}, "invalid_target"),
        ({}, "invalid_target"),
    ],
    ids=str,
)
def test_a_partner_gets_nothing_beyond_its_registration(partner: Flow, asked: dict[str, str], error: str):
    response = partner.token(grant_type="client_credentials", **asked)

    assert (response.status_code, response.json()["error"]) == (400, error)


def test_a_partner_signs_nobody_in(partner: Flow):
    assert partner.open_form().status_code == 400
    assert partner.token(grant_type="authorization_code", code="x").json()["error"] == "unauthorized_client"


def test_a_partner_is_nobody_with_an_account(partner: Flow, deps: Deps, client: TestClient, tokens):
    headers = tokens.headers("identity", "identity.self", subject="firm-1")

    assert client.get("/api/identity/v1/me", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": ["venue.everything"]},
        {"scopes": []},
        {"secret": "short"},
        {"client_id": "Ä"},
        {"kind": "admin"},
        {"redirect_uris": ["http://localhost/x"]},
        {"kind": "edge", "scopes": []},
        {"kind": "edge", "scopes": [], "redirect_uris": ["javascript:alert(1)"]},
    ],
    ids=str,
)
def test_a_registration_that_makes_no_sense_is_refused(deps: Deps, wrong):
    sound = {"client_id": "firm-2", "kind": "partner", "title": "示例", "secret": SECRET, "division": WUFUQIAO}

    with pytest.raises(Unprocessable) as refusal:
        register_client(deps, NewClient(**(sound | {"scopes": ["venue.read"]} | wrong)))

    assert refusal.value.code == "client_invalid"
