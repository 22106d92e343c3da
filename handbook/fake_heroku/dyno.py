"""A dyno, as far as a machine that is not Heroku can be one: the contract that every web process must keep.

The app runs from a copy of its folder, in an environment made from its own requirements.txt, with
the variables that Heroku and its Python buildpack set, started by a shell from its Procfile line.
"""

import http.client
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from shlex import quote
from threading import Thread
from typing import Any, Self

import requests

from handbook.fake_heroku.buildpack import Build
from handbook.fake_heroku.limits import BOOT_SECONDS, EXIT_SECONDS, MEMORY_MB, REQUEST_SECONDS, WEB_CONCURRENCY
from handbook.fake_heroku.packages import make_lock_files
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import PATIENCE, Process, eventually
from handbook.fake_heroku.router import Router
from handbook.paths import SNIPPETS
from handbook.snippet_comments import NOT_APP_FILES

BOOT_ERROR = f"Error R10 (Boot timeout) -> Web process failed to bind to $PORT within {BOOT_SECONDS} seconds of launch"
EXIT_ERROR = f"Error R12 (Exit timeout) -> Process failed to exit within {EXIT_SECONDS} seconds of SIGTERM"
SLOW_MODULE = Path(__file__).with_name("slow.py")  # gives an app a slow address
WILDCARD_HOSTS = {"0.0.0.0", "::"}
FOLDER_ON_HEROKU = re.compile(r"""(?<![\w./~$}-])/app(?=[/\s"':;,)&|]|$)""")


def copy_app(name: str, target: Path) -> Path:
    """Copy a snippet to target: snippets/<slug>, or with "<slug>/broken-…" that folder laid over it.

    A variant's changes.txt has a line "delete <file>" or "rename <file> <file>" for each such change, or
    "lock <variant>": what uv, Poetry or Pipenv makes of that variant's pyproject.toml or Pipfile.
    """
    slug, _slash, variant = name.partition("/")
    ignore = shutil.ignore_patterns(*NOT_APP_FILES)
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
                    for made in make_lock_files(SNIPPETS / slug / of):
                        shutil.copy(made, target)
                case _:
                    raise ValueError(
                        f'{changes}: "{line}": not "delete <file>", "rename <old> <new>", "lock <variant>"'
                    )
    return target


def read_needs(name: str) -> list[str]:
    """Return what an app must be given to boot, the lines of its needs.txt: an add-on, or a config var NAME=value."""
    own, shared = (SNIPPETS / folder / "needs.txt" for folder in (name, name.partition("/")[0]))
    path = own if own.is_file() else shared
    return path.read_text("utf-8").splitlines() if path.is_file() else []


# What heroku-24 and heroku-26 have (base-images, setup.sh); with another LANG a shell of theirs shows C.UTF-8.
LOCALES = ("en_US.UTF-8", "C.UTF-8", "C", "POSIX")


