# SPDX-License-Identifier: Apache-2.0
"""Signing in and out: the browser holds a random id and nothing else."""

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from .town import HOME, ISSUER, PERSON, SESSION_SECRET, session_told, told


class TestSigningIn:
    def test_the_browser_is_sent_to_the_provider_with_pkce(self, in_town):
        async def scenario(town):
            answer = await town.browser().get("/sign-in?next=/my/bookings")
            address = urlsplit(answer.headers["location"])
            asked = dict(parse_qsl(address.query))
            assert answer.status_code == 303
            assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/oauth/authorize"
            assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
            assert asked["redirect_uri"] == f"{ISSUER}/sign-in/callback"
            assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))

        in_town(scenario)

    def test_coming_back_starts_a_session_and_leads_on(self, in_town):
        async def scenario(town):
            browser = town.browser()
            start = await browser.get("/sign-in?next=/my/bookings%3Fpage=2")
            back = await browser.get(town.identity.sign_in(start.headers["location"]))
            assert (back.status_code, back.headers["location"]) == (303, "/my/bookings?page=2")
            cookie = next(one for one in back.headers.get_list("set-cookie") if one.startswith("__Host-linli="))
            assert "; Path=/; Secure; HttpOnly; SameSite=Lax" in cookie and "Domain" not in cookie
            assert set(browser.cookies) == {"__Host-linli"}

        in_town(scenario)

    def test_web_is_told_who_it_is_and_the_browser_never_sees_a_token(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            page = await browser.get("/my/bookings")
            headers = told(page)
            assert session_told(page) == {"sub": PERSON, "division": HOME, "offices": []}
            assert len(headers["linli-csrf"][0]) == 64
            for service in ("identity", "engagement", "disclosure", "venue"):
                assert headers[f"linli-token-{service}"][0].count(".") == 2
            assert "cookie" not in headers
            assert not any(name.startswith("linli-token") for name in page.headers)
            assert page.headers["cache-control"] == "no-store"

        in_town(scenario)

    def test_nobody_gets_a_cookie_by_just_reading(self, in_town):
        async def scenario(town):
            browser = town.browser()
            page = await browser.get(f"/board/{HOME}")
            assert "__Host-linli" not in browser.cookies
            assert not any(name.startswith(("linli-session", "linli-token", "linli-csrf")) for name in told(page))

        in_town(scenario)

    @pytest.mark.parametrize(
        "evil", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:1"]
    )
    def test_nobody_is_led_to_another_site(self, in_town, evil):
        async def scenario(town):
            browser = town.browser()
            start = await browser.get("/sign-in", params={"next": evil})
            back = await browser.get(town.identity.sign_in(start.headers["location"]))
            assert back.headers["location"] == "/"

        in_town(scenario)

    def test_a_callback_works_once(self, in_town):
        async def scenario(town):
            browser = town.browser()
            start = await browser.get("/sign-in")
            address = town.identity.sign_in(start.headers["location"])
            first, second = await browser.get(address), await browser.get(address, headers={"Accept": "text/html"})
            assert (first.status_code, second.status_code) == (303, 400)
            assert "重新登录" in second.text

        in_town(scenario)

    def test_a_callback_of_another_browser_is_refused(self, in_town):
        async def scenario(town):
            start = await town.browser().get("/sign-in")
            stranger = town.browser()
            await stranger.get("/sign-in")
            answer = await stranger.get(town.identity.sign_in(start.headers["location"]))
            assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_expired")
            assert "__Host-linli" not in stranger.cookies

        in_town(scenario)

    def test_two_tabs_may_sign_in_at_once(self, in_town):
        async def scenario(town):
            browser = town.browser()
            one, two = await browser.get("/sign-in?next=/my/a"), await browser.get("/sign-in?next=/my/b")
            addresses = [town.identity.sign_in(start.headers["location"]) for start in (one, two)]
            answers = await asyncio.gather(*(browser.get(address) for address in addresses))
            assert [answer.headers["location"] for answer in answers] == ["/my/a", "/my/b"]

        in_town(scenario)

    @pytest.mark.parametrize(
        "changes",
        [{"nonce": "other"}, {"iss": "https://evil.example"}, {"aud": "partner"}, {"exp": 1}, {"sub": ""}],
    )
    def test_an_id_token_that_does_not_fit_is_refused(self, in_town, changes):
        async def scenario(town):
            town.identity.changes = changes
            browser = town.browser()
            start = await browser.get("/sign-in")
            answer = await browser.get(town.identity.sign_in(start.headers["location"]))
            assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_failed")
            assert "__Host-linli" not in browser.cookies

        in_town(scenario)

    def test_what_the_provider_refuses_is_a_page_with_a_way_out(self, in_town):
        async def scenario(town):
            browser = town.browser()
            start = await browser.get("/sign-in")
            state = dict(parse_qsl(urlsplit(start.headers["location"]).query))["state"]
            answer = await browser.get(
                f"/sign-in/callback?error=access_denied&state={state}",
                headers={"Accept": "text/html", "Accept-Language": "en"},
            )
            assert answer.status_code == 400
            assert 'href="/sign-in"' in answer.text and "登录没有完成" in answer.text

        in_town(scenario)

    def test_under_another_name_the_sign_in_begins_at_the_public_address(self, in_town):
        async def scenario(town):
            answer = await town.browser().get("/sign-in?next=/my/", headers={"Host": "127.0.0.1:8080"})
            assert answer.headers["location"] == f"{ISSUER}/sign-in?next=/my/"

        in_town(scenario)


class TestTheSession:
    def test_a_new_sign_in_replaces_the_session_before(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            before = browser.cookies["__Host-linli"]
            start = await browser.get("/sign-in")
            await browser.get(town.identity.sign_in(start.headers["location"]))
            assert browser.cookies["__Host-linli"] != before
            old = await town.browser().get("/my/", headers={"Cookie": f"__Host-linli={before}"})
            assert "linli-session" not in told(old)

        in_town(scenario)

    def test_the_table_holds_neither_the_cookie_nor_a_token(self, in_town, database):
        async def scenario(town):
            browser = await town.signed_in()
            return browser.cookies["__Host-linli"]

        cookie = in_town(scenario)
        with database.superuser() as connection:
            dump = str(connection.execute("SELECT * FROM sessions").fetchall())
        assert cookie not in dump and "refresh-" not in dump and PERSON in dump

    def test_a_session_survives_a_restart_of_the_edge_and_a_change_of_the_secret(self, in_town):
        async def sign_in(town):
            return (await town.signed_in()).cookies["__Host-linli"], town.identity.alive

        async def come_back(town):
            town.identity.alive |= alive
            return await town.browser().get("/my/", headers={"Cookie": f"__Host-linli={cookie}"})

        cookie, alive = in_town(sign_in)
        assert "linli-session" in told(in_town(come_back))
        rotated = {"session_secret": "n" * 43, "session_secret_previous": SESSION_SECRET}
        assert "linli-session" in told(in_town(come_back, **rotated))
        assert "linli-session" not in told(in_town(come_back, session_secret="n" * 43))

    @pytest.mark.parametrize("column", ["seen_at", "expires_at"])
    def test_a_session_ends_by_silence_and_by_age(self, in_town, database, column):
        async def scenario(town):
            browser = await town.signed_in()
            past = datetime.now(UTC) - timedelta(hours=2)
            with database.superuser() as connection:
                connection.execute("UPDATE sessions SET created_at = created_at - interval '2 days'")
                connection.execute(f"UPDATE sessions SET {column} = %s", (past,))
            town.edge.sessions._remembered.clear()
            page = await browser.get("/my/")
            assert "linli-session" not in told(page)
            assert "__Host-linli" not in browser.cookies
            assert await town.edge.sessions.purge() == 1

        in_town(scenario)

    @pytest.mark.parametrize("cookie", ["", "x", "é", "0" * 5000, "' OR 1=1"])
    def test_a_cookie_that_is_none_of_ours_is_nobody(self, in_town, cookie):
        async def scenario(town):
            raw = b"__Host-linli=" + cookie.encode()
            page = await town.browser().get("/my/", headers={b"Cookie": raw})
            assert page.status_code == 200 and "linli-session" not in told(page)

        in_town(scenario)


class TestSigningOut:
    def test_the_session_ends_here_and_at_the_provider(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            cookie = browser.cookies["__Host-linli"]
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            answer = await browser.post("/sign-out", data={"csrf": csrf})
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert "__Host-linli" not in browser.cookies
            ended = [one for name, one in answer.headers.multi_items() if name == "set-cookie"]
            assert any(one.startswith("linli-unread=; Path=/;") and one.endswith("Max-Age=0") for one in ended)
            assert town.identity.revoked and town.identity.ended and not town.identity.alive
            stolen = await town.browser().get("/my/", headers={"Cookie": f"__Host-linli={cookie}"})
            assert "linli-session" not in told(stolen)

        in_town(scenario)

    def test_a_form_of_somebody_else_does_not_sign_out(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            answer = await browser.post("/sign-out", data={"csrf": "0" * 64})
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_csrf")
            assert "linli-session" in told(await browser.get("/my/"))
            assert (await browser.get("/sign-out")).status_code == 405

        in_town(scenario)

    def test_it_works_while_the_provider_is_away(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            await town.close("identity")
            assert (await browser.post("/sign-out", data={"csrf": csrf})).status_code == 303
            assert "__Host-linli" not in browser.cookies

        in_town(scenario)


class TestOffices:
    def test_switching_is_an_act_of_its_own_and_changes_every_token(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            form = {"csrf": csrf, "office": "venue_operator", "place": HOME}
            assert (await browser.post("/switch-office", data=form)).headers["location"] == "/"
            assert session_told(await browser.get("/desk/"))["office"] == "venue_operator"
            assert {one.get("office") for one in town.identity.asked[-4:]} == {f"venue_operator@{HOME}"}
            await browser.post("/switch-office", data={"csrf": csrf, "office": ""})
            assert "office" not in session_told(await browser.get("/my/"))

        in_town(scenario)

    def test_an_office_not_held_is_refused_and_nothing_changes(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            form = {"csrf": csrf, "office": "finance_clerk", "place": HOME}
            answer = await browser.post("/switch-office", data=form)
            assert (answer.status_code, answer.json()["code"]) == (403, "office_not_held")
            assert "office" not in session_told(await browser.get("/my/"))

        in_town(scenario)

    def test_an_office_that_ended_is_dropped_and_the_person_goes_on(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            await browser.post("/switch-office", data={"csrf": csrf, "office": "venue_operator", "place": HOME})
            town.identity.held.clear()
            town.edge.tokens._tokens.clear()
            page = await browser.get("/my/")
            assert page.status_code == 200 and "office" not in session_told(page)

        in_town(scenario)

    @pytest.mark.parametrize("office", ["venue_operator@x", "../x", "A", "x" * 41])
    def test_nonsense_is_400(self, in_town, office):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            answer = await browser.post("/switch-office", data={"csrf": csrf, "office": office})
            assert answer.status_code == 400

        in_town(scenario)


class TestTokens:
    def test_one_token_serves_many_requests(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            before = len(town.identity.asked)
            await asyncio.gather(*(browser.get("/my/") for _ in range(10)))
            assert len(town.identity.asked) - before == 4

        in_town(scenario)

    def test_a_token_is_renewed_before_it_ends(self, in_town):
        async def scenario(town):
            town.identity.expires_in = 61
            browser = await town.signed_in()
            await browser.get("/api/venue/v1/my/bookings")
            await asyncio.sleep(1.1)
            before = len(town.identity.asked)
            await browser.get("/api/venue/v1/my/bookings")
            assert len(town.identity.asked) == before + 1

        in_town(scenario)

    def test_a_sign_in_revoked_at_the_provider_ends_the_session(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            town.identity.alive.clear()
            page = await browser.get("/my/")
            assert page.status_code == 200 and "linli-session" not in told(page)
            assert "__Host-linli" not in browser.cookies

        in_town(scenario)
