"""One trial from the folder to the report: copy the app, build it, provide config vars, start it, record results."""

import codecs
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from handbook.fake_heroku import procfile, several_buildpacks
from handbook.fake_heroku.addons import ADDON_MODULES
from handbook.fake_heroku.app_json import Manifest
from handbook.fake_heroku.buildpack import DETECTED_FILES, Build, BuildFailed
from handbook.fake_heroku.limits import BOOT_SECONDS
from handbook.tryout import NotUsable, config, findings, folder, name_failures, processes
from handbook.tryout.findings import Fault
from handbook.tryout.report import Report

THIS_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
# What pip, uv, Poetry and Pipenv print where the app requires another Python.
OTHER_PYTHON = re.compile(
    r"require a different python version|requires a different Python|incompatible with the project's Python"
    r"|is not allowed by the project|Requires-Python|requires-python",
    re.IGNORECASE,
)
OFFLINE = re.compile(r"NewConnectionError|Temporary failure in name resolution|NameResolutionError|dns error")
PIPFILE = re.compile(r'Your Pipfile requires "python_version" (\S+),')
# {words in a log: the difference between Heroku and this machine that may cause them}
LOCAL_DIFFERENCES = {
    "server does not support SSL": "PostgreSQL speaks TLS on Heroku and not here, where an app that wants it fails.",
}
BUILD_TAIL = 12  # lines
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# These stop a build on any Python.
STALE_LOCKS = {"your-pipfile-lock-is-out-of-date", "pyproject-toml-changed-significantly"}
Say = Callable[[str], None]


def try_app(
    app: Path,
    scratch: Path,
    say: Say = lambda _line: None,
    config_file: Path | None = None,
    boot_timeout: float = BOOT_SECONDS,
) -> Report:
    """Try the app in a folder, and return the report. scratch: an empty folder of ours; say is called with progress."""
    report = Report(app.name or str(app))
    try:
        given = config.read_config_file(config_file) if config_file else {}
        folder.require_folder(app)
        say(f"This runs the code in {app}: as you, with your files and your network.")
        say("Ctrl+C ends it, and leaves nothing running.")
        copy, git = scratch / "app", scratch / "git"
        copy.mkdir()
        git.mkdir()
        folder.copy_source(report, app, copy, git)
        run_app(report, copy, scratch, lambda line: say(f"… {line}"), given, boot_timeout)
    except NotUsable as error:
        report.unusable = str(error)
    return report


def run_app(report: Report, app: Path, scratch: Path, say: Say, given: dict[str, str], boot_timeout: float) -> None:
    manifest = Manifest(app)
    if manifest.problem:
        report.faults.append(Fault("app.json", manifest.problem))
    add_kind_to_report(report, app, manifest)
    preset, required = manifest.split_env()
    given = preset | given
    report.missing += [name for name in required if name not in given]
    build = build_app(report, app, manifest, say, given)
    if build is None or not build.processes or "\0" in "".join(build.processes.values()):
        return  # the report has the reason already
    with name_failures("start it"), ExitStack() as stack:
        services = config.find_wanted_services(config.list_packages(build.environment), manifest.addons, app)
        provided, not_started = config.start_services(services, given, stack, say)
        report.cannot_tell += not_started
        report.cannot_tell += [
            f"The add-on {name} is not here." for name in manifest.addons if name not in ADDON_MODULES
        ]
        report.missing[:] = [name for name in report.missing if name not in provided]
        report.config = sorted(provided | given)
        start_processes(report, processes.BuiltApp(app, build, scratch, provided | given, boot_timeout), say)


def add_kind_to_report(report: Report, app: Path, manifest: Manifest) -> None:
    """Add to the report what the files alone show. Raises NotUsable for an app without Python."""
    python = any((app / name).is_file() for name in DETECTED_FILES) or any(app.glob("*.py"))
    if (app / "package.json").is_file() and not python and not manifest.buildpacks:
        raise NotUsable("This is a Node.js app: the top folder has package.json and no file of a Python app.")
    if "django" in read_lowercase(app / "manage.py"):
        report.notes.append(
            "This is a Django app, and these pages are about Flask: Heroku also runs collectstatic, and this does not."
        )
    if manifest.buildpacks:
        report.notes.append(
            "These buildpacks come from app.json, which git push does not read: set them with heroku buildpacks:add, in"
            f" this order: {', '.join(manifest.buildpacks)}"
        )
    if (app / "requirements.txt").is_file() and (app / "requirements.txt").read_bytes().startswith(UTF_16_MARKS):
        report.notes.append("requirements.txt is in UTF-16: save it as UTF-8.")
    report.notes += find_dropped_lines(app / "Procfile")
    for line, advice in procfile.find_problems(app / "Procfile"):
        report.faults.append(Fault("Procfile", f"Procfile:{line}: {advice}" if line else advice))


def find_dropped_lines(path: Path) -> Iterator[str]:
    """Yield a note for each line of a Procfile after which another one has the same process type."""
    lines = enumerate(procfile.read_lines(path), 1)
    found = [(number, match[1]) for number, line in lines if (match := procfile.PROCFILE_LINE.match(line))]
    last = {name: number for number, name in found}
    for number, name in found:
        if number != last[name]:
            yield f"Procfile:{number}: Heroku drops this line: line {last[name]} has the process type {name} too."


