# SPDX-License-Identifier: Apache-2.0
"""English is complete: every text of the pages has its words, and no word is left that nobody says."""

from __future__ import annotations

import re

from gateway.web import messages


def test_every_text_has_english_words():
    catalogue = messages.english()

    missing = [text for text, _file in messages.used() if not (catalogue.get(text) and catalogue.get(text).string)]
    assert missing == []


def test_no_translation_is_left_over_or_doubtful():
    said = {text for text, _file in messages.used()}

    assert [message.id for message in messages.english() if message.id and message.id not in said] == []
    assert [message.id for message in messages.english() if message.fuzzy and message.id] == []


def test_translations_fill_in_the_same_values():
    for message in messages.english():
        if message.id:
            names = re.findall(r"%\((\w+)\)s", message.id)
            assert sorted(re.findall(r"%\((\w+)\)s", message.string)) == sorted(names), message.id


def test_no_chinese_stands_in_a_template_outside_a_text():
    for file in messages.HERE.glob("templates/**/*.html"):
        text = re.sub(r"\{#.*?#\}", "", file.read_text("utf-8"), flags=re.S)
        text = re.sub(r"_\((['\"]).*?\1", "", text)
        left = set(re.findall(r"[\u4e00-\u9fff]+", text)) - {"邻", "里", "中文"}
        assert left == set(), file.name


def test_money_is_called_by_the_words_of_the_books():
    """What the books call a reversal is one word on every page: 冲正."""
    assert [text for text, _file in messages.used() if "冲回" in text] == []
