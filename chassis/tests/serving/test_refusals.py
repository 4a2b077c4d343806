# SPDX-License-Identifier: Apache-2.0
"""Bad input gets a problem with a stable code and a human reason, in the caller's language, and never a 500."""

import json

import httpx
import pytest

from .conftest import CUP, HOME, KEY, Guest, Settings, build, sign

GOOD = {"tea": "竹叶青", "at": "2026-11-30T19:00:00+08:00"}
HEADERS = {"Idempotency-Key": "0123456789"}
JSON = {**HEADERS, "Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int, code: str) -> dict:
    assert (status, code) == (answer.status_code, answer.json().get("code")), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["detail"] and document["title"] and document["request_id"]
    return document


class TestAnonymousAndForeign:
    def test_no_token_is_401_and_says_how_to_authenticate(self, guest):
        answer = guest.ask("GET", "/cups")

        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \x7f", "x" * 5000])
    def test_nonsense_in_the_authorization_header_is_401(self, guest, header):
        answer = guest.ask("GET", "/cups", headers={"Authorization": header})

        assert answer.status_code == 401

    def test_a_missing_permission_is_403(self, guest):
        answer = guest.ask("POST", "/cups", token=sign("tea.drink"), json=GOOD, headers=HEADERS)

        assert problem(answer, 403, "permission_missing")["permission"] == "tea.brew"

    def test_the_permission_is_checked_before_the_body(self, guest):
        answer = guest.ask("POST", "/cups", token=sign("tea.drink"), content=b"{", headers=JSON)

        problem(answer, 403, "permission_missing")

    @pytest.mark.parametrize("named", ["510104030007", "510105", "510104"])
    def test_another_division_in_the_query_is_refused(self, guest, named):
        problem(guest.ask("GET", f"/cups?division_code={named}", token=sign()), 403, "division_mismatch")

    def test_another_division_is_refused_even_where_the_contract_knows_no_such_field(self, guest):
        problem(guest.ask("GET", "/cups?division=510105", token=sign()), 403, "division_mismatch")
        body = {**GOOD, "division_code": "510105"}
        problem(guest.ask("POST", "/cups", token=sign(), json=body, headers=HEADERS), 403, "division_mismatch")

    def test_another_division_in_body_or_header_is_refused(self, guest, kitchen):
        body = {**GOOD, "division": "510104030007"}
        problem(guest.ask("POST", "/cups", token=sign(), json=body, headers=HEADERS), 403, "division_mismatch")
        named = {"Division": "510104030007"}
        problem(guest.ask("GET", "/cups", token=sign(), headers=named), 403, "division_mismatch")
        assert kitchen.seen == []

    def test_ones_own_division_may_be_named(self, guest):
        assert guest.ask("GET", f"/cups?division_code={HOME}", token=sign()).status_code == 200

    def test_a_district_may_name_a_community_inside_it(self, guest):
        assert guest.ask("GET", f"/cups?division_code={HOME}", token=sign(division="510104")).status_code == 200

    def test_a_public_operation_may_name_any_division_and_has_no_actor(self, guest, kitchen):
        answer = guest.ask("GET", "/divisions/510105001002/menu", token=sign())

        assert answer.status_code == 200
        assert kitchen.seen[0][0].actor is None


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"{", "malformed_json"),
            (b"\xff\xfe", "malformed_json"),
            (b'{"tea": NaN}', "malformed_json"),
            (b"[" * 100_000, "malformed_json"),
            (b"[" * 100 + b"]" * 100, "malformed_json"),
            (b'{"sugar": 1e999}', "number_out_of_range"),
            (b'{"sugar": 99999999999999999999}', "number_out_of_range"),
            (b'{"sugar": ' + b"9" * 5000 + b"}", "malformed_json"),
            (b'{"tea": "a\\u0000b"}', "invalid_text"),
            (b'{"tea": "\\ud800"}', "invalid_text"),
            (b'{"\\ud800": 1}', "invalid_text"),
            (b"", "body_required"),
            (b"null", "invalid_request"),
            (b"[]", "invalid_request"),
            (b'"text"', "invalid_request"),
            (b"7", "invalid_request"),
        ],
    )
    def test_what_is_no_object_of_the_contract_is_400(self, guest, kitchen, body, code):
        problem(guest.ask("POST", "/cups", token=sign(), content=body, headers=JSON), 400, code)
        assert kitchen.seen == []

    def test_each_wrong_field_is_told_once_with_its_path(self, guest):
        body = {"tea": "咖啡", "at": "yesterday", "sugar": "1", "milk": True, "guests": [{"seat": "x"}, {}]}
        answer = guest.ask("POST", "/cups", token=sign(), json=body, headers=HEADERS)

        errors = {(one["field"], one["code"]) for one in problem(answer, 400, "invalid_request")["errors"]}
        assert errors == {
            ("tea", "not_allowed"),
            ("at", "wrong_format"),
            ("sugar", "wrong_type"),
            ("milk", "unknown_field"),
            ("guests.0.seat", "wrong_format"),
            ("guests.1.seat", "required"),
        }

    def test_neither_schema_nor_input_is_quoted(self, guest):
        answer = guest.ask("POST", "/cups", token=sign(), json={**GOOD, "tea": "秘密秘密"}, headers=HEADERS)

        assert "秘密" not in answer.text and "碧潭飘雪" not in answer.text

    @pytest.mark.parametrize(
        "at",
        [
            "2026-11-30", "2026-11-30T19:00:00", "2026-02-30T19:00:00Z", "2026-11-30T25:00:00Z",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-30T19:00:00+08:00\n",
        ],
    )  # fmt: skip
    def test_an_instant_has_an_offset_and_exists(self, guest, at):
        answer = guest.ask("POST", "/cups", token=sign(), json={**GOOD, "at": at}, headers=HEADERS)

        assert problem(answer, 400, "invalid_request")["errors"][0]["field"] == "at"

    def test_a_pattern_ends_where_the_text_ends(self, guest):
        answer = guest.ask("GET", f"/cups?division_code={HOME}%0A", token=sign(division="510104"))

        problem(answer, 400, "invalid_request")

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data"]
    )
    def test_something_else_than_json_in_utf8_is_415(self, guest, kind):
        answer = guest.ask("POST", "/cups", token=sign(), content=b"{}", headers={**HEADERS, "Content-Type": kind})

        problem(answer, 415, "unsupported_media_type")

    @pytest.mark.parametrize("kind", ["Application/JSON", "application/json ; charset=UTF-8", "APPLICATION/JSON;x=y"])
    def test_no_spelling_of_the_content_type_escapes_validation(self, guest, kind):
        answer = guest.ask("POST", "/cups", token=sign(), content=b"{}", headers={**HEADERS, "Content-Type": kind})

        problem(answer, 400, "invalid_request")

    def test_an_oversized_body_is_413(self, guest):
        problem(guest.ask("POST", "/cups", token=sign(), content=b" " * 300_000, headers=JSON), 413, "body_too_large")

    def test_an_oversized_body_of_unknown_length_is_413(self, guest):
        async def endless():
            for _ in range(400):
                yield b" " * 1000

        problem(guest.ask("POST", "/cups", token=sign(), content=endless(), headers=JSON), 413, "body_too_large")


