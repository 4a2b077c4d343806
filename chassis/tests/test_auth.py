# SPDX-License-Identifier: Apache-2.0
"""A token says who and where, or it says nothing: every doubt is a refusal."""

import time

import pytest
from chassis.auth import Actor, Office, UnknownKey, Verifier
from chassis.errors import Forbidden, Unauthenticated, Unavailable
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

ISSUER, AUDIENCE, HOME = "http://localhost:8080", "urn:linli:venue", "510104030006"


def new_key(kid):
    return OKPKey.generate_key("Ed25519", parameters={"kid": kid, "use": "sig", "alg": "Ed25519"})


KEY = new_key("one")


def sign(key=KEY, header=None, **changes):
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "person", "client_id": "edge", "iat": now, "exp": now + 600,
        "scope": "venue.read venue.book", "division": HOME, "office": "venue_operator",
        "offices": [{"office": "venue_operator", "place": HOME, "until": "2027-12-31"}],
    }  # fmt: skip
    claims = {name: value for name, value in (claims | changes).items() if value is not ...}
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "one"} | (header or {})
    header = {name: value for name, value in header.items() if value is not ...}
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def published(*keys):
    return {"keys": [key.as_dict(private=False) for key in keys]}


@pytest.fixture
def verifier():
    return Verifier(ISSUER, AUDIENCE, keys=lambda: published(KEY))


class TestVerify:
    def test_a_good_token_becomes_an_actor(self, verifier):
        actor = verifier.verify(sign())

        assert actor == Actor(
            subject="person",
            division=HOME,
            permissions=frozenset({"venue.read", "venue.book"}),
            office="venue_operator",
            offices=(Office("venue_operator", HOME, "2027-12-31"),),
            client="edge",
        )

    def test_one_of_several_audiences_is_enough(self, verifier):
        assert verifier.verify(sign(aud=["urn:linli:identity", AUDIENCE])).subject == "person"

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "http://evil.example"}, {"iss": ...}, {"aud": "urn:linli:identity"}, {"aud": ...},
            {"aud": [["urn:linli:venue"]]}, {"exp": 1}, {"exp": ...}, {"exp": "soon"}, {"iat": ...},
            {"iat": 99999999999}, {"nbf": 99999999999}, {"sub": ...}, {"sub": ""}, {"sub": 7}, {"client_id": ...},
            {"division": ...}, {"division": "5101"}, {"division": "510104030006\n"}, {"division": ""},
            {"scope": ["venue.read"]}, {"office": 7}, {"offices": [7]}, {"offices": [{"office": "x"}]},
        ],
    )  # fmt: skip
    def test_a_doubtful_claim_is_refused(self, verifier, changes):
        with pytest.raises(Unauthenticated):
            verifier.verify(sign(**changes))

    @pytest.mark.parametrize("header", [{"typ": "JWT"}, {"typ": ...}, {"kid": ...}])
    def test_a_doubtful_header_is_refused(self, verifier, header):
        with pytest.raises(Unauthenticated):
            verifier.verify(sign(header=header))

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "eyJhbGciOiJub25lIn0.e30.", "x" * 20_000])
    def test_what_is_no_token_is_refused(self, verifier, token):
        with pytest.raises(Unauthenticated):
            verifier.verify(token)

    def test_no_other_algorithm_passes_even_with_a_published_key(self):
        rsa = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
        secret = OctKey.import_key(b"x" * 32, parameters={"kid": "oct"})
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: published(KEY, rsa))

        for key, algorithm in ((rsa, "RS256"), (secret, "HS256")):
            token = sign(key=key, header={"alg": algorithm, "kid": key.kid})
            with pytest.raises(Unauthenticated):
                verifier.verify(token)

    def test_another_key_under_a_known_name_is_refused(self, verifier):
        with pytest.raises(Unauthenticated):
            verifier.verify(sign(key=new_key("one")))


class TestRemembering:
    def test_a_remembered_token_still_expires(self):
        clock = [time.time()]
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: published(KEY), now=lambda: clock[0])
        token = sign()
        verifier.verify(token)
        clock[0] += 601

        with pytest.raises(Unauthenticated, match="token_expired"):
            verifier.verify(token)

    def test_a_withdrawn_key_takes_its_remembered_tokens_along(self):
        keys = [KEY]
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: published(*keys))
        token = sign()
        verifier.verify(token)
        keys[:] = [new_key("two")]
        verifier.ring.refresh()

        with pytest.raises(UnknownKey):
            verifier.verify(token)

    def test_a_new_key_is_known_after_one_refresh(self):
        keys = [KEY]
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: published(*keys))
        new = new_key("two")
        token = sign(key=new, header={"kid": "two"})
        with pytest.raises(UnknownKey):
            verifier.verify(token)
        keys.append(new)
        verifier.ring.refresh()

        assert verifier.verify(token).subject == "person"

    def test_an_absent_issuer_signs_nobody_out(self):
        answers = [published(KEY)]
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: answers.pop())
        verifier.verify(sign())
        verifier.ring.refresh()  # nothing left to pop: the source is away

        assert verifier.verify(sign()).subject == "person"

    def test_a_flood_of_unknown_keys_does_not_become_a_flood_of_fetches(self):
        reads = []
        verifier = Verifier(ISSUER, AUDIENCE, keys=lambda: reads.append(1) or published(KEY))
        for _ in range(50):
            verifier.ring.refresh(at_most_every=5.0)

        assert len(reads) == 1

    def test_without_keys_nobody_is_called_a_stranger(self):
        verifier = Verifier(ISSUER, AUDIENCE, "http://127.0.0.1:1/oauth/jwks")

        with pytest.raises(Unavailable):
            verifier.verify(sign())
        assert not verifier.ready


class TestActor:
    def test_a_missing_permission_is_forbidden_by_name(self):
        actor = Actor("person", HOME, frozenset({"venue.read"}))
        actor.require("venue.read")

        with pytest.raises(Forbidden) as refusal:
            actor.require("venue.operate")
        assert refusal.value.extra == {"permission": "venue.operate"}

    def test_a_system_actor_holds_only_what_it_is_given(self):
        actor = Actor.system(HOME, "sweep")

        assert (actor.subject, actor.permissions) == ("system:sweep", frozenset())
