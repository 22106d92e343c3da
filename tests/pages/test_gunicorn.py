"""docs/guides/gunicorn.md: every claim the page makes, proved."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from handbook.fake_heroku.process import says


@pytest.mark.parametrize("name", ["gunicorn/broken-module", "gunicorn/broken-object", "gunicorn/broken-not-installed"])
def test_a_line_that_names_the_wrong_thing_crashes_with_its_message(name, dyno, expected):
    with dyno(name) as web:
        assert web.boot() == "H10"
        assert says(web.log, expected(name))
        assert web.get("/").status_code == 503
        assert 'code=H10 desc="App crashed"' in web.router.log[-1]


def test_gunicorn_takes_the_port_from_the_environment_and_listens_on_every_address(dyno):
    with dyno("gunicorn") as web:
        assert web.boot() == "up", web.log
        assert web.addresses() == {("0.0.0.0", web.port)}


def test_a_worker_of_five_threads_answers_while_four_requests_wait_and_a_sixth_request_waits_too(dyno):
    """One worker: which of two takes a connection is the kernel's choice."""
    with dyno("gunicorn", slow=True, config={"WEB_CONCURRENCY": "1"}) as web:
        assert web.boot() == "up", web.log
        with ThreadPoolExecutor(6) as pool:
            waiting = [pool.submit(web.get, "/slow/6.0") for _ in range(4)]
            time.sleep(2)  # all four are inside the app
            assert web.get("/").text == "Hello"
            assert not any(request.done() for request in waiting)
            waiting.append(pool.submit(web.get, "/slow/6.0"))
            time.sleep(1)
            sixth = pool.submit(web.get, "/")
            time.sleep(1)
            assert not sixth.done() or any(request.done() for request in waiting)
            assert all(request.result().text == "done" for request in waiting)


def test_without_threads_two_waiting_requests_keep_everybody_else_out(dyno):
    with dyno("gunicorn", slow=True, config={"GUNICORN_CMD_ARGS": "--worker-class sync --threads 1"}) as web:
        assert web.boot() == "up", web.log
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(web.get, "/slow/4.0") for _ in range(2)]
            time.sleep(1)
            third = pool.submit(web.get, "/")
            first_two = [request.result() for request in waiting]
            assert [answer.text for answer in first_two] == ["done", "done"]
            assert third.result().text == "Hello"
            # Behind the last of the two: the router noted it after them.
            assert 'path="/"' in web.router.log[-1] or 'path="/"' in web.router.log[-2]


def test_a_request_that_never_ends_does_not_keep_the_dyno_past_the_30_seconds(dyno):
    with dyno("gunicorn", slow=True) as web:
        assert web.boot() == "up", web.log
        with web.request_in_flight(seconds=50):
            assert web.stop() == "gone", web.log


def test_a_worker_without_a_sign_of_life_is_replaced_while_the_router_still_waits_for_its_answer(dyno):
    with dyno("gunicorn", config={"WEB_CONCURRENCY": "1"}) as web:
        assert web.boot() == "up", web.log
        web.tree()[-1].suspend()
        assert web.get("/").text == "Hello", web.router.log
        assert "WORKER TIMEOUT" in web.log


def test_a_graceful_timeout_longer_than_heroku_waits_is_an_r12(dyno, expected):
    with dyno("gunicorn/broken-graceful", slow=True) as web:
        assert web.boot() == "up", web.log
        with web.request_in_flight(seconds=50):
            assert web.stop() == "R12"
            assert says(web.log, expected("gunicorn/broken-graceful"))
            web.kill()


@pytest.mark.parametrize(("arguments", "still_open"), [("", True), ("--keep-alive 2", False)])
def test_an_idle_connection_is_kept_for_the_router(dyno, arguments, still_open):
    """Gunicorn's own default, 2 seconds, closes it under the router's hands; the page's 95 does not."""
    with dyno("gunicorn", config={"GUNICORN_CMD_ARGS": arguments}) as web:
        assert web.boot() == "up", web.log
        connection = http.client.HTTPConnection("127.0.0.1", web.port)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"Hello"
        connection.sock.settimeout(6)
        try:
            closed = connection.sock.recv(1) == b""
        except TimeoutError:
            closed = False
        assert closed is not still_open


def test_the_keepalive_outlasts_the_router(facts, gunicorn_settings):
    assert gunicorn_settings["keepalive"] > int(facts["router_idle"]["value"].split()[0])


def test_the_graceful_timeout_is_shorter_than_heroku_waits(facts, gunicorn_settings):
    assert gunicorn_settings["graceful_timeout"] < int(facts["shutdown_grace"]["value"].split()[0])


def test_with_preload_a_failing_import_stops_the_boot_at_once(dyno):
    with dyno("gunicorn") as web:
        assert web.boot() == "up"
        assert web.log.index("Listening at") > 0
    with dyno("gunicorn/broken-module") as web:
        assert web.boot() == "H10"
        assert "Booting worker" not in web.log


def test_the_log_of_errors_goes_to_standard_error_with_and_without_log_file(dyno):
    """ "Old guides write `--log-file -`. It means the log of errors, and is the default: leave it out."."""
    for line in ("gunicorn app:app", "gunicorn app:app --log-file -"):
        web = dyno("gunicorn")
        web.command = ["bash", "-c", f"exec {line} 2>errors.txt"]
        with web:
            assert web.boot() == "up", web.log
            web.get("/")
            assert web.wait_for_log('"GET / HTTP/1.1" 200')
            assert "Starting gunicorn" not in web.log
            errors = (web.app / "errors.txt").read_text("utf-8")
        assert "Starting gunicorn" in errors
        assert "GET /" not in errors


def test_each_request_is_a_line_of_the_log_on_heroku_and_on_the_laptop(dyno):
    for variables in ({}, {"GUNICORN_CMD_ARGS": ""}):
        with dyno("gunicorn", config=variables) as web:
            assert web.boot() == "up", web.log
            web.get("/")
            assert web.wait_for_log('"GET / HTTP/1.1" 200')
