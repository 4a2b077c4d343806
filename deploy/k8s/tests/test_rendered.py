# SPDX-License-Identifier: Apache-2.0
"""The rendered manifests are current, valid for the Kubernetes API and as restricted as they say."""

import dataclasses
import importlib

import kubernetes_validate
import pytest
import yaml
from venue import settings as venue_settings
from venue.payments.chosen import chosen

from chassis import settings
from tools.render_k8s import RENDERED, inputs_hash

TEXT = RENDERED.read_text(encoding="utf-8")
OBJECTS = list(yaml.safe_load_all(TEXT))
PODS = [(o["metadata"]["name"], o["spec"]["template"]["spec"]) for o in OBJECTS if o["kind"] in ("Deployment", "Job")]
SERVICES = ("identity", "engagement", "disclosure", "venue")


def test_the_rendered_file_was_made_from_the_present_base():
    assert inputs_hash() in TEXT.splitlines()[0], "run: python -m tools.render_k8s"


@pytest.mark.parametrize("version", ["1.30", "1.33"])
@pytest.mark.parametrize("object_", OBJECTS, ids=lambda o: f"{o['kind']}/{o['metadata']['name']}")
def test_each_object_follows_the_apis_schema(object_, version):
    kubernetes_validate.validate(object_, version, strict=True)


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_web_worker_migrate_and_a_service(service):
    kinds = {(o["kind"], o["metadata"]["name"]) for o in OBJECTS}

    assert {
        ("Deployment", f"{service}-web"),
        ("Deployment", f"{service}-worker"),
        ("Job", f"{service}-migrate"),
        ("Service", f"{service}-web"),
    } <= kinds


@pytest.mark.parametrize(("name", "pod"), PODS, ids=[name for name, _ in PODS])
def test_pods_run_restricted(name, pod):
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    for container in pod["containers"]:
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] and security["capabilities"] == {"drop": ["ALL"]}
        assert not security["allowPrivilegeEscalation"]
        assert "memory" in container["resources"]["limits"]


def test_a_service_selects_the_pods_of_its_own_name():
    for object_ in (o for o in OBJECTS if o["kind"] == "Service"):
        selector = object_["spec"]["selector"]
        chosen = [
            o
            for o in OBJECTS
            if o["kind"] == "Deployment" and selector.items() <= o["spec"]["template"]["metadata"]["labels"].items()
        ]
        assert len(chosen) == 1


def test_the_owner_role_reaches_no_serving_process():
    for name, pod in PODS:
        sources = [s.get("secretRef", {}).get("name", "") for c in pod["containers"] for s in c.get("envFrom", [])]
        assert name.endswith("migrate") == any(s.endswith("migrate-secrets") for s in sources)


@pytest.mark.parametrize(("name", "pod"), [one for one in PODS if not one[0].startswith("gateway")])
def test_each_service_reads_secrets_of_its_own(name, pod):
    service, process = name.split("-")
    sources = [s["secretRef"]["name"] for c in pod["containers"] for s in c["envFrom"] if "secretRef" in s]

    assert sources == [f"{service}-migrate-secrets" if process == "migrate" else f"{service}-secrets"]


def _told(pod):
    """Names a pod's processes are told outside of secrets."""
    maps = {o["metadata"]["name"]: o["data"] for o in OBJECTS if o["kind"] == "ConfigMap"}
    names = set()
    for container in pod["containers"]:
        names |= {one["name"] for one in container.get("env", [])}
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                names |= set(maps[source["configMapRef"]["name"]])
    return names


@pytest.mark.parametrize(("name", "pod"), [one for one in PODS if not one[0].endswith("migrate")])
def test_every_setting_without_a_default_is_told_or_comes_from_a_secret(name, pod):
    module = "gateway.edge" if name == "gateway" else name.split("-")[0]
    settings = importlib.import_module(f"{module}.settings").Settings
    required = {
        f"LINLI_{field.name.upper()}"
        for field in dataclasses.fields(settings)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    secret = {one for one in required if "SECRET" in one or one.endswith("DATABASE_URL")}

    assert required - secret <= _told(pod)


def _named_secrets(pod):
    """Settings a pod's processes are given from a secret by name: name -> where from."""
    given = (one for container in pod["containers"] for one in container.get("env", []) if "valueFrom" in one)
    return {one["name"]: one["valueFrom"]["secretKeyRef"] for one in given}


@pytest.mark.parametrize("process", ["web", "worker"])
def test_the_venue_is_given_what_it_signs_with_and_does_not_start_without_the_calendars_secret(process):
    given = _named_secrets(dict(PODS)[f"venue-{process}"])

    assert given == {
        "LINLI_CALENDAR_SECRET": {"name": "venue-secrets", "key": "LINLI_CALENDAR_SECRET"},
        "LINLI_PAYMENT_SECRET": {"name": "venue-secrets", "key": "LINLI_PAYMENT_SECRET", "optional": True},
    }


def test_the_venues_settings_load_from_the_base_and_its_secrets_and_no_sandbox_stands_in_production():
    config = next(o["data"] for o in OBJECTS if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith("venue"))
    addresses = {f"LINLI_{role}_DATABASE_URL": "postgresql://x" for role in ("APP", "PUBLIC", "RELAY", "SWEEP")}
    told = {**config, **addresses, "LINLI_CALENDAR_SECRET": "0f" * 32}

    loaded = settings.load(venue_settings.Settings, told)

    assert (loaded.environment, loaded.calendar_secret) == ("production", "0f" * 32)
    assert chosen(loaded.payment_provider, "", environment=loaded.environment, books_url="") is None
    with pytest.raises(ValueError, match="sandbox"):
        chosen("sandbox", "0f" * 32, environment=loaded.environment, books_url="")
