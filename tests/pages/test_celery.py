"""docs/guides/celery.md: every claim the page makes, proved."""

import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import requests

from handbook.fake_heroku import procfile
from handbook.fake_heroku.limits import EXIT_SECONDS, MEMORY_MB
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import eventually, has_lines
from handbook.paths import SNIPPETS
from tests.conftest import replace_in_file

# EIGHT_CORES imitates a dyno of 512 MB, on which an app sees eight cores.
LINE = procfile.read_procfile(SNIPPETS / "celery/Procfile")["worker"]
EIGHT_CORES = "import os\n\nos.cpu_count = lambda: 8\n"


@pytest.fixture
def broker(service, addon):
    """Return the virtual host of this test, as the broker's administrator sees it."""
    return Broker(service("rabbitmq"), addon("rabbitmq")["CLOUDAMQP_URL"].rpartition("/")[2])


class Broker:
    def __init__(self, server, vhost: str):
        self.server, self.vhost = server, vhost

    def names(self, what: str) -> list[str]:
        """Return the names of its "connections", "queues" or "exchanges"."""
        path = f"vhosts/{self.vhost}/connections" if what == "connections" else f"{what}/{self.vhost}"
        return [found["name"] for found in self.server.call_api("GET", path)]

    def waiting(self, queue: str = "celery") -> list[str]:
        """Return the messages of a queue, without removing them: the arguments of tasks, the types of events."""
        look = {"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"}
        found = self.server.call_api("POST", f"queues/{self.vhost}/{queue}/get", look)
        return [message["properties"]["headers"].get("argsrepr", message["routing_key"]) for message in found]


def shorten_task(app) -> None:
    """Make a receipt take half a second, for a test in which its duration does not matter."""
    replace_in_file(app.app / "tasks.py", "time.sleep(5)", "time.sleep(0.5)")


def enqueue(worker, *numbers: int) -> None:
    """Enqueue a receipt for each number from a separate process, as a web process does."""
    orders = "; ".join(["import tasks", *(f"tasks.send_receipt.delay({number})" for number in numbers)])
    subprocess.run([worker.venv / "bin" / "python", "-c", orders], cwd=worker.app, env=worker.env, check=True)


def list_pool(worker) -> list[psutil.Process]:
    """Return the child processes of the worker, which execute the tasks."""
    celery = [process for process in worker.tree() if any(word.endswith("/celery") for word in process.cmdline())]
    return [process for process in celery if process.parent() in celery]


def test_the_visitor_is_answered_at_once_and_the_worker_does_the_rest(dyno):
    with dyno("celery").running() as web, dyno("celery", process="worker") as worker:
        assert worker.wait_for_log("ready."), worker.log
        answer = requests.post(f"{web.router.url}/orders/42", timeout=60)
        assert (answer.status_code, answer.text) == (202, "Thank you")
        assert worker.wait_for_log("Receipt 42: begun")
        assert "Receipt 42: sent" not in worker.log
        assert worker.wait_for_log("Receipt 42: sent")


def test_orders_wait_until_a_worker_is_scaled_up(laptop, deployed, broker):
    """The real CLI and git list the plans, create the add-on, push, scale the worker and show its log."""
    app = deployed("celery", "celery/create.bash")
    plans = laptop.run_snippet("celery/plans.bash")
    assert "Slug" in plans
    assert "cloudamqp:a-plan" in plans
    assert (SNIPPETS / "celery/create.bash").read_text("utf-8").endswith(" cloudamqp:PLAN\n")
    assert requests.post(f"{app.router.url}/orders/42", timeout=60).text == "Thank you"
    assert list(app.dynos) == ["web"]
    assert broker.waiting() == ["(42,)"]
    laptop.run_snippet("celery/scale.console")
    assert app.formation["worker"] == 1
    laptop.run((SNIPPETS / "celery/logs.bash").read_text("utf-8"))
    assert laptop.wait_for_line("app[worker.1]:")
    assert laptop.wait_for_line("Receipt 42: sent")


