"""The door to a one-off dyno, as `heroku run` uses it: TLS, the dyno's name, then what is typed and printed."""

import os
import socketserver
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.process import Serving


class Rendezvous(Serving, socketserver.ThreadingTCPServer):
    """Starts each dyno when somebody comes to its door. Made by Heroku, alive inside a `with` block."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), Visit)
        self.waiting: dict[str, Dyno] = {}
        self.running: list[Dyno] = []
        self.certificate = folder / "certificate.pem"
        command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
        command += " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        files = ["-keyout", str(self.certificate), "-out", str(self.certificate)]
        subprocess.run([*command.split(), *files], check=True, capture_output=True, timeout=60)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def __exit__(self, *error: object) -> None:
        for dyno in self.running:
            dyno.kill()
        super().__exit__(*error)

    def invite(self, dyno: Dyno) -> dict:
        """Return the answer of the API: the dyno's name, and where to meet it."""
        name = dyno.env["DYNO"]
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
        with dyno.start_with(subprocess.PIPE, subprocess.PIPE) as process:
            self.server.running.append(dyno)
            threading.Thread(target=self.type, args=(process, typed), daemon=True).start()
            assert process.stdout
            while printed := os.read(process.stdout.fileno(), 2**16):
                self.wfile.write(printed)

    def type(self, process: subprocess.Popen, typed: bytes) -> None:
        """Pass on what is typed, until Ctrl+D."""
        assert process.stdin
        with suppress(OSError, ValueError), process.stdin:  # the command may end first
            while typed:
                keys, end, _rest = typed.partition(b"\4")
                process.stdin.write(keys)
                process.stdin.flush()
                typed = b"" if end else self.rfile.read1()
