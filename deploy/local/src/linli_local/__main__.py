# SPDX-License-Identifier: Apache-2.0
"""python -m linli_local run | status | doctor | psql | replay | rotate-keys | clean-data (see the Makefile)."""

import argparse
import sys
from pathlib import Path

from linli_local import settings as local_settings
from linli_local.failures import CannotStart
from linli_local.screen import Screen

# Each command imports what it needs itself: doctor has to work where nothing is installed yet.


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        settings = local_settings.load(Path.cwd())
        return _COMMANDS[chosen.command](settings, chosen)
    except CannotStart as failure:
        print(f"\n  ✗ {failure.message}\n    → {failure.remedy}", file=sys.stderr)
        return failure.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linli_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "status", "doctor", "rotate-keys"):
        commands.add_parser(name)
    psql = commands.add_parser("psql")
    psql.add_argument("--service", required=True)
    psql.add_argument("--as", dest="kind", default="app")
    psql.add_argument("--division", default="")
    replay = commands.add_parser("replay")
    replay.add_argument("--service", required=True)
    replay.add_argument("--group", default="")
    clean = commands.add_parser("clean-data")
    clean.add_argument("--yes", action="store_true")
    return parser


def _run(settings, _) -> int:
    from linli_local.running import run

    return run(settings, Screen())


def _status(settings, _) -> int:
    from linli_local.status import show

    return show(settings, Screen())


def _doctor(settings, _) -> int:
    from linli_local.doctor import examine

    return examine(settings, Screen())


def _psql(settings, chosen) -> int:
    from linli_local.operators import psql

    return psql(settings, chosen.service, chosen.kind, chosen.division)


def _replay(settings, chosen) -> int:
    from linli_local.operators import replay

    return replay(settings, chosen.service, chosen.group)


def _rotate_keys(settings, _) -> int:
    from linli_local.operators import rotate_keys

    return rotate_keys(settings)


def _clean_data(settings, chosen) -> int:
    from linli_local.operators import clean_data

    return clean_data(settings, chosen.yes)


_COMMANDS = {
    "run": _run,
    "status": _status,
    "doctor": _doctor,
    "psql": _psql,
    "replay": _replay,
    "rotate-keys": _rotate_keys,
    "clean-data": _clean_data,
}

if __name__ == "__main__":
    sys.exit(main())
