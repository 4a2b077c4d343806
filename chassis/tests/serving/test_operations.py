# SPDX-License-Identifier: Apache-2.0
"""An operation's function gets a Call that holds all it may know, and its answer leaves as it was meant."""

import threading
from pathlib import Path

import pytest
import yaml
from chassis.auth import Verifier
from chassis.http import create_app
from chassis.http.contract import ContractError

from .conftest import AUDIENCE, CUP, HOME, ISSUER, Guest, Settings, build, key_set, sign

GOOD = {"tea": "竹叶青", "at": "2026-11-30T19:00:00+08:00"}
HEADERS = {"Idempotency-Key": "0123456789"}


class TestCall:
    def test_it_names_the_actor_the_language_and_the_deps(self, guest, kitchen):
        guest.ask("GET", "/cups?day=2026-11-30", token=sign(office="finance_clerk"), headers={"Accept-Language": "en"})

        call, values = kitchen.seen[0]
        assert (call.actor.division, call.actor.office) == (HOME, "finance_clerk")
        assert (call.language, call.deps, call.operation) == ("en", "the deps", "list_cups")
        assert values == {"limit": 50, "day": "2026-11-30"}

    def test_a_write_without_an_idempotency_key_is_428(self, guest, kitchen):
        answer = guest.ask("POST", "/cups", token=sign(), json=GOOD)

        assert (answer.status_code, answer.json()["code"]) == (428, "idempotency_key_required")
        assert kitchen.seen == []

    def test_the_body_hash_is_of_the_meaning_not_the_spelling(self, guest, kitchen):
        other = {**GOOD, "sugar": 1}
        spelled = '{"at": "2026-11-30T19:00:00+08:00",   "tea": "竹叶青"}'.encode()
        json = {**HEADERS, "Content-Type": "application/json"}
        guest.ask("POST", "/cups", token=sign(), json=GOOD, headers=HEADERS)
        guest.ask("POST", "/cups", token=sign(), content=spelled, headers=json)
        guest.ask("POST", "/cups", token=sign(), json=other, headers=HEADERS)

        one, same, different = (call.body_hash for call, _ in kitchen.seen)
        assert one == same != different

    @pytest.mark.parametrize(("header", "version"), [('"3"', 3), ('W/"12"', 12)])
    def test_if_match_is_the_version(self, guest, kitchen, header, version):
        guest.ask("PATCH", f"/cups/{CUP}", token=sign(), headers={"If-Match": header})

        assert kitchen.seen[0][0].if_match == version

    def test_a_missing_if_match_is_428(self, guest):
        answer = guest.ask("PATCH", f"/cups/{CUP}", token=sign())

        assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")

    def test_a_star_is_said_on_purpose_and_matches_any_version(self, guest, kitchen):
        answer = guest.ask("PATCH", f"/cups/{CUP}", token=sign(), headers={"If-Match": "*"})

        assert answer.status_code < 300
        assert kitchen.seen[0][0].if_match is None

    @pytest.mark.parametrize("header", ["* *", "3", '"x"', '"1", "2"', '"' + "9" * 30 + '"'])
    def test_an_if_match_that_is_none_of_ours_is_400(self, guest, header):
        answer = guest.ask("PATCH", f"/cups/{CUP}", token=sign(), headers={"If-Match": header})

        assert (answer.status_code, answer.json()["code"]) == (400, "if_match_invalid")

    def test_the_function_runs_off_the_event_loop(self, kitchen):
        threads = []
        kitchen.get_menu = lambda call, division: threads.append(threading.current_thread()) or {}
        Guest(build(kitchen)).ask("GET", f"/divisions/{HOME}/menu")

        assert threads[0] is not threading.main_thread()


