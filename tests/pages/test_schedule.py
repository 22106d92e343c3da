"""docs/guides/schedule.md: every claim the page makes, proved; about Heroku Scheduler itself, the page has a source."""

import re

import pytest

from handbook.fake_heroku.process import eventually, has_lines
from tests.conftest import replace_in_file

SOON = '"interval", seconds=1'


def run_every_second(clock) -> None:
    """Make the clock run its job every second."""
    path = clock.app / "clock.py"
    source, times = re.subn(r'"cron", hour=\d+, minute=\d+', SOON, path.read_text())
    assert times == 1
    path.write_text(source)


def test_the_command_runs_with_the_app_active(dyno):
    with dyno("schedule", command="flask report", config={"SHOP": "a bakery"}) as one_off:
        assert one_off.wait() == 0, one_off.log
        assert "Report of a bakery\n" in one_off.log


def test_the_clock_runs_the_job_again_and_again_and_stops_when_told(dyno):
    clock = dyno("schedule", process="clock")
    run_every_second(clock)
    with clock:
        assert eventually(lambda: clock.log.count("Report of the shop") >= 2), clock.log
        assert clock.stop() == "gone", clock.log


def test_outside_the_app_context_the_job_fails(dyno):
    clock = dyno("schedule", process="clock")
    run_every_second(clock)
    in_context = "    with app.app_context():\n        write_report()"
    replace_in_file(clock.app / "clock.py", in_context, "    assert app\n    write_report()")
    with clock:
        assert clock.wait_for_log("Working outside of application context"), clock.log
        assert "Report of the shop" not in clock.log


def test_the_times_of_the_clock_are_utc(dyno):
    clock = dyno("schedule", process="clock", config={"TZ": "America/New_York"})
    replace_in_file(clock.app / "clock.py", "scheduler.start()", "print(scheduler.timezone)")
    with clock:
        assert clock.wait() == 0, clock.log
        assert clock.log.splitlines()[-1] == "UTC"


@pytest.mark.parametrize(
    ("workers", "arguments", "times"),
    [("1", "--access-logfile -", 1), ("2", "--access-logfile -", 2), ("2", "--access-logfile - --preload", 1)],
)
def test_a_schedule_in_the_web_workers_runs_once_for_each_unless_the_app_is_loaded_before_them(
    dyno, expected_lines, workers, arguments, times
):
    config = {"WEB_CONCURRENCY": workers, "GUNICORN_CMD_ARGS": arguments}
    with dyno("schedule/broken-in-web", config=config) as web:
        assert web.boot() == "up", web.log
        assert eventually(lambda: web.log.count("Report of the shop") >= times), web.log
        assert eventually(lambda: web.log.count("Booting worker") == int(workers)), web.log
        assert web.stop() == "gone"
        assert web.log.count("Report of the shop") == times
        assert has_lines(web.log, expected_lines("schedule/broken-in-web")) is (times == 2)


def test_the_add_on_is_created_and_the_command_runs_on_heroku(deployed, laptop):
    app = deployed("schedule")
    laptop.run_snippet("schedule/create.bash")
    assert [addon["plan"]["name"] for addon in app.addons] == ["scheduler:standard"]
    assert "Report of the shop" in laptop.run_snippet("schedule/run.bash")
    laptop.run_snippet("schedule/scale.bash")
    assert app.formation["clock"] == 1
