# SPDX-License-Identifier: Apache-2.0
"""The way from a password to a token that a service accepts."""

from chassis.auth import Verifier
from chassis.testing.tokens import ISSUER, WUFUQIAO
from starlette.testclient import TestClient


def test_a_resident_signs_in_and_gets_a_token_that_the_venue_accepts(client: TestClient, flow, resident):
    tokens = flow.sign_in("resident")
    answer = flow.refresh(tokens["refresh_token"], resource="urn:linli:venue").json()
    verifier = Verifier(ISSUER, "urn:linli:venue", keys=lambda: client.get("/oauth/jwks").json())

    actor = verifier.verify(answer["access_token"])

    assert actor.subject == resident
    assert (actor.division, actor.office, actor.client) == (WUFUQIAO, None, "edge")
    assert actor.permissions == {"venue.read", "venue.book"}
