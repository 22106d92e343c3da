"""A Git server that requires a password, like git.heroku.com and a private repository of GitHub.

git-http-backend, which comes with Git, handles the requests. Git uses this server as its HTTP proxy, so that the URL of
a command, with its user and its password, stays as it is written; only https becomes http.
"""

import os
from base64 import b64decode
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE
from urllib.parse import urlsplit

from handbook.fake_heroku.git_remote import git_settings
from handbook.fake_heroku.process import QuietHandler, ThreadServer
from handbook.programs import LONG_SECONDS, run_program


class GitServer(ThreadServer, ThreadingHTTPServer):
    """Serves the bare repositories of a folder where allowed(user, password) is true, inside a `with` block."""

    def __init__(self, folder: Path, allowed: Callable[[str, str], bool]):
        super().__init__(("127.0.0.1", 0), GitRequestHandler)
        self.folder, self.allowed = folder, allowed

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which Git uses this server for each host, and never prompts."""
        settings = {"url.http://.insteadOf": "https://", "http.proxy": f"http://127.0.0.1:{self.server_port}"}
        variables = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "no_proxy": "", "NO_PROXY": ""}
        return variables | git_settings(settings)


class GitRequestHandler(QuietHandler, BaseHTTPRequestHandler):
    server: GitServer

    def do_GET(self) -> None:
        kind, _space, value = self.headers.get("Authorization", "").partition(" ")
        user, _colon, password = b64decode(value if kind == "Basic" else "").decode().partition(":")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.server.allowed(user, password):
            self.send_response_only(HTTPStatus.UNAUTHORIZED)
            self.send_header("WWW-Authenticate", 'Basic realm="Git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        head, _empty, content = self.run_git(body).partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n")]
        headers = {name: text for name, _colon, text in lines}
        self.send_response_only(int(headers.pop("Status", "200").split()[0]))
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def run_git(self, body: bytes) -> bytes:
        """Run git-http-backend as a CGI program, and return its response."""
        address = urlsplit(self.path)
        asked = {
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "somebody",  # an authenticated user may push
            "REQUEST_METHOD": self.command,
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        command = ["git", "http-backend"]
        return run_program(
            command, env=os.environ | asked, input=body, stdout=PIPE, check=True, timeout=LONG_SECONDS
        ).stdout
