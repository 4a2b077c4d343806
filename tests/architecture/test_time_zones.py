# SPDX-License-Identifier: Apache-2.0
"""Every process reads its time zones from the pinned package, whatever the machine it runs on holds."""

from __future__ import annotations

import importlib.resources
import os
import subprocess
import sys

import pytest

from .tree import ROOT

PROCESSES = [
    "disclosure.web", "disclosure.schedule", "engagement.web", "engagement.schedule", "identity.web", "identity.cli",
    "venue.web", "venue.schedule", "gateway.edge.app", "gateway.web.app",
]  # fmt: skip
# A zone that stands in a module was read while that was imported. The machine's files put Shanghai on Greenwich time.
ASK = """
import importlib, sys, zoneinfo
from datetime import datetime
importlib.import_module(sys.argv[1])
kept = [value for module in list(sys.modules.values()) for value in vars(module).values()
        if type(value) is zoneinfo.ZoneInfo and value.key == "Asia/Shanghai"]
for zone in [zoneinfo.ZoneInfo("Asia/Shanghai"), *kept]:
    print(datetime(2026, 11, 23, tzinfo=zone).utcoffset())
"""


@pytest.mark.parametrize("module", PROCESSES)
def test_a_machine_with_other_zones_is_not_believed(module, tmp_path):
    (tmp_path / "Asia").mkdir()
    wrong = importlib.resources.files("tzdata") / "zoneinfo" / "Etc" / "UTC"
    (tmp_path / "Asia" / "Shanghai").write_bytes(wrong.read_bytes())

    told = subprocess.run(
        [sys.executable, "-c", ASK, module],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert set(told.split()) == {"8:00:00"}
