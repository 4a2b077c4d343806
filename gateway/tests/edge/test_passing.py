# SPDX-License-Identifier: Apache-2.0
"""What passes the edge and what does not: addresses, headers, bodies, other sites, and upstreams that are away."""

import pytest

from .town import HOME, ISSUER, told

FORGED = {
    "Linli-Session": "e30", "Linli-Token-Venue": "forged", "Linli-Csrf": "forged", "Linli-Request-Id": "forged-one",
    "Linli_Session": "e30", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher", "X-User-Id": "admin", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/desk/", "X-HTTP-Method-Override": "DELETE", "X_Forwarded_For": "203.0.113.9",
}  # fmt: skip


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/my/", "/api/venue/v1/availability", "/oauth/authorize", "/static/a.css"])
    def test_a_forged_identity_never_passes(self, in_town, path):
        async def scenario(town):
            headers = told(await town.browser().get(path, headers=FORGED))
            said = str(headers)
            assert "forged" not in said and "203.0.113.9" not in said and "evil" not in said and "admin" not in said
            is_provider = path.startswith("/oauth/")
            assert headers.get("linli-client-address") == (["192.0.2.7"] if is_provider else None)
            assert "x-forwarded-for" not in headers and headers["x-forwarded-proto"] == ["https"]
            assert headers["host"] == ["linli.test"]
            assert not any("_" in name or name.startswith("linli-session") for name in headers)

        in_town(scenario)

    def test_behind_our_own_proxies_the_address_is_what_the_outermost_saw(self, in_town):
        async def scenario(town):
            given = {"X-Forwarded-For": "198.51.100.66, 203.0.113.9"}
            headers = told(await town.browser().get("/oauth/authorize", headers=given))
            assert headers["linli-client-address"] == ["203.0.113.9"]

        in_town(scenario, trusted_proxies=1)

    def test_what_an_upstream_says_about_itself_stays_inside(self, in_town):
        async def scenario(town):
            page = await town.browser().get("/")
            assert "x-powered-by" not in page.headers and "linli-token-venue" not in page.headers
            assert page.headers["x-frame-options"] == "DENY"
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert "unsafe-inline" not in page.headers["content-security-policy"]
            assert page.headers["strict-transport-security"]
            assert len(page.headers["linli-request-id"]) == 32

        in_town(scenario)

    def test_pages_keep_their_own_cookies_and_apis_have_none(self, in_town):
        async def scenario(town):
            browser = town.browser()
            assert "set-cookie" not in (await browser.get("/api/venue/v1/availability")).headers
            assert (await browser.get("/")).headers["set-cookie"] == "language=en"
            assert told(await browser.get("/"))["cookie"] == ["language=en"]
            assert "set-cookie" not in (await browser.get("/steals")).headers

        in_town(scenario)


class TestAddresses:
    @pytest.mark.parametrize("path", ["/metrics", "/api/payroll/v1/x", "/api/", "/oauth", "/.well-known/x"])
    def test_what_is_not_listed_is_not_there(self, in_town, path):
        async def scenario(town):
            answer = await town.browser().get(path)
            expected = 200 if path == "/oauth" else 404  # without a slash it is a page web does not have
            assert answer.status_code == expected

        in_town(scenario)

    @pytest.mark.parametrize(
        "path",
        [b"/api/venue/../../metrics", b"//api/venue/v1/x", b"/api/venue/%2e%2e/x", b"/a%2fb", b"/a\\b", b"/a%00b"],
    )
    def test_an_address_that_can_be_read_two_ways_is_refused(self, in_town, path):
        async def scenario(town):
            assert await _raw_status(town.edge, path) == 400

        in_town(scenario)

    def test_path_and_query_arrive_exactly_as_sent(self, in_town):
        async def scenario(town):
            target = "/board/510104030006/fund/2026-11?q=%E8%8C%B6&x=a+b%20c"
            assert (await town.browser().get(target)).json()["target"] == target

        in_town(scenario)

    def test_alive_and_ready_are_the_edges_own(self, in_town):
        async def scenario(town):
            assert (await town.browser().get("/livez")).json() == {"alive": True}
            assert (await town.browser().get("/readyz")).json() == {"database": True}

        in_town(scenario)


