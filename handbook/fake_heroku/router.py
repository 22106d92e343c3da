"""An imitation of Heroku's router: one public address, the headers it adds, the errors it responds with by itself.

It streams a response part by part, and relays a WebSocket in both directions. It listens on loopback. It does not
speak TLS; X-Forwarded-Proto is "https" all the same, unless a test sets Router.scheme.
"""

import http.client
import select
import socket
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handbook.fake_heroku.limits import IDLE_SECONDS, REQUEST_SECONDS
from handbook.fake_heroku.process import QuietHandler, ThreadServer

# The client address that the app sees; the real router sends that of the visitor.
CLIENT_ADDRESS = "203.0.113.7"
ERRORS = {
    "H10": "App crashed",
    "H12": "Request timeout",
    "H13": "Connection closed without response",
    "H14": "No web processes running",
    "H15": "Idle connection",
    "H18": "Server Request Interrupted",
}
ERROR_PAGE = b"<h1>Application error</h1>"
WITHOUT_BODY = {http.HTTPStatus.NO_CONTENT, http.HTTPStatus.NOT_MODIFIED}
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "upgrade", "proxy-authorization"}


class Router(ThreadServer, ThreadingHTTPServer):
    """Forwards requests to target, a (host, port); while that is None, each request gets the error page of error_code.

    response_timeout, idle_timeout: timeouts in seconds, for the start of a response and for each further part of it.
    pending: the ids of the requests that were sent to the app and are not fully answered yet.
    """

    def __init__(self, target: tuple[str, int] | None = None, error_code: str = "H14"):
        super().__init__(("127.0.0.1", 0), RequestHandler)
        self.target, self.error_code = target, error_code
        self.response_timeout, self.idle_timeout = float(REQUEST_SECONDS), float(IDLE_SECONDS)
        self.pending: set[str] = set()
        self.scheme = "https"  # sent as X-Forwarded-Proto
        self.log: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class ResponseInterrupted(Exception):
    """The app has closed the connection in the middle of its response."""


