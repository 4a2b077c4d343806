# SPDX-License-Identifier: Apache-2.0
"""What was released still holds."""

from tools.contract_gate.__main__ import compare
from tools.contract_gate.documents import read

from .sources import CONTRACTS


def test_nothing_breaks_who_relies_on_the_last_release():
    findings = [str(one) for one in compare(read(CONTRACTS / "released"), read(CONTRACTS))]
    assert findings == []
