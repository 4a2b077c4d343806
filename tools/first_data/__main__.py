# SPDX-License-Identifier: Apache-2.0
"""Run as ``python -m tools.first_data official|demo`` with a running platform's tool environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.first_data import fund, needs, official, people, teahouse
from tools.first_data.platform import Platform
from tools.first_data.progress import Progress, write_private


def main(what: str) -> int:
    """Fill in what is named; safe to repeat."""
    platform, folder = Platform(), Path(os.environ["LINLI_VAR"])
    progress = Progress(folder / "first-data.json")
    if what == "official":
        official.fill(platform, progress)
        return 0
    residents = people.fill(platform, progress)
    accounts = people.open_accounts(platform, progress, residents)
    write_private(folder / "accounts.json", accounts)
    told = teahouse.fill(platform, progress, residents[people.WUFUQIAO])
    needs.fill(platform, progress, residents)
    fund.publish_last_month(platform, progress, told)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["official"], ["demo"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
