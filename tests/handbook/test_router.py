"""handbook/fake_heroku/router.py: the headers that it adds, and the error responses that it makes itself."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from handbook.fake_heroku.process import ThreadServer, eventually
from handbook.fake_heroku.router import CLIENT_ADDRESS, Router


class App(ThreadServer, ThreadingHTTPServer):
    """A server that handles each request by calling act(handler)."""

    def __init__(self, act):
        super().__init__(("127.0.0.1", 0), type("Handler", (BaseHTTPRequestHandler,), HANDLER | {"act": act}))
        self.target = self.server_address


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
HANDLER = {f"do_{method}": lambda self: self.act() for method in METHODS}
HANDLER["log_message"] = lambda self, *_args: None


def answer(handler, body: bytes = b"Hello", **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def request_through_router(act, **request) -> tuple[requests.Response, Router]:
    """Return (an app's response through a router, that router)."""
    with App(act) as app, Router(app.target) as router:
        return requests.request(request.pop("method", "GET"), router.url + "/page?x=1", timeout=60, **request), router


def test_router_adds_its_headers_for_the_app_alone():
    seen = {}

    def act(handler):
        assert len(handler.headers.keys()) == len({name.lower() for name in handler.headers})
        seen.update(handler.headers.items())
        answer(handler)

    headers = {"Host": "www.example.com", "X-Forwarded-Proto": "gopher", "x-request-id": "mine", "X-Own": "kept"}
    response, _router = request_through_router(act, headers=headers)
    assert response.text == "Hello"
    assert response.headers["Via"] == "1.1 heroku-router"
    assert "X-Request-Start" not in response.headers
    assert seen["Host"] == "www.example.com"
    assert seen["X-Forwarded-Proto"] == "https"
    assert (seen["X-Forwarded-Port"], seen["X-Forwarded-For"], seen["X-Own"]) == ("443", CLIENT_ADDRESS, "kept")
    assert seen["X-Request-Id"] != "mine"
    assert seen["X-Request-Start"].isdigit()
    assert seen["Via"] == "1.1 heroku-router"


def test_router_appends_the_client_address_to_x_forwarded_for():
    def act(handler):
        answer(handler, handler.headers["X-Forwarded-For"].encode())

    response, _router = request_through_router(act, headers={"x-forwarded-for": "10.0.0.1"})
    assert response.text == f"10.0.0.1, {CLIENT_ADDRESS}"


def test_router_forwards_both_bodies_and_logs_the_request():
    def act(handler):
        answer(handler, handler.rfile.read(int(handler.headers["Content-Length"]))[::-1], Set_Cookie="a=b")

    response, router = request_through_router(act, method="POST", data=b"abc")
    assert response.content == b"cba"
    assert response.headers["Set-Cookie"] == "a=b"
    assert 'at=info method=POST path="/page?x=1"' in router.log[-1]
    assert router.log[-1].endswith("status=200 bytes=3")


@pytest.mark.parametrize("method", METHODS)
def test_router_forwards_each_method(method):
    def act(handler):
        answer(handler, b"", X_Method=handler.command)

    response, router = request_through_router(act, method=method)
    assert response.headers["X-Method"] == method
    assert f"method={method} " in router.log[-1]


def test_router_answers_h12_when_the_app_is_too_slow():
    over = threading.Event()
    with App(lambda _handler: over.wait(60)) as app, Router(app.target) as router:
        router.response_timeout = 0.2
        assert requests.get(router.url, timeout=60).status_code == 503
        over.set()
    assert 'code=H12 desc="Request timeout"' in router.log[-1]


def test_router_answers_h13_when_the_app_closes_the_connection():
    response, router = request_through_router(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR))
    assert response.status_code == 503
    assert "Application error" in response.text
    assert 'code=H13 desc="Connection closed without response"' in router.log[-1]


def test_router_answers_h10_when_nothing_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # but it does not listen
        with Router(unused.getsockname()) as router:
            assert requests.get(router.url, timeout=60).status_code == 503
    assert 'code=H10 desc="App crashed"' in router.log[-1]


@pytest.mark.parametrize("code", ["H10", "H14"])
def test_router_without_a_target_answers_with_its_error_code(code):
    with Router(error_code=code) as router:
        assert requests.get(router.url, timeout=60).status_code == 503
    assert f"code={code} " in router.log[-1]


def test_router_counts_the_pending_requests():
    over = threading.Event()
    with App(lambda handler: (over.wait(60), answer(handler))) as app, Router(app.target) as router:
        asking = [threading.Thread(target=requests.get, args=(router.url,), kwargs={"timeout": 60}) for _ in range(3)]
        for thread in asking:
            thread.start()
        assert eventually(lambda: len(router.pending) == 3)
        over.set()
        for thread in asking:
            thread.join(60)
        assert eventually(lambda: len(router.pending) == 0)


def test_router_streams_an_answer_part_by_part():
    seen = threading.Event()

    def act(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"first\n")
        seen.wait(60)
        handler.wfile.write(b"second\n")

    with App(act) as app, Router(app.target) as router:
        with requests.get(router.url, stream=True, timeout=60) as response:
            lines = response.iter_lines(chunk_size=1)
            assert next(lines) == b"first"
            seen.set()
            assert list(lines) == [b"second"]
        assert eventually(lambda: router.log[-1:] and router.log[-1].endswith("status=200 bytes=13"))


