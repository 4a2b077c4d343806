# SPDX-License-Identifier: Apache-2.0
"""For every test: none skips itself where LINLI_NO_SKIP=1 (the pipeline sets it), and the longest files go first."""

import os

import pytest

NO_SKIP = os.environ.get("LINLI_NO_SKIP") == "1"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"skipped although LINLI_NO_SKIP=1: {reason}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    """A whole module may skip itself while it is collected (pytest.importorskip)."""
    outcome = yield
    report = outcome.get_result()
    if NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped although LINLI_NO_SKIP=1"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Of several workers none is to begin a long file when the others have nothing left (``make test``)."""
    if hasattr(config, "workerinput"):
        long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
        items.sort(key=lambda item: item.path not in long)
