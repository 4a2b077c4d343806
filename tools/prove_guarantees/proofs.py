# SPDX-License-Identifier: Apache-2.0
"""The rows of proof: guarantee, claim, test, and the mutation under which that test must fail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

GUARANTEES = {
    1: "Accepted means stored",
    2: "Stored means delivered",
    3: "Delivered means done once",
    4: "One bad record stops nobody else",
    5: "A community sees its own",
    6: "The token says who and where",
    7: "The database refuses the impossible",
    8: "Nothing published changes silently",
    9: "The contract is the API",
    10: "Never ask twice",
}


@dataclass(frozen=True)
class Proof:
    """One row. ``old`` must stand exactly once in ``file``; ``new`` takes its place in a scratch copy."""

    guarantee: int
    claim: str
    test: str
    file: str
    old: str
    new: str


class ProofError(Exception):
    """A row does not fit the tree; the message names the row."""


def load(folder: Path) -> list[Proof]:
    """Read every row of ``folder/*.yaml``, ordered by guarantee. Raises ProofError on a malformed row."""
    proofs = []
    for path in sorted(folder.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            try:
                mutation = row["mutation"]
                proof = Proof(
                    int(row["guarantee"]),
                    row["claim"].strip(),
                    row["test"],
                    mutation["file"],
                    mutation["old"],
                    mutation["new"],
                )
            except (KeyError, TypeError, ValueError) as error:
                raise ProofError(f"{path.name}: a row lacks or garbles {error}") from error
            if proof.guarantee not in GUARANTEES:
                raise ProofError(f"{path.name}: there is no guarantee {proof.guarantee}")
            proofs.append(proof)
    return sorted(proofs, key=lambda proof: (proof.guarantee, proof.claim))


def mutate(proof: Proof, root: Path) -> None:
    """Break the guarantee in the tree under ``root``. Raises ProofError unless ``old`` stands there exactly once."""
    path = root / proof.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text.count(proof.old) != 1:
        raise ProofError(f"{proof.claim!r}: the text to break stands {text.count(proof.old)} times in {proof.file}")
    path.write_text(text.replace(proof.old, proof.new), encoding="utf-8")


def render(proofs: list[Proof]) -> str:
    """Write docs/guarantees.md."""
    lines = [
        "# Guarantees and their proof",
        "",
        "Made from `tools/guarantees/*.yaml` by `python -m tools.prove_guarantees --write`; a test keeps it current.",
        "`make prove-guarantees` applies each mutation to a scratch copy and demands that the named test fails.",
        "",
    ]
    for number, name in GUARANTEES.items():
        rows = [proof for proof in proofs if proof.guarantee == number]
        lines += [f"## {number}. {name}", ""]
        if not rows:
            lines += ["No proof yet.", ""]
            continue
        lines += ["| what holds | test | mutation under which it fails |", "|---|---|---|"]
        for proof in rows:
            lines.append(f"| {proof.claim} | `{proof.test}` | in `{proof.file}`: {_change(proof)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _change(proof: Proof) -> str:
    old, new = (_cell(text) for text in (proof.old, proof.new))
    return f"`{old}` becomes `{new}`" if new else f"`{old}` is removed"


def _cell(text: str) -> str:
    line = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return line if len(line) <= 160 else line[:157] + "…"
