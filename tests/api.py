"""Heroku's side of a few calls of the real CLI, for commands that handbook/fake_heroku does not imitate."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handbook.fake_heroku.account import cli_environment
from handbook.fake_heroku.process import ThreadServer


class JsonRequestHandler(BaseHTTPRequestHandler):
    """What the handlers of such a side have in common."""

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
        """Say nothing on stderr."""


class Api(ThreadServer, ThreadingHTTPServer):
    """It builds and runs nothing: a subclass says what each call is answered."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ApiRequestHandler)

    def answer(self, method: str, path: list[str], body: dict) -> object:
        """Return what Heroku answers; path: its parts, without the query. Raises LookupError for an unknown call."""
        raise LookupError(f"{method} {path}")

    def environment(self) -> dict[str, str]:
        """Return what makes the CLI talk to this side of Heroku, as somebody who is logged in."""
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