def test_a_worker_told_to_stop_finishes_short_tasks_and_gives_back_long_ones(dyno, broker):
    worker = dyno("celery", process="worker")
    replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "time.sleep(number)")
    with worker:
        enqueue(worker, 5, 60)
        assert worker.wait_for_log("Receipt 5: begun"), worker.log
        assert worker.wait_for_log("Receipt 60: begun"), worker.log
        assert worker.stop() == "gone", worker.log
        assert "Receipt 5: sent" in worker.log
    assert eventually(lambda: broker.waiting() == ["(60,)"])


def test_if_the_signal_reaches_the_processes_with_the_tasks_none_is_finished(dyno, broker):
    worker = dyno("celery", "worker", command=LINE.removeprefix("REMAP_SIGTERM=SIGQUIT "))
    with worker:
        enqueue(worker, 42)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.stop() == "gone", worker.log
        assert "exited with 'signal 15 (SIGTERM)'" in worker.log
        assert "Receipt 42: sent" not in worker.log
    assert eventually(lambda: broker.waiting() == ["(42,)"])


def test_a_worker_that_is_killed_in_the_middle_of_a_task_loses_nothing(dyno, broker):
    with dyno("celery", process="worker") as worker:
        enqueue(worker, 42)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        worker.kill()
    assert eventually(lambda: broker.waiting() == ["(42,)"])
    again = dyno("celery", process="worker")
    shorten_task(again)
    with again as worker:
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        assert worker.wait_for_log("Receipt 42: sent")
        assert worker.stop() == "gone", worker.log
    assert broker.waiting() == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_without_the_settings_both_lose_the_task(how, dyno, broker, expected_lines):
    with dyno("celery/broken-lost", process="worker") as worker:
        enqueue(worker, 42)
        assert worker.wait_for_log("Receipt 42: begun"), worker.log
        worker.send_signal(how)
        assert worker.gone_within(EXIT_SECONDS), worker.log
        assert "Receipt 42: sent" not in worker.log
        assert how == signal.SIGKILL or has_lines(worker.log, expected_lines("celery/broken-lost"))
    assert eventually(lambda: broker.names("connections") == [])
    assert broker.waiting() == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_task_whose_process_dies_alone_is_done_again_by_the_same_worker_each_time(kept, dyno, broker):
    worker = dyno("celery", process="worker")
    replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "time.sleep(number)")
    if not kept:
        replace_in_file(worker.app / "celeryconfig.py", "task_reject_on_worker_lost = True")
    with worker:
        enqueue(worker, 60)
        assert worker.wait_for_log("Receipt 60: begun"), worker.log
        for begun in (2, 3) if kept else (1,):
            for process in list_pool(worker):
                process.kill()
            assert worker.wait_for_log("Worker exited prematurely: signal 9 (SIGKILL)"), worker.log
            assert eventually(lambda begun=begun: worker.log.count("Receipt 60: begun") == begun), worker.log
        enqueue(worker, 0)
        assert worker.wait_for_log("Receipt 0: sent"), worker.log
        assert worker.log.count("Receipt 60: begun") == (3 if kept else 1)
        assert broker.waiting() == []


@pytest.mark.parametrize(("ahead", "left"), [(True, []), (False, ["(3,)"])])
def test_a_task_waits_in_the_queue_and_not_in_a_worker_that_is_busy(ahead, left, dyno, broker):
    worker = dyno("celery", process="worker")
    replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "time.sleep(60)")
    if ahead:
        replace_in_file(worker.app / "celeryconfig.py", "worker_prefetch_multiplier = 1")
    with worker:
        enqueue(worker, 1, 2, 3)
        assert worker.wait_for_log("Receipt 1: begun"), worker.log
        assert worker.wait_for_log("Receipt 2: begun"), worker.log
        assert eventually(lambda: broker.waiting() == left)
        assert worker.log.count("received") == (3 if ahead else 2)


def test_two_processes_do_tasks_and_fit_into_the_memory_where_celery_would_start_eight(dyno):
    memory = {}
    for setting, processes in (("worker_concurrency = 2", 2), ("", 8)):
        worker = dyno("celery", process="worker")
        (worker.app / "sitecustomize.py").write_text(EIGHT_CORES)
        replace_in_file(worker.app / "celeryconfig.py", "worker_concurrency = 2", setting)
        with worker:
            assert worker.wait_for_log("ready."), worker.log
            assert len(list_pool(worker)) == processes
            memory[processes] = worker.memory_mb()
    assert memory[2] < MEMORY_MB
    assert memory[8] > 2 * memory[2]


