# SPDX-License-Identifier: Apache-2.0
"""Run as ``python -m tools.first_data official|demo|statement`` with a platform's tool environment.

``official`` and ``demo`` need its databases alone, and no worker beside them; ``statement`` needs the workers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.first_data import fund, month, official
from tools.first_data.platform import Platform
from tools.first_data.progress import Progress, write_private

TOLD = "entries the ledger will be told of"


def main(what: str) -> int:
    """Fill in what is named; safe to repeat."""
    platform, folder = Platform(), Path(os.environ["LINLI_VAR"])
    progress = Progress(folder / "first-data.json")
    if what == "official":
        official.fill(platform, progress)
        return 0
    if what == "statement":
        fund.publish_last_month(platform, progress, progress.once(TOLD, lambda: 0))
        return 0
    accounts, told = month.fill(platform, progress)
    write_private(folder / "accounts.json", accounts)
    progress.once(TOLD, lambda: told)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["official"], ["demo"], ["statement"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
