"""docs/guides/rq.md: every claim the page makes, proved."""

import math

import pytest
import requests

from handbook.fake_heroku.addons.redis import query
from handbook.fake_heroku.limits import EXIT_SECONDS
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file, run_python
from tests.local_redis import start_locally


@pytest.fixture
def store(addon):
    """Return store("llen", "rq:queue:default"): the reply of this test's server to that command."""
    return lambda *command: query(addon("redis"), *command)


def set_duration(app, seconds: int) -> None:
    replace_in_file(app.app / "jobs.py", "time.sleep(5)", f"time.sleep({seconds})")


def evaluate(app, expression: str) -> str:
    """Return what an expression is in a process of the app that has imported all of app.py."""
    ran = run_python(app, "-c", f"from app import *; print({expression})")
    assert not ran.returncode, ran.stderr
    return ran.stdout.strip()


def enqueue(app, options: str = "retry=Retry(max=3)") -> str:
    """Enqueue receipt 42 as the view does, and return the id of the job."""
    return evaluate(app, f"queue.enqueue(send_receipt, 42, {options}).id")


def status_of(app, job_id: str) -> str:
    return evaluate(app, f"queue.fetch_job({job_id!r}).get_status().value")


def test_the_visitor_is_answered_before_the_job_runs_and_asks_for_the_result_later(dyno):
    with dyno("rq").running() as web:
        answer = requests.post(f"{web.router.url}/orders/42", timeout=60)
        assert answer.status_code == 202
        job = answer.json()["id"]
        assert evaluate(web, f"queue.fetch_job({job!r}).retries_left") == "3"
        # The worker starts only now: on a slow machine it would finish the job before the next request.
        assert web.get(f"/jobs/{job}").json() == {"finished": False, "receipt": None}
        assert web.get("/jobs/nobody-knows").status_code == 404
        with dyno("rq", process="worker"):
            assert eventually(lambda: web.get(f"/jobs/{job}").json() == {"finished": True, "receipt": "receipt-42.pdf"})


def test_orders_wait_until_a_worker_is_scaled_up(laptop, deployed):
    """The real CLI and git create the store, push, scale the worker and show its log."""
    app = deployed("rq", "key-value/create.bash", "rq/worker-class.bash")
    job = requests.post(f"{app.router.url}/orders/42", timeout=60).json()["id"]
    address = f"{app.router.url}/jobs/{job}"
    assert list(app.dynos) == ["web"]
    assert requests.get(address, timeout=60).json() == {"finished": False, "receipt": None}
    laptop.run_snippet("rq/scale.console")
    laptop.run((SNIPPETS / "rq/logs.bash").read_text("utf-8"))
    assert laptop.wait_for_line("app[worker.1]:")
    assert laptop.wait_for_line("Receipt 42: sent")
    assert app.config["RQ_WORKER_CLASS"] == "rq.worker.HerokuWorker"
    assert eventually(lambda: requests.get(address, timeout=60).json()["finished"])


def test_a_worker_told_to_stop_finishes_a_short_job(dyno):
    with dyno("rq", process="worker") as worker:
        enqueue(worker)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.stop() == "gone", worker.log
        assert "Receipt 42: sent" in worker.log


def test_a_worker_told_to_stop_gives_a_long_job_back_at_once(dyno, store):
    worker = dyno("rq", process="worker")
    set_duration(worker, 60)
    with worker:
        job = enqueue(worker)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.stop() == "gone", worker.log
        assert "raising ShutDownImminentException in 6 seconds" in worker.log
    assert store("lrange", "rq:queue:default", "0", "-1") == job


def test_without_retry_a_long_job_is_marked_as_failed_when_the_worker_stops(dyno, store):
    worker = dyno("rq", process="worker")
    set_duration(worker, 60)
    with worker:
        job = enqueue(worker, options="")
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.stop() == "gone", worker.log
    assert store("llen", "rq:queue:default") == "0"
    assert status_of(worker, job) == "failed"


def test_a_job_that_fails_four_times_is_given_up(dyno):
    """max=3 are three more attempts after the first."""
    worker = dyno("rq", process="worker")
    replace_in_file(worker.app / "jobs.py", "time.sleep(5)", "raise ValueError(number)")
    with worker:
        job = enqueue(worker)
        assert eventually(lambda: status_of(worker, job) == "failed"), worker.log
        assert worker.log.count("Receipt 42: begun") == 4


def test_the_job_of_a_killed_worker_comes_back_when_its_heartbeat_has_expired(dyno, store):
    """The store notes until when a running job is alive: 90 seconds ahead. Moved back, this ends at once."""
    with dyno("rq", process="worker") as worker:
        job = enqueue(worker)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        worker.kill()
    (now, _microseconds), (execution, alive_until) = (
        store("time").split(),
        store("zrange", "rq:wip:default", "0", "-1", "withscores").split(),
    )
    assert execution.startswith(job)
    assert 60 < float(alive_until) - float(now) <= 90
    store("zadd", "rq:wip:default", "1", execution)
    with dyno("rq", process="worker") as worker:
        assert eventually(lambda: status_of(worker, job) == "finished"), worker.log


