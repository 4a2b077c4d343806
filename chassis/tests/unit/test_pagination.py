# SPDX-License-Identifier: Apache-2.0
"""Cursors continue exactly where a page ended and never break a request."""

import base64
import json
from datetime import datetime
from uuid import UUID

import pytest
from chassis.db import uuid7
from chassis.errors import Invalid
from chassis.pagination import MAX_LIMIT, Page, encode
from hypothesis import given
from hypothesis import strategies as st


def test_a_cursor_carries_the_key_of_the_last_row_seen():
    at, id_ = datetime.fromisoformat("2026-11-23T10:00:00+08:00"), uuid7()

    page = Page.parse(encode((at, id_)), 10, (datetime.fromisoformat, UUID))

    assert page.after == (at, id_)


def test_pages_walk_every_row_once_and_end():
    rows, seen, cursor = list(range(25)), [], None
    while True:
        page = Page.parse(cursor, 10, (int,))
        left = [row for row in rows if page.after is None or row > page.after[0]]
        shown, cursor = page.cut(left[: page.limit + 1], lambda row: (row,))
        seen += shown
        if cursor is None:
            break

    assert seen == rows


def test_the_limit_is_bounded():
    assert Page.parse(None, 10_000).limit == MAX_LIMIT
    assert Page.parse(None, -3).limit == 1


@given(st.text(max_size=60))
def test_any_other_text_is_a_plain_refusal(text):
    try:
        Page.parse(text, 10, (int, UUID))
    except Invalid as refusal:
        assert refusal.code == "cursor_invalid"


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(Invalid):
        Page.parse(encode(("x",)), 10, (int, UUID))


@pytest.mark.parametrize(
    ("key", "kind"), [((float("inf"),), int), ((float("nan"),), int), (("a\0b",), str), (("\ud800",), str)]
)
def test_a_forged_key_no_database_holds_is_refused(key, kind):
    forged = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()

    with pytest.raises(Invalid):
        Page.parse(forged, 10, (kind,))
