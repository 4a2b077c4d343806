# SPDX-License-Identifier: Apache-2.0
"""Reads out of the code which events a service emits and which it subscribes to."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator

from .sources import ROOT

_LATER = "\0"  # stands for a part that is filled in at run time
_WHOLE = re.compile(r"linli\.[a-z]+\.[a-z_]+\.[a-z_]+\.v[0-9]+")


def patterns(service: str) -> list[re.Pattern[str]]:
    """Return what the service's own event types look like in its code; what is filled in later matches any word."""
    found = set()
    for path in sorted((ROOT / "services" / service / "src").rglob("*.py")):
        for text in _texts(ast.parse(path.read_text("utf-8"))):
            if text.startswith(f"linli.{service}.") and _WHOLE.fullmatch(text.replace(_LATER, "x")):
                found.add("[a-z_]+".join(re.escape(part) for part in text.split(_LATER)))
    return [re.compile(one) for one in sorted(found)]


def subscriptions(service: str) -> set[str]:
    """Return the types the service reacts to."""
    return set(importlib.import_module(f"{service}.reactions").SUBSCRIPTIONS)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.replace("{}", _LATER)
        if isinstance(node, ast.JoinedStr):
            yield "".join(one.value if isinstance(one, ast.Constant) else _LATER for one in node.values)
