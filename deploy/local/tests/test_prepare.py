# SPDX-License-Identifier: Apache-2.0
"""The first command on a fresh machine: what it refuses, what it mends, and when it has nothing to do."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[1] / "prepare.py"
NOWHERE = "http://127.0.0.1:9/simple"


@pytest.fixture(scope="module")
def prepare():
    spec = importlib.util.spec_from_file_location("prepare", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def venv(prepare, tmp_path_factory):
    """An environment made where a run that was killed had left half of one; making it takes long."""
    venv = tmp_path_factory.mktemp("half_made") / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").write_text("")
    assert not prepare.is_sound(venv)
    prepare.make_venv(venv)
    return venv


def test_too_old_a_python_is_told_which_one_is_needed(prepare, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert prepare.main([]) == 10
    said = capsys.readouterr().err
    assert "Python 3.9" in said
    assert "make run PYTHON=" in said


def test_an_old_python_can_read_the_file_far_enough_to_be_told(prepare):
    import ast

    for file in (FILE, FILE.with_name("doctor.py"), Path(prepare.__file__).parent / "src/linli_local/failures.py"):
        ast.parse(file.read_text(), feature_version=(3, 6))


@pytest.mark.slow
def test_no_network_for_packages_is_its_own_failure_and_the_next_run_goes_on(venv):
    unreachable = {"PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    ran = subprocess.run(
        [sys.executable, FILE, "--venv", venv],
        env={name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | unreachable,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 11, ran.stderr
    assert "PIP_INDEX_URL" in ran.stderr
    assert not (venv / "linli-prepared.json").exists()


@pytest.mark.slow
def test_a_half_made_environment_is_made_again(prepare, venv):
    assert prepare.is_sound(venv)


def test_a_prepared_environment_is_left_alone(prepare, tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "is_sound", lambda venv: True)
    monkeypatch.setattr(prepare, "pip_install", lambda *_: pytest.fail("installed again"))
    prepare.stamp(tmp_path, "local", prepare.fingerprint("local"))
    prepare.prepare(tmp_path, "local")


def test_the_development_packages_serve_make_run_too(prepare, tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "is_sound", lambda venv: True)
    monkeypatch.setattr(prepare, "pip_install", lambda *_: pytest.fail("installed again"))
    prepare.stamp(tmp_path, "dev", prepare.fingerprint("dev"))
    prepare.prepare(tmp_path, "local")


def test_a_python_without_venv_names_the_package_that_brings_it(prepare, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(prepare.VenvMissing) as refused:
        prepare.make_venv(tmp_path / "venv")
    assert "python3-venv" in refused.value.remedy


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", 15),
        ("ERROR: Could not find a version that satisfies the requirement flask", 11),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", 21),
    ],
)
def test_what_pip_says_becomes_a_failure_with_its_own_code(prepare, said, code):
    assert prepare.explain("packages", said, Path("var/log/prepare.log")).exit_code == code
