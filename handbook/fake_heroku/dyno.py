"""An imitation of a dyno: it starts one process of an app, and checks the contract that each web process must keep.

The app runs from a copy of its folder, in a virtual environment with its own packages, with the
environment variables that Heroku and its Python buildpack set. A shell starts it from its Procfile line.
"""

import http.client
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from math import inf
from pathlib import Path
from shlex import quote
from threading import Thread
from typing import Any, Self

import requests

from handbook.fake_heroku.buildpack import Build
from handbook.fake_heroku.limits import BOOT_SECONDS, EXIT_SECONDS, MEMORY_MB, REQUEST_SECONDS, WEB_CONCURRENCY
from handbook.fake_heroku.packages import make_lock_files
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process, eventually
from handbook.fake_heroku.router import Router
from handbook.paths import ROOT, SNIPPETS
from handbook.snippet_comments import NOT_APP_FILES
from handbook.variants import read_changes

BOOT_ERROR = f"Error R10 (Boot timeout) -> Web process failed to bind to $PORT within {BOOT_SECONDS} seconds of launch"
EXIT_ERROR = f"Error R12 (Exit timeout) -> Process failed to exit within {EXIT_SECONDS} seconds of SIGTERM"
SLOW_MODULE = Path(__file__).with_name("slow_url.py")  # adds a slow URL to an app
ELSEWHERE_SECONDS = 15  # a process may open another port, such as one for metrics, before its own
WILDCARD_HOSTS = {"0.0.0.0", "::"}
# The locales of heroku-24 and heroku-26 (base-images, setup.sh). With any other LANG, their shells show C.UTF-8.
LOCALES = ("en_US.UTF-8", "C.UTF-8", "C", "POSIX")
FOLDER_ON_HEROKU = re.compile(r"""(?<![\w./~$}-])/app(?=[/\s"':;,)&|]|$)""")


def copy_app(name: str, target: Path) -> Path:
    """Copy snippets/<slug> to target, for a variant "<slug>/broken-…" with that folder's files over it; return target.

    A variant's changes.txt has a line for each other change: "delete <file>", "rename <old> <new>", or "lock
    <variant>", which adds what uv, Poetry or Pipenv locks for the pyproject.toml or Pipfile of that variant. Raises
    DataError where a line is none of these.
    """
    slug, _slash, variant = name.partition("/")
    ignore = shutil.ignore_patterns(*NOT_APP_FILES)
    shutil.copytree(SNIPPETS / slug, target, ignore=ignore, dirs_exist_ok=True)
    if variant:
        shutil.copytree(SNIPPETS / slug / variant, target, ignore=ignore, dirs_exist_ok=True)
    for change in read_changes(ROOT, name):
        match change:
            case ["delete", file]:
                (target / file).unlink()
            case ["rename", old, new]:
                (target / old).rename(target / new)
            case ["lock", of]:
                for made in make_lock_files(SNIPPETS / slug / of):
                    shutil.copy(made, target)
    return target


