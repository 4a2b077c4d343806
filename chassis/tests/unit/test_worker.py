# SPDX-License-Identifier: Apache-2.0
"""The worker process: its parts keep running, its health tells what is wrong, a signal ends it."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

from chassis.testing.loops import until
from chassis.worker import Job, Schedule
from chassis.worker_http import HealthServer

from chassis import worker


class Part:
    problem = "not started"

    def __init__(self, fail=0):
        self.runs, self._fail = 0, fail

    def run(self, stop):
        self.runs += 1
        if self.runs <= self._fail:
            raise RuntimeError("broken")
        self.problem = None
        stop.wait()


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_part_that_fails_starts_again():
    relay, stop = Part(fail=1), threading.Event()
    thread = threading.Thread(target=worker.run, args=("venue", relay), kwargs={"stop": stop})
    thread.start()

    until(lambda: relay.runs == 2 and relay.problem is None, "the relay runs again")
    stop.set()
    thread.join()


def test_readiness_names_the_part_and_its_problem():
    problems = {"relay": "BrokerAway: no broker answers"}
    with HealthServer("127.0.0.1", 0, alive=dict, ready=lambda: problems) as server:
        assert ask(server.port, "/livez") == (200, "{}")
        status, body = ask(server.port, "/readyz")
        assert (status, json.loads(body)) == (503, problems)
        problems.clear()
        assert ask(server.port, "/readyz")[0] == 200
        assert ask(server.port, "/metrics")[0] == 200
        assert ask(server.port, "/elsewhere")[0] == 404


def test_a_job_that_fails_does_not_keep_others_from_their_time():
    done, stop = [], threading.Event()

    def fail():
        raise ValueError("broken")

    schedule = Schedule("venue", [Job("bad", 0.01, fail), Job("good", 0.01, lambda: done.append(1))])
    thread = threading.Thread(target=schedule.run, args=(stop,))
    thread.start()
    until(lambda: len(done) >= 3, "the good job runs again and again")
    stop.set()
    thread.join()


def test_a_job_that_hangs_delays_no_job_of_another_loop_and_the_worker_ends_when_it_does():
    hanging, answer, stop, done, codes = threading.Event(), threading.Event(), threading.Event(), [], []
    jobs = [
        Job("hangs", 0.01, lambda: (hanging.set(), answer.wait()), loop="outside"),
        Job("good", 0.01, lambda: done.append(hanging.is_set())),
    ]
    thread = threading.Thread(
        target=lambda: codes.append(worker.run("venue", schedule=jobs, stop=stop, metrics_port=0))
    )
    thread.start()
    until(lambda: done.count(True) >= 3, "the good job runs again and again")

    stop.set()
    answer.set()
    thread.join()

    assert codes == [0]


def test_a_job_that_hangs_for_ever_keeps_the_worker_from_ending_for_a_while_only(monkeypatch):
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.2)
    hanging, answer, stop, codes = threading.Event(), threading.Event(), threading.Event(), []
    jobs = [Job("hangs", 1, lambda: (hanging.set(), answer.wait()), loop="outside")]
    thread = threading.Thread(target=lambda: codes.append(worker.run("venue", schedule=jobs, stop=stop)))
    thread.start()
    hanging.wait()

    stop.set()
    thread.join()

    assert codes == [1]
    answer.set()


def test_sigterm_ends_the_worker_cleanly():
    code = """
import threading
from chassis import worker
class Part:
    problem = None
    def run(self, stop):
        print("up", flush=True)
        stop.wait()
        print("finished what was in hand", flush=True)
raise SystemExit(worker.run("venue", Part()))
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "up\n"
    os.kill(process.pid, signal.SIGTERM)

    rest, _ = process.communicate(timeout=120)
    assert (process.returncode, rest) == (0, "finished what was in hand\n")
