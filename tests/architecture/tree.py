# SPDX-License-Identifier: Apache-2.0
"""The tree as these tests look at it: which Python files there are, what they import and say."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("identity", "engagement", "disclosure", "venue")
MIGRATIONS = {service: ROOT / "services" / service / "migrations" / "versions" for service in SERVICES} | {
    "edge": ROOT / "gateway" / "src" / "gateway" / "edge" / "migrations"
}


@functools.cache
def files(suffix: str = ".py") -> tuple[Path, ...]:
    """Every file of the project with this suffix: what git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.rglob(f"*{suffix}")]
    outside = (".venv/", "var/")
    return tuple(
        ROOT / name
        for name in sorted(names)
        if name.endswith(suffix) and not name.startswith(outside) and (ROOT / name).is_file()
    )


def sources(*inside: str) -> Iterator[Path]:
    """Python files below one of the folders, tests left out."""
    for path in files():
        name = str(path.relative_to(ROOT))
        if any(name.startswith(folder) for folder in inside) and "/tests/" not in name:
            yield path


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file, by its full name."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def named(path: Path) -> str:
    """The file's name from the root, for messages."""
    return str(path.relative_to(ROOT))
