# SPDX-License-Identifier: Apache-2.0
"""``python -m venue web | worker | migrate | replay | create-venue [FILE] | load-special-days DIVISION [FILE]``."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from chassis import processes
from venue.settings import CreateVenueSettings, Settings


def main(arguments: Sequence[str]) -> int:
    """Run the named process and return its exit code."""
    known = {
        "web": web,
        "worker": worker,
        "migrate": migrate,
        "replay": replay,
        "create-venue": create_venue,
        "load-special-days": load_special_days,
    }
    return processes.run("venue", __doc__, known, arguments)


def web(_arguments: Sequence[str]) -> int:
    """Serve the API; does not return."""
    return processes.web(Settings, "venue.web:from_environment()")


def worker(_arguments: Sequence[str]) -> int:
    """Relay, consume and keep the schedule until told to stop."""
    from venue import bootstrap
    from venue.schedule import jobs

    config = processes.configured(bootstrap.SERVICE, Settings)
    deps, stop = bootstrap.build(config), threading.Event()
    return processes.work(
        bootstrap.SERVICE, config, jobs(deps, stop.is_set), bootstrap.consumer(deps, config), stop=stop
    )


def migrate(_arguments: Sequence[str]) -> int:
    """Bring the database up to the newest revision."""
    from venue import bootstrap

    return processes.migrate(bootstrap.SERVICE, bootstrap.VERSIONS)


def replay(arguments: Sequence[str]) -> int:
    """Apply again what was parked."""
    from chassis import dead_letters
    from venue import bootstrap

    config = processes.configured(bootstrap.SERVICE, Settings)
    return dead_letters.command(arguments, bootstrap.consumer(bootstrap.build(config), config))


def create_venue(arguments: Sequence[str]) -> int:
    """Create and publish a venue from a YAML file; 五福茶馆 without one. Repeating it changes nothing."""
    import yaml
    from chassis.auth import Actor

    from venue import bootstrap
    from venue.domain.venues.definition import DefinitionError, parse
    from venue.usecases.venues.create_venue import create_venue as create

    config = processes.configured(bootstrap.SERVICE, CreateVenueSettings)
    source = Path(arguments[0]) if arguments else resources.files("venue.data") / "wufu_teahouse.yaml"
    try:
        definition = parse(yaml.safe_load(source.read_text("utf-8")))
    except (OSError, yaml.YAMLError, DefinitionError) as error:
        print(f"venue: {error}", file=sys.stderr)
        return 1
    actor = Actor.system(definition.division, "create-venue")
    print(create(bootstrap.build(config), actor, definition))
    return load_special_days([definition.division]) if not arguments else 0


def load_special_days(arguments: Sequence[str]) -> int:
    """Note the holidays and make-up workdays of a YAML file in a community; those of 2026 without one. Repeatable."""
    import yaml
    from chassis.auth import Actor

    from venue import bootstrap
    from venue.domain.opening import special_days
    from venue.domain.venues.definition import DefinitionError
    from venue.usecases.opening.opening import load_special_days as load

    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    config = processes.configured(bootstrap.SERVICE, CreateVenueSettings)
    source = Path(arguments[1]) if len(arguments) > 1 else resources.files("venue.data") / "special_days_cn_2026.yaml"
    try:
        days = special_days.parse(yaml.safe_load(source.read_text("utf-8")))
    except (OSError, yaml.YAMLError, DefinitionError) as error:
        print(f"venue: {error}", file=sys.stderr)
        return 1
    load(bootstrap.build(config), Actor.system(arguments[0], "load-special-days"), days)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
