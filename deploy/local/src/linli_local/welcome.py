# SPDX-License-Identifier: Apache-2.0
"""The last lines of a start: where to go, what to try first, and who may sign in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from linli_local.plans import Environments
from linli_local.screen import Screen
from linli_local.settings import SHANGHAI, Settings

COMMUNITY = "510104030006"


def show(settings: Settings, environments: Environments, screen: Screen) -> None:
    screen.line()
    screen.line(f"  Linli is ready:   {settings.address}/")
    if environments.offset_seconds:
        today = datetime.now(UTC) + timedelta(seconds=environments.offset_seconds)
        screen.line(f"  its clock says:   {today.astimezone(SHANGHAI):%Y-%m-%d %H:%M} (DEMO_NOW)")
    if environments.certificate is not None:
        screen.line(f"  certificate:      {environments.certificate.fingerprint()[:47]}…")
    screen.line()
    screen.line("  Try first")
    screen.line(f"  · the public board  {settings.address}/board/{COMMUNITY}")
    accounts = settings.var / "accounts.json"
    if accounts.exists():
        screen.line(f"  · sign in           {settings.address}/sign-in")
        screen.line(f"    names, offices and random passwords are in {_shown(accounts, settings)}")
    screen.line()
    screen.line("  `make status` in another terminal shows every process; logs are in var/log.")
    screen.line("  Ctrl-C stops everything.")
    screen.line()


def _shown(path: Path, settings: Settings) -> str:
    """As somebody standing in the project's folder names it; the data may lie elsewhere."""
    return str(path.relative_to(settings.root) if path.is_relative_to(settings.root) else path)
