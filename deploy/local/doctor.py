# SPDX-License-Identifier: Apache-2.0
"""Entry of `make doctor`: with the environment of .venv where there is one, without it otherwise."""

import os
import sys
from pathlib import Path

import prepare

if __name__ == "__main__":
    try:
        prepare.check_python(sys.version_info)
    except prepare.CannotStart as failure:
        print(f"  ✗ {failure.message}\n      → {failure.remedy}")
        sys.exit(failure.exit_code)
    print("  ✓ Python {}.{}.{}".format(*sys.version_info[:3]), flush=True)
    own = prepare.ROOT / ".venv"
    python = str(own / "bin/python") if prepare.is_sound(own) else sys.executable
    path = os.pathsep.join(filter(None, [str(Path(prepare.ROOT, "deploy/local/src")), os.environ.get("PYTHONPATH")]))
    os.chdir(str(prepare.ROOT))
    os.execve(python, [python, "-m", "linli_local", "doctor"], dict(os.environ, PYTHONPATH=path))  # noqa: S606 - we become the doctor
