# SPDX-License-Identifier: Apache-2.0
"""python -m identity web | worker | migrate | … : one image, all of the service's processes and chores."""

from __future__ import annotations

import sys

from identity import cli

if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
