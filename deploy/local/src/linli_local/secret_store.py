# SPDX-License-Identifier: Apache-2.0
"""First-run secrets: random, one file each in a private folder, never printed and never changed later."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from linli_local.databases import SERVICES, random_passwords
from linli_local.failures import FolderUnusable


class SecretStore:
    """Named secrets in files of mode 0600; each is made when it is first asked for."""

    def __init__(self, folder: Path):
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        except OSError as error:
            raise FolderUnusable(
                f"cannot keep secrets in {folder}: {error.strerror}",
                "Give this user the right to write there, or remove the folder var if another user made it.",
            ) from error

    def text(self, name: str) -> str:
        return self.path(name, lambda: secrets.token_urlsafe(32)).read_text()

    def path(self, name: str, make: Callable[[], str]) -> Path:
        """The file of that name; written completely or not at all."""
        path = self.folder / name
        if not path.exists():
            beside = self.folder / f"{name}.new"
            beside.unlink(missing_ok=True)
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
            beside.rename(path)
        return path

    def database_passwords(self) -> Mapping[str, str]:
        """Role name -> password, for every service and the edge."""

        def make() -> str:
            owners = (*SERVICES, "edge")
            return json.dumps({role: word for name in owners for role, word in random_passwords(name).items()})

        return json.loads(self.path("database-passwords.json", make).read_text())
