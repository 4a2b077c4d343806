# SPDX-License-Identifier: Apache-2.0
"""Run as ``python -m tools.prove_guarantees [--only TEXT] [--write]`` from the repository's root."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.prove_guarantees.proofs import Proof, ProofError, load, mutate, render

ROOT = Path(__file__).parents[2]
FAILED = 1  # pytest: tests ran and some failed; anything else proves nothing


def main() -> int:
    """Prove every row (or those whose claim or test contains ``--only``); exit 1 when one is not proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="rows whose claim, test or file contains this text")
    parser.add_argument("--write", action="store_true", help="write docs/guarantees.md and stop")
    options = parser.parse_args()
    proofs = load(ROOT / "tools" / "guarantees")
    if options.write:
        (ROOT / "docs" / "guarantees.md").write_text(render(proofs), encoding="utf-8")
        return 0
    chosen = [proof for proof in proofs if options.only in proof.claim + proof.test + proof.file]
    if not _all_green(chosen):
        print("the unbroken tree is not green: mend it first, a red test proves nothing")
        return 1
    failures = [outcome for number, proof in enumerate(chosen, 1) if (outcome := _prove(proof, number, len(chosen)))]
    print(f"\n{len(chosen) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not chosen else 0


def _all_green(proofs: list[Proof]) -> bool:
    """Run every named test once on an unbroken copy."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="llproof") as folder:
        copy = Path(folder) / "tree"
        _copy_tree(copy)
        green = _pytest(copy, *dict.fromkeys(proof.test for proof in proofs)) == 0
    print(f"unbroken: {'green' if green else 'RED'} ({time.monotonic() - started:.0f} s)\n", flush=True)
    return green


def _prove(proof: Proof, number: int, count: int) -> str | None:
    """Return what went wrong, or None when the broken tree's test is red."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="llproof") as folder:
        copy = Path(folder) / "tree"
        _copy_tree(copy)
        try:
            mutate(proof, copy)
            broken = _pytest(copy, proof.test)
            outcome = None if broken == FAILED else f"the mutation was not caught (pytest exit {broken})"
        except ProofError as error:
            outcome = str(error)
    word = "caught" if outcome is None else f"NOT PROVEN: {outcome}"
    print(
        f"[{number}/{count}] {proof.guarantee}. {proof.claim}\n    {proof.test}\n    {word}"
        f" ({time.monotonic() - started:.0f} s)",
        flush=True,
    )
    return outcome


def _copy_tree(target: Path) -> None:
    """Copy what git tracks or would track, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _pytest(root: Path, *tests: str) -> int:
    sources = [str(path) for path in sorted(root.glob("**/src")) if path.is_dir()]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*sources, str(root)]), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout=300", *tests]
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
