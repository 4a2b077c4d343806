# SPDX-License-Identifier: Apache-2.0
"""Kafka's jars: each one pinned by coordinate and SHA-256, fetched through jgo, kept in the account's cache.

`python -m linli_local.kafka_jars` resolves ENDPOINT again and rewrites the pins; the tree then shows what changed.
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from linli_local.failures import PackagesRefused, PackagesUnreachable

# slf4j-simple: Kafka brings the logging interface alone.
ENDPOINT = "org.apache.kafka:kafka_2.13:4.4.0@kafka.Kafka+org.slf4j:slf4j-simple:2.0.17"
PINS = Path(__file__).with_name("kafka_jars.lock.toml")


def cache_folder() -> Path:
    """Where the jars live: shared by every checkout of this account, so that a second one starts without a network."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linli" / "maven"


def fetch(cache: Path | None = None, tell: Callable[[str], None] = lambda text: None) -> list[Path]:
    """Returns every jar, verified. Raises PackagesUnreachable or PackagesRefused (a jar with another hash)."""
    cache = cache or cache_folder()
    pins = tomllib.loads(PINS.read_text())["jars"]
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache):
        missing = [name for name, digest in pins.items() if not _matches(_place(cache, name), digest)]
        if missing:
            tell(f"fetching {len(missing)} of Kafka's {len(pins)} jars (43 MB in all)")
            _download(cache, missing)
            _refuse_others(cache, {name: pins[name] for name in missing})
    return [_place(cache, name) for name in pins]


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One process at a time: a jar half written by another must not be taken for a whole one."""
    with open(cache / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _place(cache: Path, coordinate: str) -> Path:
    group, artifact, version = coordinate.split(":")
    return cache.joinpath(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


def _matches(jar: Path, digest: str) -> bool:
    return jar.exists() and hashlib.sha256(jar.read_bytes()).hexdigest() == digest


def _download(cache: Path, coordinates: list[str]) -> None:
    import requests  # jgo's own client
    from jgo.maven import MavenContext

    logging.getLogger("jgo").setLevel(logging.ERROR)
    context = MavenContext(repo_cache=cache, local_repos=[], timeout=30)

    def one(coordinate: str) -> None:
        group, artifact, version = coordinate.split(":")
        _place(cache, coordinate).unlink(missing_ok=True)
        context.project(group, artifact).at_version(version).artifact().resolve()

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, coordinates))
    except (RuntimeError, OSError, requests.RequestException) as error:
        raise PackagesUnreachable(
            f"Kafka's jars could not be fetched: {error}",
            "Connect to a network from which Maven Central can be reached and run the same command again; "
            "what has arrived is kept.",
        ) from error


def _refuse_others(cache: Path, pins: dict[str, str]) -> None:
    for coordinate, digest in pins.items():
        jar = _place(cache, coordinate)
        if not _matches(jar, digest):
            jar.unlink(missing_ok=True)
            raise PackagesRefused(
                f"{coordinate} is not the file we pinned (its SHA-256 differs)",
                "Run the same command again; if it stays so, something between here and Maven Central changes files.",
            )


def resolve() -> dict[str, str]:
    """Asks Maven for everything ENDPOINT needs and returns coordinate → SHA-256."""
    import jgo

    with tempfile.TemporaryDirectory() as folder:
        jars = jgo.build(ENDPOINT, cache_dir=Path(folder)).all_jars
        hashes = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars}
    pins = {}
    for artifact in jgo.resolve(ENDPOINT):
        if artifact.filename in hashes:
            pins[f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"] = hashes.pop(artifact.filename)
    if hashes:
        raise RuntimeError(f"no coordinate found for {sorted(hashes)}")
    return dict(sorted(pins.items()))


def write_pins() -> None:
    """Rewrites the lock file."""
    lines = [f'"{coordinate}" = "{digest}"' for coordinate, digest in resolve().items()]
    head = f"# Made by `python -m linli_local.kafka_jars` from {ENDPOINT}: coordinate = SHA-256.\n[jars]\n"
    PINS.write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    write_pins()
