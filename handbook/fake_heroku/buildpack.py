"""What Heroku's Python buildpack decides, and the headline it prints, given the files of an app.

Source: heroku/heroku-buildpack-python v351 (2026-08-18): bin/detect, lib/package_manager.sh,
lib/python_version.sh, lib/checks.sh. Only the headlines are repeated here, not the advice below them.
The line about the language comes from the platform, not from the buildpack.
"""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from handbook.fake_heroku import procfile

DETECTED = (
    ".python-version __init__.py app.py main.py manage.py pdm.lock Pipfile Pipfile.lock poetry.lock pyproject.toml"
    " requirements.txt runtime.txt server.py setup.cfg setup.py uv.lock __pycache__ .venv venv"
    " requeriments.txt requirement.txt requirements requirements.text Requirements.txt requirements.txt.txt"
    " requirments.txt"
).split()
PACKAGE_MANAGERS = {"Pipfile.lock": "pipenv", "requirements.txt": "pip", "poetry.lock": "poetry", "uv.lock": "uv"}
MISSPELLED = re.compile(r"[\s',]*[.,]?\s?python[-_.\s]?version(\.(txt|py|rtf|TXT)|\.)?'?\s?", re.IGNORECASE)
# Of v353 (3.10) and v359.
LATEST = {"3.10": "3.10.22", "3.11": "3.11.18", "3.12": "3.12.16", "3.13": "3.13.18", "3.14": "3.14.10"}
LATEST |= {"3.15": "3.15.2"}
DEFAULT = "3.14"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?")


class BuildFailed(Exception):
    """The build stops. str() is the whole log, as `git push heroku main` shows it."""


@dataclass
class Build:
    """The answer for one app: its log, lines as printed, and what runs afterwards."""

    log: list[str] = field(default_factory=list)
    python: str = ""
    package_manager: str = ""
    processes: dict[str, str] = field(default_factory=dict)

    @property
    def packages(self) -> str:
        """The file that names the packages."""
        return next(name for name, manager in PACKAGE_MANAGERS.items() if manager == self.package_manager)

    def step(self, text: str) -> None:
        self.log.append(f"-----> {text}")

    def warn(self, text: str) -> None:
        self.log.append(f" !     Warning: {text}")

    def fail(self, text: str, end: str = "Push rejected, failed to compile Python app.") -> None:
        self.log += [f" !     {text}", f" !     {end}"]
        raise BuildFailed("\n".join(self.log))


def build(app: Path) -> Build:
    """Return the build of the app in a folder. Raises BuildFailed with the log where it stops."""
    result = Build()
    if not any((app / name).exists() for name in DETECTED):
        result.fail("No default language could be detected for this app.", "Push failed")
    result.step("Python app detected")
    result.package_manager = package_manager(app, result)
    for name in (".venv", "venv"):
        if (app / name / "pyvenv.cfg").is_file():
            result.fail(f"Error: Existing '{name}/' directory found.")
    result.python = python_version(app, result)
    result.processes = procfile.processes(app / "Procfile")
    result.step("Discovering process types")
    result.log.append(f"       Procfile declares types -> {', '.join(result.processes) or '(none)'}")
    return result


def package_manager(app: Path, result: Build) -> str:
    if (app / "Pipfile").is_file() and not (app / "Pipfile.lock").is_file():
        result.fail("Error: No 'Pipfile.lock' found!")
    found = [manager for name, manager in PACKAGE_MANAGERS.items() if (app / name).is_file()]
    if not found and (app / "setup.py").is_file():
        result.fail("Error: Implicit setup.py file support has been sunset.")
    if not found:
        result.fail("Error: Couldn't find any supported Python package manager files.")
    if len(found) > 1:
        result.fail("Error: Multiple Python package manager files were found.")
    return found[0]


def python_version(app: Path, result: Build) -> str:
    """Return the exact version the build installs ("3.14.7"), warning and failing as the buildpack does."""
    requested, origin = requested_version(app, result)
    if origin:
        result.step(f"Using Python {requested} specified in {origin}")
    else:
        result.step(f"No Python version was specified. Using the buildpack default: Python {requested}")
    version = resolve(requested, result)
    if origin != ".python-version":
        warn_about_file(origin, result)
    major = version.rpartition(".")[0]
    if major == "3.10":
        result.warn("Support for Python 3.10 is deprecated!")
    if int(version.rpartition(".")[2]) < int(LATEST[major].rpartition(".")[2]):
        result.warn("A Python patch update is available!")
    return version


def requested_version(app: Path, result: Build) -> tuple[str, str]:
    """Return (version as asked for, file it was read from; "" for the default)."""
    if (app / "runtime.txt").is_file():
        match = re.fullmatch(rf"python-({VERSION.pattern})", "\n".join(version_lines(app / "runtime.txt")))
        if not match:
            result.fail("Error: Invalid Python version in runtime.txt.")
        return match[1], "runtime.txt"
    for path in app.iterdir():
        if path.name != ".python-version" and MISSPELLED.fullmatch(path.name):
            result.fail("Error: Your .python-version file is spelled incorrectly.")
    if not (app / ".python-version").is_file():
        return DEFAULT, ""
    if (app / ".python-version").read_bytes().startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        result.fail("Error: Unable to read .python-version.")
    lines = version_lines(app / ".python-version")
    if not all(VERSION.fullmatch(line) for line in lines):
        result.fail("Error: Invalid Python version in .python-version.")
    if not lines:
        result.fail("Error: No Python version found in .python-version.")
    if len(lines) > 1:
        result.fail("Error: Multiple Python versions found in .python-version.")
    return lines[0], ".python-version"


def version_lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def resolve(requested: str, result: Build) -> str:
    match = VERSION.fullmatch(requested)
    major, minor = int(match[1]), int(match[2])
    if (major, minor) < (3, 10):
        result.fail("Error: The requested Python version has reached end-of-life.")
    if (major, minor) > (3, 15):
        result.fail("Error: The requested Python version isn't recognised.")
    return requested if match[3] else LATEST[requested]


def warn_about_file(origin: str, result: Build) -> None:
    uv = result.package_manager == "uv"
    if origin == "runtime.txt" and uv:
        result.fail("Error: The runtime.txt file isn't supported when using uv.")
    elif origin == "runtime.txt":
        result.warn("The runtime.txt file is deprecated.")
    elif uv:
        result.fail("Error: No Python version was specified.")
    else:
        result.warn("No Python version was specified.")