def test_a_worker_without_jobs_looks_for_lost_jobs_within_a_quarter_of_an_hour(dyno):
    """It looks when it last looked 600 seconds ago, and asks itself that after each wait of 405 seconds for a job.

    With an interval and a wait of one second, it is seen to look again.
    """
    app = dyno("rq", process="worker")
    defaults = "from rq.defaults import *; print(DEFAULT_MAINTENANCE_TASK_INTERVAL, DEFAULT_WORKER_TTL - 15)"
    interval, wait = map(int, run_python(app, "-c", defaults).stdout.split())
    assert interval < math.ceil(interval / wait) * wait <= 15 * 60
    line = f"{app.shell_command} --maintenance-interval 1 --worker-ttl 16"
    with dyno("rq", "worker", command=line) as worker:
        assert eventually(lambda: worker.log.count("cleaning registries for queue: default") >= 2), worker.log


def test_a_job_ends_after_180_seconds_unless_it_has_a_timeout_of_its_own(dyno):
    worker = dyno("rq", process="worker")
    set_duration(worker, 60)
    with worker:
        assert evaluate(worker, "queue.enqueue(send_receipt, 1).timeout") == "180"
        evaluate(worker, "queue.empty()")
        enqueue(worker, options="job_timeout=1")
        message = "rq.timeouts.JobTimeoutException: Task exceeded maximum timeout value (1 seconds)"
        assert worker.wait_for_log(message), worker.log


def test_a_result_is_kept_for_500_seconds(dyno, store):
    with dyno("rq", process="worker") as worker:
        job = enqueue(worker)
        assert worker.wait_for_log("Receipt 42: sent"), worker.log
        assert eventually(lambda: status_of(worker, job) == "finished")
        assert 0 < int(store("ttl", f"rq:job:{job}")) <= 500


def test_without_the_config_var_the_job_ends_at_once_in_the_middle(dyno, expected_lines):
    with dyno("rq/broken-lost", process="worker") as worker:
        job = enqueue(worker, options="")
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        worker.stop()
        assert worker.gone_within(EXIT_SECONDS), worker.log
        assert "Receipt 42: sent" not in worker.log
        assert has_lines(worker.log, expected_lines("rq/broken-lost"))
    assert status_of(worker, job) == "failed"


def test_a_job_whose_process_is_killed_is_named_with_the_signal(dyno):
    worker = dyno("rq", process="worker")
    set_duration(worker, 60)
    with worker:
        enqueue(worker)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        job_process = max(worker.tree(), key=lambda process: process.create_time())
        job_process.kill()
        assert worker.wait_for_log("Work-horse terminated unexpectedly; waitpid returned 9 (signal 9)"), worker.log


def test_the_worker_of_old_guides_cannot_be_imported(dyno, expected_lines):
    with dyno("rq/broken-connection", process="worker") as worker:
        assert worker.wait() != 0
        assert any(line.startswith(expected_lines("rq/broken-connection")[0]) for line in worker.log.splitlines())


@pytest.mark.parametrize(("place", "outcome"), [("inside", "Job OK"), ("on top", "partially initialized module")])
def test_a_job_imports_the_app_inside_its_function_and_not_on_top(place, outcome, dyno):
    """ "at the top of `jobs.py`, the two files would import each other" """
    before, within = ("", "    from app import app\n") if place == "inside" else ("from app import app\n", "")
    job = f"{before}def send_receipt(number):\n{within}    with app.app_context():\n        print(app.name)\n"
    web, worker = dyno("rq"), dyno("rq", process="worker")
    for app in (web, worker):
        (app.app / "jobs.py").write_text(job)
    with worker:
        ran = run_python(web, "-c", "from app import *; queue.enqueue(send_receipt, 42)")
        assert outcome in ran.stderr or worker.wait_for_log(outcome), worker.log


def test_on_a_machine_without_the_signal_of_heroku_worker_the_message_names_it(dyno):
    """macOS is such a machine."""
    imports = "import signal; del signal.SIGRTMIN; from rq.worker import HerokuWorker"
    ran = run_python(dyno("rq"), "-c", f"{imports}; HerokuWorker.setup_work_horse_signals(None)")
    assert "module 'signal' has no attribute 'SIGRTMIN'" in ran.stderr


def test_without_the_address_of_the_store_the_message_names_its_config_var(dyno):
    ran = run_python(dyno("rq"), "-c", "import os; del os.environ['REDIS_URL']; import app")
    assert "KeyError: 'REDIS_URL'" in ran.stderr


def test_a_certificate_that_heroku_signed_itself_cannot_be_verified(dyno, expected_lines):
    with dyno("rq/broken-certificate", process="worker") as worker:
        assert worker.wait() != 0
        assert has_lines(worker.log, expected_lines("rq/broken-certificate"))


def test_the_check_works_on_a_laptop_where_the_store_has_no_tls(laptop):
    with start_locally(laptop, "rq", ready="Listening on default") as (local, ask):
        job_id = ask("check.console")["id"]
        assert local.wait_for_log("Receipt 42: begun"), local.log
        assert ask("result.console", job_id) == {"finished": False, "receipt": None}
        assert local.wait_for_log("Receipt 42: sent"), local.log
        assert eventually(lambda: ask("result.console", job_id)["receipt"] == "receipt-42.pdf")
