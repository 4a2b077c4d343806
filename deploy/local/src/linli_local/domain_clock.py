# SPDX-License-Identifier: Apache-2.0
"""The shift of the domain clock: one number for all processes, kept beside the data written under it.

It may be moved forward at will. Going back behind what has already been written would put new bookings
before old ones, so that is refused. Token expiry and certificates never use this clock.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linli_local.failures import ClockWouldRunBack
from linli_local.settings import SHANGHAI


class DomainClock:
    """Reads and writes `clock.json`: the shift in seconds, and the latest domain time seen running."""

    def __init__(self, file: Path):
        self.file = file

    def offset_seconds(self, wanted: datetime | None, now: datetime | None = None) -> int:
        """The shift to run with. `wanted` is DEMO_NOW; without it the data's own shift goes on.

        Raises ClockWouldRunBack when the clock would fall behind the existing data.
        """
        now = now or datetime.now(UTC)
        kept = self._read()
        offset = kept.get("offset_seconds", 0)
        if wanted is not None:
            offset = round((wanted - now).total_seconds())
        latest = kept.get("latest")
        if latest is not None:
            _refuse_running_back(now + timedelta(seconds=offset), datetime.fromisoformat(latest), wanted)
        self._write(offset, now)
        return offset

    def kept_offset(self) -> int:
        """The shift that the data were written under."""
        return self._read().get("offset_seconds", 0)

    def note(self, offset_seconds: int) -> None:
        """Remembers that the platform ran until now; called while it runs."""
        self._write(offset_seconds, datetime.now(UTC))

    def _read(self) -> dict:
        try:
            return json.loads(self.file.read_text())
        except FileNotFoundError:
            return {}

    def _write(self, offset_seconds: int, now: datetime) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        latest = (now + timedelta(seconds=offset_seconds)).isoformat()
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps({"offset_seconds": offset_seconds, "latest": latest}))
        os.replace(beside, self.file)


def _refuse_running_back(would_be: datetime, latest: datetime, wanted: datetime | None) -> None:
    if would_be >= latest - timedelta(seconds=60):  # a minute's tolerance for the machine's own clock
        return
    local = latest.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    cause = f"DEMO_NOW={wanted:%Y-%m-%dT%H:%M}" if wanted else "this machine's clock"
    raise ClockWouldRunBack(
        f"{cause} lies before {local}, until when data already exist",
        f"Choose DEMO_NOW={local} or later, leave DEMO_NOW out to go on, or start over with `make clean-data`.",
    )
