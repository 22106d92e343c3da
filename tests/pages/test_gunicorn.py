"""docs/guides/gunicorn.md: every claim the page makes, proved."""

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from itertools import accumulate

import pytest

from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from tests.conftest import replace_in_file


@pytest.mark.parametrize("name", ["gunicorn/broken-module", "gunicorn/broken-object", "gunicorn/broken-not-installed"])
def test_a_line_that_names_the_wrong_thing_crashes_with_its_message(name, dyno, expected_lines):
    with dyno(name) as web:
        assert web.boot() == "H10"
        assert has_lines(web.log, expected_lines(name))
        assert web.get("/").status_code == 503
        assert 'code=H10 desc="App crashed"' in web.router.log[-1]


@contextmanager
def send_slow_requests(web):
    """Yield add(), which sends one more slow request to the app; at the end of the block, all of them are finished."""
    with ThreadPoolExecutor(10) as pool:
        visitors = []

        def add():
            visitors.append(pool.submit(web.get, "/slow/300.0"))
            assert eventually(lambda: len(web.router.pending) == len(visitors)), "the router has not sent it on"

        try:
            yield add
        finally:
            web.finish_requests()
        assert [visitor.result().text for visitor in visitors] == ["done"] * len(visitors)


def most_inside(web) -> int:
    """Return how many slow requests were inside the app at once, at most."""
    return max(accumulate(1 if visit == "in" else -1 for visit in web.request_events()))


def test_a_worker_of_five_threads_answers_while_four_requests_wait_and_a_sixth_request_waits_too(dyno):
    """There is only one worker, because the kernel chooses which of two accepts a connection."""
    with dyno("gunicorn", slow=True, config={"WEB_CONCURRENCY": "1"}).running() as web:
        with send_slow_requests(web) as add:
            for _ in range(4):
                add()
            assert web.wait_for_requests(4), web.request_events()
            assert web.get("/").text == "Hello"
            add()
            assert web.wait_for_requests(5), web.request_events()
            add()
        assert most_inside(web) == 5
        assert web.request_events().count("out") == 6


