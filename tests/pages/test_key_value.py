"""docs/guides/key-value.md: every claim the page makes, proved."""

import json
import os
import re
import runpy
import socket
import subprocess

import pytest
import requests

from handbook.fake_heroku.addons.redis import query
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import Process, eventually, has_lines
from handbook.paths import SNIPPETS
from tests import recognition
from tests.conftest import replace_in_file
from tests.local_redis import start_locally

TEXT = "To be or not to be"


@pytest.fixture
def store(addon):
    """Return store("llen", "celery"): the reply of this test's server to that command."""
    return lambda *command: query(addon("redis"), *command)


def enqueue(app, text: str = TEXT) -> str:
    """Enqueue a text from a separate process, as a web process does; return the id of the task."""
    order = f"import tasks; print(tasks.count_words.delay({text!r}).id)"
    command = [app.venv / "bin" / "python", "-c", order]
    return subprocess.run(command, cwd=app.app, env=app.env, check=True, capture_output=True, text=True).stdout.strip()


def result(store, task_id: str) -> dict:
    """Return the result that the store has under the id of a task, {} if there is none."""
    return json.loads(store("get", f"celery-task-meta-{task_id}") or "{}")


def test_the_web_process_asks_for_the_result_of_the_worker(dyno, store):
    with dyno("key-value").running() as web, dyno("key-value", process="worker") as worker:
        answer = requests.post(f"{web.router.url}/texts", data={"text": TEXT}, timeout=60)
        address = f"/results/{answer.json()['id']}"
        assert answer.status_code == 202
        assert web.get(address).json() == {"state": "PENDING", "words": None}
        assert worker.wait_for_log("succeeded"), worker.log
        assert web.get(address).json() == {"state": "SUCCESS", "words": 6}
        assert 0 < int(store("ttl", f"celery-task-meta-{answer.json()['id']}")) <= 3600
        assert web.get("/results/nobody-knows").json() == {"state": "PENDING", "words": None}


def test_a_task_that_failed_says_so(dyno):
    web, worker = dyno("key-value"), dyno("key-value", process="worker")
    replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "raise ValueError(text)")
    with web.running(), worker:
        address = f"/results/{enqueue(worker)}"
        assert worker.wait_for_log("raised unexpected"), worker.log
        assert web.get(address).json() == {"state": "FAILURE", "words": None}


def test_what_is_in_the_store_outlives_the_dyno_and_is_one_for_all_its_processes(dyno):
    for visits in (range(1, 7), range(7, 9)):
        with dyno("key-value").running() as web:
            assert [web.get("/visits").json()["visits"] for _ in visits] == list(visits)


def test_heroku_s_command_orders_the_plan_of_the_facts_and_a_pushed_app_uses_it(deployed, facts):
    assert facts["key_value_mini_plan"]["value"] in (SNIPPETS / "key-value/create.bash").read_text("utf-8").split()
    app = deployed("key-value", "key-value/create.bash")
    assert requests.get(f"{app.router.url}/visits", timeout=60).json() == {"visits": 1}


def test_a_worker_told_to_stop_gives_its_long_tasks_back_at_once(dyno, store):
    worker = dyno("key-value", process="worker")
    replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "time.sleep(60)")
    replace_in_file(worker.app / "celeryconfig.py", "shutdown_timeout = 20", "shutdown_timeout = 1")
    with worker:
        enqueue(worker)
        assert worker.wait_for_log("Counting"), worker.log
        assert store("llen", "celery") == "0"
        assert worker.stop() == "gone", worker.log
        assert "Restoring 1 unacknowledged message(s)" in worker.log
    assert store("llen", "celery") == "1"


