"""A child process that runs for a while: its log, its own children, the addresses it listens on, its end."""

import os
import re
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import psutil

from handbook.programs import run_program

ANSI_COLOR = re.compile(r"\x1b\[[\d;]*m")
DEFAULT_TIMEOUT = 120  # seconds: a timeout that is long enough on a busy machine too
OWN_NETWORK = [sys.executable, "-I", str(Path(__file__).with_name("own_network.py"))]
TCP_LISTEN = "0A"  # the state of a listening socket in /proc/<pid>/net/tcp


def eventually(condition: Callable, timeout: float | None = None) -> bool:
    """Wait until condition() is true; return False if it is not within so many seconds, by default DEFAULT_TIMEOUT.

    A wait for something that no call can wait for uses this function: a sleep would make a verdict depend on speed.
    """
    deadline = time.monotonic() + (DEFAULT_TIMEOUT if timeout is None else timeout)
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(held)


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process still runs; a zombie does not."""
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def has_lines(log: str, lines: list[str]) -> bool:
    """Return whether a log has the lines in this order, as whole words; other text may surround each line."""
    edge = r"(?!(?<=\w)\w)"  # not inside a word
    return bool(re.search(".*".join(edge + re.escape(line) + edge for line in lines), log, re.DOTALL))


class ThreadServer(socketserver.BaseServer):
    """Mixin for a server of socketserver, which makes it serve on its own thread inside a `with` block."""

    daemon_threads = True
    request_queue_size = 128  # a client that connects while it is busy waits instead of being refused

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error of a client that has hung up; print any other."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class QuietHandler:
    """Mixin for a request handler of http.server or Werkzeug, which makes it log nothing to stderr."""

    def log(self, *_args: object) -> None:
        """Log nothing."""

    log_message = log


class TlsServer(ThreadServer):
    """Mixin for a threading server that speaks TLS. context: its certificate and key."""

    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Handle a connection; the handshake is in its own thread, so a client that says nothing holds up no other."""
        request.settimeout(DEFAULT_TIMEOUT)
        try:
            secured = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return  # the client has hung up, or said nothing
        secured.settimeout(None)
        try:
            super().finish_request(secured, client_address)
        finally:
            self.shutdown_request(secured)