class Dyno(Process):
    """One process of a built app, alive inside a `with` block. The fixture `dyno` makes one from a snippet.

    app: the dyno's own copy of the files. process: a process type of the Procfile, or "run". command: a shell command
    to start instead of that of the Procfile. A test may change files and env before the `with` block.
    """

    router: Router  # set inside the `with` block

    def __init__(
        self,
        app: Path,
        build: Build,
        log_file: Path,
        process: str = "web",
        config: dict[str, str] | None = None,
        command: str | None = None,
    ):
        self.app, self.build, self.process, self.config = app, build, process, config or {}
        self.shell_command = command or self.build.processes.get(process)
        self.venv = self.build.environment
        self.port = free_port()
        self.cwd, self.env, self.log_file = app, self.make_environment(), log_file

    def make_environment(self) -> dict[str, str]:
        """Return the environment variables of a 512 MB dyno: config vars override defaults; nothing overrides the rest.

        Sources: heroku-buildpack-python v351 (bin/compile, vendor/*.sh); dyno-startup-behavior for PORT and DYNO.
        """
        defaults = {"LANG": "en_US.UTF-8", "PYTHONPATH": str(self.app), "GUNICORN_CMD_ARGS": "--access-logfile -"}
        if "WEB_CONCURRENCY" not in self.config:
            defaults |= {"WEB_CONCURRENCY": str(WEB_CONCURRENCY), "WEB_CONCURRENCY_SET_BY": "heroku/python"}
        fixed = {
            "HOME": str(self.app),
            "PATH": (f"{self.venv}/bin:" if self.venv else "") + "/usr/local/bin:/usr/bin:/bin",
            "DYNO": f"{self.process}.1",
            "DYNO_RAM": str(MEMORY_MB),
            "PYTHONUNBUFFERED": "true",
            "FORWARDED_ALLOW_IPS": "*",
        }
        if self.build.package_manager == "pip":
            fixed["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        if self.config.get("LANG", LOCALES[0]) not in LOCALES:
            fixed["LANG"] = "C.UTF-8"
        if self.process == "web":
            fixed["PORT"] = str(self.port)
        return defaults | self.config | fixed

    @property
    def argv(self) -> list[str]:  # type: ignore[override]  # it depends on files that change until the start
        """The command of the process: bash sources the app's .profile.d/*.sh and .profile, then runs the Procfile line.

        On Heroku the app is in /app; here that folder in the line is replaced by the dyno's copy of the app.
        Source: Dev Center, dynos ("The .profile file") and buildpack-api ("profile.d scripts").
        """
        profiles = [*sorted(self.app.glob(".profile.d/*.sh")), self.app / ".profile"]
        before = [f". {quote(str(path))}\n" for path in profiles if path.is_file()]
        line = FOLDER_ON_HEROKU.sub(lambda _match: quote(str(self.app)), self.shell_command or "")
        return ["bash", "-c", "".join(before) + line]

    def __enter__(self) -> Self:
        self.router = Router(error_code="H10" if self.shell_command else "H14").__enter__()
        try:
            return super().__enter__()
        except BaseException:
            self.router.__exit__()
            raise

    def __exit__(self, *error: object) -> None:
        try:
            super().__exit__(*error)
        finally:
            self.router.__exit__()

    def write_log(self, line: str) -> None:
        """Append a line of the platform to the log of the app."""
        with self.log_file.open("a") as log:
            log.write(f"{line}\n")

    def get(self, path: str = "/", **kwargs: Any) -> requests.Response:
        """Send a GET request through the router, as a browser would, and return the response."""
        return requests.get(self.router.url + path, timeout=DEFAULT_TIMEOUT, **kwargs)

    def boot(self, timeout: float = BOOT_SECONDS, elsewhere: float = ELSEWHERE_SECONDS) -> str:
        """Wait until a request for / gets a response, and return "up"; on failure or timeout, return Heroku's code.

        H14: the Procfile has no such process. H10: it has ended, before or after it listened. R10: it does not listen
        on PORT at an address that is reachable from outside. H12: it listens and does not respond. H13: it hangs up.
        timeout: seconds. elsewhere: seconds after which a process that listens, and only in the wrong place, is an R10
        already, so that nobody need wait for Heroku's whole minute.
        """
        if not self.shell_command:
            return "H14"
        seen, gives_up = "R10", inf

        def decided() -> bool:
            nonlocal seen, gives_up
            if self.popen.poll() is not None:
                seen = "H10"
            elif address := self.find_address():
                gives_up = inf
                self.router.target = address
                seen = self.probe(address, min(timeout, REQUEST_SECONDS))
            elif self.addresses():
                gives_up = min(gives_up, time.monotonic() + elsewhere)
            return seen in ("up", "H10") or time.monotonic() >= gives_up

        eventually(decided, timeout)
        if seen == "R10":
            self.write_log(BOOT_ERROR)
        return seen

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Start it and yield it once it is up. Raises AssertionError, with its log, where it does not come up."""
        with self:
            verdict = self.boot()
            assert verdict == "up", f"{verdict}\n{self.log}"
            yield self

    def find_address(self) -> tuple[str, int] | None:
        """Return the (host, port) at which it is reachable from outside, None while there is none."""
        hosts = sorted(host for host, port in self.addresses() if port == self.port)
        if WILDCARD_HOSTS.intersection(hosts):
            return "127.0.0.1", self.port
        return next(((host, self.port) for host in hosts if not ip_address(host).is_loopback), None)

    def probe(self, address: tuple[str, int], timeout: float) -> str:
        """Request / as the router does: "up" for any HTTP response, H12 for none in time, H13 where it hangs up."""
        connection = http.client.HTTPConnection(*address, timeout=timeout)
        try:
            connection.request("GET", "/", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            connection.getresponse()
        except TimeoutError:
            return "H12"
        except ConnectionRefusedError:
            return "R10"  # the port was closed since, or only looks open
        except (http.client.HTTPException, OSError):
            return "H13"
        finally:
            connection.close()
        return "up"

    def stop(self, finish_requests: bool = False) -> str:
        """Send SIGTERM to every process; return "gone", or "R12" after 30 seconds, when Heroku would send SIGKILL.

        finish_requests: whether the slow requests that are in flight at the signal are to end after it.
        """
        self.send_signal()
        if finish_requests:
            self.finish_requests()
        if self.gone_within(EXIT_SECONDS):
            return "gone"
        self.write_log(EXIT_ERROR)
        return "R12"

    # Methods for an app into which slow_url.py was copied

    def request_events(self) -> list[str]:
        """Return the events in order: "in" for each slow request that was received, "out" for each that has ended."""
        file = self.app / "request-events"
        return file.read_text().split() if file.is_file() else []

    def wait_for_requests(self, number: int) -> bool:
        """Wait until so many slow requests are in flight at once; return False after DEFAULT_TIMEOUT."""
        return eventually(lambda: self.request_events().count("in") - self.request_events().count("out") == number)

    def finish_requests(self) -> None:
        """Have the slow requests end after one second."""
        (self.app / "finish-requests").touch()

    @contextmanager
    def request_in_flight(self, seconds: float) -> Iterator[dict]:
        """Send a slow request, and yield a dict once the app has it; after the block, it has the status and text."""
        answer: dict[str, int | str] = {}
        before = self.request_events().count("in")

        def ask() -> None:
            with suppress(requests.RequestException):
                response = self.get(f"/slow/{float(seconds)}")
                answer.update(status=response.status_code, text=response.text)

        thread = Thread(target=ask, daemon=True)
        thread.start()
        try:
            came_in = eventually(lambda: self.request_events().count("in") > before)
            assert came_in, f"the request has not reached the app\n{self.log}"
            yield answer
        finally:
            thread.join(2 * DEFAULT_TIMEOUT)