def part_of_an_answer(over: threading.Event):
    def act(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "9")
        handler.end_headers()
        handler.wfile.write(b"half")
        over.wait(60)

    return act


@pytest.mark.parametrize(("silent", "code"), [(True, "H15"), (False, "H18")])
def test_router_logs_h15_for_a_stalled_answer_and_h18_for_an_interrupted_one(silent, code):
    over = threading.Event()
    with App(part_of_an_answer(over)) as app, Router(app.target) as router:
        router.idle_timeout = 0.2 if silent else 60
        if not silent:
            over.set()
        with pytest.raises(requests.RequestException):
            requests.get(router.url, timeout=60)
        over.set()
        assert eventually(lambda: router.log)
    assert f"code={code} " in router.log[-1]


def upgrade(handler) -> None:
    """Accept the upgrade, send "Hello" together with the head, then echo in capitals whatever comes."""
    assert handler.headers["Connection"] == handler.headers["Upgrade"].replace("websocket", "Upgrade")
    handler.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nHello")
    while part := handler.connection.recv(1000):
        handler.wfile.write(part.upper())
    handler.close_connection = True


def test_router_relays_a_websocket_until_one_side_hangs_up():
    with App(upgrade) as app, Router(app.target) as router:
        with socket.create_connection(router.server_address, timeout=60) as reader, reader.makefile("rb") as response:
            reader.sendall(b"GET /chat HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc")
            head = [response.readline() for _ in range(5)]
            assert head[0].startswith(b"HTTP/1.1 101")
            assert response.read(8) == b"HelloABC"
            reader.sendall(b"def")
            assert response.read(3) == b"DEF"
        assert eventually(lambda: router.log)
    assert router.log[-1].endswith("status=101")


def test_router_closes_an_idle_websocket_with_h15():
    with App(upgrade) as app, Router(app.target) as router:
        router.idle_timeout = 0.2
        with socket.create_connection(router.server_address, timeout=60) as reader, reader.makefile("rb") as response:
            reader.sendall(b"GET /chat HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            assert response.read().endswith(b"Hello")
        assert eventually(lambda: router.log)
    assert 'code=H15 desc="Idle connection"' in router.log[-1]


def test_client_that_hangs_up_is_no_error_of_the_router(capfd):
    over = threading.Event()
    with App(lambda handler: (over.wait(60), answer(handler, b"x" * 2**20))) as app, Router(app.target) as router:
        with socket.create_connection(router.server_address) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            assert eventually(lambda: len(router.pending) == 1)
        over.set()
        assert eventually(lambda: router.log)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("method", "status", "length"),
    [("HEAD", 200, "5"), ("HEAD", 200, None), ("GET", 204, None), ("GET", 304, "5"), ("GET", 304, None)],
)
def test_router_leaves_the_length_of_a_response_without_a_body_as_it_is(method, status, length):
    def act(handler):
        handler.send_response(status)
        if length:
            handler.send_header("Content-Length", length)
        handler.end_headers()

    with App(act) as app, Router(app.target) as router:
        response = requests.request(method, router.url, timeout=60)
    assert (response.status_code, response.headers.get("Content-Length")) == (status, length)
    assert "Transfer-Encoding" not in response.headers


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 18\r\n\r\nGET /body HTTP/1.1",
        b"Transfer-Encoding: chunked\r\n\r\n12;a=b\r\nGET /body HTTP/1.1\r\n0\r\nA: b\r\n\r\n",
    ],
)
def test_router_without_a_target_does_not_take_a_body_for_a_request(body):
    with Router() as router, socket.create_connection(router.server_address, timeout=60) as client:
        client.sendall(b"POST /one HTTP/1.1\r\nHost: here\r\n" + body)
        client.sendall(b"HEAD /two HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        received = client.makefile("rb").read()
    assert ['method=POST path="/one"' in router.log[0], 'method=HEAD path="/two"' in router.log[1]] == [True, True]
    assert len(router.log) == received.count(b"HTTP/1.1 503") == 2
    assert received.endswith(b"\r\n\r\n")  # the response to HEAD has no body


def test_router_forwards_a_body_in_chunks():
    def act(handler):
        answer(handler, handler.rfile.read(int(handler.headers["Content-Length"]))[::-1])

    with App(act) as app, Router(app.target) as router:
        assert requests.post(router.url, data=iter([b"ab", b"c"]), timeout=60).text == "cba"


def test_router_forwards_each_of_several_headers_of_one_name():
    def act(handler):
        answer(handler, "|".join(handler.headers.get_all("X-Own")).encode())

    with App(act) as app, Router(app.target) as router, socket.create_connection(router.server_address, 60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nX-Own: a\r\nX-Own: b\r\nConnection: close\r\n\r\n")
        assert client.makefile("rb").read().endswith(b"a|b")


def test_router_gives_up_a_websocket_whose_client_does_not_read():
    def act(handler):
        handler.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        with suppress(OSError):  # the router hangs up
            while True:
                handler.wfile.write(b"x" * 2**20)
        handler.close_connection = True

    with App(act) as app, Router(app.target) as router:
        router.idle_timeout = 0.2
        with socket.create_connection(router.server_address, timeout=60) as reader:
            reader.sendall(b"GET /chat HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            assert eventually(lambda: router.log)
    assert 'code=H15 desc="Idle connection"' in router.log[-1]
