# SPDX-License-Identifier: Apache-2.0
"""Input nobody sends by accident: refused with a reason, never a failure of ours."""

import base64
import json

import pytest

FUND = "/divisions/510104030006/fund"


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "parts",
    [
        ("\0", 1),
        ("\ud800", 1),
        ("2026-13", 1),
        ("2026-10", "x"),
        ("2026-10", 10**40),
        ("2026-10", float("inf")),
        ("x",),
    ],
)
def test_a_forged_cursor_of_the_board(community, anyone, parts):
    assert anyone.get(FUND, params={"cursor": cursor(*parts)}).status_code in (200, 400)


@pytest.mark.parametrize("parts", [(10**40,), (float("nan"),), (None,), ({},), ("1",), (float("-inf"),)])
@pytest.mark.parametrize("path", ["/entries", f"{FUND}/2026-10/lines"])
def test_a_forged_cursor_of_numbers(community, clerk, parts, path):
    community.publish("2026-10")

    assert clerk.get(path, params={"cursor": cursor(*parts)}).status_code in (200, 400)


@pytest.mark.parametrize(
    "parts", [("2026-11-23", "0192f0c0-0000-7000-8000-000000000001"), ("now", "x"), ("9999-12-31T23:59:59+00:00", "x")]
)
def test_a_forged_cursor_of_statements(community, clerk, parts):
    assert clerk.get("/statements", params={"cursor": cursor(*parts)}).status_code in (200, 400)


@pytest.mark.parametrize("reason", ["请\0核对", "\ud800", "x" * 500])
def test_text_the_database_cannot_hold(community, secretary, reason):
    statement = community.submit("2026-10")

    answer = secretary.ask(
        "POST",
        f"/statements/{statement['statement_id']}/rejection",
        content=json.dumps({"reason": reason}),
        headers={"Idempotency-Key": "k" * 8, "If-Match": '"1"', "Content-Type": "application/json"},
    )

    assert answer.status_code == (201 if reason == "x" * 500 else 400)


@pytest.mark.parametrize("month", ["0000-01", "9999-12"])
def test_months_far_away(community, clerk, anyone, month):
    assert clerk.post("/statements", {"month": month, "confirm_to_date": True}).status_code == 409
    assert clerk.get(f"/periods/{month}/preview").status_code == 409
    assert anyone.get(f"{FUND}/{month}").status_code == 404
    assert clerk.get("/entries", params={"month": month}).json()["items"] == []


def test_a_division_that_disagrees_with_the_token(community, clerk):
    assert clerk.post("/statements", {"month": "2026-10", "division": "510104030009"}).status_code in (400, 403)
    assert clerk.get("/entries", params={"division": "510104030009"}).status_code in (400, 403)


@pytest.mark.parametrize("claims", [{"aud": "urn:linli:venue"}, {"exp": 1}, {"iss": "http://elsewhere"}])
def test_tokens_that_are_not_for_us(community, person, claims):
    assert person("disclosure.read", **claims).get("/entries").status_code == 401


def test_an_oversized_body_and_another_media_type(community, clerk):
    assert clerk.post("/statements", {"month": "2026-10", "x": "y" * 300_000}).status_code == 413
    plain = clerk.ask("POST", "/statements", content="month=2026-10", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    broken = clerk.ask("POST", "/statements", content="{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400
