"""docs/guides/schedule.md: every claim the page makes, proved; about Heroku Scheduler itself, the page has a source."""

import re
from contextlib import ExitStack

import pytest

from handbook.fake_heroku.process import eventually, has_lines
from tests.conftest import replace_in_file, run_python

SOON = '"interval", seconds=1'
BEAT = "celery/form-beat"
EVERY_NIGHT = "crontab(hour=3, minute=30)"
# Writes the file that beat would have left if its last runs had been two days ago.
RAN_LONG_AGO = """
from datetime import timedelta
from celery.beat import PersistentScheduler
from tasks import celery

scheduler = PersistentScheduler(celery, schedule_filename="celerybeat-schedule")
for entry in scheduler.schedule.values():
    entry.last_run_at -= timedelta(days=2)
scheduler.close()
"""


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
    with dyno("schedule/broken-in-web", config=config).running() as web:
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


def order(worker) -> None:
    """Put a receipt into the queue; the worker needs five seconds for it."""
    ordered = run_python(worker, "-c", "import tasks; tasks.send_receipt.delay(42)")
    assert ordered.returncode == 0, ordered.stderr


def pretend_that_it_ran_long_ago(beat) -> None:
    written = run_python(beat, "-c", RAN_LONG_AGO)
    assert written.returncode == 0, written.stderr


def test_the_worker_runs_what_beat_queues_and_nothing_on_time_without_beat(dyno):
    """In the five seconds of a receipt, beat would queue several reports, and the worker has a process for them."""
    worker, beat = (dyno(BEAT, process=process) for process in ("worker", "beat"))
    for one in (worker, beat):
        replace_in_file(one.app / "celeryconfig.py", EVERY_NIGHT, "1")
    with worker:
        order(worker)
        assert worker.wait_for_log("Receipt 42: sent"), worker.log
        assert "Report" not in worker.log
        with beat:
            assert worker.wait_for_log("Report: sent"), worker.log + beat.log


@pytest.mark.parametrize("number", [1, 2])
def test_each_beat_that_runs_puts_the_task_into_the_queue(number, dyno):
    with dyno(BEAT, process="worker") as worker, ExitStack() as running:
        for _ in range(number):
            beat = dyno(BEAT, process="beat")
            replace_in_file(beat.app / "celeryconfig.py", EVERY_NIGHT, "86_400")
            pretend_that_it_ran_long_ago(beat)
            running.enter_context(beat)
            assert beat.wait_for_log("Sending due task every night"), beat.log
        assert eventually(lambda: worker.log.count("Report: sent") >= number), worker.log
        order(worker)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.log.count("Report: sent") == number


@pytest.mark.parametrize("kept", [True, False])
def test_seconds_begin_again_on_a_new_dyno_without_the_file_of_beat(kept, dyno):
    beat = dyno(BEAT, process="beat")
    often = '{"task": "tasks.send_receipt", "args": [1], "schedule": 1}'
    config = beat.app / "celeryconfig.py"
    replace_in_file(config, EVERY_NIGHT, "86_400")
    pretend_that_it_ran_long_ago(beat)
    replace_in_file(config, "beat_schedule = {", f'beat_schedule = {{"every second": {often},')
    if not kept:
        for file in beat.app.glob("celerybeat-schedule*"):
            file.unlink()
    with beat:
        assert eventually(lambda: beat.log.count("Sending due task every second") >= 2), beat.log
        assert ("Sending due task every night" in beat.log) is kept


def test_the_times_of_beat_are_utc(dyno):
    beat = dyno(BEAT, process="beat", config={"TZ": "America/New_York"})
    asked = run_python(beat, "-c", "import tasks; print(tasks.celery.conf.beat_schedule['every night']['schedule'].tz)")
    assert asked.stdout.strip() == "UTC", asked.stderr
