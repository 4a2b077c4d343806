# SPDX-License-Identifier: Apache-2.0
"""The stylesheet stays small and old browsers understand it (Chrome 78 in an old WebView, Chrome 109 on Windows 7)."""

from __future__ import annotations

import re

import pytest
from gateway.web import assets

TOO_NEW = (
    ":has(", "color-mix", "clamp(", "aspect-ratio", "inset:", ":is(", ":where(", ":focus-visible", "min(", "max(",
    "@layer", "@container", "@import", "@font-face", "margin-inline", "padding-inline", "accent-color", "row-gap",
    "column-gap", "subgrid", "dvh", "@supports", "backdrop-filter", "text-wrap", "content-visibility",
)  # fmt: skip


def sources() -> dict[str, str]:
    return {name: (assets.STYLES / f"{name}.css").read_text("utf-8") for name in assets.ORDER}


def test_the_stylesheet_is_at_most_16_kilobytes():
    assert len(assets.SHEET) <= 16 * 1024


@pytest.mark.parametrize("word", TOO_NEW)
def test_nothing_an_old_browser_does_not_know(word):
    text = assets.stylesheet().replace("minmax(", "")

    assert word not in text


def test_gap_is_used_in_grids_only():
    for rule in re.findall(r"\{[^{}]*\}", assets.stylesheet()):
        assert not re.search(r"(?<![-\w])gap:", rule)
        if "grid-gap:" in rule:
            assert "flex" not in rule


def test_only_the_tokens_name_a_colour():
    for name, text in sources().items():
        if name != "tokens":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text), name


def test_every_token_used_is_defined_and_every_defined_one_used():
    text = assets.stylesheet()
    used, defined = set(re.findall(r"var\((--[\w-]+)", text)), set(re.findall(r"(--[\w-]+):", text))

    assert used == defined


def test_every_class_styled_is_used_by_a_page():
    pages = "".join(
        file.read_text("utf-8")
        for file in [
            *assets.STYLES.parent.glob("templates/**/*.html"),
            *assets.STYLES.parent.glob("*.py"),
            *assets.STYLES.parent.glob("scripts/*.js"),
        ]
    )
    selectors = re.sub(r"\{[^{}]*\}", "{}", assets.stylesheet())

    unused = {name for name in re.findall(r"\.([a-z][\w-]*)", selectors) if not re.search(rf"\b{name}\b", pages)}
    assert unused == set()


def test_large_type_means_at_least_18_pixels_and_targets_of_60():
    elder = sources()["elder"]
    root = 16 * float(re.search(r"font-size: (\d+)%", elder)[1]) / 100

    sizes = [float(size) * root for size in re.findall(r"--(?:small|tiny): ([\d.]+)rem", elder)]
    assert min(sizes) >= 18
    assert "--target: 60px" in elder


def test_the_address_changes_with_the_content_and_an_old_one_is_not_found(browse):
    current = browse(assets.SHEET_ADDRESS, signed_in=False)
    old = browse("/static/linli-000000000000.css", signed_in=False)

    assert current.status_code == 200 and "immutable" in current.headers["Cache-Control"]
    assert old.status_code == 404
