# SPDX-License-Identifier: Apache-2.0
"""The proof tool refuses rows that prove nothing, and the page it writes is current."""

from pathlib import Path

import pytest

from tools.prove_guarantees.proofs import Proof, ProofError, load, mutate, render

ROOT = Path(__file__).parents[2]
PROOFS = load(ROOT / "tools" / "guarantees")


def test_a_mutation_must_hit_exactly_one_place(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")

    with pytest.raises(ProofError, match="2 times"):
        mutate(Proof(7, "claim", "test", "a.py", "x = 1", "x = 2"), tmp_path)


def test_the_mutation_replaces_the_text(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")

    mutate(Proof(7, "claim", "test", "a.py", "x = 1", "x = 2"), tmp_path)

    assert (tmp_path / "a.py").read_text() == "x = 2\n"


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.claim[:60])
def test_every_row_fits_the_tree(proof):
    assert (ROOT / proof.file).read_text(encoding="utf-8").count(proof.old) == 1
    path, _, name = proof.test.partition("::")
    assert f"def {name.rpartition('::')[2].partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8")


def test_the_page_of_guarantees_is_current():
    assert (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8") == render(PROOFS)
