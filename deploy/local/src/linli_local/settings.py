# SPDX-License-Identifier: Apache-2.0
"""deploy/local/settings.toml and the few switches of the command line, as one frozen value."""

import hashlib
import os
import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from linli_local.failures import FolderUnusable, SettingsWrong

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_SOCKET_FOLDER = 80  # with the socket's own name it stays below the kernel's 107 bytes
FILE = Path("deploy/local/settings.toml")


@dataclass(frozen=True)
class ServicePorts:
    web: int
    worker: int


@dataclass(frozen=True)
class Settings:
    """Every port and path of the platform on this machine. All paths are absolute."""

    root: Path
    var: Path
    postgres_data: Path
    kafka_data: Path
    logs: Path
    secrets: Path
    sockets: Path
    web_socket: Path
    edge_port: int
    services: Mapping[str, ServicePorts]
    kafka_port: int
    kafka_heap_mb: int
    postgres_binaries: Path | None
    partitions: int
    pin: bool
    ready_seconds: float
    seed_official: tuple[tuple[str, ...], ...]
    seed_demo: tuple[tuple[str, ...], ...]
    seed_demo_when_ready: tuple[tuple[str, ...], ...]
    demo: bool
    demo_now: datetime | None
    tls: bool
    public_host: str

    @property
    def address(self) -> str:
        """What a person types into the browser, and the issuer of every token."""
        return f"{'https' if self.tls else 'http'}://{self.public_host}:{self.edge_port}"

    def ports(self) -> dict[int, str]:
        """Every TCP port the platform opens, with what it is for."""
        named = {self.edge_port: "edge"}
        for name, ports in self.services.items():
            named |= {ports.web: f"{name} web", ports.worker: f"{name} worker"}
        return named | {self.kafka_port: "kafka"}


def load(root: Path, environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Reads the file; `file` and LINLI_LOCAL_SETTINGS name another one (the tests do)."""
    root = root.resolve()
    path = file or Path(environ.get("LINLI_LOCAL_SETTINGS") or root / FILE)
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        return _settings(root, read, environ)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{path} cannot be read: {error}", "Restore it from version control.") from error
    except (KeyError, TypeError) as error:
        raise SettingsWrong(
            f"{path}: the entry {error} is missing or of the wrong kind",
            "Compare it with the version in version control.",
        ) from error


def _settings(root: Path, read: dict, environ: Mapping[str, str]) -> Settings:
    paths = read["paths"]
    var = root / paths["var"]
    sockets = socket_folder(var, paths["sockets"])
    tls = environ.get("TLS", "") not in ("", "0")
    return Settings(
        root=root,
        var=var,
        postgres_data=var / paths["postgres"],
        kafka_data=var / paths["kafka"],
        logs=var / paths["logs"],
        secrets=var / paths["secrets"],
        sockets=sockets,
        web_socket=sockets / read["web"]["socket"],
        edge_port=_port(environ.get("PORT") or read["edge"]["port"]),
        services={name: ServicePorts(**ports) for name, ports in read["services"].items()},
        kafka_port=read["kafka"]["port"],
        kafka_heap_mb=read["kafka"]["heap_mb"],
        postgres_binaries=Path(read["postgres"]["binaries"]) if read["postgres"]["binaries"] else None,
        partitions=read["topics"]["partitions"],
        pin=read["processes"]["pin"],
        ready_seconds=read["processes"]["ready_seconds"],
        seed_official=_commands(read["seed"]["official"]),
        seed_demo=_commands(read["seed"]["demo"]),
        seed_demo_when_ready=_commands(read["seed"]["demo_when_ready"]),
        demo=environ.get("DEMO", "1") != "0",
        demo_now=_local_time(environ.get("DEMO_NOW", "")),
        tls=tls,
        public_host=environ.get("PUBLIC_HOST") or (own_address() if tls else "localhost"),
    )


def socket_folder(var: Path, name: str) -> Path:
    """Below var, or where that path is too long for the kernel: a folder of our own in /tmp."""
    wanted = var / name
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_FOLDER:
        return wanted
    tag = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:10]
    short = Path(f"/tmp/ll-{os.geteuid()}-{tag}")  # noqa: S108 - made private and checked just below
    short.mkdir(mode=0o700, exist_ok=True)
    status = short.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or short.is_symlink():
        raise FolderUnusable(
            f"{short} belongs to somebody else",
            "Put the project in a folder with a shorter path, so that its sockets fit below var.",
        )
    return short


def own_address() -> str:
    """This machine's address on its network, for TLS=1. Asks the routing table; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: never a real machine
            return probe.getsockname()[0]
        except OSError:
            return "localhost"


def _commands(entries: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, entry)) for entry in entries)


def _port(value: str | int) -> int:
    try:
        port = int(value)
    except ValueError:
        port = 0
    if not 1 <= port <= 65535:
        raise SettingsWrong(f"{value} is not a port", "Say for example PORT=8090: a number up to 65535.")
    return port


def _local_time(text: str) -> datetime | None:
    """DEMO_NOW is wall time in Shanghai unless it carries an offset of its own."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsWrong(f"DEMO_NOW={text} is not a time", "Write it like this: DEMO_NOW=2026-11-30T18:50") from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
