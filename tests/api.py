"""A stub of Heroku's API for those commands of the real CLI that handbook/fake_heroku does not imitate."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handbook.fake_heroku.account import cli_environment
from handbook.fake_heroku.process import ThreadServer


class JsonRequestHandler(BaseHTTPRequestHandler):
    """Base class of request handlers that read a body and respond with JSON."""

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args) -> None:
        """Suppress the request log on stderr."""


class Api(ThreadServer, ThreadingHTTPServer):
    """The stub, on loopback. It builds and runs nothing: a subclass defines the response to each call."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ApiRequestHandler)

    def answer(self, method: str, path: list[str], body: dict) -> object:
        """Return the response, for JSON; path: its parts, without the query. Raise LookupError for an unknown call."""
        raise LookupError(f"{method} {path}")

    def environment(self) -> dict[str, str]:
        """Return the environment variables that make the CLI call this server as a logged-in user."""
        return cli_environment(f"http://127.0.0.1:{self.server_port}")


class ApiRequestHandler(JsonRequestHandler):
    server: Api

    def do_GET(self) -> None:
        asked = json.loads(self.read_body() or "{}")
        try:
            path = self.path.strip("/").partition("?")[0].split("/")
            self.answer(200, self.server.answer(self.command, path, asked))
        except LookupError as error:
            self.answer(404, {"id": "not_found", "message": str(error)})

    do_POST = do_PATCH = do_GET
