# SPDX-License-Identifier: Apache-2.0
"""``python -m engagement web | worker | migrate | replay``: one image, its processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from chassis import processes
from engagement.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Run the named process and return its exit code."""
    known = {"web": web, "worker": worker, "migrate": migrate, "replay": replay}
    return processes.run("engagement", __doc__, known, arguments)


def web(_arguments: Sequence[str]) -> int:
    """Serve the API; does not return."""
    return processes.web(Settings, "engagement.web:application()")


def worker(_arguments: Sequence[str]) -> int:
    """Relay, consume and keep the schedule until told to stop."""
    from engagement import bootstrap
    from engagement.schedule import jobs

    chosen = processes.configured(bootstrap.SERVICE, Settings)
    deps = bootstrap.build(chosen)
    return processes.work(bootstrap.SERVICE, chosen, jobs(deps), bootstrap.consumer(deps))


def migrate(_arguments: Sequence[str]) -> int:
    """Bring the database up to the newest revision."""
    from engagement import bootstrap

    return processes.migrate(bootstrap.SERVICE, bootstrap.VERSIONS)


def replay(arguments: Sequence[str]) -> int:
    """Apply again what was parked."""
    from chassis import dead_letters
    from engagement import bootstrap

    chosen = processes.configured(bootstrap.SERVICE, Settings)
    return dead_letters.command(arguments, bootstrap.consumer(bootstrap.build(chosen)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