def test_the_task_of_a_killed_worker_comes_back_when_its_time_is_over_and_not_before(dyno, store):
    long, short = dyno("key-value", process="worker"), dyno("key-value", process="worker")
    replace_in_file(long.app / "tasks.py", "time.sleep(5)", "time.sleep(60)")
    with long:
        task = enqueue(long)
        assert long.wait_for_log("Counting"), long.log
        long.kill()
    assert (store("llen", "celery"), store("hlen", "unacked")) == ("0", "1")
    replace_in_file(short.app / "tasks.py", "time.sleep(5)", "pass")
    with short:
        other = enqueue(short, "another text")
        assert short.wait_for_log(f"[{other}] succeeded"), short.log
        assert short.log.count("Counting") == 1
        # The store has the time at which a task was taken: moved back, it ends the five minutes at once.
        (tag, taken) = store("zrange", "unacked_index", "0", "-1", "withscores").split()
        store("zadd", "unacked_index", str(float(taken) - 300), tag)
        assert short.wait_for_log(f"[{task}] succeeded"), short.log
    assert result(store, task)["result"] == 6


def test_the_procfile_and_five_settings_are_those_of_the_page_about_rabbitmq(monkeypatch):
    settings = {}
    for slug, variable in (("celery", "CLOUDAMQP_URL"), ("key-value", "REDIS_URL")):
        monkeypatch.setenv(variable, "any address")
        settings[slug] = runpy.run_path(str(SNIPPETS / slug / "celeryconfig.py"))
    same = (SNIPPETS / "key-value" / "celeryconfig.py").read_text().partition("# part: same\n")[2].splitlines()[:-1]
    names = [line.partition(" = ")[0] for line in same]
    assert len(names) == 5
    assert [settings["key-value"][name] for name in names] == [settings["celery"][name] for name in names]
    assert (SNIPPETS / "key-value" / "Procfile").read_bytes() == (SNIPPETS / "celery" / "Procfile").read_bytes()


def test_what_celery_does_by_itself_is_as_the_page_says(dyno):
    """By default a lost task comes back after an hour, Celery looks every hundred seconds, and results stay a day."""
    question = "import tasks; c = tasks.celery.connection().default_channel; print(c.visibility_timeout, "
    question += "c.unacked_restore_interval * c.unacked_restore_throttle, tasks.celery.conf.result_expires)"
    answers = []
    for variant in ("key-value", "key-value/broken-no-reqs"):
        app = dyno(variant, process="worker")
        command = [app.venv / "bin" / "python", "-c", question]
        result = subprocess.run(command, cwd=app.app, env=app.env, check=True, capture_output=True, text=True)
        answers.append(result.stdout.strip())
    assert answers == ["300 10 3600", "3600 100 1 day, 0:00:00"]


def test_a_task_that_takes_longer_than_the_time_is_done_twice_at_once(dyno):
    first, second = dyno("key-value", process="worker"), dyno("key-value", process="worker")
    for worker in (first, second):
        replace_in_file(worker.app / "tasks.py", "time.sleep(5)", "time.sleep(60)")
        replace_in_file(worker.app / "celeryconfig.py", '"visibility_timeout": 300', '"visibility_timeout": 1')
    with first:
        enqueue(first)
        with second:
            # Either worker may do it again: whichever has an idle process.
            assert eventually(lambda: (first.log + second.log).count("Counting") >= 2), first.log + second.log
            assert "succeeded" not in first.log + second.log


def test_without_the_parameter_the_result_backend_refuses_the_address(dyno, expected_lines):
    with dyno("key-value/broken-no-reqs", process="worker") as worker:
        assert worker.wait() != 0
        assert f"ValueError: \n{expected_lines('key-value/broken-no-reqs')[0]}" in worker.log
    with dyno("key-value/broken-no-reqs").running() as web:
        assert requests.post(f"{web.router.url}/texts", data={"text": TEXT}, timeout=60).status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("key-value/broken-no-reqs")))


def test_without_the_parameter_the_client_verifies_the_certificate(dyno):
    with dyno("key-value/broken-no-reqs").running() as web:
        assert web.get("/visits").status_code == 500
        assert web.wait_for_log("certificate verify failed: self-signed certificate in certificate chain")


