# SPDX-License-Identifier: Apache-2.0
"""Why the platform cannot start, each reason with its own exit code and the sentence that helps.

The codes are part of the interface: scripts and tests rely on them, so a number is never reused.
"""


class CannotStart(Exception):
    """Something this machine lacks or holds; the reader gets `message`, then `remedy`."""

    exit_code = 70

    def __init__(self, message: str, remedy: str):
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class PythonTooOld(CannotStart):
    exit_code = 10


class PackagesUnreachable(CannotStart):
    exit_code = 11


class NoPostgres(CannotStart):
    exit_code = 12


class NoJava(CannotStart):
    exit_code = 13


class PortHeld(CannotStart):
    exit_code = 14


class FolderUnusable(CannotStart):
    exit_code = 15


class AlreadyRunning(CannotStart):
    exit_code = 16


class ClockWouldRunBack(CannotStart):
    exit_code = 17


class ProcessFailed(CannotStart):
    """A process of the platform ended, or did not become ready in time."""

    exit_code = 18


class SettingsWrong(CannotStart):
    exit_code = 19


class VenvMissing(CannotStart):
    """This Python was installed without its venv or pip part."""

    exit_code = 20


class PackagesRefused(CannotStart):
    """The packages were reached, but do not fit: a wrong hash, no wheel for this machine."""

    exit_code = 21
