# SPDX-License-Identifier: Apache-2.0
"""`make run` as a person meets it, with real PostgreSQL and Kafka and stand-in services."""

import json
import os
import signal
import time
import tomllib

import pytest
from linli_local.health import get

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(project):
    port = tomllib.loads(project.settings.read_text())["services"]["venue"]["web"]
    knock = f"socket.socket().connect_ex(('127.0.0.1', {port})) == 0"
    note = "open('var/seeded-by', 'a').write"
    early, late = (f"{note}('{when} ' + str({knock}) + ' ')" for when in ("early", "late"))
    for name, command in (("demo", early), ("demo_when_ready", late)):
        project.change(f"{name} = []", f'{name} = [["python", "-c", "import socket; {command}"]]')
    run = project.run()
    run.wait_for("Ctrl-C stops everything")
    yield run
    run.stop(signal.SIGKILL)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_it_says_each_step_and_where_to_go(project, running):
    for step in (
        "PostgreSQL",
        "Kafka",
        "databases at their newest revision",
        "venue web",
        "identity worker",
        "edge",
        "seed: ",
    ):
        assert f"✓ {step}" in running.said
    assert f"http://localhost:{project.port('port')}/" in running.said


def test_a_service_is_told_only_its_own_databases(project, running):
    port = project.processes()["venue web"]["port"]
    told = json.loads(get(f"http://127.0.0.1:{port}/environment")[1])
    assert "venue_app" in told["LINLI_APP_DATABASE_URL"]
    assert "LINLI_OWNER_DATABASE_URL" not in told
    assert "LINLI_EDGE_CLIENT_SECRET" not in told
    assert "identity" not in " ".join(value for name, value in told.items() if "DATABASE" in name)


def test_secrets_are_for_this_account_alone(project, running):
    folder = project.var / "secrets"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())


def test_status_shows_every_process_ready(project, running):
    shown = project.command("status")
    assert shown.returncode == 0, shown.stdout
    assert "NO" not in shown.stdout
    for name in ("PostgreSQL", "Kafka", "identity web", "venue worker", "web", "edge"):
        assert f"  {name} " in shown.stdout


def test_a_second_instance_on_the_same_data_is_refused(project, running):
    refused = project.command("run")
    assert refused.returncode == 16
    assert "make status" in refused.stderr
    assert running.process.poll() is None


def test_data_in_use_are_not_deleted(project, running):
    assert project.command("clean-data", "--yes").returncode == 16
    assert project.var.exists()


def test_what_dies_is_started_again(project, running):
    before = project.processes()["disclosure web"]
    with pytest.raises(OSError):
        get(f"http://127.0.0.1:{before['port']}/crash")
    running.wait_for("disclosure web ended with code 3")
    running.wait_for("disclosure web started again")
    wait_until(lambda: project.processes()["disclosure web"]["restarts"] == 1)
    after = project.processes()["disclosure web"]
    assert after["pid"] != before["pid"]
    assert after["restarts"] == 1


def test_a_killed_database_or_broker_is_started_again(project, running):
    before = project.processes()
    for name in ("PostgreSQL", "Kafka"):
        os.kill(before[name]["pid"], signal.SIGKILL)
        running.wait_for(f"{name} ended and was started again")
    wait_until(lambda: project.processes()["Kafka"]["restarts"] == 1)
    assert project.processes()["PostgreSQL"]["pid"] != before["PostgreSQL"]["pid"]
    assert project.command("status").returncode == 0


def test_psql_opens_a_database_as_a_role_with_the_division_set(project, running):
    asked = "SELECT current_user, current_database(), current_setting('app.division')"
    words = ("psql", "--service", "venue", "--as", "app", "--division", "510104030006")
    answered = project.command(*words, input=asked)
    assert "venue_app" in answered.stdout, answered.stderr
    assert "510104030006" in answered.stdout


def test_psql_refuses_a_role_that_does_not_exist_and_says_which_do(project, running):
    refused = project.command("psql", "--service", "venue", "--as", "root")
    assert refused.returncode == 19
    assert "owner, app, public, relay, sweep" in refused.stderr


def test_operator_commands_reach_the_service_with_its_worker_environment(project, running):
    stand_in = project.folder / "standins/disclosure/__main__.py"
    whole = stand_in.read_text()
    stand_in.write_text("import os, sys\nprint(sys.argv[1:], os.environ['LINLI_KAFKA_BOOTSTRAP'])\n")
    ran = project.command("replay", "--service", "disclosure")
    stand_in.write_text(whole)
    assert f"['replay', '--group', 'linli.disclosure'] 127.0.0.1:{project.kafka_port}" in ran.stdout


def test_ctrl_c_stops_every_process_it_started_and_the_next_run_goes_on(project, running):
    pids = [row["pid"] for row in project.processes().values()]
    assert len(pids) == 12
    assert running.stop(signal.SIGINT) == 0
    assert not [pid for pid in pids if alive(pid)]
    assert (project.var / "seeded-by").read_text() == "early False late True "
    again = project.run()
    again.wait_for("Ctrl-C stops everything")
    assert (project.var / "seeded-by").read_text() == "early False late True "
    pids = [row["pid"] for row in project.processes().values()]
    os.kill(again.process.pid, signal.SIGKILL)  # even then the kernel ends what it had started
    wait_until(lambda: not [pid for pid in pids if alive(pid)])
    again.stop()