def test_a_lone_worker_has_one_connection_and_is_silent_when_idle(dyno, broker):
    worker = dyno("celery", process="worker")
    shorten_task(worker)
    with worker:
        enqueue(worker, 42)
        assert worker.wait_for_log("Receipt 42: sent"), worker.log
        assert eventually(lambda: len(broker.names("connections")) == 1)
        assert "celeryev" not in broker.names("exchanges")  # the exchange for the heartbeats of workers


def test_without_the_three_options_it_has_three_connections_and_talks_all_the_time(dyno, broker):
    worker = dyno("celery", "worker", command=LINE.partition(" --without")[0])
    with worker:
        assert worker.wait_for_log("ready."), worker.log
        assert eventually(lambda: len(broker.names("connections")) == 3)
        broker.server.call_api("PUT", f"queues/{broker.vhost}/spy")
        broker.server.call_api("POST", f"bindings/{broker.vhost}/e/celeryev/q/spy", {"routing_key": "#"})
        assert eventually(lambda: "worker.heartbeat" in broker.waiting("spy"))


@pytest.mark.parametrize(("setting", "connections"), [("broker_pool_limit = 1", 1), ("", 5)])
def test_the_threads_of_a_web_process_share_one_connection(setting, connections, dyno, broker):
    web = dyno("celery", config={"WEB_CONCURRENCY": "1"})
    shutil.copy(SNIPPETS / "gunicorn" / "gunicorn.conf.py", web.app)  # five threads
    replace_in_file(web.app / "celeryconfig.py", "broker_pool_limit = 1", setting)
    with web.running():
        paused = broker.server.tree()
        for process in paused:
            process.suspend()  # so that all five orders are under way before the first succeeds
        with ThreadPoolExecutor(5) as visitors:
            urls = [f"{web.router.url}/orders/{number}" for number in range(5)]
            orders = [visitors.submit(requests.post, url, timeout=60) for url in urls]
            assert eventually(lambda: len(list_connections(web, broker.server.port)) == connections)
            for process in paused:
                process.resume()
            assert [order.result().status_code for order in orders] == [202] * 5
        assert len(list_connections(web, broker.server.port)) == connections
        assert len(broker.waiting()) == 5


def list_connections(web, port: int) -> list:
    """Return the open connections of an app's processes to a port."""
    open_ones = [connection for process in web.tree() for connection in process.net_connections("tcp")]
    return [one for one in open_ones if one.raddr and one.raddr.port == port and one.status == "ESTABLISHED"]


@pytest.mark.parametrize(
    ("name", "lines"), [("celery/broken-order", 2), ("celery/broken-app", 1), ("celery/broken-settings", 3)]
)
def test_a_worker_that_cannot_start_says_why(name, lines, dyno, expected_lines):
    with dyno(name, process="worker") as worker:
        assert worker.wait() != 0
        assert len(expected_lines(name)) == lines
        for line in expected_lines(name):
            assert line in worker.log.splitlines()


def test_without_the_address_the_worker_looks_for_a_broker_on_the_dyno_and_keeps_trying(dyno, expected_lines):
    """A broker may listen on Celery's default port of this machine, so the test uses another port."""
    port = str(free_port())
    config = {"CELERY_BROKER_URL": f"amqp://127.0.0.1:{port}"}
    message = expected_lines("celery/broken-broker")[0].replace("5672", port)
    with dyno("celery/broken-broker", process="worker", config=config) as worker:
        assert worker.wait_for_log(message), worker.log
        assert worker.wait_for_log("Trying again in"), worker.log
        assert worker.popen.poll() is None
    with dyno("celery/broken-broker", config=config).running() as web:
        assert requests.post(f"{web.router.url}/orders/42", timeout=60).status_code == 500
        assert web.wait_for_log("kombu.exceptions.OperationalError: [Errno 111] Connection refused")


@pytest.mark.parametrize("process", ["web", "worker"])
def test_without_the_config_var_nothing_starts(process, dyno):
    one = dyno("celery", process=process)
    del one.env["CLOUDAMQP_URL"]
    with one:
        assert one.wait() != 0
        assert "KeyError: 'CLOUDAMQP_URL'" in one.log
