# SPDX-License-Identifier: Apache-2.0
"""Which processes there are and what each is told through its environment: only what it needs."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from linli_local.certificate import Certificate
from linli_local.postgres import Server
from linli_local.processes import Plan
from linli_local.secret_store import SecretStore
from linli_local.settings import Settings


@dataclass(frozen=True)
class Environments:
    """Builds the environment of every process from what is known once the database and broker run."""

    settings: Settings
    server: Server
    secrets: SecretStore
    offset_seconds: int
    certificate: Certificate | None = None

    def common(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
        return inherited | {
            "PYTHONUNBUFFERED": "1",
            "LINLI_ENVIRONMENT": "local",
            "LINLI_ISSUER": self.settings.address,
            "LINLI_CLOCK_OFFSET_SECONDS": str(self.offset_seconds),
            "LINLI_CONTRACTS_DIR": str(self.settings.root / "contracts"),
            "LINLI_LOG_LEVEL": os.environ.get("LINLI_LOG_LEVEL", "INFO"),
        }

    def addresses(self) -> dict[str, str]:
        """LINLI_<SERVICE>_URL: where a service is reached on this machine."""
        return {
            f"LINLI_{name.upper()}_URL": f"http://127.0.0.1:{ports.web}"
            for name, ports in self.settings.services.items()
        }

    def database(self, name: str, *kinds: str) -> dict[str, str]:
        passwords = self.secrets.database_passwords()
        roles = {kind: f"{name}_{kind}" for kind in kinds}
        return {
            f"LINLI_{kind.upper()}_DATABASE_URL": self.server.url_for(role, passwords[role], name)
            for kind, role in roles.items()
        }

    def migration(self, name: str) -> dict[str, str]:
        return self.common() | self._of_service(name) | self.database(name, "owner", "app")

    def service_web(self, name: str, cpu: int | None) -> dict[str, str]:
        pinned = {} if cpu is None else {"LINLI_PIN_CPU": str(cpu)}
        bind = f"127.0.0.1:{self.settings.services[name].web}"
        roles = self.database(name, "app", "public", "relay", "sweep")
        return self.common() | self._of_service(name) | roles | {"LINLI_BIND": bind} | pinned

    def service_worker(self, name: str) -> dict[str, str]:
        roles = self.database(name, "app", "public", "relay", "sweep")
        port = str(self.settings.services[name].worker)
        return self.common() | self._of_service(name) | roles | {"LINLI_METRICS_PORT": port}

    def edge(self, cpu: int | None) -> dict[str, str]:
        host = "0.0.0.0" if self.settings.tls else "127.0.0.1"  # noqa: S104 - TLS=1 is for phones on the network
        told = {
            "LINLI_BIND": f"{host}:{self.settings.edge_port}",
            "LINLI_WEB_SOCKET": str(self.settings.web_socket),
            "LINLI_JWKS_URL": self._jwks_url(),
        }
        if cpu is not None:
            told["LINLI_PIN_CPU"] = str(cpu)
        if self.certificate is not None:
            told["LINLI_TLS_CERTIFICATE"] = str(self.certificate.certificate)
            told["LINLI_TLS_KEY"] = str(self.certificate.key)
        return self.common() | self.addresses() | self.database("edge", "app") | self._of_edge() | told

    def web(self) -> dict[str, str]:
        told = {"LINLI_WEB_SOCKET": str(self.settings.web_socket)}
        return self.common() | self.addresses() | told

    def edge_migration(self) -> dict[str, str]:
        return self.common() | self.addresses() | self.database("edge", "owner", "app") | self._of_edge()

    def tool(self) -> dict[str, str]:
        """For seeding and operator commands: every address and every service's databases, by name."""
        told = {"LINLI_VAR": str(self.settings.var), "LINLI_EDGE_URL": self.settings.address}
        for name in self.settings.services:
            for variable, url in self.database(name, "owner", "app", "public", "relay", "sweep").items():
                told[variable.replace("LINLI_", f"LINLI_{name.upper()}_", 1)] = url
        return self.common() | self.addresses() | self._of_service("identity") | self._of_service("venue") | told

    def _of_service(self, name: str) -> dict[str, str]:
        told = {"LINLI_KAFKA_BOOTSTRAP": f"127.0.0.1:{self.settings.kafka_port}"}
        told["LINLI_JWKS_URL"] = self._jwks_url()
        if name == "identity":
            told["LINLI_KEY_FILE"] = str(self.secrets.folder / "field-keys.json")  # identity makes it
            told["LINLI_EDGE_CLIENT_SECRET"] = self.secrets.text("edge-client-secret")
        if name == "venue":
            told["LINLI_PAYMENT_PROVIDER"] = "sandbox"  # no money is real on one machine
            told["LINLI_PAYMENT_SECRET"] = self.secrets.text("payment-secret")
            told["LINLI_CALENDAR_SECRET"] = self.secrets.text("calendar-secret")
        return told

    def _of_edge(self) -> dict[str, str]:
        return {
            "LINLI_EDGE_CLIENT_SECRET": self.secrets.text("edge-client-secret"),
            "LINLI_SESSION_SECRET": self.secrets.text("session-secret"),
        }

    def _jwks_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.services['identity'].web}/oauth/jwks"


def module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def migrations(environments: Environments) -> Mapping[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Name -> command and environment: the four services and the edge, independent of one another."""
    plans = {name: (module(name, "migrate"), environments.migration(name)) for name in environments.settings.services}
    return plans | {"edge": (module("gateway.edge", "migrate"), environments.edge_migration())}


def processes(environments: Environments) -> list[Plan]:
    """In the order in which their readiness is awaited; stopped in the reverse order."""
    settings = environments.settings
    cpus = sorted(os.sched_getaffinity(0)) if settings.pin and hasattr(os, "sched_getaffinity") else []
    plans = []
    for number, (name, ports) in enumerate(settings.services.items()):
        cpu = cpus[number % len(cpus)] if cpus else None
        ready = f"http://127.0.0.1:{ports.web}/readyz"
        command = module(name, "web")
        plans.append(Plan(f"{name} web", command, environments.service_web(name, cpu), ready, ports.web))
    for name, ports in settings.services.items():
        ready = f"http://127.0.0.1:{ports.worker}/readyz"
        command = module(name, "worker")
        plans.append(Plan(f"{name} worker", command, environments.service_worker(name), ready, ports.worker))
    ready = f"unix:{settings.web_socket}:/readyz"
    plans.append(Plan("web", module("gateway.web"), environments.web(), ready))
    scheme = "https" if settings.tls else "http"
    ready = f"{scheme}://127.0.0.1:{settings.edge_port}/readyz"
    edge = environments.edge(cpus[0] if cpus else None)
    return [*plans, Plan("edge", module("gateway.edge"), edge, ready, settings.edge_port)]
