"""An imitation of Heroku's Python buildpack: what it decides and does with the files of an app, and what it prints.

The newest known release is v363. The rules were read in v351 (18 August 2026: bin/detect, bin/compile, lib/*.sh), and
its outcomes on hundreds of folders are tests/handbook/buildpack_cases.json. The release pages of v353, v355 and v359
add Python 3.15 and the patch releases in LATEST; what else has changed since is not known.
Only the headlines of messages are printed, not the advice below them. The line about the language and the order of the
languages come from the platform, not from the buildpack.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from handbook.fake_heroku import packages, procfile, version_files
from handbook.fake_heroku.version_files import VERSION

# {file: language}: the platform looks for these languages before Python, each by its file ("Officially supported
# buildpacks" in Dev Center, in their order: Ruby, Node.js, Clojure, Python, Java, …).
EARLIER_LANGUAGES = {"Gemfile": "Ruby", "package.json": "Node.js", "project.clj": "Clojure"}
DETECTED_FILES = (
    ".python-version __init__.py app.py main.py manage.py pdm.lock Pipfile Pipfile.lock poetry.lock pyproject.toml"
    " requirements.txt runtime.txt server.py setup.cfg setup.py uv.lock"
    " requeriments.txt requirement.txt requirements requirements.text Requirements.txt requirements.txt.txt"
    " requirments.txt"
).split()
DETECTED_FOLDERS = ("__pycache__", ".venv", "venv")
PACKAGE_MANAGERS = {"Pipfile.lock": "pipenv", "requirements.txt": "pip", "poetry.lock": "poetry", "uv.lock": "uv"}
MISSPELLED = (
    " .python-version",
    ". python-version",
    ".python_version.txt",
    ".python_version",
    ".python-version ",
    ",python-version",
    ".python-version.",
    ".python-version.py",
    ".python-version.rtf",
    ".python-version.txt",
    ".python-version.TXT",
    ".Python-version",
    ".python.version",
    ".pythonversion",
    "'.python-version'",
    "python_version.txt",
    "python_version",
    "python-version.",
    "python-version.txt",
    "python-version",
)
LATEST = {
    "3.10": "3.10.22",
    "3.11": "3.11.18",
    "3.12": "3.12.16",
    "3.13": "3.13.18",
    "3.14": "3.14.10",
    "3.15": "3.15.2",
}
OLDEST, NEWEST = 10, 15  # minor versions of Python 3
DEFAULT = "3.14"
INTERNAL_ERROR = "Internal Error: An unhandled buildpack error occurred."


class BuildFailed(Exception):
    """The build has failed. str() is the whole log, as `git push heroku main` shows it."""


@dataclass
class Build:
    """The result of a build: the lines of its log, as printed, and what a dyno needs to run the app."""

    log: list[str] = field(default_factory=list)
    package_manager: str = ""
    requested_version: str = ""  # the Python version as requested, "3.14"
    origin: str = ""  # the file that requests it; "default" or "cached" where no file does
    full_version: str = ""  # the exact version, "3.14.10"
    environment: Path | None = None  # the virtual environment with the packages
    processes: dict[str, str] = field(default_factory=dict)

    @property
    def major_version(self) -> str:
        """What Heroku calls the major version: "3.14"."""
        return self.full_version.rpartition(".")[0]

    def step(self, text: str) -> None:
        self.log.append(f"-----> {text}")

    def indent(self, lines: list[str]) -> None:
        self.log += [f"       {line}".rstrip() for line in lines]

    def alert(self, text: str) -> None:
        self.log.append(f" !     {text}")

    def run_logged(self, command: list[str], cwd: Path, env: dict[str, str]) -> int:
        """Run a program of the app, add its output to the log, and return its exit status; fail where it never ends."""
        try:
            ran = packages.run_merged(command, cwd, env)
        except TimeoutError as error:
            self.fail(f"({error})")
        self.indent(ran.stdout.decode("utf-8", "replace").splitlines())
        return ran.returncode

    def read_procfile(self, app: Path) -> None:
        self.processes = procfile.read_procfile(app / "Procfile")
        self.step("Discovering process types")
        self.indent([f"Procfile declares types -> {', '.join(self.processes) or '(none)'}"])

    def fail(self, text: str, end: str = "Push rejected, failed to compile Python app.") -> NoReturn:
        self.alert(text)
        self.alert(end)
        raise BuildFailed("\n".join(self.log))


def build(app: Path, config: Mapping[str, str] | None = None, last_python: str = "", is_chosen: bool = False) -> Build:
    """Build the app in a folder as a push does, up to the release. Raises BuildFailed with the log.

    config: the config vars, for the app's own hooks. last_python: the version of the last build, "3.13.5", which
    Heroku keeps; "" for a new app. is_chosen: whether the buildpack heroku/python was set by hand.
    """
    result = Build()
    run(app, result, config, last_python, is_chosen)
    result.read_procfile(app)
    return result


def run(app: Path, result: Build, config: Mapping[str, str] | None, last_python: str, is_chosen: bool) -> None:
    """Do what the buildpack itself does; the platform reads the Procfile after the last buildpack. See build()."""
    require_python_app(app, result, is_chosen)
    choose_toolchain(app, result, config, last_python)
    install_packages(app, result)
    run_hook(app, "post_compile", result, config)
    result.step("Saving cache")
    if result.package_manager != "uv":
        result.alert("Note: We recently added support for the package manager uv:")


def require_python_app(app: Path, result: Build, is_chosen: bool = False) -> None:
    """Fail unless the app is Python's, by bin/detect and, where no buildpack is chosen, by the platform's order."""
    found = any((app / name).is_dir() for name in DETECTED_FOLDERS)
    found = found or any((app / name).exists() for name in DETECTED_FILES)
    if is_chosen and not found:
        result.step("App not compatible with buildpack: heroku/python")
        result.alert("Error: Your app is configured to use the Python buildpack,")
        result.fail("but we couldn't find any supported Python project files.", "Push failed")
    for name, language in EARLIER_LANGUAGES.items():
        if not is_chosen and (app / name).is_file():
            result.step(f"{language} app detected")
            result.fail(f"(The imitation ends here: it knows Python's buildpack alone, and {name} comes first.)")
    if not found:
        result.fail("No default language could be detected for this app.", "Push failed")
    result.step("Python app detected")


def choose_toolchain(app: Path, result: Build, config: Mapping[str, str] | None = None, last_python: str = "") -> None:
    """Choose the package manager and the Python version, in the order of bin/compile. Raises BuildFailed."""
    run_hook(app, "pre_compile", result, config)
    if (app / ".heroku/python").exists():
        result.fail("Error: Existing '.heroku/python/' directory found.")
    result.package_manager = choose_package_manager(app, result)
    for name in (".venv", "venv"):
        if (app / name / "pyvenv.cfg").is_file():
            result.fail(f"Error: Existing '{name}/' directory found.")
    choose_python(app, result, last_python)
    validate_python_download(app, result)


def run_hook(app: Path, name: str, result: Build, config: Mapping[str, str] | None) -> None:
    """Run the app's own script bin/pre_compile or bin/post_compile, where there is one."""
    script = app / "bin" / name
    if not script.is_file():
        return
    result.step(f"Running bin/{name} hook")
    script.chmod(script.stat().st_mode | 0o111)
    environment = (
        packages.build_environment() | dict(config or {}) | {"BUILD_DIR": str(app), "PATH": os.environ["PATH"]}
    )
    if result.environment:
        environment["PATH"] = f"{result.environment}/bin:{environment['PATH']}"
    if result.run_logged(["bash", "-c", f"bin/{name}"], app, environment):
        result.fail(f"Error: Failed to run the bin/{name} script.")


