# SPDX-License-Identifier: Apache-2.0
"""The shipped official list."""

from identity.domain.divisions import Division
from identity.usecases.divisions import official_list


def test_every_parent_comes_before_its_children():
    seen: set[str] = set()
    for division in official_list():
        assert division.parent_code is None or division.parent_code in seen
        seen.add(division.code)

    assert len(seen) == 1 + 11 + 76


def test_people_read_the_name_without_the_committee():
    assert Division("510104030006", "五福桥社区居委会", "沙河街道").display_name == "五福桥社区"


def test_liujiang_community_lies_in_another_street_than_its_name_suggests():
    found = next(one for one in official_list() if one.display_name == "柳江社区")

    assert found.street_name == "锦华路街道"
