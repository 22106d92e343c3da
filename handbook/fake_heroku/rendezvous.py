"""The door to a one-off dyno, as `heroku run` uses it: TLS, the dyno's name, then what is typed and printed."""

import os
import signal
import socketserver
import ssl
import subprocess
import termios
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.process import ThreadServer


class Rendezvous(ThreadServer, socketserver.ThreadingTCPServer):
    """Starts each dyno when somebody comes to its door. Made by Account, alive inside a `with` block."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), OneOffSession)
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

    def register(self, dyno: Dyno, name: str) -> dict[str, str]:
        """Return where to meet the dyno; the name is said at the door."""
        self.waiting[name] = dyno
        return {"attach_url": f"rendezvous://127.0.0.1:{self.server_address[1]}/{name}"}


class OneOffSession(socketserver.StreamRequestHandler):
    server: Rendezvous
    rbufsize = 0  # whoever closes a buffer waits for the thread that reads from it

    def handle(self) -> None:
        dyno = self.server.waiting.pop(self.rfile.readline().decode().strip())
        self.wfile.write(b"rendezvous\r\n")
        self.server.running.append(dyno)
        (self.run_on_terminal if "COLUMNS" in dyno.env else self.run_on_pipes)(dyno)

    def run_on_terminal(self, dyno: Dyno) -> None:
        """Give the dyno a terminal, as Heroku does; the CLI says how large the reader's is."""
        master, slave = os.openpty()
        termios.tcsetwinsize(slave, (int(dyno.env["LINES"]), int(dyno.env["COLUMNS"])))
        # A shell needs it as its own: that is the first one which the leader of a session opens.
        dyno.line = f"exec <>{os.ttyname(slave)} >&0 2>&0\n{dyno.line}"
        with os.fdopen(master, "r+b", 0) as screen, dyno.start_process(slave, slave):
            os.close(slave)
            threading.Thread(target=self.forward_keys, args=(dyno, screen), daemon=True).start()
            self.forward_output(screen)

    def forward_keys(self, dyno: Dyno, screen: IO[bytes]) -> None:
        """Pass on each key. Who hangs up ends what runs, as where a terminal is closed."""
        with suppress(OSError, ValueError):  # the command may end first
            while keys := self.rfile.read(2**16):
                screen.write(keys)
            dyno.signal(signal.SIGHUP)

    def run_on_pipes(self, dyno: Dyno) -> None:
        typed = self.rfile.read(2**16)  # the CLI takes what comes before it has sent something for that greeting
        with dyno.start_process(subprocess.PIPE, subprocess.PIPE) as process:
            assert process.stdin
            assert process.stdout
            threading.Thread(target=self.forward_input, args=(process.stdin, typed), daemon=True).start()
            self.forward_output(process.stdout)

    def forward_input(self, keyboard: IO[bytes], typed: bytes) -> None:
        """Pass on what is typed, until Ctrl+D, which a pipe does not understand."""
        with suppress(OSError, ValueError), keyboard:  # the command may end first
            while typed:
                keys, end, _rest = typed.partition(b"\4")
                keyboard.write(keys)
                keyboard.flush()
                typed = b"" if end else self.rfile.read(2**16)

    def forward_output(self, printed: IO[bytes]) -> None:
        """Pass on what is printed, to the end."""
        with suppress(OSError):  # of a terminal whose last program has ended
            while piece := os.read(printed.fileno(), 2**16):
                self.wfile.write(piece)
