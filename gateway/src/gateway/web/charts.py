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


TALL = 120


def columns(rows: list[list[tuple[str, float]]], label: str, mark: float | None = None) -> Markup:
    """Draw stacked columns, each a list of (look, value) from the ground up, with a line across at ``mark``."""
    top = max([sum(value for _look, value in row) for row in rows] + [mark or 0, 0])
    if not rows or top <= 0:
        return Markup("")
    width, parts = 100 / max(len(rows), SLOTS // 2), []
    for number, row in enumerate(rows):
        ground = float(TALL)
        for look, value in row:
            height = value / top * (TALL - 2)
            ground -= height
            parts.append(
                f'<rect class="{look}" x="{number * width + width * 0.1:.2f}%" y="{ground:.1f}"'
                f' width="{width * 0.8:.2f}%" height="{height:.1f}"/>'
            )
    if mark:
        level = TALL - mark / top * (TALL - 2)
        parts.append(f'<line x1="0" x2="100%" y1="{level:.1f}" y2="{level:.1f}"/>')
    return Markup('<svg class="bars tall" role="img" aria-label="{}" height="{}">{}</svg>').format(
        escape(label),
        TALL,
        Markup("".join(parts)),  # noqa: S704 - our own looks, and numbers
    )
