# SPDX-License-Identifier: Apache-2.0
"""The kinds of government desks, as ``data/desks.yaml`` lists them: names, what to bring, and that nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class Desk:
    """A kind of desk; texts by language."""

    code: str
    names: Mapping[str, str]
    what_to_bring: Mapping[str, Sequence[str]]
    referral: Mapping[str, str]


@cache
def desks() -> Mapping[str, Desk]:
    """Read the catalogue, once a process."""
    listed = yaml.safe_load((resources.files("venue.data") / "desks.yaml").read_text("utf-8"))
    return {
        one["code"]: Desk(one["code"], one["names"], one["what_to_bring"], listed["referral"])
        for one in listed["desks"]
    }
