"""A stand-in for Heroku's router: one public door, the headers it adds, the errors it answers by itself.

It listens on loopback. It does not speak TLS; X-Forwarded-Proto says "https" all the same, unless a
test says otherwise.
"""

import http.client
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handbook.fake_heroku.limits import REQUEST_SECONDS
from handbook.fake_heroku.process import Serving

# The address a test client seems to come from; the real router writes the reader's.
CLIENT = "203.0.113.7"
ERRORS = {
    "H10": "App crashed",
    "H12": "Request timeout",
    "H13": "Connection closed without response",
    "H14": "No web processes running",
}
PAGE = b"<h1>Application error</h1>"
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "upgrade", "proxy-authorization"}


class Router(Serving, ThreadingHTTPServer):
    """Forwards to target, a (host, port); while it is None, every request gets the error in down.

    waiting: how many requests were sent to the app and are not answered yet.
    """

    def __init__(self, target: tuple[str, int] | None = None, down: str = "H14", first_byte: float = REQUEST_SECONDS):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.down, self.first_byte = target, down, first_byte
        self.sent: set[str] = set()
        self.scheme = "https"  # how the reader is said to call
        self.log: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    @property
    def waiting(self) -> int:
        return len(self.sent)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Router

    def handle_request(self) -> None:
        started, request_id = time.time(), str(uuid.uuid4())
        if self.server.target is None:
            self.fail(self.server.down, request_id)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(*self.server.target, timeout=self.server.first_byte)
        try:
            connection.request(self.command, self.path, body or None, self.forwarded(started, request_id))
            self.server.sent.add(request_id)
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            self.fail("H12", request_id)
            return
        except ConnectionRefusedError:
            self.fail("H10", request_id)
            return
        except (http.client.HTTPException, OSError):
            self.fail("H13", request_id)
            return
        finally:
            self.server.sent.discard(request_id)
            connection.close()
        self.note("info", "", request_id, f"status={answer.status} bytes={len(content)}")
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"transfer-encoding", "content-length"}:
                self.send_header(name, value)
        self.send_header("Via", "1.1 heroku-router")
        self.finish_with(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_request

    def forwarded(self, started: float, request_id: str) -> dict[str, str]:
        """Return the reader's headers and those that the router sets or appends to."""
        came_from = self.headers.get("X-Forwarded-For", "")
        own = {
            "X-Forwarded-For": f"{came_from}, {CLIENT}" if came_from else CLIENT,
            "X-Forwarded-Proto": self.server.scheme,
            "X-Forwarded-Port": "443" if self.server.scheme == "https" else "80",
            "X-Request-Start": str(int(started * 1000)),
            "X-Request-Id": request_id,
            "Via": "1.1 heroku-router",
        }
        replaced = HOP_BY_HOP | {name.lower() for name in own}
        return {name: value for name, value in self.headers.items() if name.lower() not in replaced} | own

    def fail(self, code: str, request_id: str) -> None:
        self.note("error", f'code={code} desc="{ERRORS[code]}" ', request_id, "status=503")
        self.send_response_only(503)
        self.finish_with(PAGE)

    def finish_with(self, content: bytes) -> None:
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def note(self, level: str, error: str, request_id: str, rest: str) -> None:
        self.server.log.append(
            f'heroku[router]: at={level} {error}method={self.command} path="{self.path}" request_id={request_id} {rest}'
        )

    def log_message(self, *_args: object) -> None:
        """Say nothing on stderr; the log is kept in the router."""