def choose_package_manager(app: Path, result: Build) -> str:
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


def choose_python(app: Path, result: Build, last_python: str) -> None:
    """Set the exact version that the build installs, warning and failing as the buildpack does."""
    result.requested_version, result.origin = find_requested_version(app, result, last_python)
    unspecified = {"default": "the buildpack default", "cached": "the same major version as the last build"}
    if used := unspecified.get(result.origin):
        result.step(f"No Python version was specified. Using {used}: Python {result.requested_version}")
    else:
        result.step(f"Using Python {result.requested_version} specified in {result.origin}")
    result.full_version = resolve_python(result.requested_version, result)
    warn_about_version_file(result)
    if result.major_version == "3.10":
        result.alert("Warning: Support for Python 3.10 is deprecated!")
    if patch_number(result.full_version) < patch_number(resolve_python(result.major_version, result)):
        result.alert("Warning: A Python patch update is available!")


def find_requested_version(app: Path, result: Build, last_python: str) -> tuple[str, str]:
    """Return (requested version, the file that requests it, or "cached" or "default"). Raises BuildFailed."""
    if (app / "runtime.txt").is_file():
        text = "\n".join(version_files.read_version_lines(app / "runtime.txt"))
        if not (match := re.fullmatch(rf"python-({VERSION.pattern})", text)):
            result.fail("Error: Invalid Python version in runtime.txt.")
        return match[1], "runtime.txt"
    if any((app / name).is_file() for name in MISSPELLED):
        result.fail("Error: Your .python-version file is spelled incorrectly.")
    if (app / ".python-version").is_file():
        return read_python_version_file(app / ".python-version", result), ".python-version"
    if result.package_manager == "pipenv" and (version := read_pipfile_lock(app / "Pipfile.lock", result)) is not None:
        return version, "Pipfile.lock"
    if (match := VERSION.fullmatch(last_python)) and match[3]:
        return f"{match[1]}.{match[2]}", "cached"
    return DEFAULT, "default"


