# SPDX-License-Identifier: Apache-2.0
"""What has been made already, so that a run that was stopped goes on instead of beginning again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Progress:
    """Remembers, in a private file, what each step made. A step interrupted half-way runs again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what ``key`` made before, or make it now. The result must be JSON."""
        if key not in self._made:
            self._made[key] = make()
            self.save()
        return self._made[key]

    def save(self) -> None:
        """Write the file in one step, readable by its owner alone (it holds ids of synthetic people)."""
        write_private(self._path, self._made)


def write_private(path: Path, value: Any) -> None:
    """Write JSON readable by its owner alone, replacing the file in one step."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")
    draft.replace(path)
