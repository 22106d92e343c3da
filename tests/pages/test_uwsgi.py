"""docs/guides/uwsgi.md: every claim the page makes, proved."""

import http.client
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually
from tests.conftest import replace_in_file

NOBODY = "a-user-of-a-rented-server"  # no machine has this user
# A dyno's user is not root. If the tests run as root, this prefix changes the user, who may still read root's folders.
MAY_READ = "--inh-caps=+dac_override --ambient-caps=+dac_override"
AS_AN_ORDINARY_USER = "" if os.geteuid() else f"setpriv --reuid=65534 --regid=65534 --clear-groups {MAY_READ} "


def remove_lines(app, *lines: str) -> None:
    """Remove lines from the app's uwsgi.ini."""
    for line in lines:
        replace_in_file(app / "uwsgi.ini", f"{line}\n")


def test_a_misspelled_option_stops_the_start_and_without_strict_is_ignored(dyno, expected_lines):
    with dyno("uwsgi/broken-typo") as web:
        assert web.boot() == "H10"
        assert f"{expected_lines('uwsgi/broken-typo')[0]}\n" in web.log
    lax = dyno("uwsgi/broken-typo")
    remove_lines(lax.app, "strict = true")
    with lax.running():
        assert lax.get("/").text == "Hello"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("threads = 5", "thread = 5", "unknown config directive: thread"),
        ("module = app:app", "module = main:app", "no app loaded. GAME OVER"),
    ],
)
def test_the_file_of_the_page_ends_the_start_on_a_mistake(dyno, right, wrong, message):
    web = dyno("uwsgi")
    replace_in_file(web.app / "uwsgi.ini", right, wrong)
    with web:
        web.wait()
        assert message in web.log


def test_the_master_replaces_a_worker_that_was_killed(dyno):
    with dyno("uwsgi", config={"WEB_CONCURRENCY": "1"}).running() as web:
        assert web.get("/").text == "Hello"
        (worker,) = (process for process in web.tree() if process.ppid() == web.popen.pid)
        worker.kill()
        assert web.wait_for_log("Respawned uWSGI worker 1")
        assert web.get("/").text == "Hello"


def test_a_dollar_without_parentheses_listens_on_a_port_of_its_own(dyno, expected_lines):
    with dyno("uwsgi/broken-port") as web:
        assert web.boot(elsewhere=1) == "R10"
        assert f"{expected_lines('uwsgi/broken-port')[0]} fd " in web.log
        assert web.port not in {port for _host, port in web.addresses()}


def test_a_socket_that_is_not_http_says_nothing_to_the_router(dyno, expected_lines):
    with dyno("uwsgi/broken-socket") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H13"), web.log
        assert web.get("/").status_code == 503
        assert "code=H13" in web.router.log[-1]
        assert web.wait_for_log(f"{expected_lines('uwsgi/broken-socket')[0]}\n")


def test_uwsgi_without_an_app_answers_500_and_with_need_app_exits(dyno, expected_lines):
    with dyno("uwsgi/broken-no-app").running() as web:
        assert web.get("/").status_code == 500
        assert f"{expected_lines('uwsgi/broken-no-app')[0]}\n" in web.log
    with dyno("uwsgi/broken-module") as web:
        web.wait()
        assert web.boot() == "H10"
        assert f"{expected_lines('uwsgi/broken-module')[0]}\n" in web.log


def test_a_comment_at_the_end_of_a_line_is_part_of_the_name(dyno, expected_lines):
    with dyno("uwsgi/broken-comment") as web:
        web.wait()
        assert expected_lines("uwsgi/broken-comment")[0] in web.log
        assert "Traceback" not in web.log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_uwsgi_starts_as_many_workers_as_web_concurrency_says(dyno, workers):
    with dyno("uwsgi", config={"WEB_CONCURRENCY": workers}).running() as web:
        assert web.wait_for_log(f"spawned uWSGI worker {workers}")
        assert web.get("/").text == "Hello"
        assert web.log.count("spawned uWSGI worker") == int(workers)
        assert "cores: 5" in web.log


def test_a_variable_that_is_not_set_means_no_workers_and_no_answer(dyno, expected_lines):
    with dyno("uwsgi/broken-no-workers") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H12"), web.log
        assert f"{expected_lines('uwsgi/broken-no-workers')[0]}\n" in web.log
        web.router.response_timeout = 2
        assert web.get("/").status_code == 503
        assert "code=H12" in web.router.log[-1]


def without_venv(web):
    """Make the packages available without the virtual environment, so that uWSGI finds them when it reloads."""
    (packages,) = web.venv.glob("lib/python*/site-packages")
    web.env["PYTHONPATH"] += f":{packages}"
    return web