def read_python_version_file(path: Path, result: Build) -> str:
    lines = version_files.read_version_lines(path)
    if not all(VERSION.fullmatch(line) for line in lines):
        if version_files.is_in_another_encoding(path.read_bytes()):
            result.fail("Error: Unable to read .python-version.")
        result.fail("Error: Invalid Python version in .python-version.")
    if not lines:
        result.fail("Error: No Python version found in .python-version.")
    if len(lines) > 1:
        result.fail("Error: Multiple Python versions found in .python-version.")
    return lines[0]


def read_pipfile_lock(path: Path, result: Build) -> str | None:
    try:
        version = version_files.read_pipfile_lock_version(path)
    except version_files.InvalidJSON:
        result.fail("Error: Can't parse Pipfile.lock.")
    if version is not None and not VERSION.fullmatch(version):
        result.fail("Error: Invalid Python version in Pipfile.lock.")
    return version


def resolve_python(requested: str, result: Build) -> str:
    """Return the exact version for "3.14" or "3.14.2"."""
    match = VERSION.fullmatch(requested)
    assert match, requested  # the functions that read it have validated it
    version = (parse_bash_integer(match[1]), parse_bash_integer(match[2]))
    asked = "cached" if result.origin == "cached" else "requested"
    if version < (3, OLDEST):
        result.fail(f"Error: The {asked} Python version has reached end-of-life.")
    if version > (3, NEWEST):
        result.fail(f"Error: The {asked} Python version isn't recognised.")
    if match[3]:
        return requested
    if requested not in LATEST:
        result.fail(f"Internal error: Unhandled Python major version: {requested}.")
    return LATEST[requested]


def parse_bash_integer(digits: str) -> int:
    """Return the number as Bash reads it: a signed 64-bit integer, which overflows."""
    value = 0
    for digit in digits:
        value = (10 * value + int(digit)) % 2**64
    return value - 2**64 if value >= 2**63 else value


def patch_number(version: str) -> int:
    return parse_bash_integer(version.rpartition(".")[2])


def warn_about_version_file(result: Build) -> None:
    uv = result.package_manager == "uv"
    if result.origin == "runtime.txt" and uv:
        result.fail("Error: The runtime.txt file isn't supported when using uv.")
    elif result.origin == "runtime.txt":
        result.alert("Warning: The runtime.txt file is deprecated.")
    elif result.origin in ("default", "cached") and uv:
        result.fail("Error: No Python version was specified.")
    elif result.origin in ("default", "cached"):
        result.alert("Warning: No Python version was specified.")


def validate_python_download(app: Path, result: Build) -> None:
    """Fail where Heroku could not install Python. Nothing is downloaded: the packages are installed for this Python."""
    blocked = any(os.path.lexists(app / name) and not (app / name).is_dir() for name in (".profile.d", ".heroku"))
    if blocked or os.path.lexists(app / ".heroku/python"):  # the last as a symbolic link that leads nowhere
        result.fail(INTERNAL_ERROR)
    result.step(f"Installing Python {result.full_version}")
    asked = result.full_version.rpartition(".")[2]
    if len(asked) > 9 or int(asked) > patch_number(LATEST[result.major_version]):
        result.fail("Error: The requested Python version isn't available.")


def install_packages(app: Path, result: Build) -> None:
    """Install the packages with the package manager that was chosen. Raises BuildFailed."""
    manager = packages.MANAGERS[result.package_manager]
    result.step(f"Installing {manager.title(result.major_version)}")
    result.step(f"Installing dependencies using '{manager.command}'")
    try:
        result.environment, log = packages.install_app(app, result.package_manager, result.major_version)
    except packages.InstallFailed as failure:
        result.indent(str(failure).splitlines())
        for words, headline in packages.HINTS.items():
            if words in str(failure):
                result.alert(headline)
                break
        result.fail(f"Error: Unable to install dependencies using {manager.name}.")
    result.indent(log)
