# SPDX-License-Identifier: Apache-2.0
"""Run a service's numbered migrations as its owner role. One environment for all services, no copies."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

ADVISORY_LOCK = 0x4C494E4C49  # "LINLI": one migration run at a time per database


def upgrade(versions: Path, owner_url: str, revision: str = "head") -> None:
    """Bring the database up to ``revision``. Waits for another run; gives up on a lock held longer than 4 s."""
    command.upgrade(_config(versions, owner_url), revision)


def head(versions: Path) -> str:
    """Return the newest revision in ``versions``; what a ready process expects of its database."""
    revision = ScriptDirectory.from_config(_config(versions, "")).get_current_head()
    if revision is None:
        raise RuntimeError(f"no migrations in {versions}")
    return revision


def _config(versions: Path, owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", "chassis:migrations")
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["owner_url"] = owner_url
    return config
