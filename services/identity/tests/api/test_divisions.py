# SPDX-License-Identifier: Apache-2.0
"""The published list: anyone reads it."""

from starlette.testclient import TestClient


def test_the_district_has_eleven_streets_and_seventy_six_communities(client: TestClient):
    found = client.get("/api/identity/v1/divisions", params={"limit": 200}).json()["items"]

    levels = [one["level"] for one in found]
    assert (levels.count("district"), levels.count("street"), levels.count("community")) == (1, 11, 76)


def test_a_street_shows_its_communities_by_the_name_people_use(client: TestClient):
    params = {"within": "510104030", "level": "community"}
    names = [one["name"] for one in client.get("/api/identity/v1/divisions", params=params).json()["items"]]

    assert names == ["塔子山社区", "沙河社区", "静康社区", "五福桥社区", "牛沙路社区", "汇泉路社区", "双桂路社区"]


def test_pages_follow_each_other_without_gap_or_repetition(client: TestClient):
    codes: list[str] = []
    cursor = None
    while True:
        params = {"limit": 30} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/identity/v1/divisions", params=params).json()
        codes += [one["code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(codes) == 88
    assert codes == sorted(set(codes))


def test_a_community_tells_how_to_reach_it(client: TestClient):
    division = client.get("/api/identity/v1/divisions/510104030006").json()

    assert division["registered_name"] == "五福桥社区居委会"
    assert division["street_name"] == "沙河街道"
    assert division["contact"]["telephone"] == "028-0000-0000"


def test_a_code_that_is_nowhere_in_the_list_is_not_found(client: TestClient):
    response = client.get("/api/identity/v1/divisions/999999")

    assert (response.status_code, response.json()["code"]) == (404, "division_not_found")
