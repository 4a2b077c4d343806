# SPDX-License-Identifier: Apache-2.0
"""The account a database runs under when we are root, and how a child process becomes it.

PostgreSQL refuses to run as root. As an ordinary user none of this applies.
A root user's project usually lies below /root, which no other account may enter. Rather than opening that
folder to everybody, the child keeps one single capability: to pass through folders (CAP_DAC_READ_SEARCH).
"""

import contextlib
import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

from linli_local.failures import FolderUnusable

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _AMBIENT_RAISE = 1, 8, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2

_LIBC = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def unprivileged(folder: Path) -> pwd.struct_passwd | None:
    """Who owns the folder's server: None for ourselves, else an account that is not root."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise FolderUnusable(
        "PostgreSQL does not run as root and this machine has neither the account postgres nor nobody",
        "Run `make run` as an ordinary user.",
    )


def private_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Creates the folder for the account alone (and root)."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def becoming(account: pwd.struct_passwd | None, *needed: Path) -> Callable[[], None]:
    """What a new child does before its program starts: be that account, and end when its parent ends."""
    capability = None
    if account is not None and not all(_reachable(path, account) for path in needed):
        capability = _passage()

    def become() -> None:
        if account is not None:
            _LIBC.prctl(_PR_SET_KEEPCAPS, int(capability is not None), 0, 0, 0)
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            if capability is not None:
                _keep(capability)
        end_with_parent(signal.SIGINT)  # PostgreSQL's fast shutdown

    return become


def _reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account may pass through every folder above the path."""

    def may_enter(folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == account.pw_uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == account.pw_gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    return all(may_enter(folder) for folder in Path(path).resolve().parents)


def _passage() -> int:
    """The narrowest capability we hold that lets a child pass through closed folders."""
    held = 0
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("CapPrm:"):
                held = int(line.split()[1], 16)
    for capability in (_DAC_READ_SEARCH, _DAC_OVERRIDE):
        if held >> capability & 1:
            return capability
    raise FolderUnusable(
        "the account that runs PostgreSQL may not enter the project's folder",
        "Move the project to a folder that others may enter (mode 0711 on the way), or run as an ordinary user.",
    )


def _keep(capability: int) -> None:
    data = (_Data * 2)()
    data[0].effective = data[0].permitted = data[0].inheritable = 1 << capability
    header = _Header(_CAPABILITY_VERSION_3, 0)
    if _LIBC.capset(ctypes.byref(header), data) or _LIBC.prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, capability, 0, 0):
        raise OSError(ctypes.get_errno(), "could not keep the capability to pass through folders")


def end_with_parent(by: signal.Signals) -> None:
    """Asks the kernel to send us this signal should our parent end; only Linux can, elsewhere it is skipped."""
    with contextlib.suppress(AttributeError):
        _LIBC.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
