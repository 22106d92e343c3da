"""A dyno, as far as a machine that is not Heroku can be one: the contract that every web process must keep.

The app runs from a copy of its folder, in an environment made from its own requirements.txt, with
the variables that Heroku and its Python buildpack set, started by a shell from its Procfile line.
"""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import requests

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.packages import lock_file
from handbook.fake_heroku.process import Process
from handbook.fake_heroku.router import Router
from handbook.paths import SNIPPETS
from handbook.snippet_comments import NOT_THE_APP

BOOT_SECONDS = 60  # R10 after this
EXIT_SECONDS = 30  # R12 after this
MEMORY_MB = 512  # R14 above this
BOOT_ERROR = "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch"
EXIT_ERROR = "Error R12 (Exit timeout) -> Process failed to exit within 30 seconds of SIGTERM"
SLOW = Path(__file__).with_name("slow.py")  # gives an app a slow address
EVERYWHERE = {"0.0.0.0", "::"}


def app_folder(name: str, target: Path) -> Path:
    """Copy a snippet to target: snippets/<slug>, or with "<slug>/broken-…" that folder laid over it.

    A variant's changes.txt has a line "delete <file>" or "rename <file> <file>" for each such change, or
    "lock <variant>": what `uv lock` makes of that variant's pyproject.toml.
    """
    slug, _slash, variant = name.partition("/")
    ignore = shutil.ignore_patterns(*NOT_THE_APP)
    shutil.copytree(SNIPPETS / slug, target, ignore=ignore, dirs_exist_ok=True)
    if variant:
        shutil.copytree(SNIPPETS / slug / variant, target, ignore=ignore, dirs_exist_ok=True)
        changes = SNIPPETS / slug / variant / "changes.txt"
        for line in changes.read_text("utf-8").splitlines() if changes.is_file() else ():
            match line.split():
                case ["delete", file]:
                    (target / file).unlink()
                case ["rename", old, new]:
                    (target / old).rename(target / new)
                case ["lock", of]:
                    shutil.copy(lock_file(SNIPPETS / slug / of / "pyproject.toml"), target / "uv.lock")
                case _:
                    raise ValueError(
                        f'{changes}: "{line}": not "delete <file>", "rename <old> <new>", "lock <variant>"'
                    )
    return target


def needs(name: str) -> list[str]:
    """Return what an app must be given to boot, the lines of its needs.txt: an add-on, or a config var NAME=value."""
    own, shared = (SNIPPETS / folder / "needs.txt" for folder in (name, name.partition("/")[0]))
    path = own if own.is_file() else shared
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Dyno(Process):
    """One process of the app in a folder, alive inside a `with` block.

    The fixture `dyno` makes one of a snippet. Raises BuildFailed where Heroku would refuse the app.
    """

    def __init__(self, app: Path, log_file: Path, process: str = "web", config: dict[str, str] | None = None):
        self.app, self.process, self.config = app, process, config or {}
        self.build = buildpack.build(app)
        self.line = self.build.processes.get(process)
        self.venv = self.build.environment
        self.port = free_port()
        super().__init__(["bash", "-c", self.line or ""], app, self.variables(), log_file)
        self.router = Router(down="H10" if self.line else "H14")

    def variables(self) -> dict[str, str]:
        """Return the environment on a 512 MB dyno: config vars beat the defaults, and nothing beats the rest.

        Sources: heroku-buildpack-python v351 (bin/compile, vendor/*.sh); dyno-startup-behavior for PORT and DYNO.
        """
        defaults = {"LANG": "en_US.UTF-8", "PYTHONPATH": str(self.app), "GUNICORN_CMD_ARGS": "--access-logfile -"}
        if "WEB_CONCURRENCY" not in self.config:
            defaults |= {"WEB_CONCURRENCY": "2", "WEB_CONCURRENCY_SET_BY": "heroku/python"}
        fixed = {
            "HOME": str(self.app),
            "PATH": f"{self.venv}/bin:/usr/local/bin:/usr/bin:/bin",
            "DYNO": f"{self.process}.1",
            "DYNO_RAM": str(MEMORY_MB),
            "PYTHONUNBUFFERED": "true",
            "FORWARDED_ALLOW_IPS": "*",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        if self.process == "web":
            fixed["PORT"] = str(self.port)
        return defaults | self.config | fixed

    def __enter__(self):
        self.router.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self.router.__exit__()

    def note(self, line: str) -> None:
        """Add what the platform says to the log of the app."""
        with self.log_file.open("a") as log:
            log.write(f"{line}\n")

    def get(self, path: str = "/", **kwargs) -> requests.Response:
        """Ask through the router, as a browser would."""
        return requests.get(self.router.url + path, timeout=60, **kwargs)

    def boot(self) -> str:
        """Wait until the process keeps the contract or breaks it: "up", "H10", "H14" or "R10"."""
        if not self.line:
            return "H14"
        deadline, elsewhere = time.monotonic() + BOOT_SECONDS, None
        while time.monotonic() < deadline:
            if self.popen.poll() is not None:
                return "H10"
            addresses = self.addresses()
            if self.port in {port for host, port in addresses if host in EVERYWHERE}:
                self.router.target = ("127.0.0.1", self.port)
                return "up"
            # Listening where nobody calls, for two seconds on end: the rest of the minute would change nothing.
            elsewhere = (elsewhere or time.monotonic()) if addresses else None
            if elsewhere and time.monotonic() - elsewhere > 2:
                break
            time.sleep(0.05)
        self.note(BOOT_ERROR)
        return "R10"

    def stop(self) -> str:
        """Send SIGTERM to every process: "gone", or "R12" after 30 seconds (Heroku would send SIGKILL then)."""
        self.signal()
        if self.gone_within(EXIT_SECONDS):
            return "gone"
        self.note(EXIT_ERROR)
        return "R12"

    @contextmanager
    def request_in_flight(self, seconds: float) -> Iterator[dict]:
        """Have a request under way that takes so long; afterwards the dict holds its status and text."""
        answer = {}

        def ask():
            with suppress(requests.RequestException):
                response = self.get(f"/slow/{float(seconds)}")
                answer.update(status=response.status_code, text=response.text)

        thread = Thread(target=ask)
        thread.start()
        time.sleep(1)  # the request has reached the app
        yield answer
        thread.join()