class RequestHandler(QuietHandler, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Router

    def handle_request(self) -> None:
        started, request_id, begun = time.time(), str(uuid.uuid4()), False
        body = self.read_body()  # always: what stays unread would be taken for the next request of the connection
        if (target := self.server.target) is None:
            self.send_error_page(self.server.error_code, request_id)
            return
        connection = http.client.HTTPConnection(*target, timeout=self.server.response_timeout)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.make_request_headers(started, request_id, len(body)):
                connection.putheader(name, value)
            connection.endheaders(body or None)
            app = connection.sock  # http.client drops this reference before the last part has arrived
            self.server.pending.add(request_id)
            with connection.getresponse() as answer:
                begun = True
                app.settimeout(self.server.idle_timeout)
                if answer.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                    self.relay(answer, app, request_id)
                else:
                    self.forward_response(answer, request_id)
        except TimeoutError:
            self.abort_response("H15", request_id) if begun else self.send_error_page("H12", request_id)
        except ConnectionRefusedError:
            self.send_error_page("H10", request_id)
        except ResponseInterrupted:
            self.abort_response("H18", request_id)
        except (http.client.HTTPException, OSError):
            if begun:
                raise
            self.send_error_page("H13", request_id)
        finally:
            self.server.pending.discard(request_id)
            connection.close()

    def read_body(self) -> bytes:
        """Return the body of the request, which ends after its length, or with an empty chunk."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # a trailer
        return body

    def forward_response(self, answer: http.client.HTTPResponse, request_id: str) -> None:
        """Forward the response, each part when it arrives; the log line is written before the last part is sent."""
        total, length = 0, answer.length
        try:
            framing = {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}
            if self.command == "HEAD" or answer.status in WITHOUT_BODY:  # the length, if any, is that of another body
                framing = {name: value for name, value in answer.getheaders() if name.lower() == "content-length"}
            self.send_head(answer, framing)
            while part := self.read_part(answer):
                total += len(part)
                if total == length:
                    break
                self.send_part(part, length is None)
        finally:
            if not isinstance(sys.exception(), (ResponseInterrupted, TimeoutError)):
                self.add_log_line("info", "", request_id, f"status={answer.status} bytes={total}")
        self.send_part(part, length is None)

    def read_part(self, answer: http.client.HTTPResponse) -> bytes:
        """Return the next part, b"" at the end. Raises ResponseInterrupted where the app hangs up before the end."""
        try:
            part = answer.read1()
        except TimeoutError:
            raise
        except (http.client.HTTPException, OSError) as error:
            raise ResponseInterrupted from error
        if not part and answer.length:
            raise ResponseInterrupted
        return part

    def send_part(self, part: bytes, chunked: bool) -> None:
        """Send a part of the response; in a chunked one, an empty part marks the end."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)

    def relay(self, answer: http.client.HTTPResponse, app: socket.socket, request_id: str) -> None:
        """Copy bytes in both directions until one side hangs up. Raises TimeoutError where both are silent too long."""
        self.send_head(answer, {"Connection": "Upgrade", "Upgrade": answer.headers["Upgrade"]})
        self.close_connection = True
        to = {app: self.connection, self.connection: app}
        # Some bytes may have been read into the buffers together with the headers.
        for one, buffer in ((app, answer.fp), (self.connection, self.rfile)):
            one.setblocking(False)
            early = buffer.peek()  # type: ignore[attr-defined]  # a BufferedReader
            one.settimeout(self.server.idle_timeout)  # also for a side that does not read
            to[one].sendall(early)
        while ready := select.select([*to], [], [], self.server.idle_timeout)[0]:
            for one in ready:
                part = one.recv(2**16)
                if not part:
                    self.add_log_line("info", "", request_id, f"status={answer.status}")
                    return
                to[one].sendall(part)
        raise TimeoutError

    def send_head(self, answer: http.client.HTTPResponse, own: dict[str, str]) -> None:
        """Send the status line and the headers of the response, with the router's own headers."""
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"transfer-encoding", "content-length"}:
                self.send_header(name, value)
        for name, value in ({"Via": "1.1 heroku-router"} | own).items():
            self.send_header(name, value)
        self.end_headers()

    def abort_response(self, code: str, request_id: str) -> None:
        """Log the error, and close the connection in the middle of a response."""
        self.add_log_line("error", f'code={code} desc="{ERRORS[code]}" ', request_id, "status=503")
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_request

    def make_request_headers(self, started: float, request_id: str, length: int) -> list[tuple[str, str]]:
        """Return the client's headers, and those that the router sets or appends to. length: that of the body."""
        own = {
            "X-Forwarded-For": ", ".join([*self.headers.get_all("X-Forwarded-For", []), CLIENT_ADDRESS]),
            "X-Forwarded-Proto": self.server.scheme,
            "X-Forwarded-Port": "443" if self.server.scheme == "https" else "80",
            "X-Request-Start": str(int(started * 1000)),
            "X-Request-Id": request_id,
            "Via": "1.1 heroku-router",
        }
        if self.headers.get("Upgrade", "").lower() == "websocket":
            own |= {"Connection": "Upgrade", "Upgrade": "websocket"}
        if "Transfer-Encoding" in self.headers:
            own["Content-Length"] = str(length)
        replaced = HOP_BY_HOP | {"transfer-encoding"} | {name.lower() for name in own}
        kept = [(name, value) for name, value in self.headers.items() if name.lower() not in replaced]
        return [*kept, *own.items()]

    def send_error_page(self, code: str, request_id: str) -> None:
        self.add_log_line("error", f'code={code} desc="{ERRORS[code]}" ', request_id, "status=503")
        self.send_response_only(503)
        self.send_header("Content-Length", str(len(ERROR_PAGE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(ERROR_PAGE)

    def add_log_line(self, level: str, error: str, request_id: str, rest: str) -> None:
        self.server.log.append(
            f'heroku[router]: at={level} {error}method={self.command} path="{self.path}" request_id={request_id} {rest}'
        )
