# SPDX-License-Identifier: Apache-2.0
"""A page's addresses stand beside it, and none is forgotten by its surface."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from gateway.web import desk, my

SURFACES = {"desk": desk, "my": my}
MODULES = [
    (name, importlib.import_module(f"{package.__name__}.{one.name}"))
    for name, package in SURFACES.items()
    for one in pkgutil.iter_modules(package.__path__)
]
WITH_ROUTES = [(name, module) for name, module in MODULES if hasattr(module, "ROUTES")]


@pytest.mark.parametrize("surface, module", WITH_ROUTES, ids=lambda one: getattr(one, "__name__", one))
def test_every_address_of_a_page_module_is_served(app, surface, module):
    served = {(str(rule), rule.endpoint) for rule in app.url_map.iter_rules()}

    assert {(f"/{surface}{one.rule}", f"{surface}.{one.endpoint}") for one in module.ROUTES} <= served


def test_a_page_stands_in_the_module_that_has_its_address(app):
    for surface, module in WITH_ROUTES:
        for one in module.ROUTES:
            assert app.view_functions[f"{surface}.{one.endpoint}"].__module__ == module.__name__


def test_no_address_of_a_surface_is_given_elsewhere(app):
    given = {f"{name}.{one.endpoint}" for name, module in WITH_ROUTES for one in module.ROUTES}

    assert {end for end in app.view_functions if end.split(".")[0] in SURFACES} == given
