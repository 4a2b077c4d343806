# SPDX-License-Identifier: Apache-2.0
"""The sign-in page: from a password to a token that a service accepts, and every way it says no."""

import re

import pytest
from chassis.auth import Verifier
from chassis.clock import FrozenClock
from chassis.testing.tokens import ISSUER, WUFUQIAO
from starlette.testclient import TestClient

from services.identity.tests.api.provider_client import Flow
from services.identity.tests.conftest import Register


def test_a_resident_signs_in_and_gets_a_token_that_the_venue_accepts(client: TestClient, flow: Flow, resident: str):
    tokens = flow.sign_in("resident")
    answer = flow.refresh(tokens["refresh_token"], resource="urn:linli:venue").json()
    verifier = Verifier(ISSUER, "urn:linli:venue", keys=lambda: client.get("/oauth/jwks").json())

    actor = verifier.verify(answer["access_token"])

    assert actor.subject == resident
    assert (actor.division, actor.office, actor.client) == (WUFUQIAO, None, "edge")
    assert actor.permissions == {"venue.read", "venue.book"}


def test_the_name_may_be_typed_in_capitals_and_with_spaces_around_it(flow: Flow, resident: str):
    assert flow.submit("  Resident ", "correct-horse-42").status_code == 303


def test_wrong_unknown_and_blocked_look_exactly_alike(flow: Flow, resident: str):
    def shown(response) -> tuple[int, str]:
        return response.status_code, re.sub(r'value="[^"]*"', "", response.text)

    wrong = shown(flow.submit("resident", "not the password"))
    unknown = shown(flow.submit("nobody-here", "not the password"))
    for _ in range(6):
        flow.submit("resident", "not the password")
    blocked = shown(flow.submit("resident", "correct-horse-42"))

    assert wrong == unknown == blocked
    assert wrong[0] == 422


def test_a_block_ends_by_itself_and_success_forgets_the_failures(flow: Flow, resident: str, wall: FrozenClock):
    for _ in range(5):
        flow.submit("resident", "not the password")
    assert flow.submit("resident", "correct-horse-42").status_code == 422

    wall.advance(seconds=31)

    assert flow.submit("resident", "correct-horse-42").status_code == 303
    for _ in range(4):
        flow.submit("resident", "not the password")
    assert flow.submit("resident", "correct-horse-42").status_code == 303


def test_guessing_many_names_from_one_address_is_stopped_and_others_may_still_sign_in(flow: Flow, resident: str):
    guesser, neighbour = {"Linli-Client-Address": "203.0.113.7"}, {"Linli-Client-Address": "203.0.113.8"}
    for number in range(50):
        flow.submit(f"guess-{number}", "not the password", headers=guesser)

    assert flow.submit("resident", "correct-horse-42", headers=guesser).status_code == 422
    assert flow.submit("resident", "correct-horse-42", headers=neighbour).status_code == 303


def test_what_was_typed_is_kept_but_never_the_password(flow: Flow, resident: str):
    page = flow.submit("resident", "not-the-password-42").text

    assert 'value="resident"' in page
    assert "not-the-password-42" not in page


def test_an_empty_form_is_asked_for_again(flow: Flow, resident: str):
    response = flow.submit("", "")

    assert response.status_code == 422
    assert "请把用户名和密码都填上" in response.text


def test_a_form_that_another_site_made_signs_nobody_in(flow: Flow, resident: str):
    forged = {"username": "resident", "password": "correct-horse-42"}

    without_cookie = flow.send_form(forged | {"form_token": "0" * 64})
    flow.open_form()
    with_wrong_token = flow.send_form(forged | {"form_token": "0" * 64})
    cross_site = flow.submit("resident", "correct-horse-42", headers={"Sec-Fetch-Site": "cross-site"})

    assert [one.status_code for one in (without_cookie, with_wrong_token, cross_site)] == [422, 422, 422]


def test_a_form_made_for_another_request_signs_nobody_in(flow: Flow, resident: str):
    page = flow.open_form(state="one")
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)[1]
    form = {"username": "resident", "password": "correct-horse-42", "form_token": token}

    assert flow.send_form(form, state="two").status_code == 422


@pytest.mark.parametrize(
    ("wish", "heading"),
    [
        ({}, "登录邻里"),
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9"}}, "Sign in to Linli"),
        ({"headers": {"Accept-Language": "fr, de"}}, "登录邻里"),
        ({"ui_locales": "en"}, "Sign in to Linli"),
        ({"ui_locales": "zh", "headers": {"Accept-Language": "en"}}, "登录邻里"),
    ],
    ids=str,
)
def test_the_page_speaks_the_language_asked_for(flow: Flow, wish, heading: str):
    assert f"<h1>{heading}</h1>" in flow.open_form(**wish).text


def test_the_page_says_who_is_responsible_and_leads_home(flow: Flow):
    page = flow.open_form().text

    assert "028-0000-0000" in page
    assert 'href="http://localhost:8080/"' in page


def test_the_page_runs_no_script_and_fits_in_no_frame(flow: Flow):
    response = flow.open_form()

    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://localhost:8080" in policy
    assert not re.search(r"<script|style=|\son\w+=", response.text)
    assert response.headers["cache-control"] == "no-store"


def test_the_cookie_of_the_form_is_bound_to_this_host(flow: Flow):
    cookie = flow.open_form().headers["set-cookie"]

    assert cookie.startswith("__Host-")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))


def test_markup_in_what_is_typed_stays_text(flow: Flow, resident: str):
    page = flow.submit('"><script>alert(1)</script>', "not the password").text

    assert "<script>" not in page


def test_a_closed_account_neither_signs_in_nor_refreshes(flow: Flow, resident: str, database):
    token = flow.sign_in()["refresh_token"]
    with database.superuser() as connection:
        connection.execute("UPDATE accounts SET state = 'closed'")

    assert flow.submit("resident", "correct-horse-42").status_code == 422
    assert flow.refresh(token).status_code == 400


def test_a_secretary_of_the_street_signs_in_for_the_street(flow: Flow, register: Register, client: TestClient):
    person_id = register.person("街道人员甲01", membership="staff")
    register.account(person_id, "street")
    register.office(person_id, "street_officer", "510104030")
    answer = flow.sign_in("street", resource="urn:linli:engagement")
    verifier = Verifier(ISSUER, "urn:linli:engagement", keys=lambda: client.get("/oauth/jwks").json())

    actor = verifier.verify(answer["access_token"])

    assert (actor.division, actor.office, actor.permissions) == ("510104030", "street_officer", {"engagement.counts"})
