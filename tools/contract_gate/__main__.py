# SPDX-License-Identifier: Apache-2.0
"""``python -m tools.contract_gate``: compare contracts/ with contracts/released/; ``--release`` moves the base."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.contract_gate import asyncapi, openapi
from tools.contract_gate.documents import Contracts, read
from tools.contract_gate.findings import Finding

CONTRACTS = Path(__file__).parents[2] / "contracts"
PARTS = ("openapi", "events", "asyncapi.yaml")


def compare(base: Contracts, head: Contracts) -> Iterator[Finding]:
    """Yield every breaking change between two versions of all contracts."""
    for name, document in base.openapi.items():
        if name not in head.openapi:
            yield Finding(name, "contract removed")
            continue
        for finding in openapi.compare(document, head.openapi[name]):
            yield Finding(f"{name} {finding.where}", finding.what)
    yield from asyncapi.compare_events(base.events, head.events)
    yield from asyncapi.compare(base.asyncapi, head.asyncapi)


def release(head: Path, base: Path) -> None:
    """Make ``head`` what was last released. Breaking changes must have become a new version before."""
    for part in PARTS:
        target = base / part
        if target.is_dir():
            shutil.rmtree(target)
        if (head / part).is_dir():
            shutil.copytree(head / part, target)
        else:
            shutil.copy2(head / part, target)


def main(arguments: list[str]) -> int:
    """Print the findings; 1 when there are any."""
    parser = argparse.ArgumentParser(prog="contract_gate", description=__doc__)
    parser.add_argument("--base", type=Path, default=CONTRACTS / "released")
    parser.add_argument("--head", type=Path, default=CONTRACTS)
    parser.add_argument("--release", action="store_true", help="take head over as the new base, if nothing breaks")
    options = parser.parse_args(arguments)
    findings = sorted(compare(read(options.base), read(options.head))) if options.base.exists() else []
    for finding in findings:
        print(finding)
    if options.release and not findings:
        options.base.mkdir(parents=True, exist_ok=True)
        release(options.head, options.base)
    print(f"{len(findings)} breaking changes")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
