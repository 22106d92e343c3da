"""The server to which `heroku run` connects for a one-off dyno: TLS, the dyno's name, then its input and output."""

import os
import signal
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from handbook.fake_heroku.certificates import load_context, make_certificate
from handbook.fake_heroku.dyno import Dyno
from handbook.fake_heroku.process import TlsServer, open_terminal


class Rendezvous(TlsServer, socketserver.ThreadingTCPServer):
    """Starts each registered dyno when a client connects and names it. Made by Account, alive inside a `with` block."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), OneOffSession)
        self.registered: dict[str, Dyno] = {}
        self.running: list[Dyno] = []
        self.closed, self.lock = False, threading.Lock()
        make_certificate(folder, "loopback", "127.0.0.1")
        self.certificate = folder / "loopback.crt"
        self.context = load_context(self.certificate)

    def __exit__(self, *error: object) -> None:
        with self.lock, ExitStack() as stack:
            self.closed = True
            stack.callback(super().__exit__, *error)
            for dyno in list(self.running):
                stack.callback(dyno.kill)

    def register(self, dyno: Dyno, name: str) -> dict[str, str]:
        """Keep the dyno until a client sends its name; return the URL to connect to."""
        self.registered[name] = dyno
        return {"attach_url": f"rendezvous://127.0.0.1:{self.server_address[1]}/{name}"}

    @contextmanager
    def start(self, dyno: Dyno, typed: int, printed: int) -> Iterator[subprocess.Popen[bytes]]:
        """Start a dyno, and wait for its end at that of the block; what it leaves running is then killed.

        Raises ConnectionError where the server has ended meanwhile, and would not kill it any more.
        """
        with self.lock:
            if self.closed:
                raise ConnectionError
            process = dyno.start_process(typed, printed)
            self.running.append(dyno)
        try:
            with process:
                yield process
        finally:
            dyno.kill()
            self.running.remove(dyno)


class OneOffSession(socketserver.StreamRequestHandler):
    server: Rendezvous
    rbufsize = 0  # closing a buffer would wait for the thread that reads from it

    def handle(self) -> None:
        dyno = self.server.registered.pop(self.rfile.readline().decode().strip())
        self.wfile.write(b"rendezvous\r\n")
        (self.run_on_terminal if "COLUMNS" in dyno.env else self.run_on_pipes)(dyno)

    def run_on_terminal(self, dyno: Dyno) -> None:
        """Run the dyno on a pseudo-terminal, as Heroku does, of the size that the CLI has sent."""
        master, slave, attach = open_terminal(int(dyno.env["LINES"]), int(dyno.env["COLUMNS"]))
        dyno.shell_command = f"{attach}{dyno.shell_command}"
        with os.fdopen(master, "r+b", 0) as screen, self.server.start(dyno, slave, slave):
            os.close(slave)
            threading.Thread(target=self.forward_keys, args=(dyno, screen), daemon=True).start()
            self.forward_output(screen)

    def forward_keys(self, dyno: Dyno, screen: IO[bytes]) -> None:
        """Forward each key. When the client hangs up, send SIGHUP, as a closed terminal does."""
        with suppress(OSError, ValueError):  # the command may end first
            while keys := self.rfile.read(2**16):
                screen.write(keys)
            dyno.send_signal(signal.SIGHUP)

    def run_on_pipes(self, dyno: Dyno) -> None:
        typed = self.rfile.read(2**16)  # wait for it: the CLI discards what arrives together with the greeting
        with self.server.start(dyno, subprocess.PIPE, subprocess.PIPE) as process:
            assert process.stdin
            assert process.stdout
            threading.Thread(target=self.forward_input, args=(process.stdin, typed), daemon=True).start()
            self.forward_output(process.stdout)

    def forward_input(self, keyboard: IO[bytes], typed: bytes) -> None:
        """Forward the input up to Ctrl+D, which means the end only on a terminal, not on a pipe."""
        with suppress(OSError, ValueError), keyboard:  # the command may end first
            while typed:
                keys, end, _rest = typed.partition(b"\4")
                keyboard.write(keys)
                keyboard.flush()
                typed = b"" if end else self.rfile.read(2**16)

    def forward_output(self, printed: IO[bytes]) -> None:
        """Forward the output to its end."""
        with suppress(OSError):  # raised by a terminal whose last program has ended
            while piece := os.read(printed.fileno(), 2**16):
                self.wfile.write(piece)
