# SPDX-License-Identifier: Apache-2.0
"""The private PostgreSQL: who gets in, who owns what, and what is left behind."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from linli_local import postgres, postgres_binaries
from linli_local.failures import FolderUnusable, NoPostgres


@pytest.fixture(scope="module")
def folder():
    path = Path(tempfile.mkdtemp(prefix="ll"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def server(folder):
    running = postgres.start(folder / "data", folder / "s", folder / "log", "secret-of-tests", durable=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def passwords(server):
    chosen = postgres.random_passwords("venue")
    postgres.provision(server, "venue", chosen)
    return chosen


def connect(server, role, password, database="venue"):
    url = server.url_for(role, password, database).replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True)


def test_no_tcp_port_is_open_and_the_socket_folder_is_private(server):
    with server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW deadlock_timeout").fetchone() == ("200ms",)
    assert server.socket_dir.stat().st_mode & 0o077 == 0


def test_every_role_signs_in_with_its_own_password_only(server, passwords):
    for role, password in passwords.items():
        with connect(server, role, password) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (role,)
        with pytest.raises(psycopg.OperationalError):
            connect(server, role, "wrong")


def test_no_role_of_a_service_can_pass_row_level_security(server, passwords):
    with server.connect() as connection:
        rows = connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)",
            (list(passwords),),
        ).fetchall()
    assert rows == [(False,)] * 5


def test_only_the_owner_creates_tables(server, passwords):
    with connect(server, "venue_owner", passwords["venue_owner"]) as connection:
        connection.execute("CREATE TABLE made_by_owner (id int)")
    for role in ("venue_app", "venue_public", "venue_relay", "venue_sweep"):
        with connect(server, role, passwords[role]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE not_mine (id int)")


def test_a_role_of_another_service_does_not_even_connect(server, passwords):
    others = postgres.random_passwords("edge")
    postgres.provision(server, "edge", others)
    assert set(others) == {"edge_owner", "edge_app"}
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(server, "edge_app", others["edge_app"], "venue")


def test_provisioning_again_changes_passwords_and_keeps_data(server, passwords):
    renewed = postgres.random_passwords("venue")
    postgres.provision(server, "venue", renewed)
    with connect(server, "venue_owner", renewed["venue_owner"]) as connection:
        connection.execute("SELECT 1")
    postgres.provision(server, "venue", passwords)


def test_a_clone_has_the_tables_and_the_same_closed_door(server, passwords):
    postgres.provision(server, "venue", passwords, database="venue_template")
    with connect(server, "venue_owner", passwords["venue_owner"], "venue_template") as connection:
        connection.execute("CREATE TABLE room (id int)")
        connection.execute("GRANT SELECT ON room TO venue_app")
    postgres.clone(server, "venue", "venue_template", "venue_copy")
    with connect(server, "venue_app", passwords["venue_app"], "venue_copy") as connection:
        assert connection.execute("SELECT count(*) FROM room").fetchone() == (0,)
    with server.connect() as connection:
        query = "SELECT has_database_privilege('pg_monitor', 'venue_copy', 'CONNECT')"
        assert connection.execute(query).fetchone() == (False,)
    postgres.drop(server, "venue_copy")


def test_committed_rows_survive_a_stop_and_a_start(folder, passwords):
    def start():
        return postgres.start(folder / "kept", folder / "k", folder / "log", "secret-of-tests")

    first = start()
    postgres.provision(first, "venue", passwords)
    with connect(first, "venue_owner", passwords["venue_owner"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    first.stop()
    second = start()
    with connect(second, "venue_owner", passwords["venue_owner"]) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    second.stop()
    assert second.process.returncode == 0


def test_a_first_run_killed_inside_initdb_is_simply_done_again(folder):
    half = folder / "half.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15")
    running = postgres.start(folder / "half", folder / "h", folder / "log", "secret-of-tests", durable=False)
    running.stop()
    assert not half.exists()


def test_a_socket_path_that_the_kernel_would_refuse_is_refused_with_a_remedy(folder):
    with pytest.raises(FolderUnusable) as refused:
        postgres.start(folder / "x", folder / ("long" * 30), folder / "log", "secret")
    assert "paths.sockets" in refused.value.remedy


def test_the_wheel_serves_where_the_machine_has_no_postgresql(folder, monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_folders_of_this_machine", list)
    found = postgres_binaries.find()
    assert found.origin == "wheel"
    running = postgres.start(
        folder / "wheel", folder / "w", folder / "log", "secret-of-tests", durable=False, binaries=found
    )
    postgres.provision(running, "venue", postgres.random_passwords("venue"))
    running.stop()
    assert running.process.returncode == 0


def test_no_postgresql_and_no_wheel_is_said_with_a_remedy(monkeypatch):
    monkeypatch.setattr(postgres_binaries, "_folders_of_this_machine", list)
    monkeypatch.setattr(postgres_binaries, "_folders_of_the_wheel", list)
    with pytest.raises(NoPostgres) as refused:
        postgres_binaries.find()
    assert "apt-get install postgresql" in refused.value.remedy


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_root_runs_the_server_under_an_unprivileged_account(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    assert "\nUid:\t0" not in status
