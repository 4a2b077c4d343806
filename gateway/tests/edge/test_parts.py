# SPDX-License-Identifier: Apache-2.0
"""The edge's small parts: the file of routes, and the seal on tokens at rest."""

from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from gateway.edge import routes
from gateway.edge.own_pages import PAGES
from gateway.edge.routes import RoutesError
from gateway.edge.sealing import Seal, Unreadable
from gateway.edge.settings import MigrationSettings, Settings

ROW, OTHER = b"row" * 10, b"other" * 6
OLD, NEW = "o" * 40, "n" * 40


class TestRoutes:
    def test_every_service_and_the_pages_are_reached(self):
        table = routes.load()
        for service in ("identity", "engagement", "disclosure", "venue"):
            route = table.find(f"/api/{service}/v1/x")
            assert (route.to, route.kind) == (service, "api")
        assert (table.find("/board/510104030006").to, table.find("/oauth/authorize").to) == ("web", "identity")

    def test_every_route_has_a_limit_and_a_body_cap(self):
        for route in routes.load().routes:
            assert route.limit.burst >= 1 and route.limit.per_second > 0
            assert 0 < route.body_cap_bytes <= 256 * 1024

    def test_a_password_is_changed_rarely(self):
        route = routes.load().find("/api/identity/v1/me/password")

        assert route.writes.burst <= 5

    @pytest.mark.parametrize(
        "change",
        [{"to": "payroll"}, {"kind": "magic"}, {"limit": "unheard of"}, {"colour": "red"}, {"writes": True}],
    )
    def test_a_file_that_cannot_be_does_not_start(self, tmp_path, change):
        document = yaml.safe_load(routes.FILE.read_text())
        document["routes"][0] |= change
        (tmp_path / "routes.yaml").write_text(yaml.safe_dump(document))

        with pytest.raises(RoutesError):
            routes.load(tmp_path / "routes.yaml")


class TestSeal:
    def test_what_is_sealed_opens_for_its_row_alone(self):
        seal = Seal(NEW)
        sealed = seal.close({"refresh_token": "秘密"}, ROW)

        assert seal.open(sealed, ROW) == {"refresh_token": "秘密"}
        assert "秘密".encode() not in sealed
        with pytest.raises(Unreadable):
            seal.open(sealed, OTHER)

    def test_the_secret_before_still_opens_and_no_longer_seals(self):
        before = Seal(OLD).close({"a": 1}, ROW)

        assert Seal(NEW, OLD).open(before, ROW) == {"a": 1}
        with pytest.raises(Unreadable):
            Seal(OLD).open(Seal(NEW, OLD).close({"a": 1}, ROW), ROW)

    @pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + b"x" * 60, b"\x01" + b"x" * 60])
    def test_rubbish_does_not_open(self, sealed):
        with pytest.raises(Unreadable):
            Seal(NEW).open(sealed, ROW)

    @pytest.mark.parametrize("secret", ["", "short"])
    def test_a_weak_secret_does_not_start(self, secret):
        with pytest.raises(ValueError, match="32"):
            Seal(secret)


def test_the_readme_names_every_setting_and_every_address_of_the_edge():
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    settings = [f"LINLI_{field.name.upper()}" for kind in (Settings, MigrationSettings) for field in fields(kind)]

    assert [name for name in (*settings, *PAGES) if name not in readme] == []
