"""Installs the packages of an app with its package manager, in the version that Heroku uses.

Source: heroku-buildpack-python v351 (lib/pip.sh, lib/pipenv.sh, lib/poetry.sh, lib/uv.sh, requirements/, bin/warnings).
Differences: the packages go into a virtual environment of the Python that runs the tests, which is cached; the package
managers cache their downloads; uv prints without colors.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess

from filelock import FileLock, Timeout

from handbook.paths import ROOT
from handbook.programs import LONG_SECONDS, run_program

CACHE = ROOT / "_build" / "environments"
VERSIONS = {"pip": "26.2.1", "setuptools": "70.3.0", "pipenv": "2026.7.1", "poetry": "2.4.1", "uv": "0.12.5"}
LOCK_SECONDS = 2 * LONG_SECONDS  # the process that has the lock installs the packages
WITH_SETUPTOOLS = ("3.10", "3.11", "3.12")
# {words in the output of a package manager: the headline that the buildpack then adds}
HINTS = {
    "Could not find gdal-config": "Error: Package installation failed since the GDAL library wasn't found.",
    "sqlite3.h: No such file or directory": "Error: Package installation failed since SQLite headers weren't found.",
    "Please use pip<24.1 if you need to use this version": "Error: One of your dependencies contains broken metadata.",
}


class InstallFailed(RuntimeError):
    """A package could not be installed. str() is what the package manager printed."""


@dataclass(frozen=True)
class Manager:
    """A package manager: its name as Heroku writes it, its command as the log shows it, the file it reads."""

    name: str
    command: str
    file: str
    options: str = ""  # the rest of the command, which the log leaves out

    def title(self, python_version: str) -> str:
        """Return the package manager with its version, as the log shows it, for a Python such as "3.14"."""
        title = f"{self.name} {VERSIONS[self.name.lower()]}"
        return f"{title} and setuptools {VERSIONS['setuptools']}" if has_setuptools(self, python_version) else title


MANAGERS = {
    "pip": Manager(
        "pip",
        "pip install -r requirements.txt",
        "requirements.txt",
        "--exists-action=w --no-input --progress-bar off",
    ),
    "pipenv": Manager("Pipenv", "pipenv install --deploy", "Pipfile.lock"),
    "poetry": Manager("Poetry", "poetry sync --only main", "poetry.lock", "--compile --no-ansi --no-interaction"),
    "uv": Manager("uv", "uv sync --locked --no-default-groups", "uv.lock", "--compile-bytecode --no-progress"),
}


def make_lock_environment(packages: Path, python_version: str = "") -> Path:
    """Return a virtual environment that contains only what a requirements.txt or a lock file names.

    python_version: that of the Python on Heroku, such as "3.12"; "" for one without setuptools. Raises InstallFailed.
    """
    name = next(name for name, manager in MANAGERS.items() if manager.file == packages.name)
    return install_app(packages.parent, name, python_version)[0]


def install_app(app: Path, name: str, python_version: str) -> tuple[Path, list[str]]:
    """Return (virtual environment with an app's packages, lines that the package manager printed).

    It is cached by the content of all files that decide what is installed. Raises InstallFailed with the output.
    """
    manager, files = MANAGERS[name], list_inputs(app, name)
    local = files is None
    if files is None:
        files = [
            file for file in sorted(app.rglob("*")) if file.is_file() and ".git" not in file.relative_to(app).parts
        ]
    parts = [f"{name} {manager.title(python_version)}".encode()]
    for file in files:
        content = file.read_bytes() if file.is_file() else b"missing"
        parts += [os.path.relpath(file, app).encode("utf-8", "surrogateescape"), hashlib.sha256(content).digest()]
    with lock_cached_folder("", *parts) as folder:
        log = folder / "install.log"
        if not log.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            try:
                make_venv(folder, manager, python_version)
                # A local package may be installed as a link to its folder, so the folder must not be deleted.
                source = shutil.copytree(app, folder / "app", symlinks=True) if local else app
                log.write_text(run_manager(folder, source, name), "utf-8")
            except BaseException:  # at Ctrl+C too, because the environment is incomplete
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return folder, log.read_text("utf-8").splitlines()


def make_venv(folder: Path, manager: Manager, python_version: str) -> None:
    """Make the environment as Heroku's Python is before the packages are installed: with pip only where it is used."""
    run_uv("venv", "--python", sys.executable, folder)
    if manager.name == "pip":
        given = ["pip", "setuptools"] if has_setuptools(manager, python_version) else ["pip"]
        run_uv("pip", "install", "--python", folder, *(f"{package}=={VERSIONS[package]}" for package in given))


def has_setuptools(manager: Manager, python_version: str) -> bool:
    return manager.name == "pip" and python_version in WITH_SETUPTOOLS


def build_environment() -> dict[str, str]:
    """Return this process's environment variables, with the locale and time zone of a build: errors are in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "LC_"))}
    return kept | {"LANG": "C.UTF-8", "TZ": "UTC"}


def run_manager(folder: Path, source: Path, name: str) -> str:
    """Run the package manager in the app's folder, to install into an environment. Return its output."""
    manager = MANAGERS[name]
    programs = folder if name == "pip" else make_tool_environment(name)
    variables = {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "VIRTUAL_ENV": str(folder),
        "COLUMNS": "500",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_SRC": str(folder / "src"),
        "PIPENV_SYSTEM": "1",
        "PIPENV_VERBOSITY": "-1",
        "PIPENV_NOSPIN": "1",
        "PIPENV_CACHE_DIR": str(CACHE / "pipenv"),
        "POETRY_VIRTUALENVS_CREATE": "false",
        "POETRY_CACHE_DIR": str(CACHE / "poetry"),
        "UV_PROJECT_ENVIRONMENT": str(folder),
        "UV_NO_MANAGED_PYTHON": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON": sys.executable,
    }
    command = [str(programs / "bin" / name), *manager.command.split()[1:], *manager.options.split()]
    return run_installer(command, source, variables)


def run_installer(command: list[str], folder: Path, variables: dict[str, str]) -> str:
    """Run a package manager in a folder, and return its output. Raises InstallFailed with that."""
    try:
        result = run_merged(command, folder, build_environment() | variables)
    except TimeoutError as error:
        raise InstallFailed(str(error)) from None
    printed = result.stdout.decode("utf-8", "replace")
    if result.returncode:
        raise InstallFailed(printed)
    return printed


def run_merged(command: list[str], cwd: Path, env: dict[str, str]) -> CompletedProcess[bytes]:
    """Run a program that may take long, with its output and its errors in one stream. Raises TimeoutError."""
    return run_program(command, cwd=cwd, env=env, stdout=PIPE, stderr=STDOUT, timeout=LONG_SECONDS)


def make_tool_environment(name: str) -> Path:
    """Return a virtual environment with only a package manager, in Heroku's version."""
    requirement = f"{name}=={VERSIONS[name]}"
    with lock_cached_folder(f"{name}-", requirement.encode()) as folder:
        if not (folder / "complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            run_uv("venv", "--python", sys.executable, folder)
            run_uv("pip", "install", "--python", folder, requirement)
            (folder / "complete").touch()
    return folder


# What an installation depends on


def list_inputs(app: Path, name: str) -> list[Path] | None:
    """Return the files that decide what is installed; None where the app itself, or a part of it, is a package."""
    if name == "pip":
        return list_requirements_files(app)
    project = app / ("Pipfile" if name == "pipenv" else "pyproject.toml")
    lock = app / MANAGERS[name].file
    text = lock.read_text("utf-8", "replace")
    local = {
        "uv": lambda: re.search(r"source = \{ (editable|directory|path) = ", text),
        "poetry": lambda: is_poetry_package(project) or re.search(r'^type = "(directory|file)"$', text, re.MULTILINE),
        "pipenv": lambda: re.search(r'"(path|file|editable)":', text),
    }
    return None if local[name]() else [project, lock]


def is_poetry_package(project: Path) -> bool:
    try:
        settings = tomllib.loads(project.read_text("utf-8"))
        return settings.get("tool", {}).get("poetry", {}).get("package-mode", True)
    except (OSError, ValueError, AttributeError, RecursionError):
        return True  # Poetry itself reports the error


def list_requirements_files(app: Path) -> list[Path] | None:
    """Return requirements.txt and each file that it includes, as pip does; None where it names a local package."""
    found, waiting = [], [app / "requirements.txt"]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.append(file)
        for line in read_requirements(file):
            included = re.match(r"(?:-r|-c|--requirement|--constraint)[ =]*(.+)", line)
            if included and "://" not in included[1]:
                waiting.append(file.parent / included[1].strip("\"'"))
            elif not included and is_local_requirement(app, line):
                return None
    return found


def read_requirements(file: Path) -> list[str]:
    """Return the lines of a requirements file, without comments; [] where there is no such file."""
    if not file.is_file():
        return []
    data = file.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = re.sub(r"\\\r?\n", " ", data.decode(encoding, "replace"))
    lines = (re.sub(r"(^|\s+)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def is_local_requirement(app: Path, line: str) -> bool:
    """Return whether a line of a requirements file names a folder or a file of this machine."""
    if link := re.match(r"(?:-e|--editable|-f|--find-links)[ =]*(.+)", line):
        return "://" not in link[1] or link[1].startswith("file:")
    if re.search(r"(^|@\s*)file:", line):
        return True
    path = re.split(r"\s*;|\[", line, maxsplit=1)[0].strip()
    return "://" not in path and ("/" in path or path == "." or path.endswith((".whl", ".zip", ".tar.gz")))


# Cached lock files and folders


# From PyPI, Poetry reads a page for each version, which a mirror may lack; from another source it reads what pip reads.
POETRY_SOURCE = '\n[[tool.poetry.source]]\nname = "index"\nurl = "{}/"\n'


def make_lock_files(folder: Path) -> list[Path]:
    """Return the lock file of the project in a folder, and for Poetry the project file, which must name the index too.

    They are made on demand and cached: a lock file names the package index of the machine that made it.
    """
    project = next(folder / name for name in ("Pipfile", "pyproject.toml") if (folder / name).is_file())
    text = project.read_text("utf-8")
    manager = "pipenv" if project.name == "Pipfile" else "poetry" if "[tool.poetry]" in text else "uv"
    if manager == "poetry":
        asked = run_uv("pip", "compile", "--emit-index-url", "--no-header", os.devnull)
        text += POETRY_SOURCE.format(asked.split()[1].rstrip("/"))
    with lock_cached_folder("lock-", text.encode()) as made:
        lock = made / MANAGERS[manager].file
        if not (made / "complete").is_file():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            (made / project.name).write_text(text, "utf-8")
            run_uv("lock", "--project", made) if manager == "uv" else write_lock(made, manager)
            (made / "complete").touch()
    return [lock, made / project.name] if manager == "poetry" else [lock]


def write_lock(folder: Path, manager: str) -> None:
    """Run Poetry or Pipenv to write its lock file. Raises InstallFailed with the output."""
    variables = {
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_PYTHON": sys.executable,
        "PIPENV_CACHE_DIR": str(CACHE / "pipenv"),
        "WORKON_HOME": str(folder),
        "POETRY_CACHE_DIR": str(CACHE / "poetry"),
        "POETRY_VIRTUALENVS_CREATE": "false",
    }
    command = [str(make_tool_environment(manager) / "bin" / manager), "lock"]
    run_installer(command, folder, variables)


@contextmanager
def lock_cached_folder(name: str, *parts: bytes) -> Iterator[Path]:
    """Yield the cache folder for some content and this Python: one process at a time has it. Raises InstallFailed."""
    key = hashlib.sha256(json.dumps([part.hex() for part in parts]).encode() + sys.version.encode()).hexdigest()[:16]
    folder = CACHE / (name + key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(f"{folder}.lock").acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise InstallFailed(f"Another process has used {folder} for {LOCK_SECONDS} seconds: end it first.") from None
    with held:
        yield folder


def run_uv(*arguments: str | Path) -> str:
    """Run uv, and return its output. Raises RuntimeError with the output where it fails."""
    command = [Path(sys.executable).with_name("uv"), "--quiet", "--no-progress", *arguments]
    env = build_environment() | {"UV_PYTHON": sys.executable, "COLUMNS": "500"}
    result = run_program(command, env=env, capture_output=True, text=True, timeout=LONG_SECONDS)
    if result.returncode:
        raise RuntimeError(result.stdout + result.stderr)
    return result.stdout
