# SPDX-License-Identifier: Apache-2.0
"""A private Kafka broker: one node that is its own controller (KRaft), on loopback, with a bounded heap.

Used by `make run` and by the tests' fixture. Topics are made explicitly (`linli_local.topics`), never by accident.
"""

import os
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from linli_local import java, kafka_jars
from linli_local.account import becoming
from linli_local.failures import PortHeld, ProcessFailed

START_SECONDS = 120  # two seconds on an idle machine
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
log.dirs={data}
auto.create.topics.enable=false
# One node: nothing can have a second copy.
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# Small: a machine of one district's demonstration, not a cluster.
num.network.threads=2
num.io.threads=4
background.threads=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=4194304
log.index.size.max.bytes=1048576
log.segment.bytes=67108864
"""


@dataclass
class Broker:
    """A running broker. Stop it with `stop()`; it ends with its parent process as well."""

    port: int
    process: subprocess.Popen

    @property
    def bootstrap(self) -> str:
        """What a client is given."""
        return f"127.0.0.1:{self.port}"

    def stop(self, patience_seconds: float = 20) -> None:
        """A clean shutdown; a broker that does not follow is killed, which costs the next start some seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it at once, as a machine that loses power does."""
        self.process.kill()
        self.process.wait(10)


def start(
    folder: Path, log: Path, port: int = 0, *, heap_mb: int = 256, tell: Callable[[str], None] = lambda text: None
) -> Broker:
    """Starts a broker whose data lie in the folder and returns once its port is open. Port 0 takes a free one.

    Raises NoJava, PackagesUnreachable, PackagesRefused, PortHeld or ProcessFailed.
    """
    program = java.find()
    jars = kafka_jars.fetch(tell=tell)
    folder, log = Path(folder).resolve(), Path(log)
    folder.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    if _answers(port):
        raise PortHeld(
            f"port {port} of 127.0.0.1 is held by another program",
            "Stop that program, or set kafka.port in deploy/local/settings.toml.",
        )
    settings = folder / "server.properties"
    settings.write_text(_SETTINGS.format(port=port, controller_port=free_port(), data=folder / "data"))
    command = _command(program, jars, heap_mb)
    if not (folder / "data" / "meta.properties").exists():
        _format(folder / "data")
    with open(log, "ab") as output:
        process = _spawn([*command, "kafka.Kafka", str(settings)], output)
    broker = Broker(port, process)
    _wait_for_port(broker, log)
    return broker


def _command(program: Path, jars: list[Path], heap_mb: int) -> list[str]:
    # The serial collector and the first compiler alone: 304 MB instead of 345, and a start of two seconds.
    return [
        str(program), f"-Xmx{heap_mb}m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", os.pathsep.join(map(str, jars)),
    ]  # fmt: skip


def _format(data: Path) -> None:
    """What Kafka's StorageTool would write for one node with the newest features, without a Java of its own (3 s)."""
    data.mkdir(parents=True, exist_ok=True)
    lines = ["version=1", f"cluster.id={_random_id()}", "node.id=1", f"directory.id={_random_id()}"]
    fresh = data / "meta.properties.new"
    fresh.write_text("\n".join(lines) + "\n")
    fresh.rename(data / "meta.properties")


def _random_id() -> str:
    """A UUID in Kafka's spelling; one that begins with a hyphen would be taken for an option by its tools."""
    while (text := urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return text


def _spawn(words: list[str], output) -> subprocess.Popen:
    return subprocess.Popen(  # noqa: S603 - the command is ours, word by word
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=becoming(None),
    )


def _wait_for_port(broker: Broker, log: Path) -> None:
    """A client made before the port is open backs off for seconds, so nobody may have one earlier."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(broker.port):
        if broker.process.poll() is not None:
            raise ProcessFailed(
                f"Kafka ended at once with code {broker.process.returncode}", f"Its reason is at the end of {log}."
            )
        if time.monotonic() > deadline:
            broker.kill()
            raise ProcessFailed("Kafka did not open its port", f"Its log is {log}; `make clean-data` starts over.")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A TCP port of loopback that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
