# SPDX-License-Identifier: Apache-2.0
"""Asks a process whether it is ready, over TCP or over its Unix socket; and which ports are free."""

import contextlib
import http.client
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def get(address: str, timeout: float = 2.0) -> tuple[int, str]:
    """Status and body of `http://host:port/path`, `https://…` or `unix:/socket:/path`."""
    connection, path = _connection(address, timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()


def is_ready(address: str, timeout: float = 2.0) -> bool:
    try:
        return get(address, timeout)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def _connection(address: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    if address.startswith("unix:"):
        path, _, target = address.removeprefix("unix:").partition(":")
        return _UnixConnection(path, timeout), target
    parts = urlsplit(address)
    if parts.scheme == "https":
        # Our own process on loopback with the certificate we made ourselves: there is nobody to verify.
        trusting = ssl._create_unverified_context()  # noqa: S323
        return http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=trusting), parts.path
    return http.client.HTTPConnection(parts.netloc, timeout=timeout), parts.path


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def holder_of(port: int) -> str:
    """Who listens there, as far as this account may see: "python3 (pid 123)" or an empty text."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        inodes = set(_listening_inodes(port))
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                    return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return ""


def _listening_inodes(port: int):
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
                yield f"socket:[{words[9]}]"