class TestAddresses:
    def test_an_unknown_address_is_404(self, guest):
        problem(guest.ask("GET", "/saucers"), 404, "not_found")
        problem(guest.ask("GET", "/api/other/v1/cups"), 404, "not_found")

    def test_a_trailing_slash_is_404_and_never_a_redirect(self, guest):
        problem(guest.ask("GET", "/cups/", headers={"Host": "evil.example"}), 404, "not_found")

    def test_an_unknown_method_is_405_and_lists_the_known_ones(self, guest):
        answer = guest.ask("PUT", f"/cups/{CUP}")

        problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "DELETE, GET, PATCH"

    @pytest.mark.parametrize(
        ("query", "field", "code"),
        [
            ("limit=0", "limit", "out_of_range"),
            ("limit=abc", "limit", "wrong_type"),
            ("limit=" + "9" * 30, "limit", "out_of_range"),
            ("day=yesterday", "day", "wrong_format"),
            ("day=2026-02-30", "day", "wrong_format"),
            ("milk=1", "milk", "unknown_parameter"),
        ],
    )
    def test_a_wrong_parameter_is_named(self, guest, query, field, code):
        answer = guest.ask("GET", f"/cups?{query}", token=sign())

        errors = problem(answer, 400, "invalid_request")["errors"]
        assert (field, code) in {(one["field"], one["code"]) for one in errors}

    def test_a_nul_in_the_address_is_400(self, guest):
        assert guest.ask("GET", "/cups/%00", token=sign()).status_code == 400
        assert guest.ask("GET", "/cups?day=%00", token=sign()).status_code == 400

    def test_a_bad_uuid_in_the_path_is_400(self, guest):
        problem(guest.ask("GET", "/cups/7", token=sign()), 400, "invalid_request")


