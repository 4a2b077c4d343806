# SPDX-License-Identifier: Apache-2.0
"""Run as ``python -m benchmarks [--seconds 20]`` on a quiet machine; writes benchmarks/results/platform.json."""

from __future__ import annotations

import argparse
import json
import os
import platform as machine
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import events, whole
from tools.running_platform import running

RESULT = Path(__file__).parent / "results" / "platform.json"


def main() -> int:
    """Start the platform twice (an empty one, then the same again) and measure the second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="how long events flow at each rate")
    options = parser.parse_args()
    result: dict[str, object] = {
        "machine": {"cpus": os.cpu_count(), "python": machine.python_version(), "load_average": os.getloadavg()},
        "goals": whole.GOALS | {"events_ms": events.GOAL_MS},
    }
    with tempfile.TemporaryDirectory(prefix="llb") as folder:
        Path(folder).chmod(0o755)
        with running(folder=Path(folder)) as first:
            result["first_start_s"] = round(first.ready_after_seconds, 1)
        with running(folder=Path(folder)) as second:
            result["warm_start_s"] = round(second.ready_after_seconds, 1)
            time.sleep(20)  # let what starting brought about settle
            result["idle_memory_mb"] = whole.memory_mb(second.pid)
            result["pages"] = whole.pages(second)
            result["edge"] = whole.edge_against_direct(second)
            result["events"] = [events.measure(second, rate, options.seconds) for rate in (50, 200)]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
