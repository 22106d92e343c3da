"""A program that runs for a while: its log, its children, the addresses it listens on, its end."""

import os
import re
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import psutil

ANSI_COLOR = re.compile(r"\x1b\[[\d;]*m")
PATIENCE = 120  # seconds; a program that has not done it by then will not do it, on a busy machine either
OWN_NETWORK = [sys.executable, "-I", str(Path(__file__).with_name("own_network.py"))]
TCP_LISTEN = "0A"  # the state of a listening socket in /proc/<pid>/net/tcp


def eventually(condition: Callable, within: float | None = None) -> bool:
    """Wait until condition() holds; False if it does not within so many seconds, by default PATIENCE.

    The one way to wait: what a test says never depends on how long it took.
    """
    deadline = time.monotonic() + (PATIENCE if within is None else within)
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(held)


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that has ended and is not waited for does not."""
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def has_lines(log: str, lines: list[str]) -> bool:
    """Whether a log holds the lines, in their order and with whole words; more may stand before and after each."""
    edge = r"(?!(?<=\w)\w)"  # not inside a word
    return bool(re.search(".*".join(edge + re.escape(line) + edge for line in lines), log, re.DOTALL))


class ThreadServer(socketserver.BaseServer):
    """What a server of socketserver lacks: to serve on a thread of its own, inside a `with` block."""

    daemon_threads = True
    request_queue_size = 128  # who calls while it is busy waits, and is not turned away

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be silent where the one who asked has hung up; print any other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Process:
    """A command in a session of its own, started by `with`, and killed with all its children at the end.

    With own_network = True it is started in a network of its own, where every port is free and from where nobody
    is reached: see ports.py.
    """

    own_network = False
    user: str | None = None

    def __init__(self, command: list, cwd: Path, env: dict[str, str], log_file: Path, *, user: str | None = None):
        self.command, self.cwd, self.env, self.log_file, self.user = command, cwd, env, log_file, user

    def __enter__(self) -> Self:
        with self.log_file.open("wb") as log:
            self.start_process(subprocess.DEVNULL, log)
        return self

    def start_process(self, typed: int | IO[bytes], printed: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it with these as its standard input, and its output and errors: a file, or subprocess.PIPE."""
        self.popen = subprocess.Popen(
            [*(OWN_NETWORK if self.own_network else ()), *self.command],
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

    @property
    def log(self) -> str:
        """What it printed, without colours."""
        return ANSI_COLOR.sub("", self.log_file.read_text("utf-8", errors="replace"))

    def wait_for_log(self, text: str = "\n") -> bool:
        """Wait until the log holds the text; False if it does not within PATIENCE."""
        return eventually(lambda: text in self.log)

    def wait_for_port(self, port: int) -> bool:
        """Wait until it listens on the port; False if it ends first, or does not within PATIENCE."""
        eventually(lambda: self.listens_on(port) or self.popen.poll() is not None)
        return self.listens_on(port)

    def listens_on(self, port: int) -> bool:
        return port in {found for _host, found in self.addresses()}

    def wait(self, within: float | None = None) -> int:
        """Return its exit status when it has ended. Raises TimeoutError with its log if it does not within PATIENCE."""
        if not eventually(lambda: self.popen.poll() is not None, within):
            raise TimeoutError(f"It goes on: {self.command}\n{self.log}")
        return self.popen.returncode

    def tree(self) -> list[psutil.Process]:
        """Return its processes that are alive, itself and its children."""
        found = []
        for number in psutil.pids():
            with suppress(psutil.Error, ProcessLookupError, PermissionError):
                if os.getsid(number) == self.popen.pid:
                    process = psutil.Process(number)
                    if process.status() != psutil.STATUS_ZOMBIE:
                        found.append(process)
        return found

    def addresses(self) -> set[tuple[str, int]]:
        """Return the (host, port) pairs it listens on."""
        return {address for process in self.tree() for address in listening_addresses(process.pid)}

    def memory_mb(self) -> float:
        """Return what all its processes together hold, shared pages counted once."""
        total = 0
        for process in self.tree():
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 2**20

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send a signal to every process, as Heroku does."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def gone_within(self, seconds: float) -> bool:
        """Wait until none of its processes is left; False if one is after so many seconds."""
        return eventually(self.is_gone, seconds)

    def is_gone(self) -> bool:
        self.popen.poll()
        return not self.tree()

    def kill(self) -> None:
        """Kill all its processes, those too that are born meanwhile. Raises TimeoutError where one cannot be killed."""

        def killed() -> bool:
            self.signal(signal.SIGKILL)
            return self.is_gone()

        if not eventually(killed):
            raise TimeoutError(f"These cannot be killed: {self.tree()}")
        self.popen.wait(PATIENCE)


def listening_addresses(pid: int) -> set[tuple[str, int]]:
    """Return the (host, port) pairs on which a process listens, in the network in which it is.

    psutil.Process.net_connections() looks into the network of who asks.
    """
    folder, found = Path(f"/proc/{pid}"), set()
    with suppress(OSError):  # it has ended
        sockets = set(_list_sockets(folder / "fd"))
        for table in folder.glob("net/tcp*"):
            for line in table.read_text().splitlines()[1:]:
                _number, here, _there, state, *_queues, inode = line.split()[:10]
                if state == TCP_LISTEN and f"socket:[{inode}]" in sockets:
                    address, port = here.split(":")
                    found.add((_parse_host(address), int(port, 16)))
    return found


def _list_sockets(folder: Path) -> Iterator[str]:
    for entry in folder.iterdir():
        with suppress(OSError):  # it was closed meanwhile
            yield os.readlink(entry)


def _parse_host(address: str) -> str:
    """Return the address of a table of /proc/net as people write it; each of its words has the machine's byte order."""
    words = [bytes.fromhex(address[start : start + 8]) for start in range(0, len(address), 8)]
    packed = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)