class TestOurFault:
    def test_an_unforeseen_error_tells_nothing(self, guest):
        answer = guest.ask("GET", f"/cups/{str(CUP)[:-1]}9", token=sign())

        problem(answer, 500, "internal_error")
        assert "kitchen" not in answer.text

    def test_an_answer_against_the_contract_is_500_outside_production(self, guest):
        answer = guest.ask("GET", f"/cups/{str(CUP)[:-1]}8", token=sign())

        problem(answer, 500, "response_breaks_contract")

    def test_a_refusal_of_the_domain_keeps_its_code_reason_and_extras(self, guest):
        answer = guest.ask("GET", f"/cups/{str(CUP)[:-1]}7", token=sign())

        document = problem(answer, 409, "cup_taken")
        assert (document["detail"], document["alternatives"]) == ("杯子有人用了", ["01"])


class TestLanguage:
    @pytest.mark.parametrize(
        ("accept", "language"),
        [
            (None, "zh"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
            ("fr,en;q=0.5", "en"), ("zh;q=0.1,en;q=0.2", "en"), ("fr", "zh"), ("en;q=rubbish", "zh"),
        ],
    )  # fmt: skip
    def test_the_reason_is_told_in_the_callers_language(self, guest, accept, language):
        answer = guest.ask("GET", "/cups", headers={"Accept-Language": accept} if accept else {})

        assert answer.headers["content-language"] == language
        assert ("sign in" in answer.json()["detail"]) == (language == "en")


def test_a_problem_is_compact_json_in_utf8(guest):
    answer = guest.ask("GET", "/cups")

    assert answer.content == json.dumps(answer.json(), ensure_ascii=False, separators=(",", ":")).encode()


def test_a_key_of_another_size_is_400(guest):
    answer = guest.ask("POST", "/cups", token=sign(), json=GOOD, headers={"Idempotency-Key": "x"})

    problem(answer, 400, "invalid_request")


def test_a_token_signed_with_the_service_key_of_another_audience_is_401(guest):
    problem(guest.ask("GET", "/cups", token=sign(aud="urn:linli:venue", key=KEY)), 401, "token_for_another_service")


def test_one_caller_too_often_is_429_and_others_are_served(kitchen):
    guest = Guest(build(kitchen, Settings(caller_burst=2, caller_per_second=0.001)))
    answers = [guest.ask("GET", "/cups", token=sign()) for _ in range(3)]

    problem(answers[2], 429, "too_many_requests")
    assert 900 < int(answers[2].headers["retry-after"]) <= 1000  # seconds until the next thousandth is whole
    assert guest.ask("GET", "/cups", token=sign(sub="somebody else")).status_code == 200
