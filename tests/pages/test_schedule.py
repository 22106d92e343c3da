"""docs/guides/schedule.md: every claim the page makes, proved; about Heroku Scheduler itself, the page has a source."""

import re

import pytest

from handbook.fake_heroku.process import eventually, has_lines

SOON = '"interval", seconds=1'


def hurry(clock) -> str:
    """Make the clock run its job every second; return the source of clock.py."""
    path = clock.app / "clock.py"
    source, times = re.subn(r'"cron", hour=\d+, minute=\d+', SOON, path.read_text())
    assert times == 1
    path.write_text(source)
    return source


def test_the_command_runs_with_the_app_active(dyno):
    with dyno("schedule", command="flask report", config={"SHOP": "a bakery"}) as one_off:
        assert one_off.wait() == 0, one_off.log
        assert "Report of a bakery\n" in one_off.log


def test_the_clock_runs_the_job_again_and_again_and_stops_when_told(dyno):
    clock = dyno("schedule", process="clock")
    hurry(clock)
    with clock:
        assert eventually(lambda: clock.log.count("Report of the shop") >= 2), clock.log
        assert clock.stop() == "gone", clock.log


def test_without_the_context_no_app_is_active(dyno):
    clock = dyno("schedule", process="clock")
    source = hurry(clock).replace(
        "    with app.app_context():\n        write_report()", "    assert app\n    write_report()"
    )
    (clock.app / "clock.py").write_text(source)
    with clock:
        assert clock.wait_for_log("Working outside of application context"), clock.log
        assert "Report of the shop" not in clock.log


def test_the_times_of_the_clock_are_utc(dyno):
    clock = dyno("schedule", process="clock", config={"TZ": "America/New_York"})
    path = clock.app / "clock.py"
    path.write_text(path.read_text().replace("scheduler.start()", "print(scheduler.timezone)"))
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
