# SPDX-License-Identifier: Apache-2.0
"""Which databases are asked to migrate at a start."""

from linli_local.migrating import fingerprints


def test_a_new_revision_of_one_service_changes_that_service_alone(tmp_path):
    for name in ("venue", "identity"):
        folder = tmp_path / "services" / name / "migrations/versions"
        folder.mkdir(parents=True)
        (folder / "0001_first.py").write_text("revision = '0001'")
    before = fingerprints(tmp_path, ("venue", "identity"))
    (tmp_path / "services/venue/migrations/versions/0002_second.py").write_text("revision = '0002'")
    after = fingerprints(tmp_path, ("venue", "identity"))
    assert after["venue"] != before["venue"]
    assert after["identity"] == before["identity"]


def test_a_service_whose_revisions_are_not_found_is_always_asked(tmp_path):
    assert fingerprints(tmp_path, ("edge",)) == {"edge": ""}