class TestApis:
    def test_a_partners_token_passes_unchanged_and_no_session_with_it(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            asked = len(town.identity.asked)
            answer = await browser.post(
                "/api/disclosure/v1/statements", json={"month": "2026-11"}, headers={"Authorization": "Bearer partner"}
            )
            headers = told(answer)
            assert headers["authorization"] == ["Bearer partner"]
            assert "cookie" not in headers and len(town.identity.asked) == asked
            assert answer.json()["body"] == '{"month":"2026-11"}'

        in_town(scenario)

    def test_the_session_brings_the_token_of_that_service_alone(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            headers = told(await browser.get("/api/venue/v1/my/bookings"))
            assert headers["authorization"][0].startswith("Bearer ey")
            assert not any(name.startswith(("linli-token", "linli-session", "cookie")) for name in headers)
            assert [one["resource"] for one in town.identity.asked if "resource" in one] == ["urn:linli:venue"]

        in_town(scenario)

    def test_an_unsafe_method_with_the_session_needs_the_csrf_header(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            csrf = told(await browser.get("/my/"))["linli-csrf"][0]
            without = await browser.post("/api/venue/v1/bookings", json={})
            wrong = await browser.post("/api/venue/v1/bookings", json={}, headers={"X-CSRF-Token": "é".encode()})
            right = await browser.post("/api/venue/v1/bookings", json={}, headers={"X-CSRF-Token": csrf})
            assert (without.status_code, without.json()["code"]) == (403, "wrong_csrf")
            assert (wrong.status_code, right.status_code) == (403, 200)

        in_town(scenario)

    def test_the_providers_clients_bring_their_own_secret(self, in_town):
        async def scenario(town):
            form = {"grant_type": "client_credentials"}
            answer = await town.browser().post("/oauth/token", data=form, headers={"Authorization": "Basic eDp5"})
            assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})

        in_town(scenario)


class TestOtherSites:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    @pytest.mark.parametrize("path", ["/my/bookings", "/api/venue/v1/bookings", "/sign-out", "/oauth/authorize"])
    def test_a_form_of_another_site_is_refused(self, in_town, headers, path):
        async def scenario(town):
            browser = await town.signed_in()
            answer = await browser.post(path, data={"x": "1"}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request")

        in_town(scenario)

    @pytest.mark.parametrize(
        "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": ISSUER}]
    )
    def test_our_own_form_passes(self, in_town, headers):
        async def scenario(town):
            browser = await town.signed_in()
            assert (await browser.post("/my/bookings", data={"x": "1"}, headers=headers)).json()["body"] == "x=1"

        in_town(scenario)

    def test_a_link_from_another_site_keeps_the_session_and_an_embedding_does_not(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
            framed = {**link, "Sec-Fetch-Dest": "iframe"}
            script = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
            assert "linli-session" in told(await browser.get("/my/", headers=link))
            for headers in (framed, script):
                assert "linli-session" not in told(await browser.get("/my/", headers=headers))
            assert "authorization" not in told(await browser.get("/api/venue/v1/x", headers=script))

        in_town(scenario)


class TestBodiesAndLimits:
    def test_an_oversized_body_is_413_before_it_reaches_anybody(self, in_town):
        async def scenario(town):
            answer = await town.browser().post("/api/venue/v1/bookings", content=b"x" * 300_000)
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

            async def endless():
                for _ in range(400):
                    yield b"x" * 1000

            assert (await town.browser().post("/my/x", content=endless())).status_code == 413

        in_town(scenario)

    @pytest.mark.parametrize(
        "language, said",
        [("zh", ("一次最多收 256 KB", "照片请先在相册里缩小", "回到刚才那一页")),
         ("en", ("At most 256 KB", "make a photo smaller", "Back to the page before"))],
    )  # fmt: skip
    def test_a_photo_that_is_too_large_is_a_page_with_the_limit_and_the_way_back(self, in_town, language, said):
        async def scenario(town):
            headers = {
                "Accept": "text/html",
                "Referer": f"{ISSUER}/desk/rooms?a=1&b=2",
                "Cookie": f"linli-language={language}",
            }
            photo = {"photo": ("photo.jpg", b"x" * 3_000_000, "image/jpeg")}

            answer = await town.browser().post("/desk/rooms/photos", files=photo, headers=headers)

            assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
            assert all(words in answer.text for words in said)
            assert '<a href="/desk/rooms?a=1&amp;b=2">' in answer.text

        in_town(scenario)

    @pytest.mark.parametrize(
        "referer", ["https://evil.example/desk", f"{ISSUER}.evil.example/x", f"{ISSUER}//evil.example", ""]
    )
    def test_the_way_back_leads_to_this_site_alone(self, in_town, referer):
        async def scenario(town):
            headers = {"Accept": "text/html", "Referer": referer}

            answer = await town.browser().post("/my/needs", content=b"x" * 300_000, headers=headers)

            assert answer.status_code == 413 and "evil" not in answer.text
            assert "256 KB" in answer.text and "照片" not in answer.text

        in_town(scenario)

    def test_too_often_is_429_with_the_time_to_wait(self, in_town):
        async def scenario(town):
            answers = [await town.browser().post("/oauth/token", data={"grant_type": "x"}) for _ in range(40)]
            refused = [answer for answer in answers if answer.status_code == 429]
            assert refused and refused[0].json()["code"] == "too_many_requests"
            assert int(refused[0].headers["retry-after"]) >= 1

        in_town(scenario)

    def test_an_answer_is_streamed_through(self, in_town):
        async def scenario(town):
            assert (await town.browser().get("/slow-stream")).text == "part 0\npart 1\npart 2\n"

        in_town(scenario)


class TestUpstreamsAway:
    def test_a_page_is_a_page_that_says_when_to_come_back(self, in_town):
        async def scenario(town):
            await town.close("web")
            answer = await town.browser().get("/", headers={"Accept": "text/html", "Cookie": "linli-language=en"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "text/html" in answer.headers["content-type"] and "nothing was changed" in answer.text
            assert "<script" not in answer.text and "unsafe" not in answer.headers["content-security-policy"]

        in_town(scenario)

    def test_an_api_is_a_problem_and_the_others_go_on(self, in_town):
        async def scenario(town):
            await town.close("venue")
            answer = await town.browser().post("/api/venue/v1/bookings", json={})
            assert (answer.status_code, answer.json()["code"]) == (503, "upstream_away")
            assert answer.headers["content-type"] == "application/problem+json"
            assert (await town.browser().get("/api/disclosure/v1/x")).status_code == 200

        in_town(scenario)

    def test_an_act_whose_answer_was_lost_is_not_repeated_and_not_called_undone(self, in_town):
        async def scenario(town):
            answer = await town.browser().post("/api/venue/v1/breaks", json={})
            assert (answer.status_code, answer.json()["code"]) == (504, "upstream_silent")
            assert (await town.browser().get("/api/venue/v1/breaks")).status_code == 503

        in_town(scenario)

    def test_without_identity_the_board_is_still_read_and_the_desk_waits(self, in_town):
        async def scenario(town):
            browser = await town.signed_in()
            await town.close("identity")
            assert (await browser.get(f"/board/{HOME}")).status_code == 200
            desk = await browser.get("/desk/")
            assert (desk.status_code, desk.json()["code"]) == (503, "identity_away")
            assert (await town.browser().get("/sign-in")).status_code == 503 or town.edge.provider._discovered

        in_town(scenario)

    def test_without_the_database_the_board_is_still_read_and_the_edge_is_not_ready(self, in_town, database):
        async def scenario(town):
            browser = await town.signed_in()
            with database.superuser() as connection:
                connection.execute("ALTER ROLE edge_app CONNECTION LIMIT 0")
                kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'edge_app'"
                connection.execute(kill)
            town.edge.sessions._remembered.clear()
            try:
                assert (await browser.get(f"/board/{HOME}")).status_code == 200
                assert (await browser.get("/my/")).json()["code"] == "sessions_away"
                assert (await browser.get("/readyz")).status_code == 503
            finally:
                with database.superuser() as connection:
                    connection.execute("ALTER ROLE edge_app CONNECTION LIMIT -1")

        in_town(scenario)


async def _raw_status(edge, raw_path: bytes) -> int:
    """Send an address a client library would tidy up first."""
    from urllib.parse import unquote_to_bytes

    sent = []
    scope = {
        "type": "http", "method": "GET", "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path, "query_string": b"", "headers": [], "client": ("192.0.2.7", 1), "scheme": "http",
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await edge(scope, receive, send)
    return sent[0]["status"]
