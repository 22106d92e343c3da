"""A Git server that requires a password, like git.heroku.com and a private repository of GitHub.

git-http-backend, which comes with Git, handles the requests. Git uses this server as its HTTP proxy, so that the URL of
a command, with its user and its password, stays as it is written; only https becomes http.
"""

import os
from collections.abc import Callable
from pathlib import Path

from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Request, Response

from handbook.fake_heroku.api import ApiRequestHandler
from handbook.fake_heroku.git_remote import git_settings
from handbook.fake_heroku.process import ThreadServer
from handbook.programs import LONG_SECONDS, run_program


class GitServer(ThreadServer, ThreadedWSGIServer):
    """Serves the bare repositories of a folder where allowed(user, password) is true, inside a `with` block."""

    def __init__(self, folder: Path, allowed: Callable[[str, str], bool]):
        super().__init__("127.0.0.1", 0, Request.application(self.respond), ApiRequestHandler)
        self.folder, self.allowed = folder, allowed

    def environment(self) -> dict[str, str]:
        """Return the environment variables with which Git uses this server for each host, and never prompts."""
        settings = {"url.http://.insteadOf": "https://", "http.proxy": f"http://127.0.0.1:{self.port}"}
        variables = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "no_proxy": "", "NO_PROXY": ""}
        return variables | git_settings(settings)

    def respond(self, request: Request) -> Response:
        """Run git-http-backend as a CGI program, and return its response."""
        body, login = request.get_data(), request.authorization
        if not login or not self.allowed(login.username or "", login.password or ""):
            return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Git"'})
        asked = {
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "somebody",  # an authenticated user may push
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query_string.decode(),
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        }
        command, env = ["git", "http-backend"], os.environ | asked
        ran = run_program(command, env=env, input=body, capture_output=True, check=True, timeout=LONG_SECONDS)
        head, _empty, content = ran.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n"))
        return Response(content, headers.pop("Status", "200"), headers)