class Process:
    """A command in its own session, started by a `with` block, and killed with all its children at the block's end.

    ready: what it prints when it can be used. The block begins then; where it is not printed, RuntimeError is raised,
    with the log. With own_network = True it runs in its own network namespace, where every port is free and from which
    no other host is reachable: see own_network.py and ports.py. user: who runs it, if not this user.
    """

    own_network = False
    user: str | None = None
    ready = ""

    def __init__(self, command: list, cwd: Path, env: dict[str, str], log_file: Path, *, ready: str = ""):
        self.argv, self.cwd, self.env, self.log_file, self.ready = command, cwd, env, log_file, ready

    def __enter__(self) -> Self:
        self.log_file.write_bytes(b"")
        with self.log_file.open("ab") as log:  # so that it does not overwrite what another program appends
            self.start_process(subprocess.DEVNULL, log)
        try:
            if self.ready and not self.wait_for_log(self.ready):
                raise RuntimeError(f"{self.argv[0]} is not ready:\n{self.log}")
        except BaseException:  # at Ctrl+C too
            self.kill()
            raise
        return self

    def start_process(self, typed: int | IO[bytes], printed: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it with `typed` as standard input, `printed` as standard output and error: file or subprocess.PIPE."""
        self.has_ended = False
        self.popen = subprocess.Popen(
            [*(OWN_NETWORK if self.own_network else ()), *self.argv],
            cwd=self.cwd,
            env=self.env,
            user=self.user,
            stdin=typed,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self.popen

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def run_setup(self, command: list[str]) -> None:
        """Run a command to its end as the process will run: its folder, environment and user. Raises on failure."""
        run_program(command, cwd=self.cwd, env=self.env, user=self.user, check=True, capture_output=True)

    @property
    def log(self) -> str:
        """Its output so far, without colors."""
        return ANSI_COLOR.sub("", self.log_file.read_text("utf-8", errors="replace"))

    def wait_for_log(self, text: str = "\n") -> bool:
        """Wait until the log contains the text; return False if all ends first, or after DEFAULT_TIMEOUT."""
        eventually(lambda: text in self.log or (self.popen.poll() is not None and self.is_gone()))
        return text in self.log

    def wait_for_port(self, port: int) -> bool:
        """Wait until it listens on the port; return False if it ends first, or after DEFAULT_TIMEOUT."""
        eventually(lambda: self.listens_on(port) or self.popen.poll() is not None)
        return self.listens_on(port)

    def listens_on(self, port: int) -> bool:
        return port in {found for _host, found in self.addresses()}

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, by default DEFAULT_TIMEOUT; return its exit status. Raises TimeoutError with its log."""
        if not eventually(lambda: self.popen.poll() is not None, timeout):
            raise TimeoutError(f"It goes on: {self.argv}\n{self.log}")
        return self.popen.returncode

    def tree(self) -> list[psutil.Process]:
        """Return the live processes of its session: itself and its descendants."""
        found: list[psutil.Process] = []
        if self.has_ended:  # the session's id may belong to somebody else now
            return found
        for number in psutil.pids():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if os.getsid(number) == self.popen.pid and is_alive(process := psutil.Process(number)):
                    found.append(process)
        return found

    def addresses(self) -> set[tuple[str, int]]:
        """Return the (host, port) pairs it listens on."""
        return {address for process in self.tree() for address in listening_addresses(process.pid)}

    def memory_mb(self) -> float:
        """Return the memory of all its processes together, in MB; pages that they share count once."""
        total = 0
        for process in self.tree():
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 2**20

    def send_signal(self, number: int = signal.SIGTERM) -> None:
        """Send a signal to each of its processes, as Heroku does."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def gone_within(self, seconds: float) -> bool:
        """Wait until none of its processes is left; return False if one is left after so many seconds."""
        return eventually(self.is_gone, seconds)

    def is_gone(self) -> bool:
        self.has_ended = self.popen.poll() is not None and not self.tree()
        return self.has_ended

    def kill(self) -> None:
        """Kill all its processes, also those started meanwhile. Raises TimeoutError where one cannot be killed."""

        def killed() -> bool:
            self.send_signal(signal.SIGKILL)
            return self.is_gone()

        if not eventually(killed):
            raise TimeoutError(f"These cannot be killed: {self.tree()}")
        self.popen.wait(DEFAULT_TIMEOUT)


def open_terminal(lines: int, columns: int) -> tuple[int, int, str]:
    """Open a pseudo-terminal of a size; return its two ends, and what a shell must run first to be controlled by it.

    The controlling terminal of a session is the first one that its leader opens.
    """
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (lines, columns))
    return master, slave, f"exec <>{os.ttyname(slave)} >&0 2>&0\n"


def listening_addresses(pid: int) -> set[tuple[str, int]]:
    """Return the (host, port) pairs on which a process listens, in its own network namespace.

    psutil.Process.net_connections() would look into the caller's network namespace.
    """
    folder, found = Path(f"/proc/{pid}"), set()
    with suppress(OSError):  # the process has ended
        sockets = set(list_sockets(folder / "fd"))
        for table in folder.glob("net/tcp*"):
            for line in table.read_text().splitlines()[1:]:
                _number, here, _there, state, *_queues, inode = line.split()[:10]
                if state == TCP_LISTEN and f"socket:[{inode}]" in sockets:
                    address, port = here.split(":")
                    found.add((parse_host(address), int(port, 16)))
    return found


def list_sockets(folder: Path) -> Iterator[str]:
    for entry in folder.iterdir():
        with suppress(OSError):  # the file was closed meanwhile
            yield os.readlink(entry)


def parse_host(address: str) -> str:
    """Return an address from a table of /proc/net in its usual notation; its 32-bit words have native byte order."""
    words = [bytes.fromhex(address[start : start + 8]) for start in range(0, len(address), 8)]
    packed = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)