class Dyno(Process):
    """One process of an app that was built, alive inside a `with` block. The fixture `dyno` makes one of a snippet.

    app is the dyno's own copy of the files. process is the name of a line of the Procfile, or "run"; command, a line
    for the shell, is started in place of that line. A test may change files and env until `with`.
    """

    router: Router  # while it is alive

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
        self.line = command or self.build.processes.get(process)
        self.venv = self.build.environment
        self.port = free_port()
        self.cwd, self.env, self.log_file = app, self.make_environment(), log_file

    def make_environment(self) -> dict[str, str]:
        """Return the environment on a 512 MB dyno: config vars beat the defaults, and nothing beats the rest.

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
    def command(self) -> list[str]:  # type: ignore[override]  # it depends on files that change until the start
        """How a line is started: by bash, after the app's own .profile.d/*.sh and .profile.

        On Heroku the app is in /app; where the line names that folder, it is the dyno's copy of the app here.
        Source: Dev Center, dynos ("The .profile file") and buildpack-api ("profile.d scripts").
        """
        profiles = [*sorted(self.app.glob(".profile.d/*.sh")), self.app / ".profile"]
        before = [f". {quote(str(path))}\n" for path in profiles if path.is_file()]
        line = FOLDER_ON_HEROKU.sub(lambda _match: quote(str(self.app)), self.line or "")
        return ["bash", "-c", "".join(before) + line]

    def __enter__(self) -> Self:
        self.router = Router(error="H10" if self.line else "H14").__enter__()
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.router.__exit__()

    def write_log(self, line: str) -> None:
        """Add what the platform says to the log of the app."""
        with self.log_file.open("a") as log:
            log.write(f"{line}\n")

    def get(self, path: str = "/", **kwargs: Any) -> requests.Response:
        """Ask through the router, as a browser would."""
        return requests.get(self.router.url + path, timeout=PATIENCE, **kwargs)

    def boot(self, within: float = BOOT_SECONDS) -> str:
        """Wait until somebody who asks for / is answered, and return "up"; or what they see when time is up.

        H14: there is no such process. H10: it has ended, before or after it listened. R10: it does not listen on
        PORT, on an address that is reached from outside. H12, H13: it listens, and does not answer, or hangs up.
        within: a test that has seen an app listen in the wrong place need not wait for the rest of Heroku's minute.
        """
        if not self.line:
            return "H14"
        seen = "R10"

        def decided() -> bool:
            nonlocal seen
            if self.popen.poll() is not None:
                seen = "H10"
            elif door := self.find_address():
                self.router.target = door
                seen = self.probe(door, min(within, REQUEST_SECONDS))
            return seen in ("up", "H10")

        eventually(decided, within)
        if seen == "R10":
            self.write_log(BOOT_ERROR)
        return seen

    def find_address(self) -> tuple[str, int] | None:
        """Return the (host, port) by which it is reached from outside, None while there is none."""
        hosts = sorted(host for host, port in self.addresses() if port == self.port)
        if WILDCARD_HOSTS.intersection(hosts):
            return "127.0.0.1", self.port
        return next(((host, self.port) for host in hosts if not ip_address(host).is_loopback), None)

    def probe(self, door: tuple[str, int], within: float) -> str:
        """Ask for / as the router does: "up" for any answer of HTTP, H12 for none in time, H13 where it hangs up."""
        connection = http.client.HTTPConnection(*door, timeout=within)
        try:
            connection.request("GET", "/", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            connection.getresponse()
        except TimeoutError:
            return "H12"
        except ConnectionRefusedError:
            return "R10"  # closed since, or it only looks open
        except (http.client.HTTPException, OSError):
            return "H13"
        finally:
            connection.close()
        return "up"

    def stop(self, finish_requests: bool = False) -> str:
        """Send SIGTERM to every process: "gone", or "R12" after 30 seconds (Heroku would send SIGKILL then).

        finish_requests: the slow requests, all inside when the signal is sent, end after it.
        """
        self.signal()
        if finish_requests:
            self.finish_requests()
        if self.gone_within(EXIT_SECONDS):
            return "gone"
        self.write_log(EXIT_ERROR)
        return "R12"

    # Of an app that was given slow.py

    def request_events(self) -> list[str]:
        """Return "in" or "out" for each slow request that has come in, or goes out."""
        file = self.app / "visits"
        return file.read_text().split() if file.is_file() else []

    def wait_for_requests(self, number: int) -> bool:
        """Wait until so many slow requests are inside the app at once; False if they are not within PATIENCE."""
        return eventually(lambda: self.request_events().count("in") - self.request_events().count("out") == number)

    def finish_requests(self) -> None:
        """End the slow requests, in a second."""
        (self.app / "let-go").touch()

    @contextmanager
    def request_in_flight(self, seconds: float) -> Iterator[dict]:
        """Have a request inside the app that takes so long; afterwards the dict holds its status and text."""
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
            thread.join(2 * PATIENCE)
