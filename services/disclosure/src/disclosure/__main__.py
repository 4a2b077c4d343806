# SPDX-License-Identifier: Apache-2.0
"""``python -m disclosure web | worker | migrate | replay | open-books``: one image, its processes and two tools."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis import processes, settings
from disclosure.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Run the named process and return its exit code."""
    known = {"web": web, "worker": worker, "migrate": migrate, "replay": replay, "open-books": open_books}
    return processes.run("disclosure", __doc__, known, arguments)


def web(_arguments: Sequence[str]) -> int:
    """Serve the API; does not return."""
    return processes.web(Settings, "disclosure.web:application()")


def worker(_arguments: Sequence[str]) -> int:
    """Relay, consume and keep the schedule until told to stop."""
    from disclosure import bootstrap
    from disclosure.schedule import jobs

    chosen = processes.configured(bootstrap.SERVICE, Settings)
    deps = bootstrap.build(chosen)
    return processes.work(bootstrap.SERVICE, chosen, jobs(deps), bootstrap.consumer(chosen, deps))


def migrate(_arguments: Sequence[str]) -> int:
    """Bring the database up to the newest revision."""
    from disclosure import bootstrap

    return processes.migrate(bootstrap.SERVICE, bootstrap.VERSIONS)


def replay(arguments: Sequence[str]) -> int:
    """Apply again what was parked."""
    from chassis import dead_letters
    from disclosure import bootstrap

    chosen = processes.configured(bootstrap.SERVICE, Settings)
    return dead_letters.command(arguments, bootstrap.consumer(chosen, bootstrap.build(chosen)))


def open_books(arguments: Sequence[str]) -> int:
    """Open a community's books with an operator's contract, or add the contract to open books."""
    from disclosure import bootstrap
    from disclosure.usecases import open_books as usecase

    parser = argparse.ArgumentParser(prog="disclosure open-books", description=open_books.__doc__)
    parser.add_argument("--division", required=True, help="the community's 12-digit code")
    parser.add_argument("--venue", required=True, type=UUID, help="the venue's id")
    parser.add_argument("--operator", required=True, help="the operator's name (an organisation)")
    parser.add_argument("--fund-per-mille", required=True, type=int, help="the fund's part, such as 600")
    parser.add_argument("--from", required=True, type=date.fromisoformat, dest="valid_from")
    parser.add_argument("--to", type=date.fromisoformat, dest="valid_to", help="first day it is no longer in force")
    parser.add_argument("--opened-month", help="first month to be published (YYYY-MM), by default the present one")
    chosen = parser.parse_args(arguments)
    contract = usecase.OperatorContract(
        chosen.venue, chosen.operator, chosen.fund_per_mille, chosen.valid_from, chosen.valid_to
    )
    deps = bootstrap.build(settings.load(Settings))
    try:
        print(usecase.open_books(deps, chosen.division, contract, opened_month=chosen.opened_month))
    finally:
        deps.database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
