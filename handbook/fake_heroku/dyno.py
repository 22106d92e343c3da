"""A dyno, as far as a machine that is not Heroku can be one: the contract that every web process must keep.

The app runs from a copy of its folder, in an environment made from its own requirements.txt, with
the variables that Heroku and its Python buildpack set, started by a shell from its Procfile line.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import requests
from filelock import FileLock

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.process import Process
from handbook.fake_heroku.router import Router
from handbook.paths import ROOT, SNIPPETS
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


def environment(packages: Path) -> Path:
    """Return a virtual environment that holds just what a requirements.txt, or a uv.lock and its project, name.

    It is made once for each content of the files. Raises RuntimeError with uv's own words where that fails.
    """
    project = packages.with_name("pyproject.toml") if packages.name == "uv.lock" else None
    with made_once("", packages, *filter(None, [project])) as folder:
        if not (folder / "complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            uv("venv", "--relocatable", "--python", sys.executable, folder)
            if project:
                # As lib/uv.sh of the buildpack does it.
                where = {"UV_PROJECT_ENVIRONMENT": str(folder), "UV_PYTHON_DOWNLOADS": "never"}
                uv("sync", "--locked", "--no-default-groups", "--project", project.parent, env=where)
            else:
                uv("pip", "install", "--python", folder, "-r", packages)
            (folder / "complete").touch()
    return folder


def lock_file(project: Path) -> Path:
    """Return the uv.lock of a pyproject.toml, made when it is needed: it names the package index of who made it."""
    with made_once("lock-", project) as folder:
        if not (folder / "uv.lock").is_file():
            folder.mkdir(exist_ok=True)
            shutil.copy(project, folder)
            uv("lock", "--project", folder)
    return folder / "uv.lock"


@contextmanager
def made_once(name: str, *files: Path) -> Iterator[Path]:
    """Yield a folder that belongs to the content of some files and to this Python, for one process at a time."""
    key = hashlib.sha256(b"".join(path.read_bytes() for path in files) + sys.version.encode()).hexdigest()[:16]
    folder = ROOT / "_build" / "environments" / (name + key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        yield folder


def uv(*arguments: str | Path, env: dict[str, str] | None = None) -> None:
    command = [Path(sys.executable).with_name("uv"), "--quiet", "--no-progress", *arguments]
    env = os.environ | {"UV_PYTHON": sys.executable, "COLUMNS": "500"} | (env or {})
    result = subprocess.run(command, env=env, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stdout + result.stderr)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# What heroku-24 and heroku-26 have (base-images, setup.sh); with another LANG a shell of theirs shows C.UTF-8.
LOCALES = ("en_US.UTF-8", "C.UTF-8", "C", "POSIX")


class Dyno(Process):
    """One process of the app in a folder, alive inside a `with` block.

    The fixture `dyno` makes one of a snippet. Raises BuildFailed where Heroku would refuse the app.
    """

    def __init__(self, app: Path, log_file: Path, process: str = "web", config: dict[str, str] | None = None):
        self.app, self.process, self.config = app, process, config or {}
        self.build = buildpack.build(app)
        self.line = self.build.processes.get(process)
        self.venv = self.install()
        self.port = free_port()
        super().__init__(["bash", "-c", self.line or ""], app, self.variables(), log_file)
        self.router = Router(down="H10" if self.line else "H14")

    def install(self) -> Path:
        try:
            return environment(self.app / self.build.packages)
        except RuntimeError as error:
            self.build.log += str(error).splitlines()
            self.build.fail(f"Error: Unable to install dependencies using {self.build.package_manager}.")

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
        }
        if self.build.package_manager == "pip":
            fixed["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        if self.config.get("LANG", LOCALES[0]) not in LOCALES:
            fixed["LANG"] = "C.UTF-8"
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
