# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL server: one data folder, one Unix socket, no TCP port, passwords for every role.

Used by `make run` (durable) and by the tests' fixtures (not durable, hence much faster).
Databases and roles are in `linli_local.databases`, offered here too.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from linli_local import postgres_binaries
from linli_local.account import becoming, private_folder, unprivileged
from linli_local.databases import clone, drop, provision, random_passwords, roles_of
from linli_local.failures import FolderUnusable, ProcessFailed

__all__ = ["SUPERUSER", "Server", "clone", "drop", "provision", "random_passwords", "roles_of", "start"]

SUPERUSER = "linli_root"
PORT = 5432  # only names the socket file; no TCP port is opened
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
START_SECONDS = 60

DURING_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ALWAYS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "deadlock_timeout": "200ms",  # a request waits 2 s for a lock at most; 1 s would be half of it
    "idle_in_transaction_session_timeout": "60s",
    "log_line_prefix": "%m %u@%d ",
    "log_min_error_statement": "panic",  # statements carry personal data; the error itself is enough
    "timezone": "UTC",
}


@dataclass
class Server:
    """A running server. Stop it with `stop()`; nothing of it outlives its parent process."""

    data_dir: Path
    socket_dir: Path
    superuser_password: str
    process: subprocess.Popen

    def url_for(self, role: str, password: str, database: str) -> str:
        """The SQLAlchemy and libpq address for one role in one database."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql+psycopg://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={host}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A superuser's connection in autocommit, for provisioning only."""
        return psycopg.connect(
            host=str(self.socket_dir),
            user=SUPERUSER,
            password=self.superuser_password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def stop(self, patience_seconds: float = 20) -> None:
        """A fast shutdown: open transactions are rolled back, everything committed is kept."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(patience_seconds)


def start(
    data_dir: Path,
    socket_dir: Path,
    log: Path,
    superuser_password: str,
    durable: bool = True,
    binaries: postgres_binaries.Binaries | None = None,
) -> Server:
    """Creates the data folder when it is new, starts the server and returns once it answers."""
    data_dir, socket_dir = Path(data_dir).resolve(), Path(socket_dir).resolve()
    _refuse_long(socket_dir)
    binaries = binaries or postgres_binaries.find()
    account = unprivileged(data_dir)
    private_folder(socket_dir, account)
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        if not data_dir.exists():
            _initialise(binaries, data_dir, socket_dir, superuser_password, account, output)
        settings = ALWAYS | ({} if durable else DURING_TESTS) | {"unix_socket_directories": str(socket_dir)}
        command = [binaries.path("postgres"), "-D", str(data_dir), "-p", str(PORT)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        process = _spawn(command, account, output, data_dir, socket_dir)
    server = Server(data_dir, socket_dir, superuser_password, process)
    _wait_until_it_answers(server, Path(log))
    return server


def _refuse_long(socket_dir: Path) -> None:
    path = f"{socket_dir}/.s.PGSQL.{PORT}"
    if len(os.fsencode(path)) >= LONGEST_SOCKET_PATH:
        raise FolderUnusable(
            f"the database's socket path is longer than {LONGEST_SOCKET_PATH} characters: {path}",
            "Put the project in a folder with a shorter path, or set paths.sockets in "
            "deploy/local/settings.toml to a short private folder.",
        )


def _initialise(binaries, data_dir, socket_dir, password, account, output) -> None:
    """initdb into a folder beside, then one rename: a killed first run leaves nothing half-made."""
    fresh = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh, account)
    with tempfile.NamedTemporaryFile("w", dir=socket_dir) as secret:
        secret.write(password)
        secret.flush()
        if account is not None:
            os.chown(secret.name, account.pw_uid, account.pw_gid)
        command = [binaries.path("initdb"), "-D", str(fresh), "--username", SUPERUSER]
        command += ["--pwfile", secret.name, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
        command += ["--no-sync", "--no-instructions"]
        code = _spawn(command, account, output, fresh, socket_dir).wait(START_SECONDS)
    if code != 0:
        raise ProcessFailed(f"initdb ended with code {code}", f"Its reason is at the end of {Path(output.name)}.")
    fresh.rename(data_dir)


def _spawn(command, account, output, folder, *others) -> subprocess.Popen:
    """Own session (Ctrl-C at the terminal reaches us, not the database), ended by the kernel with us."""
    needed = (Path(command[0]), Path(folder), *others)
    return subprocess.Popen(  # noqa: S603 - the command is ours, word by word
        command,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=becoming(account, *needed),
    )


def _wait_until_it_answers(server: Server, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if server.process.poll() is not None:
            raise _ended(server, log)
        try:
            server.connect().close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline or "password" in str(error):
                server.stop()
                raise ProcessFailed(
                    f"PostgreSQL did not answer: {error}", f"Its log is {log}; `make clean-data` starts over."
                ) from error
            time.sleep(0.05)


def _ended(server: Server, log: Path) -> ProcessFailed:
    last = log.read_text(errors="replace").strip().splitlines()[-1:]
    return ProcessFailed(
        f"PostgreSQL ended at once with code {server.process.returncode}: {''.join(last)}",
        f"Its log is {log}. Another server may be using {server.data_dir}: `make status` tells.",
    )
