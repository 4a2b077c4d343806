# SPDX-License-Identifier: Apache-2.0
"""What appears on the screen while the platform runs, and what stays in the files."""

import io
import json

from linli_local.screen import LogWatch, Screen, roll_over


def append(path, *records):
    with open(path, "a") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def test_warnings_and_errors_appear_as_one_readable_line_each(tmp_path):
    log = tmp_path / "venue-web.log"
    append(log, {"level": "error", "message": "from before this start"})
    watch = LogWatch(tmp_path)
    append(log, {"level": "info", "message": "a request"}, {"level": "warning", "message": "the broker is away"})
    assert watch.look() == ["venue-web: the broker is away"]
    assert watch.look() == []


def test_a_line_that_is_still_being_written_waits_for_its_end(tmp_path):
    log = tmp_path / "venue-web.log"
    watch = LogWatch(tmp_path)
    log.write_text('{"level": "error", ')
    assert watch.look() == []
    with open(log, "a") as file:
        file.write('"message": "whole now"}\n')
    assert watch.look() == ["venue-web: whole now"]


def test_a_flood_is_cut_short(tmp_path):
    watch = LogWatch(tmp_path)
    append(tmp_path / "edge.log", *[{"level": "error", "message": f"number {n}"} for n in range(50)])
    shown = watch.look()
    assert len(shown) == 6
    assert "45 more lines" in shown[-1]


def test_where_there_is_no_terminal_only_finished_lines_are_written():
    output = io.StringIO()
    screen = Screen(output)
    with screen.step("Kafka"):
        screen.progress("fetching")
    assert output.getvalue().startswith("  ✓ Kafka · 0.0 s")


def test_a_long_log_is_moved_aside_at_the_next_start(tmp_path):
    (tmp_path / "edge.log").write_text("x" * 100)
    roll_over(tmp_path, limit_bytes=50)
    assert [path.name for path in tmp_path.iterdir()] == ["edge.log.1"]
