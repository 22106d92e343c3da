"""Heroku's side of a few calls of the real CLI, for commands that handbook/fake_heroku does not imitate."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handbook.fake_heroku.process import Serving


class Api(Serving, ThreadingHTTPServer):
    """It builds and runs nothing: a subclass says what each call is answered."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)

    def answer(self, method: str, path: list[str], body: dict) -> object:
        """Return what Heroku answers; path: its parts, without the query. Raises LookupError for an unknown call."""
        raise LookupError(f"{method} {path}")

    def environment(self) -> dict[str, str]:
        """Return what makes the CLI talk to this side of Heroku, as somebody who is logged in."""
        url = f"http://127.0.0.1:{self.server_port}"
        hosts = {"HEROKU_HOST": url, "HEROKU_PARTICLEBOARD_URL": url, "HEROKU_DATA_HOST": "127.0.0.1"}
        return hosts | {"HEROKU_GIT_HOST": "git.heroku.com", "HEROKU_API_KEY": "a-key"}


class Answers(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        try:
            path = self.path.strip("/").partition("?")[0].split("/")
            status, content = 200, self.server.answer(self.command, path, asked)
        except LookupError as error:
            status, content = 404, {"id": "not_found", "message": str(error)}
        body = json.dumps(content).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_GET

    def log_message(self, *_args) -> None:
        """Say nothing on stderr."""
