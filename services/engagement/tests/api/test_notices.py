# SPDX-License-Identifier: Apache-2.0
"""Marking a notice as read, at the door: who may, under which version, once for each key."""

from __future__ import annotations

import pytest
from chassis.db import uuid7
from chassis.testing.tokens import SHUANGGUILU


@pytest.fixture
def told(desk):
    """A resident with one notice, and where it is marked as read."""
    resident = desk.resident()
    notice = desk.notice(resident)
    return resident, notice, f"/my/notices/{notice['notice_id']}/reading"


def is_unread(resident):
    return resident.get("/my/notices").json()["has_unread"]


def test_it_is_refused_without_a_token_a_permission_a_key_or_a_version(desk, told):
    resident, _, path = told
    address = "/api/engagement/v1" + path

    statuses = [
        desk.anybody.post(path, None, version=1).status_code,
        desk.person("venue.book").post(path, None, version=1).status_code,
        resident.client.post(address, headers={**resident.headers, "If-Match": '"1"'}).status_code,
        resident.post(path, None).status_code,
        resident.post(path, None, version=2).status_code,
    ]

    assert statuses == [401, 403, 428, 428, 412]
    assert is_unread(resident)


def test_the_person_marks_it_once_for_each_key(told):
    resident, notice, path = told
    key = str(uuid7())

    first = resident.post(path, None, version=notice["version"], key=key)
    second = resident.post(path, None, version=notice["version"], key=key)

    assert (first.status_code, first.json()["is_read"], first.headers["ETag"]) == (200, True, '"2"')
    assert second.content == first.content
    assert not is_unread(resident)


def test_marked_again_in_its_new_version_it_changes_nothing(told):
    resident, notice, path = told
    read = resident.post(path, None, version=notice["version"]).json()

    again = resident.post(path, None, version=read["version"])

    assert again.json() == read


def test_nobody_else_finds_it(desk, told):
    resident, _, path = told
    for stranger in (desk.resident(), desk.resident(SHUANGGUILU), desk.person("engagement.own", "engagement.work")):
        assert stranger.post(path, None, version=1).json()["code"] == "notice_not_found"
    assert is_unread(resident)
