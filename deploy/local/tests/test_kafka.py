# SPDX-License-Identifier: Apache-2.0
"""The broker: its jars are the pinned ones, and what it lacks is said with a remedy."""

import hashlib
import os
import socket
import tomllib

import pytest
from linli_local import java, kafka, kafka_jars
from linli_local.failures import NoJava, PackagesRefused, PortHeld


@pytest.fixture
def one_pin(tmp_path, monkeypatch):
    """A lock file with a single jar of known content."""
    pins = tmp_path / "pins.toml"
    pins.write_text(f'[jars]\n"org.example:thing:1.0" = "{hashlib.sha256(b"whole").hexdigest()}"\n')
    monkeypatch.setattr(kafka_jars, "PINS", pins)
    return tmp_path / "cache" / "org" / "example" / "thing" / "1.0" / "thing-1.0.jar"


def arrives(content):
    def download(cache, coordinates):
        for coordinate in coordinates:
            jar = kafka_jars._place(cache, coordinate)
            jar.parent.mkdir(parents=True, exist_ok=True)
            jar.write_bytes(content)

    return download


def test_every_jar_is_pinned_by_coordinate_and_hash_without_an_address():
    text = kafka_jars.PINS.read_text()
    pins = tomllib.loads(text)["jars"]

    assert len(pins) > 40
    assert all(len(name.split(":")) == 3 and len(digest) == 64 for name, digest in pins.items())
    assert "://" not in text


def test_a_jar_half_fetched_by_a_run_that_was_killed_is_fetched_again(one_pin, tmp_path, monkeypatch):
    one_pin.parent.mkdir(parents=True)
    one_pin.write_bytes(b"who")
    monkeypatch.setattr(kafka_jars, "_download", arrives(b"whole"))

    assert kafka_jars.fetch(tmp_path / "cache") == [one_pin]
    assert one_pin.read_bytes() == b"whole"


def test_a_jar_that_is_not_the_pinned_one_is_refused_and_not_kept(one_pin, tmp_path, monkeypatch):
    monkeypatch.setattr(kafka_jars, "_download", arrives(b"another"))

    with pytest.raises(PackagesRefused):
        kafka_jars.fetch(tmp_path / "cache")
    assert not one_pin.exists()


def test_jars_at_hand_need_no_network(one_pin, tmp_path, monkeypatch):
    one_pin.parent.mkdir(parents=True)
    one_pin.write_bytes(b"whole")
    monkeypatch.setattr(kafka_jars, "_download", lambda *_: pytest.fail("went to the network"))

    assert kafka_jars.fetch(tmp_path / "cache") == [one_pin]


def test_without_any_java_the_reader_learns_how_to_get_one(monkeypatch):
    monkeypatch.setattr(java, "version_of", lambda path: 11)

    with pytest.raises(NoJava) as refused:
        java.find()
    assert "openjdk" in refused.value.remedy


def test_a_java_of_the_machine_that_is_too_old_gives_way_to_the_wheel(tmp_path, monkeypatch):
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_412\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert java.version_of(old) == 8
    assert java.find() != old


def test_a_held_port_is_named_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(PortHeld):
        kafka.start(tmp_path / "kafka", tmp_path / "kafka.log", held.getsockname()[1])
    assert not (tmp_path / "kafka" / "data").exists()
