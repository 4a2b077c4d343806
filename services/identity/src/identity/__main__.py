# SPDX-License-Identifier: Apache-2.0
"""python -m identity web | worker | migrate | … : one image, all of the service's processes and chores."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    """Run one command. ``web`` becomes gunicorn at once: importing the service twice costs seconds of CPU."""
    if arguments == ["web"]:
        from chassis.gunicorn import serve

        serve("identity.cli:application()")
    from identity import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