def test_uwsgi_with_the_hooks_answers_the_request_under_way_and_exits(dyno):
    with without_venv(dyno("uwsgi", slow=True)).running() as web:
        with web.request_in_flight(seconds=60) as answer:
            assert web.stop(finish_requests=True) == "gone", web.log
        assert answer == {"status": 200, "text": "done"}, web.log
        assert "reloading" not in web.log


def test_uwsgi_without_the_hooks_reloads_at_sigterm_and_is_an_r12(dyno, expected_lines, monkeypatch):
    """The test waits 5 seconds, not 30: once uWSGI has reloaded and answers, more time would change nothing."""
    monkeypatch.setattr("handbook.fake_heroku.dyno.EXIT_SECONDS", 5)
    with without_venv(dyno("uwsgi/broken-reload")).running() as web:
        assert web.get("/").text == "Hello"
        assert web.stop() == "R12"
        assert f"{expected_lines('uwsgi/broken-reload')[0]}\n" in web.log
        assert web.get("/").text == "Hello"


def test_die_on_term_stops_in_the_middle_of_a_request(dyno, expected_lines):
    with dyno("uwsgi/broken-die-on-term", slow=True).running() as web:
        with web.request_in_flight(seconds=60) as answer:
            assert web.stop() == "gone"
        assert answer["status"] == 503
        assert "code=H13" in web.router.log[-1]
        assert f"{expected_lines('uwsgi/broken-die-on-term')[0]}\n" in web.log


def test_a_request_longer_than_heroku_waits_is_lost_with_the_dyno(dyno):
    with dyno("uwsgi", slow=True).running() as web, web.request_in_flight(seconds=50):
        assert web.stop() == "R12"
        web.kill()


def test_threads_answer_while_others_wait(dyno):
    with dyno("uwsgi", config={"WEB_CONCURRENCY": "1"}, slow=True).running() as web, ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(web.get, "/slow/300.0") for _ in range(4)]
        try:
            assert web.wait_for_requests(4), web.request_events()
            assert web.get("/").text == "Hello"
            assert web.request_events() == ["in"] * 4
        finally:
            web.finish_requests()
        assert [answer.result().text for answer in waiting] == ["done"] * 4


@pytest.mark.parametrize("told", [True, False])
def test_uwsgi_closes_each_connection_and_announces_it_only_with_the_option(dyno, told):
    web = dyno("uwsgi")
    if not told:
        remove_lines(web.app, "add-header = Connection: close")
    with web.running():
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=DEFAULT_TIMEOUT)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.getheader("Connection") == "close") is told
        assert answer.read() == b"Hello"
        if connection.sock:
            assert connection.sock.recv(1) == b""
        connection.close()


def test_the_check_starts_two_workers(laptop):
    (copy_app("uwsgi", laptop.folder) / ".venv").symlink_to(make_lock_environment(laptop.folder / "requirements.txt"))
    port = free_port()
    with laptop.start_snippet("uwsgi/check.bash", "5006", str(port)) as server:
        assert server.wait_for_log("spawned uWSGI worker 2"), server.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"


def with_extra_line(dyno, line: str):
    """Return a dyno of the app with one more line in uwsgi.ini, as in guides for a rented server."""
    web = dyno("uwsgi", command=f"{AS_AN_ORDINARY_USER}uwsgi uwsgi.ini")
    with (web.app / "uwsgi.ini").open("a") as file:
        file.write(f"{line}\n")
    return web


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("plugin = python3", "UNABLE to load uWSGI plugin"),
        (f"uid = {NOBODY}", ""),
        (f"gid = {NOBODY}", ""),
        (f"chown-socket = {NOBODY}:{NOBODY}", ""),
        ("virtualenv = /srv/my-app/venv", ""),
        ("memory-report = true", "{address space usage:"),
    ],
)
def test_some_lines_of_a_rented_server_change_nothing_on_a_dyno(dyno, line, message):
    with with_extra_line(dyno, line).running() as web:
        assert web.get("/").text == "Hello"
        assert web.wait_for_log(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chdir = /srv/my-app", "chdir(): No such file or directory"),
        ("logto = /var/log/my-app/uwsgi.log", "No such file or directory"),
        ("daemonize = /var/log/my-app/uwsgi.log", "No such file or directory"),
    ],
)
def test_other_lines_of_a_rented_server_end_the_start_on_a_dyno(dyno, line, message):
    with with_extra_line(dyno, line) as web:
        web.wait()
        assert web.wait_for_log(message)
        assert not web.tree()


def test_a_log_file_hides_the_log(dyno):
    with with_extra_line(dyno, "logto = uwsgi.log").running() as web:
        assert web.get("/").text == "Hello"
        assert "spawned uWSGI worker 1" in (web.app / "uwsgi.log").read_text()
        assert "spawned uWSGI worker" not in web.log
