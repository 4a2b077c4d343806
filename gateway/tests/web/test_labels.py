# SPDX-License-Identifier: Apache-2.0
"""A wrong field is named as the form names it, at the field, in both languages; never as the contract does."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from gateway.web import labels
from gateway.web.client import Problem

from .conftest import ID
from .fake_answers import VENUE
from .test_nasty_values import FIELDS

CONTRACTS = Path(__file__).parents[3] / "contracts" / "openapi"
SERVICES = ("identity", "engagement", "disclosure", "venue")
# Bodies that no form of ours fills in: what a payment provider's server sends.
MACHINES = {"payment_callback"}
# Inputs without a field of their own on a page: hidden ones, and the page's own summary tells of them.
SECRETARY, WORKER = "community_secretary", "community_worker"


@cache
def contract_of(file: str) -> dict:
    return yaml.load((CONTRACTS / file).read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def resolved(contract: dict, node: dict) -> dict:
    """Follow references, inside a contract and into the common one."""
    while "$ref" in node:
        file, _hash, pointer = node["$ref"].partition("#/")
        contract = contract_of(Path(file).name) if file else contract
        node = contract
        for part in pointer.split("/"):
            node = node[part]
    return node


def paths(contract: dict, schema: dict, before: tuple[str, ...] = ()) -> set[str]:
    """Return the path of every property below a schema."""
    schema = resolved(contract, schema)
    found = set()
    for part in ("allOf", "oneOf", "anyOf"):
        for one in schema.get(part, ()):
            found |= paths(contract, one, before)
    for name, one in schema.get("properties", {}).items():
        found |= {".".join((*before, name))} | paths(contract, one, (*before, name))
    return found | (paths(contract, schema["items"], (*before, "0")) if "items" in schema else set())


@cache
def fields_of_bodies(service: str) -> frozenset[str]:
    contract = contract_of(f"{service}.v1.yaml")
    operations = [one for item in contract["paths"].values() for one in item.values() if isinstance(one, dict)]
    found = set()
    for one in operations:
        if "requestBody" in one and one["operationId"] not in MACHINES:
            for content in resolved(contract, one["requestBody"])["content"].values():
                found |= paths(contract, content["schema"])
    return frozenset(found)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_of_a_body_has_a_label_in_both_languages(app, service, language):
    with app.test_request_context("/", headers={"Cookie": f"linli-language={language}"}):
        app.preprocess_request()
        said = {path: labels.label(path) for path in fields_of_bodies(service)}

    nameless = {path for path, label in said.items() if label in ("填写的内容", "what was typed")}
    assert nameless == set()
    assert [label for label in said.values() if re.search(r"[a-z]_[a-z]|\.\d", label)] == []
    if language == "en":
        assert [label for label in said.values() if re.search(r"[\u4e00-\u9fff]", label)] == []


def test_a_label_speaks_of_a_field_that_some_form_or_address_has():
    known = set().union(*map(fields_of_bodies, SERVICES)) | {"0.booking_id", "ids", "q", "cursor", "limit", "days"}
    ends = {".".join(part for part in path.split(".") if not part.isdecimal()) for path in known}
    more = {"period", "person", "state", "version", "weeks", "kind", "date", "pick_up_code", "month"}

    assert {
        one for one in labels.LABELS if not any(end == one or end.endswith(f".{one}") for end in ends | more)
    } == set()


@pytest.mark.parametrize("name", sorted(set(labels.INPUTS.values()) - {"office_{n}", "function_en_{n}"}))
def test_an_input_that_stands_for_a_field_is_on_some_form(name):
    assert name.format(n=1) in FIELDS


@pytest.mark.parametrize(
    "path, name",
    [
        ("titles.en", "title_en"),
        ("story.en", "story_en"),
        ("starts_at", "starts_on"),
        ("amount_fen", "amount"),
        ("weekdays.0", "weekdays"),
        ("officials.1.functions.zh", "function_zh_2"),
        ("official.functions.zh", "function_zh"),
        ("on_behalf_of.reason", "reason"),
        ("need.title", "title"),
    ],
)
def test_a_field_of_a_contract_is_found_at_its_input(path, name):
    assert labels.input_of(path, {}) == name


def refused(services, method: str, path: str, field: str, code: str = "wrong_format") -> None:
    row = {"field": field, "code": code, "detail": f"“{field}”的格式不对。"}
    services.refuse(method, f"/api/{path}", 400, "invalid_request", detail=row["detail"], errors=[row])


@pytest.mark.parametrize(
    "office, at, to, field, form, words",
    [
        (SECRETARY, "/desk/rotas", "venue/v1/rotas", "titles.zh", {"kind": "sitting"}, "没有写对：名称。"),
        (SECRETARY, "/desk/closures", "venue/v1/closures", "reason_zh", {}, "没有写对：原因。"),
        (SECRETARY, "/desk/exemptions", "venue/v1/exemptions", "until_on", {}, "没有写对：到哪天为止。"),
        (SECRETARY, "/desk/equipment", f"venue/v1/venues/{VENUE}/equipment", "stock", {}, "没有写对：一共几件。"),
        (
            "venue_operator",
            f"/desk/money/{ID}21/deposit",
            f"venue/v1/bookings/{ID}21/deposit",
            "amount_fen",
            {},
            "金额",
        ),
        (WORKER, f"/desk/requests/{ID}21/decline", f"venue/v1/bookings/{ID}21/decline", "reason", {}, "为什么"),
    ],
)
def test_a_refused_field_is_told_in_the_words_of_the_form(browse, services, office, at, to, field, form, words):
    refused(services, "POST", to, field)
    form = {"starts_on": "2026-11-24", "starts_time": "09:00", "ends_on": "2026-11-24", "ends_time": "10:00", **form}

    answer = browse(at, office, method="POST", form=form)

    assert answer.status_code == 400
    assert words in answer.text and field not in re.sub(r"<[^>]*>", "", answer.text)


def test_the_words_stand_at_the_field_and_in_the_summary_and_what_was_typed_is_kept(browse, services):
    refused(services, "POST", "venue/v1/rotas", "titles.en", "too_long")

    text = browse("/desk/rotas", SECRETARY, method="POST", form={"title_zh": "周四坐谈", "title_en": "Tea"}).text

    assert '<p class="wrong" id="e-title_en">写得太长，或太多：英文名称。</p>' in text
    assert '<a class="inline wrong" href="#f-title_en">写得太长，或太多：英文名称。</a>' in text
    assert 'value="周四坐谈"' in text and 'value="Tea"' in text


@pytest.mark.parametrize("code", ["if_match_invalid", "if_match_required", "idempotency_key_required"])
def test_a_person_never_reads_of_headers(browse, services, code):
    services.refuse(
        "POST", f"/api/venue/v1/bookings/{ID}21/cancellation", 428, code, detail="If-Match 请求头的格式不对。"
    )

    answer = browse(f"/my/bookings/{ID}21/cancellation", method="POST", form={})

    assert "If-Match" not in answer.text and "这张表单已经过期" in answer.text


def test_words_of_a_service_that_do_not_name_the_contract_stand(app):
    problem = Problem(422, "x", {"errors": [{"field": "text", "code": "x", "detail": "请不要写电话。"}]}, "venue")

    with app.test_request_context("/"):
        assert labels.wrong(problem) == {"text": "请不要写电话。"}


@pytest.mark.parametrize(
    "at, sent",
    [
        ("/desk/equipment", {"name_zh": "投影仪", "name_en": "投影仪"}),
        ("/desk/spaces", {"name_zh": "投影仪", "name_en": "投影仪"}),
        ("/desk/special-days", {"name_zh": "投影仪", "name_en": "投影仪"}),
        ("/desk/regimes", {"name_zh": "投影仪", "name_en": "投影仪"}),
        ("/desk/rotas", {"titles": {"zh": "坐谈", "en": "坐谈"}}),
    ],
)
def test_a_name_that_is_not_written_in_english_is_the_chinese_one(browse, services, at, sent):
    browse(at, SECRETARY, method="POST", form={"name_zh": "投影仪", "title_zh": "坐谈", "kind": "sitting"})

    body = json.loads(next(one.content for one in reversed(services.sent) if one.method == "POST"))
    assert {name: body[name] for name in sent} == sent
