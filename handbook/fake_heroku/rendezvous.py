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
from handbook.fake_heroku.process import Serving


class Rendezvous(Serving, socketserver.ThreadingTCPServer):
    """Starts each dyno when somebody comes to its door. Made by Account, alive inside a `with` block."""

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

    def invite(self, dyno: Dyno, name: str) -> dict[str, str]:
        """Return where to meet the dyno; the name is said at the door."""
        self.waiting[name] = dyno
        return {"attach_url": f"rendezvous://127.0.0.1:{self.server_address[1]}/{name}"}


class Visit(socketserver.StreamRequestHandler):
    server: Rendezvous

    def handle(self) -> None:
        dyno = self.server.waiting.pop(self.rfile.readline().decode().strip())
        self.wfile.write(b"rendezvous\r\n")
        typed = self.rfile.read1()  # the CLI takes what comes before it has sent something for that greeting
        (self.on_a_screen if "COLUMNS" in dyno.env else self.through_pipes)(dyno, typed)

    def on_a_screen(self, dyno: Dyno, typed: bytes) -> None:
        """Give the dyno a terminal, as Heroku does; the CLI says how large the reader's is."""
        master, slave = os.openpty()
        termios.tcsetwinsize(slave, (int(dyno.env["LINES"]), int(dyno.env["COLUMNS"])))
        # A shell needs it as its own: that is the first one which the leader of a session opens.
        dyno.line = f"exec <>{os.ttyname(slave)} >&0 2>&0\n{dyno.line}"
        with os.fdopen(master, "r+b", 0) as screen, dyno.start_with(slave, slave):
            os.close(slave)
            self.connect(dyno, typed, screen, screen)

    def through_pipes(self, dyno: Dyno, typed: bytes) -> None:
        with dyno.start_with(subprocess.PIPE, subprocess.PIPE) as process:
            assert process.stdin
            assert process.stdout
            self.connect(dyno, typed, process.stdin, process.stdout)

    def connect(self, dyno: Dyno, typed: bytes, keyboard: IO[bytes], printed: IO[bytes]) -> None:
        self.server.running.append(dyno)
        threading.Thread(target=self.type, args=(dyno, typed, keyboard), daemon=True).start()
        with suppress(OSError):  # of a terminal whose last program has ended
            while piece := os.read(printed.fileno(), 2**16):
                self.wfile.write(piece)

    def type(self, dyno: Dyno, typed: bytes, keyboard: IO[bytes]) -> None:
        """Pass on what is typed. A terminal understands Ctrl+D; a pipe is closed there.

        Who hangs up ends what runs in a terminal. Source: Dev Center, one-off-dynos: the dyno gets SIGHUP.
        """
        with suppress(OSError, ValueError):  # the command may end first
            while typed:
                keys, end, _rest = typed.partition(b"\4") if not keyboard.isatty() else (typed, b"", b"")
                keyboard.write(keys)
                keyboard.flush()
                if end:
                    return keyboard.close()
                typed = self.rfile.read1()
            if keyboard.isatty():
                dyno.signal(signal.SIGHUP)
            else:
                keyboard.close()
