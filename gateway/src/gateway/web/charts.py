# SPDX-License-Identifier: Apache-2.0
"""Small drawings made on the server: bars of months. The figures themselves stand in a table beside them."""

from __future__ import annotations

from markupsafe import Markup, escape

HEIGHT = 44
# A year and the month before: few months stay narrow bars at the right, where the newest always stands.
SLOTS = 13


def bars(values: list[int], label: str) -> Markup:
    """Draw values as bars, the last one dark; below zero is drawn in the colour of caution."""
    if not values:
        return Markup("")
    top = max(max(abs(value) for value in values), 1)
    width = 100 / max(len(values), SLOTS)
    first = 100 - width * len(values)
    parts = []
    for number, value in enumerate(values):
        height = max(1.0, abs(value) / top * (HEIGHT - 2))
        kind = "less" if value < 0 else "this" if number == len(values) - 1 else ""
        parts.append(
            f'<rect class="{kind}" x="{first + number * width + width * 0.08:.2f}%" y="{HEIGHT - height:.1f}"'
            f' width="{width * 0.84:.2f}%" height="{height:.1f}"/>'
        )
    drawing = "".join(parts)
    return Markup('<svg class="bars" role="img" aria-label="{}" height="{}">{}</svg>').format(
        escape(label),
        HEIGHT,
        Markup(drawing),  # noqa: S704 - numbers only
    )
