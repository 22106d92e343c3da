"""docs/guides/websockets.md: every claim the page makes, proved with real clients, through the router."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
import socketio

from handbook.fake_heroku.addons.redis import query
from handbook.fake_heroku.limits import IDLE_SECONDS
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually, has_lines
from tests import recognition
from tests.conftest import replace_in_file

TRANSPORTS = ["polling", "websocket"]


@contextmanager
def client(web, transports: list[str], wait: float = DEFAULT_TIMEOUT) -> Iterator[tuple[socketio.Client, list[str]]]:
    """Yield (a connected client, its received messages). Raise ConnectionError if connecting takes longer than wait."""
    told: list[str] = []
    # The client would send an Origin of its own beside that of the page.
    options = {"suppress_origin": True}
    visitor = socketio.Client(reconnection=False, request_timeout=DEFAULT_TIMEOUT, websocket_extra_options=options)
    visitor.on("said", told.append)
    page = {"Origin": web.router.url.replace("http:", "https:")}
    visitor.connect(web.router.url, page, transports=transports, wait_timeout=wait)
    try:
        yield visitor, told
    finally:
        visitor.disconnect()


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], TRANSPORTS])
def test_one_worker_with_threads_serves_each_kind_of_client(dyno, transports):
    with dyno("websockets").running() as web:
        assert web.log.count("Booting worker") == 1
        with client(web, transports) as (one, told), client(web, transports) as (_other, told_too):
            one.emit("say", "Hello")
            assert eventually(lambda: told == told_too == ["Hello"]), web.log


def test_with_two_workers_a_client_that_begins_with_short_requests_has_no_valid_session(dyno, expected_lines):
    with dyno("websockets/broken-two-workers").running() as web:

        def refused() -> bool:
            with suppress(socketio.exceptions.ConnectionError), client(web, ["polling"], wait=2):
                pass
            return has_lines(web.log, expected_lines("websockets/broken-two-workers"))

        assert eventually(refused)
        line = re.search(r'.*/socket\.io/\?\S+&sid=\S+ HTTP/1\.1" 400.*', web.log)[0]
    assert recognition.find_first_entry(line).id == "invalid-session"


def test_a_message_of_one_dyno_reaches_the_visitors_of_another(dyno):
    with dyno("websockets") as web, dyno("websockets") as other:
        assert (web.boot(), other.boot()) == ("up", "up")
        with client(web, ["websocket"]) as (one, _told), client(other, ["websocket"]) as (_other, told):
            # The message is sent repeatedly: the other dyno subscribes to the queue a moment after its start.
            assert eventually(lambda: one.emit("say", "Hello") or "Hello" in told), other.log


def test_an_open_connection_does_not_keep_the_dyno_past_the_30_seconds(dyno):
    with dyno("websockets").running() as web, client(web, ["websocket"]):
        assert web.stop() == "gone", web.log


def connect_from(web, origin: str) -> requests.Response:
    """Connect as a page of that site does."""
    headers = {"Host": "www.example.com", "Origin": origin}
    return web.get("/socket.io/?EIO=4&transport=polling", headers=headers)


def test_only_the_pages_of_the_named_sites_may_connect(dyno, expected_lines):
    with dyno("websockets").running() as web:
        assert connect_from(web, "https://www.example.com").status_code == 200
        assert connect_from(web, "https://shop.example.com").status_code == 400
    with dyno("websockets/broken-origin").running() as web:
        assert connect_from(web, "https://shop.example.com").status_code == 200
        for refused in ("https://evil.example", "https://www.example.com"):
            answer = connect_from(web, refused)
            assert (answer.status_code, answer.text) == (400, expected_lines("websockets/broken-origin")[0])


def test_a_stream_without_news_is_an_h15(dyno, expected_lines):
    with dyno("websockets/broken-silent").running() as web:
        web.router.idle_timeout = 0.5
        with pytest.raises(requests.RequestException):
            web.get("/news")
        assert eventually(lambda: has_lines("\n".join(web.router.log), expected_lines("websockets/broken-silent")))


def test_a_stream_with_a_heartbeat_stays_open_and_brings_the_news(dyno, addon):
    web = dyno("websockets")
    beat = 25
    assert beat < IDLE_SECONDS
    replace_in_file(web.app / "app.py", f"timeout={beat}", "timeout=0.2")
    with web.running(), web.get("/news", stream=True) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = filter(None, answer.iter_lines(chunk_size=1))
        assert next(lines) == b": connected"
        assert [next(lines) for _ in range(3)] == [b": ping"] * 3
        query(addon("redis"), "publish", "news", "A text")
        assert b"data: A text" in (next(lines) for _ in range(100))


@pytest.mark.parametrize(("line", "workers"), [("gunicorn app:app", 1), ("gunicorn --workers 2 app:app", 2)])
def test_the_variable_does_not_beat_the_one_worker_and_an_option_of_the_procfile_does(dyno, line, workers):
    with dyno("websockets", command=line, config={"WEB_CONCURRENCY": "2"}).running() as web:
        assert eventually(lambda: web.log.count("Booting worker") == workers)
