"""A program that runs for a while: its log, its children, the addresses it listens on, its end."""

import os
import re
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

COLOUR = re.compile(r"\x1b\[[\d;]*m")
PATIENCE = 60  # seconds; a program that has not done it by then will not do it


def eventually(condition) -> bool:
    """Wait until condition() holds; False if it does not within a minute."""
    deadline = time.monotonic() + PATIENCE
    while not (held := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(held)


def says(log: str, lines: list[str]) -> bool:
    """Whether a log holds the lines, in their order and with whole words; more may stand before and after each."""
    edge = r"(?!(?<=\w)\w)"  # not inside a word
    return bool(re.search(".*".join(edge + re.escape(line) + edge for line in lines), log, re.DOTALL))


class Serving:
    """What a server of socketserver lacks: to serve on a thread of its own, inside a `with` block."""

    daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.shutdown()
        self.server_close()


class Process:
    """A command in a session of its own, started by `with`, and killed with all its children at the end."""

    def __init__(self, command: list, cwd: Path, env: dict[str, str], log_file: Path, *, user: str | None = None):
        self.command, self.cwd, self.env, self.log_file, self.user = command, cwd, env, log_file, user

    def __enter__(self):
        self.popen = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env=self.env,
            user=self.user,
            stdin=subprocess.DEVNULL,
            stdout=self.log_file.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_error):
        self.kill()
        self.popen.wait()

    @property
    def log(self) -> str:
        """What it printed, without colours."""
        return COLOUR.sub("", self.log_file.read_text("utf-8", errors="replace"))

    def wait_for_log(self, text: str = "\n") -> bool:
        """Wait until the log holds the text; False if it does not within a minute."""
        return eventually(lambda: text in self.log)

    def wait_for_port(self, port: int) -> bool:
        """Wait until something listens on the port; False if the program ends, or after a minute."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.popen.poll() is None:
            if port in {found for _host, found in self.addresses()}:
                return True
            time.sleep(0.05)
        return False

    def tree(self) -> list[psutil.Process]:
        """Return its processes that are alive, itself and its children."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) == self.popen.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def addresses(self) -> set[tuple[str, int]]:
        """Return the (host, port) pairs it listens on."""
        found = set()
        for process in self.tree():
            with suppress(psutil.Error):
                connections = process.net_connections("tcp")
                found |= {tuple(c.laddr) for c in connections if c.status == psutil.CONN_LISTEN}
        return found

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
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.popen.poll()
            if not self.tree():
                return True
            time.sleep(0.05)
        return False

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
