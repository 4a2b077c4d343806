# SPDX-License-Identifier: Apache-2.0
"""A page's addresses stand at the end of its own module, as ``ROUTES``; a surface collects those of its modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, NamedTuple

from flask import Blueprint

GET, POST = "GET", "POST"


class Route(NamedTuple):
    """One address below its surface's prefix: what it is called in links, who answers, and by which method."""

    rule: str
    endpoint: str
    view: Callable[..., Any]
    method: str = GET


def collect(pages: Blueprint, modules: Iterable[ModuleType]) -> None:
    """Give a surface the addresses of its page modules."""
    for module in modules:
        for route in module.ROUTES:
            pages.add_url_rule(route.rule, route.endpoint, route.view, methods=[route.method])