def read_lowercase(path: Path) -> str:
    return path.read_text("utf-8", "replace").lower() if path.is_file() else ""


def build_app(report: Report, app: Path, manifest: Manifest, say: Say, given: dict[str, str]) -> Build | None:
    """Return the build, None where it fails. Raises NotUsable where it fails because of this machine."""
    chosen = [name for name in manifest.buildpacks if name in several_buildpacks.KNOWN_BUILDPACKS]
    report.cannot_tell += [f"The buildpack {name} is not here." for name in manifest.buildpacks if name not in chosen]
    if "heroku/nodejs" in chosen and not shutil.which("npm"):
        raise NotUsable("app.json asks for heroku/nodejs, and this machine has no npm: install Node.js.")
    say("Building as Heroku does; a list of packages that is new here takes longer")
    try:
        with name_failures("build it"):
            build = several_buildpacks.build_with(app, given, chosen=chosen)
    except BuildFailed as failure:
        log = str(failure)
        require_usable_machine(log)
        shown = find_last_lines(log)
        for line in shown:
            say(f"  {line}")
        report.faults.append(replace(findings.make_fault("build", "The build fails", log), tail=tuple(shown)))
        return None
    add_build_to_report(report, app, build)
    return build


def find_last_lines(log: str) -> list[str]:
    """Return the last lines of the log of a failed build, after those above that say why.

    These are the line with which a package's own build has ended, and the first packages of a conflict.
    """
    lines = [line for line in log.splitlines() if line.strip()]
    first, shown = max(len(lines) - BUILD_TAIL, 0), {}
    for number, line in enumerate(lines[: first + 1]):
        if line.strip() == "[end of output]":
            shown["end"] = lines[number - 1 : number]
        elif line.strip() == "The conflict is caused by:":
            shown["conflict"] = lines[number : min(number + 3, first)]
    return [*(line for part in shown.values() for line in part), *lines[first:]]


def require_usable_machine(log: str) -> None:
    """Raise NotUsable where a build has failed for lack of a network, or of the Python that Heroku would take."""
    if OFFLINE.search(log):
        raise NotUsable("The packages could not be fetched: is this machine online?")
    asked = re.search(r"Installing Python (\d+\.\d+)", log)
    if asked is None or asked[1] == THIS_PYTHON:
        return
    pipfile = PIPFILE.search(re.sub(r"\s+", " ", log))
    is_stale = any(match.entry.id in STALE_LOCKS for match in findings.match_entries(log, "cause"))
    if not is_stale and (OTHER_PYTHON.search(log) or (pipfile and pipfile[1] == asked[1])):
        raise NotUsable(
            f"Heroku would take Python {asked[1]}, this machine runs {THIS_PYTHON}, and the packages do not install on"
            f" it: install Python {asked[1]}, delete the folder .venv here, and run make PYTHON=python{asked[1]} try."
        )


def add_build_to_report(report: Report, app: Path, build: Build) -> None:
    report.package_manager, report.python, report.processes = build.package_manager, build.full_version, build.processes
    report.cannot_tell.append(f"Heroku takes Python {build.full_version}, and this machine runs {THIS_PYTHON}.")
    log = "\n".join(build.log)
    report.warnings += [
        findings.describe_match("build", "The build warns:", match) for match in findings.match_entries(log, "warning")
    ]
    if not build.processes:
        report.faults.append(
            findings.make_fault("Procfile", f"Nothing would start: {explain_no_process(app)}", build.log[-1])
        )


def explain_no_process(app: Path) -> str:
    """Return why Heroku finds no process to start."""
    if (app / "Procfile").is_file():
        return "the Procfile has no line that Heroku can read"
    for path in sorted(app.iterdir()):
        if path.is_file() and path.name.lower() in ("procfile", "procfile.txt"):
            return f"Heroku reads a file named exactly Procfile: rename {path.name} to that with git mv, and commit."
    return "the top folder has no Procfile"


def start_processes(report: Report, built: processes.BuiltApp, say: Say) -> None:
    """Start each process of the Procfile; after a release command that fails, no other one."""
    names = list(built.build.processes)
    if "release" in names:
        say("Running release")
        report.seen.append(processes.run_release(built))
    if not built.faults:
        say("Starting web, asking for /, stopping it")
        report.seen.append(processes.run_web(built))
        for name in names:
            if name not in ("web", "release"):
                say(f"Starting {name}, stopping it")
                report.seen.append(processes.run_other(built, name))
    add_faults_to_report(report, built)


def add_faults_to_report(report: Report, built: processes.BuiltApp) -> None:
    for fault in built.faults:
        report.faults.append(fault)
        log_text = "\n".join([fault.line, *fault.tail])
        report.cannot_tell += [note for words, note in LOCAL_DIFFERENCES.items() if words in log_text]
        if fault.config_var and fault.config_var not in built.config:
            report.missing.append(fault.config_var)
    for items in (report.missing, report.cannot_tell):
        items[:] = dict.fromkeys(items)
    report.warnings += dict.fromkeys(built.warnings)