@contextmanager
def slow_upload(web):
    """Yield a connection whose body of 8 bytes is under way; half of it has been sent."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=DEFAULT_TIMEOUT) as visitor:
        visitor.sendall(b"POST /upload HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\n\r\nhalf")
        yield visitor


def test_a_slow_upload_kills_a_worker_without_threads(dyno, expected_lines):
    with dyno("gunicorn/broken-slow-upload", config={"WEB_CONCURRENCY": "1"}).running() as web:
        with slow_upload(web) as visitor:
            assert b"200" not in visitor.recv(1000)
        assert eventually(lambda: has_lines(web.log, expected_lines("gunicorn/broken-slow-upload"))), web.log


def test_a_slow_upload_goes_on_in_a_worker_with_threads(dyno):
    web = dyno("gunicorn/broken-slow-upload", config={"WEB_CONCURRENCY": "1"})
    settings = web.app / "gunicorn.conf.py"
    settings.write_text('worker_class = "gthread"\nthreads = 5\ntimeout = 3\n')
    with web.running():
        with slow_upload(web) as visitor:
            # The upload pauses for longer than the timeout that kills a worker without threads.
            visitor.settimeout(6)
            with pytest.raises(TimeoutError):
                visitor.recv(1)
            visitor.settimeout(DEFAULT_TIMEOUT)
            visitor.sendall(b"half")
            answer = http.client.HTTPResponse(visitor)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b"8 bytes")
        assert "WORKER TIMEOUT" not in web.log


def test_without_threads_two_waiting_requests_keep_everybody_else_out(dyno):
    with dyno("gunicorn", slow=True, config={"GUNICORN_CMD_ARGS": "--worker-class sync --threads 1"}).running() as web:
        with send_slow_requests(web) as add:
            add()
            add()
            assert web.wait_for_requests(2), web.request_events()
            add()
        assert most_inside(web) == 2
        assert web.request_events().count("out") == 3


def test_a_request_that_never_ends_does_not_keep_the_dyno_past_the_30_seconds(dyno):
    with dyno("gunicorn", slow=True).running() as web, web.request_in_flight(seconds=50):
        assert web.stop() == "gone", web.log


def test_a_worker_without_a_sign_of_life_is_replaced_while_the_router_still_waits_for_its_answer(dyno):
    with dyno("gunicorn", config={"WEB_CONCURRENCY": "1"}).running() as web:
        web.tree()[-1].suspend()
        assert web.get("/").text == "Hello", web.router.log
        assert "WORKER TIMEOUT" in web.log


def test_a_graceful_timeout_longer_than_heroku_waits_is_an_r12(dyno, expected_lines):
    with dyno("gunicorn/broken-graceful", slow=True).running() as web, web.request_in_flight(seconds=50):
        assert web.stop() == "R12"
        assert has_lines(web.log, expected_lines("gunicorn/broken-graceful"))
        web.kill()


@pytest.mark.parametrize(("arguments", "still_open"), [("", True), ("--keep-alive 2", False)])
def test_an_idle_connection_is_kept_for_the_router(dyno, arguments, still_open):
    """Gunicorn's default of 2 seconds closes a connection that the router still uses; the page's 95 seconds do not."""
    with dyno("gunicorn", config={"GUNICORN_CMD_ARGS": arguments}).running() as web:
        connection = http.client.HTTPConnection("127.0.0.1", web.port)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"Hello"
        # If it is still open after 6 seconds, more than Gunicorn's default of 2, it stays open.
        connection.sock.settimeout(6 if still_open else DEFAULT_TIMEOUT)
        with pytest.raises(TimeoutError) if still_open else nullcontext():
            assert connection.sock.recv(1) == b""
        connection.close()


def test_the_keepalive_outlasts_the_router(facts, gunicorn_settings):
    assert gunicorn_settings["keepalive"] > int(facts["router_idle"]["value"].split()[0])


def test_the_graceful_timeout_is_shorter_than_heroku_waits(facts, gunicorn_settings):
    assert gunicorn_settings["graceful_timeout"] < int(facts["shutdown_grace"]["value"].split()[0])


@pytest.mark.parametrize("preload", [True, False])
def test_a_failing_import_stops_the_boot_before_it_listens_only_with_preload(dyno, preload):
    """ "Load the app once, then fork: … a failing import stops the boot"; without, each worker starts and fails."""
    web = dyno("gunicorn/broken-module")
    if not preload:
        replace_in_file(web.app / "gunicorn.conf.py", "preload_app = True\n")
    with web:
        assert web.boot() == "H10"
        assert ("Listening at" in web.log) is not preload
        assert ("Booting worker" in web.log) is not preload


@pytest.mark.parametrize(("preload", "times"), [(True, 1), (False, 2)])
def test_the_app_is_loaded_once_for_both_workers_only_with_preload(dyno, preload, times):
    web = dyno("gunicorn")
    with (web.app / "app.py").open("a") as source:
        source.write('\nprint("The app is loaded")\n')
    replace_in_file(web.app / "gunicorn.conf.py", "preload_app = True", f"preload_app = {preload}")
    with web.running():
        assert eventually(lambda: web.log.count("Booting worker") == 2), web.log
        assert eventually(lambda: web.log.count("The app is loaded") == times), web.log
        assert web.stop() == "gone"
        assert web.log.count("The app is loaded") == times


def test_the_log_of_errors_goes_to_standard_error_with_and_without_log_file(dyno):
    """ "Leave out the option `--log-file -` … This option sends the error log to the output, which is the default"."""
    for line in ("gunicorn app:app", "gunicorn app:app --log-file -"):
        with dyno("gunicorn", command=f"exec {line} 2>errors.txt").running() as web:
            web.get("/")
            assert web.wait_for_log('"GET / HTTP/1.1" 200')
            assert "Starting gunicorn" not in web.log
            errors = (web.app / "errors.txt").read_text("utf-8")
        assert "Starting gunicorn" in errors
        assert "GET /" not in errors


def test_each_request_is_a_line_of_the_log_on_heroku_and_on_the_laptop(dyno):
    for variables in ({}, {"GUNICORN_CMD_ARGS": ""}):
        with dyno("gunicorn", config=variables).running() as web:
            web.get("/")
            assert web.wait_for_log('"GET / HTTP/1.1" 200')