class TestAnswers:
    def test_a_created_thing_is_201_with_its_etag(self, guest):
        answer = guest.ask("POST", "/cups", token=sign(), json=GOOD, headers=HEADERS)

        assert (answer.status_code, answer.headers["etag"], answer.json()) == (201, '"1"', {"cup_id": str(CUP)})

    def test_a_reply_leaves_byte_by_byte(self, guest):
        answer = guest.ask("GET", f"/cups/{CUP}", token=sign())

        assert (answer.content, answer.headers["etag"]) == (b'{"cup_id":"%s"}' % str(CUP).encode(), '"7"')

    def test_nothing_to_say_is_204(self, guest):
        answer = guest.ask("DELETE", f"/cups/{CUP}", token=sign())

        assert (answer.status_code, answer.content) == (204, b"")

    def test_an_answer_to_a_signed_in_person_is_never_stored_on_the_way(self, guest):
        assert guest.ask("GET", "/cups", token=sign()).headers["cache-control"] == "no-store"

    def test_the_request_id_is_kept_or_made(self, guest):
        kept = guest.ask("GET", "/cups", headers={"Linli-Request-Id": "abcdef0123456789"})
        made = guest.ask("GET", "/cups", headers={"Linli-Request-Id": "x\ty z"})

        assert kept.json()["request_id"] == kept.headers["linli-request-id"] == "abcdef0123456789"
        assert len(made.headers["linli-request-id"]) == 32


class TestOwnPages:
    def test_the_contract_is_served_bundled_and_complete(self, guest):
        document = yaml.safe_load(guest.ask("GET", "/openapi.yaml").text)

        assert "DivisionCode" in document["components"]["schemas"]
        assert "oauth" in document["components"]["securitySchemes"]
        assert "teahouse_shared" not in guest.ask("GET", "/openapi.yaml").text

    def test_alive_says_nothing_about_others(self, kitchen):
        assert Guest(build(kitchen, ready=lambda: 1 / 0)).ask("GET", "/livez").status_code == 200

    def test_ready_needs_the_database(self, kitchen):
        assert Guest(build(kitchen)).ask("GET", "/readyz").status_code == 200
        answer = Guest(build(kitchen, ready=lambda: 1 / 0)).ask("GET", "/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, False)

    def test_ready_needs_keys(self, kitchen):
        nowhere = Verifier(ISSUER, AUDIENCE, "http://127.0.0.1:1/oauth/jwks")
        app = Guest(build(kitchen, verifier=nowhere))

        assert app.ask("GET", "/readyz").json() == {"database": True, "keys": False}
        assert app.ask("GET", "/cups", token=sign()).json()["code"] == "keys_not_loaded"

    def test_metrics_count_by_operation_and_never_by_path(self, guest):
        guest.ask("GET", f"/cups/{CUP}", token=sign())
        text = guest.ask("GET", "/metrics").text

        assert 'operation="get_cup",service="teahouse",status="200"' in text
        assert str(CUP) not in text


class TestStart:
    def test_an_operation_without_a_function_does_not_start(self, kitchen):
        kitchen.get_cup = None
        with pytest.raises(ContractError, match="lacks get_cup"):
            build(kitchen)

    def test_a_function_of_another_signature_does_not_start(self, kitchen):
        kitchen.get_cup = lambda call, saucer_id: {}
        with pytest.raises(ContractError, match="get_cup"):
            build(kitchen)

    def test_an_operation_without_security_does_not_start(self, kitchen, tmp_path):
        text = Path(__file__).with_name("teahouse.v1.yaml").read_text()
        (tmp_path / "teahouse.v1.yaml").write_text(text.replace("security: [{oauth: [tea.drink]}]\n", "", 1))
        (tmp_path / "teahouse_shared.v1.yaml").write_text(
            Path(__file__).with_name("teahouse_shared.v1.yaml").read_text()
        )
        with pytest.raises(ContractError, match="security"):
            create_app(
                service="teahouse",
                contract=tmp_path / "teahouse.v1.yaml",
                api_module=kitchen,
                deps=None,
                verifier=Verifier(ISSUER, AUDIENCE, keys=key_set),
                database_ready=lambda: True,
                settings=Settings(),
            )

    def test_answers_are_not_validated_in_production(self, kitchen):
        app = Guest(build(kitchen, Settings(environment="production")))

        assert app.ask("GET", f"/cups/{str(CUP)[:-1]}8", token=sign()).status_code == 200