def test_a_certificate_that_heroku_signed_itself_cannot_be_verified(dyno, expected_lines):
    with dyno("key-value/broken-verify", process="worker") as worker:
        assert eventually(lambda: has_lines(worker.log, expected_lines("key-value/broken-verify"))), worker.log
    with dyno("key-value/broken-verify").running() as web:
        assert web.get("/visits").status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("key-value/broken-verify")))


def test_none_is_written_in_small_letters(dyno, expected_lines):
    of_worker, of_web = expected_lines("key-value/broken-flag")
    with dyno("key-value/broken-flag", process="worker") as worker:
        assert worker.wait() != 0
        assert has_lines(worker.log, [of_worker])
    with dyno("key-value/broken-flag").running() as web:
        assert web.get("/visits").status_code == 500
        assert eventually(lambda: has_lines(web.log, [of_web]))


def test_without_tls_nobody_is_let_in(dyno, addon):
    url = addon("redis")["REDIS_URL"].replace("rediss:", "redis:")
    with dyno("key-value", process="worker", config={"REDIS_URL": url}) as worker:
        assert worker.wait_for_log("consumer: Cannot connect to redis://"), worker.log


def test_celery_and_redis_apart_lack_a_package(dyno, expected_lines):
    message = expected_lines("key-value/broken-packaging")[0]
    with dyno("key-value/broken-packaging", process="worker") as worker:
        assert worker.wait() != 0
        assert message in worker.log.splitlines()
    with dyno("key-value/broken-packaging").running() as web:
        assert requests.post(f"{web.router.url}/texts", data={"text": TEXT}, timeout=60).status_code == 500
        assert web.wait_for_log(message)


@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_store_refuses_more_connections_than_its_plan_allows(process, dyno, tmp_path):
    """Without TLS, because this Redis hangs up before it could say so over TLS."""
    port, env = free_port(), {"PATH": os.environ["PATH"]}
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--maxclients", "1"]
    with (
        Process(command, tmp_path, env, tmp_path / "redis.txt", ready="Ready to accept connections"),
        socket.create_connection(("127.0.0.1", port)),
        dyno("key-value", process=process, config={"REDIS_URL": f"redis://127.0.0.1:{port}"}) as one,
    ):
        if process == "web":
            assert one.boot() == "up", one.log
            assert one.get("/visits").status_code == 500
        assert one.wait_for_log("max number of clients reached"), one.log
    assert recognition.find_first_entry(one.log).id == "max-number-of-clients-reached"


def count_connections(worker, store, more: str = "") -> int:
    """Return how many connections a worker of Celery has to the store after four tasks."""
    with worker:
        for _task in range(4):
            enqueue(worker)
        assert eventually(lambda: worker.log.count("succeeded") == 4), worker.log
        return len(store("client", "list").splitlines())


def test_the_options_of_the_procfile_and_fewer_processes_save_connections(dyno, store):
    procfile = (SNIPPETS / "key-value" / "Procfile").read_text("utf-8")
    command = re.search(r"^worker: (.+)$", procfile, re.MULTILINE)[1]
    plain = re.sub(r" --without-\w+", "", command)
    four, fewer, all_of_it = (
        count_connections(dyno("key-value", process="worker", command=f"{line} --concurrency {number}"), store)
        for line, number in ((command, 4), (command, 1), (plain, 4))
    )
    assert fewer < four < all_of_it


def test_the_check_works_on_a_laptop_where_the_store_has_no_tls(laptop):
    with start_locally(laptop, "key-value", ready="ready.") as (_local, ask):
        text_id = ask("check.console")["id"]
        assert ask("result.console", text_id) == {"state": "PENDING", "words": None}
        assert eventually(lambda: ask("result.console", text_id) == {"state": "SUCCESS", "words": 6})
