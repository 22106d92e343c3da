"""The door to a one-off dyno, as `heroku run` uses it: TLS, the dyno's name, then what is typed and printed."""

import socketserver
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.process import Serving


class Rendezvous(Serving, socketserver.ThreadingTCPServer):
    """Runs each command in the folder it is invited with. Made by Heroku, alive inside a `with` block."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), Visit)
        self.folder, self.waiting, self.invited = folder, {}, 0
        self.certificate = folder / "certificate.pem"
        command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        command += " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        files = ["-keyout", self.certificate, "-out", self.certificate]
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def invite(self, command: str, app: Path, config: dict[str, str]) -> dict:
        """Return the answer of the API: the dyno's name, and where to meet it."""
        self.invited += 1
        name = f"run.{self.invited}"
        dyno = Dyno(app, self.folder / f"{name}.log", "run", config)
        dyno.command = ["bash", "-c", command]
        dyno.env["DYNO"] = name
        self.waiting[name] = dyno
        return {
            "name": name,
            "state": "starting",
            "attach_url": f"rendezvous://127.0.0.1:{self.server_address[1]}/{name}",
        }


class Visit(socketserver.StreamRequestHandler):
    server: Rendezvous

    def handle(self) -> None:
        dyno = self.server.waiting.pop(self.rfile.readline().decode().strip())
        self.wfile.write(b"rendezvous\r\n")
        typed = self.rfile.read1()  # the CLI takes what comes before it has sent something for that greeting
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(dyno.command, cwd=dyno.app, env=dyno.env, **pipes) as process:
            threading.Thread(target=self.type, args=(process, typed), daemon=True).start()
            while printed := process.stdout.read1():
                self.wfile.write(printed)

    def type(self, process: subprocess.Popen, typed: bytes) -> None:
        """Pass on what is typed, until Ctrl+D."""
        with suppress(OSError, ValueError), process.stdin:  # the command may end first
            while typed:
                keys, end, _rest = typed.partition(b"\4")
                process.stdin.write(keys)
                process.stdin.flush()
                typed = b"" if end else self.rfile.read1()
