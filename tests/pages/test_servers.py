"""docs/explanation/servers.md: every claim the page makes, proved."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from handbook.fake_heroku import procfile
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from handbook.paths import SNIPPETS

# A sitecustomize.py: /wait answers once CONCURRENT_REQUESTS are inside, and fails after DEFAULT_TIMEOUT seconds;
# /die ends Python.
BARRIER_MODULE = """
import os
import threading

import flask

barrier = threading.Barrier(int(os.environ["CONCURRENT_REQUESTS"]), timeout=float(os.environ["DEFAULT_TIMEOUT"]))


class Flask(flask.Flask):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_url_rule("/wait", "wait", lambda: (barrier.wait(), "together")[1])
        self.add_url_rule("/die", "die", lambda: os._exit(1))


flask.Flask = Flask
"""


@pytest.fixture
def with_barrier(dyno):
    """Return with_barrier("servers", concurrent=3): a dyno whose app also answers /wait and /die."""

    def make(name: str, command: str | None = None, concurrent: int = 1, patience: int = 40, **config: str):
        config |= {"CONCURRENT_REQUESTS": str(concurrent), "DEFAULT_TIMEOUT": str(patience)}
        web = dyno(name, config=config, command=command)
        (web.app / "sitecustomize.py").write_text(BARRIER_MODULE)
        return web

    return make


def request_together(web, concurrent: int) -> list[str]:
    with ThreadPoolExecutor(concurrent) as pool:
        return [answer.text for answer in pool.map(web.get, ["/wait"] * concurrent)]


def test_flask_s_own_server_says_what_it_is_and_answers_as_many_as_come(with_barrier, expected_lines):
    with with_barrier("servers/broken-development", concurrent=20).running() as web:
        assert request_together(web, 20) == ["together"] * 20
        assert f"{expected_lines('servers/broken-development')[0]}\n" in web.log


def test_gunicorn_out_of_the_box_is_one_worker_with_one_request_at_a_time(with_barrier):
    line = procfile.read_procfile(SNIPPETS / "servers/Procfile")["web"]
    with with_barrier("servers", f"unset WEB_CONCURRENCY; {line}", concurrent=2, patience=2).running() as web:
        assert "together" not in request_together(web, 2)
        assert web.log.count("Booting worker") == 1
        assert "Using worker: sync" in web.log


def test_gunicorn_with_threads_answers_several_in_one_worker(with_barrier):
    with with_barrier("servers", concurrent=3, WEB_CONCURRENCY="1", GUNICORN_CMD_ARGS="--threads 3").running() as web:
        assert request_together(web, 3) == ["together"] * 3


def test_gunicorn_reads_heroku_s_variables_by_itself(dyno, facts):
    with dyno("servers").running() as web:
        assert web.addresses() == {("0.0.0.0", web.port)}
        workers = int(facts["web_concurrency_small"]["value"])
        assert eventually(lambda: web.log.count("Booting worker") == workers), web.log


def test_waitress_does_not_read_the_port_by_itself(dyno, needs_own_network):
    web = dyno("servers/broken-waitress", command="waitress-serve app:app")
    web.own_network = needs_own_network(8080)
    with web:
        assert eventually(lambda: web.addresses() == {("0.0.0.0", 8080)}), web.log
        assert web.boot(elsewhere=1) == "R10"


@pytest.mark.parametrize("name", ["servers/broken-development", "servers/form-waitress"])
def test_a_crash_takes_a_server_of_one_process_with_it(with_barrier, name):
    with with_barrier(name).running() as web:
        assert web.get("/die").status_code == 503
        assert web.gone_within(DEFAULT_TIMEOUT), web.log


@pytest.mark.parametrize("name", ["servers", "uwsgi"])
def test_gunicorn_and_uwsgi_replace_a_worker_that_crashed(with_barrier, name):
    with with_barrier(name, WEB_CONCURRENCY="1").running() as web:
        assert web.get("/die").status_code == 503
        assert web.get("/").text == "Hello"


@pytest.mark.parametrize("name", ["servers/broken-development", "servers/broken-waitress"])
def test_a_server_that_does_not_know_sigterm_loses_the_request_under_way(dyno, name, expected_lines):
    with dyno(name, slow=True).running() as web:
        with web.request_in_flight(seconds=20) as answer:
            assert web.stop() == "gone", web.log
        assert answer["status"] == 503
        assert has_lines(web.router.log[-1], expected_lines("servers/broken-waitress"))


def test_waitress_waits_a_few_seconds_for_requests_and_no_longer(dyno):
    with dyno("servers/form-waitress", slow=True).running() as web:
        with web.request_in_flight(seconds=20) as answer:
            assert web.stop() == "gone", web.log
        assert "1 thread(s) still running" in web.log
        assert answer["status"] == 503


@pytest.mark.parametrize(
    ("app", "module", "works"),
    [
        ("servers", "gunicorn.app.wsgiapp", False),
        ("servers/form-waitress", "waitress.runner", True),
    ],
)
def test_waitress_does_without_what_windows_lacks_and_gunicorn_does_not(dyno, app, module, works):
    """Windows has no module fcntl."""
    python = make_lock_environment(dyno(app).app / "requirements.txt") / "bin" / "python"
    code = f"import sys; sys.modules['fcntl'] = None; import {module}"
    assert (subprocess.run([python, "-c", code], capture_output=True).returncode == 0) is works


def test_on_the_laptop_flask_s_own_server_reloads_and_shows_errors(dyno):
    web = dyno("servers", command="flask --app broken run --debug --port $PORT")
    (web.app / "broken.py").write_text("from app import app\n\napp.add_url_rule('/error', view_func=lambda: 1 / 0)\n")
    with web:
        assert web.wait_for_log("Debugger is active!"), web.log
        assert "Restarting with" in web.log
        assert "ZeroDivisionError" in requests.get(f"http://127.0.0.1:{web.port}/error", timeout=60).text


def test_with_debug_a_visitor_sees_code_and_a_console_that_only_the_pin_and_localhost_open(dyno):
    """ "With `--debug`, a visitor who meets an error sees your code, and a console that runs more code. Only a PIN
    and, in today's version, the name `localhost` keep visitors out of that console."
    """
    web = dyno("servers/broken-development", config={"FLASK_DEBUG": "1"})
    with (web.app / "app.py").open("a") as source:
        source.write("\napp.add_url_rule('/error', view_func=lambda: 1 / int('0'))\n")
    with web.running():
        assert web.wait_for_log("Debugger PIN: ")
        pin = re.search("Debugger PIN: ([0-9-]+)", web.log)[1]
        ran = {}
        for host in ("localhost", "hello-heroku.herokuapp.com"):
            visitor = requests.Session()
            visitor.headers["Host"] = host
            page = visitor.get(f"http://127.0.0.1:{web.port}/error", timeout=60)
            assert page.status_code == 500
            assert "view_func=lambda: 1 / int" in page.text
            type_in = {"__debugger__": "yes", "s": re.search('SECRET = "(.+?)"', page.text)[1]}
            type_in |= {"cmd": "40 + 2", "frm": re.findall('id="frame-([0-9]+)"', page.text)[-1]}
            for told in ("", pin):
                visitor.get(page.url, params=type_in | {"cmd": "pinauth", "pin": told}, timeout=60)
                # requests does not send a cookie of "localhost" to 127.0.0.1 by itself.
                known = {"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)}
                ran[host, bool(told)] = ">42<" in visitor.get(page.url, params=type_in, headers=known, timeout=60).text
        assert [who for who, console in ran.items() if console] == [("localhost", True)]
