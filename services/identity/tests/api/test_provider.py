# SPDX-License-Identifier: Apache-2.0
"""The provider as a state machine: what comes in the wrong order, from the wrong client or twice gets nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from chassis.clock import FrozenClock
from identity.bootstrap import Deps
from identity.usecases.clients import NewClient, register_client
from starlette.testclient import TestClient

from services.identity.tests.api.provider_client import CALLBACK, Flow, claims_of

pytestmark = pytest.mark.usefixtures("resident")


def error_of(response) -> tuple[int, str]:
    """Status and protocol error of the token endpoint."""
    return response.status_code, response.json()["error"]


def redirected(response) -> dict[str, str]:
    """The parameters of a redirect to the client."""
    assert response.headers["location"].startswith(CALLBACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def test_the_code_comes_back_with_the_state_and_the_issuer(flow: Flow):
    answer = redirected(flow.submit("resident", "correct-horse-42"))

    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("state-1", "http://localhost:8080")


def test_the_id_token_says_who_and_when_and_nothing_personal(flow: Flow, resident: str):
    claims = claims_of(flow.sign_in()["id_token"])

    assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "auth_time", "nonce", "amr", "sid"}
    assert (claims["sub"], claims["aud"], claims["nonce"]) == (resident, "edge", "nonce-1")


def test_an_access_token_has_the_claims_of_the_house_and_no_others(flow: Flow, worker: str):
    claims = claims_of(flow.sign_in("worker", resource="urn:linli:engagement")["access_token"])

    names = {"iss", "aud", "sub", "client_id", "exp", "iat", "jti", "scope", "division", "offices", "office"}
    assert set(claims) == names
    assert (claims["aud"], claims["office"]) == ("urn:linli:engagement", "community_worker")
    assert claims["scope"] == "engagement.counts engagement.work"
    assert claims["exp"] - claims["iat"] == 600
    assert [sorted(one) for one in claims["offices"]] == [["office", "place", "until"]]


def test_a_code_works_once_and_its_replay_ends_the_sign_in(flow: Flow):
    code = flow.code()
    first = flow.exchange(code).json()

    replay = flow.exchange(code)

    assert error_of(replay) == (400, "invalid_grant")
    assert error_of(flow.refresh(first["refresh_token"])) == (400, "invalid_grant")


def test_a_code_dies_after_a_minute(flow: Flow, wall: FrozenClock):
    code = flow.code()
    wall.advance(seconds=61)

    assert error_of(flow.exchange(code)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "bent",
    [
        {"code_verifier": "another-verifier-of-the-length-that-rfc-7636-asks"},
        {"code_verifier": None},
        {"code_verifier": "short"},
        {"redirect_uri": "http://localhost:8080/sign-in/other"},
        {"redirect_uri": None},
        {"code": "guessed"},
        {"code": None},
    ],
    ids=lambda bent: f"{next(iter(bent))}={next(iter(bent.values()))}",
)
def test_a_bent_exchange_gets_nothing(flow: Flow, bent: dict[str, str | None]):
    status, error = error_of(flow.exchange(**({"code": flow.code()} | bent)))

    assert status == 400
    assert error in ("invalid_grant", "invalid_request")


def test_a_code_of_another_client_gets_nothing_and_stays_good_for_its_own(flow: Flow, deps: Deps, client: TestClient):
    secret = "secret-of-the-second-client-0001"
    register_client(deps, NewClient("edge-2", "edge", "另一个网关", secret, "510104", redirect_uris=[CALLBACK]))
    code = flow.code()

    foreign = Flow(client, "edge-2", secret).exchange(code)

    assert error_of(foreign) == (400, "invalid_grant")
    assert flow.exchange(code).status_code == 200


def test_a_refresh_token_of_another_client_gets_nothing(flow: Flow, deps: Deps, client: TestClient):
    secret = "secret-of-the-second-client-0001"
    register_client(deps, NewClient("edge-2", "edge", "另一个网关", secret, "510104", redirect_uris=[CALLBACK]))
    token = flow.sign_in()["refresh_token"]

    assert error_of(Flow(client, "edge-2", secret).refresh(token)) == (400, "invalid_grant")


@pytest.mark.parametrize("secret", ["wrong-secret-wrong-secret-0001", ""])
def test_a_client_without_its_secret_gets_nothing(flow: Flow, client: TestClient, secret: str):
    assert error_of(Flow(client, "edge", secret).exchange(flow.code())) == (401, "invalid_client")


def test_an_unknown_client_gets_nothing(flow: Flow, client: TestClient):
    assert error_of(Flow(client, "nobody", "x" * 30).exchange(flow.code())) == (401, "invalid_client")


@pytest.mark.parametrize(
    "bent",
    [
        {"redirect_uri": "http://evil.example/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?next=1"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": 'http://x/"\\非'},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "edge\0"},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_trusted_is_told_on_our_page_and_never_redirected(flow: Flow, bent):
    response = flow.open_form(**bent)

    assert (response.status_code, "location" in response.headers) == (400, False)


@pytest.mark.parametrize(
    ("bent", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "none"}, "login_required"),
    ],
    ids=str,
)
def test_a_trusted_request_with_a_mistake_goes_back_with_the_error(flow: Flow, bent, error: str):
    response = flow.open_form(**bent)

    answer = redirected(response)
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "state-1", "http://localhost:8080")


@pytest.mark.parametrize(
    "resource",
    ["urn:linli:nothing", "http://evil.example", "venue", "urn:linli:", "urn:linli:venue urn:linli:identity", "非"],
)
def test_a_resource_that_is_not_ours_gets_no_token(flow: Flow, resource: str):
    token = flow.sign_in()["refresh_token"]

    assert error_of(flow.refresh(token, resource=resource)) == (400, "invalid_target")


def test_a_token_is_for_exactly_one_audience(flow: Flow):
    token = flow.sign_in()["refresh_token"]

    both = flow.refresh(token, resource=["urn:linli:venue", "urn:linli:identity"])

    assert error_of(both) == (400, "invalid_target")


def test_each_service_gets_its_own_permissions_alone(flow: Flow):
    token = flow.sign_in()["refresh_token"]
    services = ("identity", "venue", "engagement", "disclosure")

    scopes = {one: flow.refresh(token, resource=f"urn:linli:{one}").json()["scope"] for one in services}

    assert scopes == {
        "identity": "identity.self",
        "venue": "venue.book venue.read",
        "engagement": "engagement.own",
        "disclosure": "",
    }


def test_the_refresh_token_stays_the_same_and_ends_at_its_fixed_time(flow: Flow, wall: FrozenClock):
    token = flow.sign_in()["refresh_token"]
    wall.advance(hours=11, minutes=59)

    answer = flow.refresh(token)

    assert (answer.status_code, "refresh_token" in answer.json()) == (200, False)
    wall.advance(minutes=2)
    assert error_of(flow.refresh(token)) == (400, "invalid_grant")


def test_an_office_is_switched_to_and_back_by_asking(flow: Flow, register, resident: str):
    register.office(resident, "venue_operator")
    token = flow.sign_in()["refresh_token"]

    serving = claims_of(flow.refresh(token, resource="urn:linli:venue", office="venue_operator").json()["access_token"])
    living = claims_of(flow.refresh(token, resource="urn:linli:venue", office="resident").json()["access_token"])

    assert (serving["office"], serving["scope"]) == ("venue_operator", "venue.operate venue.read")
    assert ("office" in living, living["scope"]) == (False, "venue.book venue.read")


def test_an_office_that_is_not_held_gets_no_token(flow: Flow):
    token = flow.sign_in()["refresh_token"]

    assert error_of(flow.refresh(token, office="community_secretary")) == (400, "access_denied")


def test_an_office_is_gone_the_day_after_its_term(flow: Flow, register, resident: str, frozen_clock: FrozenClock):
    register.office(resident, "venue_operator", days=1)
    token = flow.sign_in()["refresh_token"]
    assert flow.refresh(token, office="venue_operator").status_code == 200

    frozen_clock.advance(days=2)

    assert error_of(flow.refresh(token, office="venue_operator")) == (400, "access_denied")


def test_a_revoked_sign_in_gets_no_token(flow: Flow, client: TestClient):
    token = flow.sign_in()["refresh_token"]

    gone = client.post("/oauth/revoke", data={"token": token}, auth=(flow.client_id, flow.secret))

    assert gone.status_code == 200
    assert error_of(flow.refresh(token)) == (400, "invalid_grant")


def test_nobody_revokes_without_being_the_client(flow: Flow, client: TestClient):
    token = flow.sign_in()["refresh_token"]

    refused = client.post("/oauth/revoke", data={"token": token}, auth=("edge", "wrong-secret-wrong-secret-0001"))

    assert refused.status_code == 401
    assert flow.refresh(token).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "password", "username": "resident", "password": "correct-horse-42"},
        {"grant_type": 'x"\\非'},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "a\0b"},
        {"grant_type": "client_credentials"},
    ],
    ids=str,
)
def test_what_is_no_grant_of_ours_is_refused_in_the_protocols_words(flow: Flow, form):
    response = flow.token(**form)

    assert response.status_code in (400, 401)
    assert response.json()["error"]
    assert response.headers["cache-control"] == "no-store"


def test_an_oversized_body_is_refused(client: TestClient):
    assert client.post("/oauth/token", data={"grant_type": "x" * 100_000}).status_code == 413


def test_the_discovery_document_is_complete_and_true(client: TestClient):
    found = client.get("/.well-known/openid-configuration").json()

    AuthorizationServerMetadata(found).validate()
    for name in ("authorization_endpoint", "end_session_endpoint", "jwks_uri"):
        assert client.get(found[name]).status_code in (200, 400)


def test_the_key_set_holds_no_private_part(flow: Flow, client: TestClient):
    keys = client.get("/oauth/jwks").json()["keys"]

    assert keys
    assert all("d" not in key and key["alg"] == "Ed25519" for key in keys)


def test_token_expiry_follows_the_machine_and_not_the_domain_clock(flow: Flow, frozen_clock: FrozenClock, wall):
    frozen_clock.advance(days=300)

    claims = claims_of(flow.sign_in()["access_token"])

    assert claims["iat"] == int(wall.now().timestamp())


def test_signing_out_with_the_id_token_ends_the_sign_in_and_leads_home(flow: Flow, client: TestClient):
    tokens = flow.sign_in()
    params = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://localhost:8080/", "state": "s"}

    response = client.get("/oauth/sign-out", params=params)

    assert (response.status_code, response.headers["location"]) == (302, "http://localhost:8080/?state=s")
    assert error_of(flow.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize("hint", [None, "rubbish", "a.b.c"])
def test_signing_out_without_a_valid_id_token_ends_nothing_and_redirects_nowhere(flow: Flow, client, hint):
    tokens = flow.sign_in()
    params = {"post_logout_redirect_uri": "http://localhost:8080/", "client_id": "edge"}

    response = client.get("/oauth/sign-out", params=params | ({"id_token_hint": hint} if hint else {}))

    assert (response.status_code, "location" in response.headers) == (400, False)
    assert flow.refresh(tokens["refresh_token"]).status_code == 200


def test_signing_out_never_leads_to_an_address_that_is_not_registered(flow: Flow, client: TestClient):
    params = {"id_token_hint": flow.sign_in()["id_token"], "post_logout_redirect_uri": "http://evil.example/"}

    response = client.get("/oauth/sign-out", params=params)

    assert (response.status_code, "location" in response.headers) == (200, False)


def test_a_refresh_survives_key_rotation_and_old_tokens_stay_good(flow: Flow, deps: Deps, wall: FrozenClock, client):
    from chassis.auth import Verifier
    from identity.usecases.keys import rotate_keys

    def verifier() -> Verifier:
        keys = client.get("/oauth/jwks").json()
        return Verifier(
            "http://localhost:8080", "urn:linli:identity", keys=lambda: keys, now=lambda: wall.now().timestamp()
        )

    tokens = flow.sign_in()
    next_key = rotate_keys(deps)
    during = flow.refresh(tokens["refresh_token"]).json()["access_token"]
    known_early = verifier()
    wall.advance(seconds=(next_key.active_from - wall.now()).total_seconds() + 20)

    after = flow.refresh(tokens["refresh_token"]).json()["access_token"]

    assert known_early.verify(after).subject == known_early.verify(during).subject
    assert verifier().verify(during).subject
    wall.advance(minutes=20)
    assert [key["kid"] for key in client.get("/oauth/jwks").json()["keys"]] == [next_key.kid]
