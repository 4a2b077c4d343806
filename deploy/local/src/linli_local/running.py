# SPDX-License-Identifier: Apache-2.0
"""`make run`: everything from an empty folder to an address a person can open, and back."""

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor

from linli_local import certificate, instance, java, kafka, plans, postgres, seeding, topics, welcome
from linli_local.domain_clock import DomainClock
from linli_local.failures import FolderUnusable, PortHeld
from linli_local.health import holder_of, port_is_free
from linli_local.migrating import migrate
from linli_local.postgres_binaries import Binaries, find
from linli_local.screen import Screen, roll_over
from linli_local.secret_store import SecretStore
from linli_local.settings import Settings
from linli_local.supervisor import Backing, Stopping, StopSignal, Supervisor

SUPERUSER_SECRET = "database-superuser"  # noqa: S105 - the name of its file


def run(settings: Settings, screen: Screen) -> int:
    """Runs until it is told to stop. Raises CannotStart; whatever had started is stopped by then."""
    stop_signal = StopSignal()
    stop_signal.install()
    with instance.only_one(settings.var):
        supervisor = Supervisor(settings.logs, settings.root, screen, stop_signal)
        platform = Platform(settings, screen, supervisor)
        try:
            platform.start()
            supervisor.watch(platform.note)
        except Stopping:
            screen.line("\n  stopping …")
        finally:
            platform.take_over_kafka()
            supervisor.stop()
    screen.line("  stopped; the data stay in var, `make run` goes on with them")
    return 0


class Platform:
    """The order of a start; each step only needs what the steps before it left."""

    def __init__(self, settings: Settings, screen: Screen, supervisor: Supervisor):
        self.settings, self.screen, self.supervisor = settings, screen, supervisor
        # Kept for as long as we run: a child would be ended together with the thread that started it.
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kafka")
        self._starting_kafka: Future | None = None
        self._kafka: Backing | None = None

    def start(self) -> None:
        settings, screen = self.settings, self.screen
        screen.line("邻里 Linli on this machine")
        java.find()  # and PostgreSQL: what is missing is told before anything has started
        binaries = find(settings.postgres_binaries)
        refuse_held_ports(settings)
        make_folders(settings)
        self.secrets = SecretStore(settings.secrets)
        self.clock = DomainClock(settings.var / "clock.json")
        self.offset = self.clock.offset_seconds(settings.demo_now)
        self._start_kafka_beside()
        environments = self._environments(self._start_postgres(binaries))
        with screen.step("databases at their newest revision"):
            migrate(environments, self.supervisor.stop_signal)
        self._seed(settings.seed_official, settings.seed_demo, environments)
        bootstrap = self._await_kafka()
        with screen.step("topics"):
            topics.ensure(bootstrap, settings.services, settings.partitions)
        self.supervisor.start(plans.processes(environments))
        instance.record(settings.var, self.supervisor.described())
        for child in self.supervisor.children:
            with screen.step(child.plan.name):
                self.supervisor.wait_until_ready(child, settings.ready_seconds)
        self._seed((), settings.seed_demo_when_ready, environments)
        welcome.show(settings, environments, screen)

    def _seed(self, official: seeding.Commands, demo: seeding.Commands, environments: plans.Environments) -> None:
        commands = official + (demo if self.settings.demo else ())
        seeding.seed(commands, self.settings, environments, self.screen, self.supervisor.stop_signal)

    def note(self) -> None:
        """Now and then while running: what `make status` reads, and how far the domain clock has come."""
        instance.record(self.settings.var, self.supervisor.described())
        self.clock.note(self.offset)

    def _start_postgres(self, binaries: Binaries) -> postgres.Server:
        settings = self.settings

        def start() -> postgres.Server:
            password = self.secrets.text(SUPERUSER_SECRET)
            log = settings.logs / "postgres.log"
            return postgres.start(settings.postgres_data, settings.sockets / "pg", log, password, binaries=binaries)

        with self.screen.step(f"PostgreSQL {binaries.version} (from this {binaries.origin})"):
            backing = Backing("PostgreSQL", start)
            backing.handle = start()
            self.supervisor.backings.insert(0, backing)  # the last to stop
            passwords = self.secrets.database_passwords()
            for name in (*settings.services, "edge"):
                postgres.provision(backing.handle, name, passwords)
        return backing.handle

    def _start_kafka_beside(self) -> None:
        settings = self.settings

        def start() -> kafka.Broker:
            log, heap_mb = settings.logs / "kafka.log", settings.kafka_heap_mb
            return kafka.start(
                settings.kafka_data, log, settings.kafka_port, heap_mb=heap_mb, tell=self.screen.progress
            )

        self._kafka = Backing("Kafka", start, port=settings.kafka_port)
        self.supervisor.backings.append(self._kafka)
        self._starting_kafka = self._beside.submit(start)

    def _await_kafka(self) -> str:
        with self.screen.step("Kafka"):
            while not self._starting_kafka.done():
                self.supervisor.stop_signal.pause(0.05)
            self._kafka.handle = self._starting_kafka.result()
        return self._kafka.handle.bootstrap

    def take_over_kafka(self) -> None:
        """A broker that was still starting when the start failed has to be stopped too."""
        if self._kafka is not None and self._kafka.handle is None:
            with contextlib.suppress(Exception):  # why it did not start is told elsewhere, or no longer matters
                self._kafka.handle = self._starting_kafka.result()
        self._beside.shutdown()

    def _environments(self, server: postgres.Server) -> plans.Environments:
        settings, made = self.settings, None
        if settings.tls:
            made = certificate.ensure(settings.secrets, settings.public_host)
        return plans.Environments(settings, server, self.secrets, self.offset, made)


def refuse_held_ports(settings: Settings) -> None:
    """Before anything starts: every port at once, so that one change mends them all."""
    held = {port: what for port, what in settings.ports().items() if not port_is_free(port)}
    if not held:
        return
    told = "; ".join(
        f"port {port} ({what}) is held by {holder_of(port) or 'another program'}" for port, what in held.items()
    )
    remedy = "Stop that program, or choose another number in deploy/local/settings.toml."
    if settings.edge_port in held:
        remedy = f"Stop that program, or choose another port: make run PORT={_free_near(settings.edge_port)}"
    raise PortHeld(told, remedy)


def _free_near(port: int) -> int:
    candidates = (port + step for step in (10, 11, 12, 100, 1000))
    return next((each for each in candidates if each < 65536 and port_is_free(each)), 0)


def make_folders(settings: Settings) -> None:
    for folder in (settings.logs, settings.sockets, settings.kafka_data):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            (folder / ".writable").touch()
            (folder / ".writable").unlink()
        except OSError as error:
            raise FolderUnusable(
                f"cannot write in {folder}: {error.strerror}",
                "Free some space, give this user the right to write there, or remove the folder var if "
                "another user made it.",
            ) from error
    settings.web_socket.unlink(missing_ok=True)
    roll_over(settings.logs)
