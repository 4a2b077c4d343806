# SPDX-License-Identifier: Apache-2.0
"""python -m gateway.web: becomes gunicorn on the private socket (LINLI_WEB_SOCKET) or on LINLI_BIND."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from chassis.settings import SettingsError, load

from gateway.web.settings import Settings


def main() -> None:
    """Check the environment, then hand the process over to gunicorn."""
    try:
        settings = load(Settings)
    except SettingsError as wrong:
        sys.exit(f"gateway.web cannot start: {wrong}")
    bind = f"unix:{settings.web_socket}" if settings.web_socket else settings.bind
    configuration = Path(__file__).with_name("gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", str(configuration), "--bind", bind]
    command += ["--threads", str(settings.web_threads), "gateway.web.app:from_environment()"]
    os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted, and nothing here comes from outside


if __name__ == "__main__":
    main()
