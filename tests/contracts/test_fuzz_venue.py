# SPDX-License-Identifier: Apache-2.0
"""The venue has as many operations as all others together, three times over: a file of its own for a worker."""

import pytest

from .fuzzing import fuzz


@pytest.mark.slow
def test_no_operation_of_the_venue_fails_or_answers_what_its_contract_does_not_say(databases, tokens, tmp_path):
    fuzz("venue", databases, tokens, tmp_path)
