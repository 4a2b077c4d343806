# SPDX-License-Identifier: Apache-2.0
"""Renders deploy/k8s/base and stamps the result with the hash of what it was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[2]
BASE, RENDERED = ROOT / "deploy/k8s/base", ROOT / "deploy/k8s/rendered/base.yaml"


def inputs_hash() -> str:
    """Hash every file of the base by name and content."""
    digest = hashlib.sha256()
    for path in sorted(BASE.rglob("*.yaml")):
        digest.update(path.relative_to(BASE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
