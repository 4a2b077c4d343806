# SPDX-License-Identifier: Apache-2.0
"""What is sealed opens at its own place, under any key still known, and nowhere else."""

import json
import os
import stat
from pathlib import Path

import pytest
from identity.store.sealing import Sealer, SealError

PLACE = "persons.name_sealed.1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Sealer.create(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_a_sealed_name_opens_at_its_place(path: Path):
    sealer = Sealer.load(path)

    assert sealer.open(sealer.seal("居民甲01", PLACE), PLACE) == "居民甲01"


def test_the_same_name_never_looks_the_same_twice(path: Path):
    sealer = Sealer.load(path)

    assert sealer.seal("居民甲01", PLACE) != sealer.seal("居民甲01", PLACE)


@pytest.mark.parametrize("elsewhere", ["persons.name_sealed.2", "persons.telephone_sealed.1", ""])
def test_a_value_moved_to_another_row_or_column_does_not_open(path: Path, elsewhere: str):
    sealer = Sealer.load(path)

    with pytest.raises(SealError):
        sealer.open(sealer.seal("居民甲01", PLACE), elsewhere)


@pytest.mark.parametrize("at", [0, 1, 2, 5, -1])
def test_a_changed_byte_anywhere_is_noticed(path: Path, at: int):
    sealer = Sealer.load(path)
    sealed = bytearray(sealer.seal("居民甲01", PLACE))
    sealed[at] ^= 1

    with pytest.raises(SealError):
        sealer.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x01\xff", b"plain text"])
def test_what_was_never_sealed_does_not_open(path: Path, rubbish: bytes):
    with pytest.raises(SealError):
        Sealer.load(path).open(rubbish, PLACE)


def test_values_under_an_older_key_still_open_after_a_new_key_seals(path: Path):
    before = Sealer.load(path).seal("居民甲01", PLACE)
    content = json.loads(path.read_text())
    content["keys"]["k2"] = content["index"]
    content["current"] = "k2"
    path.write_text(json.dumps(content))

    after = Sealer.load(path)

    assert after.open(before, PLACE) == "居民甲01"
    assert b"k2" in after.seal("居民甲01", PLACE)[:4]


def test_blind_hashes_are_equal_for_equal_values_of_one_purpose_only(path: Path):
    sealer = Sealer.load(path)

    assert sealer.blind("13800000001", "a") == sealer.blind("13800000001", "a")
    assert sealer.blind("13800000001", "a") != sealer.blind("13800000001", "b")


def test_the_key_file_is_its_owners_alone(path: Path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    path.chmod(0o640)

    with pytest.raises(SealError):
        Sealer.load(path)


def test_keys_in_use_are_never_overwritten(path: Path):
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        Sealer.create(path)

    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["keys.json"]
