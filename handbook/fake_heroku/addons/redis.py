"""A real Redis on loopback with two properties of Heroku's Key-Value Store: it speaks TLS only, and its certificate
is signed by an unknown authority.
"""

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

from handbook.fake_heroku.certificates import write_certificates
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import Process
from handbook.programs import run_program


class Service(ExitStack):
    """A server for each app, all with one certificate, alive inside a `with` block. Made by the fixture `service`."""

    def __enter__(self) -> Self:
        self.folder = Path(self.enter_context(TemporaryDirectory(prefix="redis-")))
        write_certificates(self.folder)
        return self

    def provision(self) -> dict[str, str]:
        """Return the config var of a new, empty server."""
        port, password = free_port(), uuid4().hex
        command = ["redis-server", "--bind", "127.0.0.1", "--port", "0", "--tls-port", str(port), "--save", ""]
        command += ["--tls-cert-file", "chain.crt", "--tls-key-file", "server.key", "--tls-auth-clients", "no"]
        command += ["--requirepass", password]
        log_file, ready = self.folder / f"{port}.txt", "Ready to accept connections"
        self.enter_context(Process(command, self.folder, {"PATH": os.environ["PATH"]}, log_file, ready=ready))
        return {"REDIS_URL": f"rediss://:{password}@localhost:{port}"}


def query(config: dict[str, str], *command: str) -> str:
    """Run a command of redis-cli on the server of these config vars, and return its output."""
    url = urlsplit(config["REDIS_URL"])
    cli = ["redis-cli", "--tls", "--insecure", "-p", str(url.port), *command]
    env = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": url.password or ""}
    return run_program(cli, env=env, check=True, capture_output=True, text=True).stdout.strip()
