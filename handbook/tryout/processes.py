"""Starting the processes of an app that was built, one after the other, and looking at what a visitor would see."""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import requests

from handbook.fake_heroku.app import RELEASE_SECONDS
from handbook.fake_heroku.buildpack import Build
from handbook.fake_heroku.dyno import SLOW_MODULE, Dyno
from handbook.fake_heroku.limits import BOOT_SECONDS, EXIT_SECONDS, FACTS, MEMORY_MB
from handbook.fake_heroku.process import eventually
from handbook.tryout.config import packages_of
from handbook.tryout.findings import FAULTS, Fault, fault, of, recognised
from handbook.tryout.report import ANSWERED, CUT_OFF, UNKNOWN, Seen

# What a process that keeps running is given to say what it has to say, and how long it is silent after that.
TALKS, SILENT = 15, 2
SLOW_AS = "sitecustomize.py"
TOO_MUCH = "Error R14 (Memory quota exceeded)"


@dataclass
class Stage:
    """An app that was built, and where copies of it may lie: each process has one of its own, as on Heroku."""

    app: Path
    build: Build
    folder: Path
    config: dict[str, str]
    boot_within: float = BOOT_SECONDS
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def dyno(self, process: str, name: str = "") -> Dyno:
        place = self.folder / "dynos" / (name or process)
        copy = shutil.copytree(self.app, place / "app", symlinks=True)
        return Dyno(copy, self.build, place / "log.txt", process, self.config)

    def blame(self, process: str, what: str, log: str, kinds: tuple[str, ...] = FAULTS) -> None:
        self.faults.append(fault(process, what, log, kinds=kinds))

    def warn(self, process: str, log: str) -> None:
        """Note what the log of a process that works says all the same."""
        for match in recognised(log, "cause", "symptom", "warning"):
            self.warnings.append(of(process, f"{process} works, and its log says this:", match))


def release(stage: Stage) -> Seen:
    """Run the release command to its end, as Heroku does before it starts anything."""
    seen = Seen("release", stage.build.processes["release"])
    with stage.dyno("release") as one:
        began = time.monotonic()
        if not eventually(lambda: one.popen.poll() is not None, RELEASE_SECONDS):
            seen.verdict, seen.why = "failed", f"it has not ended after {RELEASE_SECONDS} s"
        elif one.popen.returncode:
            seen.verdict, seen.why = "failed", f"it has ended, with status {one.popen.returncode}"
        else:
            seen.verdict, seen.boot_seconds = "ended", time.monotonic() - began
            stage.warn("release", one.log)
        if seen.why:
            what = (
                "The release command fails: Heroku keeps the previous release running, and web is not tried. Its log:"
            )
            stage.blame("release", what, one.log)
    return seen


def web(stage: Stage) -> Seen:
    """Start web, ask for /, stop it; then start it once more, and stop it while a request is under way."""
    seen = Seen("web", stage.build.processes.get("web", ""))
    with stage.dyno("web") as one:
        began = time.monotonic()
        seen.verdict = booted(stage, one)
        seen.boot_seconds = time.monotonic() - began
        if seen.verdict == "up":
            look(one, seen)
        log = whole_log(one, seen)
        if seen.verdict != "up":
            stage.blame("web", "The log of web:", log)
            return seen
        if seen.status is not None and seen.status >= 500:
            stage.blame("web", f"web answers / with {seen.status}. Its log:", log)
        else:
            stage.warn("web", log)
        if (seen.memory_mb or 0) > MEMORY_MB:
            what = f"web holds {seen.memory_mb} MB, and a small dyno has {FACTS['small_dyno_memory']['value']}"
            stage.blame("web", what, TOO_MUCH)
        stop(stage, one, seen)
    if seen.stop_seconds is not None:
        request_under_way(stage, seen)
    return seen


def booted(stage: Stage, one: Dyno) -> str:
    """Start a web process, and return what a visitor sees. One that listens elsewhere is not given the whole minute."""
    began = time.monotonic()
    eventually(lambda: one.popen.poll() is not None or one.addresses(), stage.boot_within)
    left = max(0.0, began + stage.boot_within - time.monotonic())
    return one.boot(left if one.find_address() or not one.addresses() else min(left, TALKS))


def look(one: Dyno, seen: Seen) -> None:
    """Ask for / as a visitor does, and weigh the processes."""
    seen.address = f"http://{':'.join(map(str, one.router.target or ()))}"
    with one.get("/", allow_redirects=False, stream=True) as answer:
        seen.status = answer.status_code
        parts = answer.iter_content(2**16)
        with suppress(requests.RequestException):  # it is cut off: the log of the router tells how
            eventually(lambda: not next(parts, b""), TALKS)  # and one may never end
    if "code=" in (line := (one.router.log or [""])[-1]):
        seen.verdict = line.partition("code=")[2][:3]
    seen.memory_mb = round(one.memory_mb())


def whole_log(one: Dyno, seen: Seen) -> str:
    """Return the log of the app and of the router; of one that is not up, with the line that its visitor causes."""
    match seen.verdict:
        case "H10":
            eventually(one.is_gone, 5)
            one.router.target = None
            one.get("/")
            one.write_log(f"Process exited with status {one.popen.returncode}")  # as Heroku's log says it
            by_itself = "" if one.popen.returncode else " by itself"
            seen.why = f"the process has ended{by_itself}, with status {one.popen.returncode}"
        case "H12":
            one.router.first_byte = 1  # it was given Heroku's 30 seconds before
            one.get("/")
            seen.why = "it listens, and does not answer"
        case "H13":
            one.get("/")
            seen.why = "it listens, and hangs up without an answer"
        case "H15" | "H18":
            seen.why = "it begins an answer to /, and does not end it"
        case "R10":
            found = ", ".join(sorted(f"{host}:{number}" for host, number in one.addresses()))
            seen.why = f"it listens on {found}, not on 0.0.0.0:$PORT" if found else "nothing listens on 0.0.0.0:$PORT"
            seen.why += f", where PORT is {one.port}"
        case "H14":
            one.get("/")
            seen.why = "the Procfile has no line web"
        case _ if seen.status is not None and seen.status >= 500:
            eventually(lambda: recognised(one.log, "cause", "symptom"), 2)
    return "\n".join([one.log, *one.router.log])


def stop(stage: Stage, one: Dyno, seen: Seen) -> None:
    began = time.monotonic()
    if one.stop() == "gone":
        seen.stop_seconds = time.monotonic() - began
    else:
        stage.blame(seen.process, f"{seen.process} still runs {EXIT_SECONDS} s after SIGTERM. Its log:", one.log)


def request_under_way(stage: Stage, seen: Seen) -> None:
    """Stop the app in the middle of a request. Its slow address comes from a file that is laid into the copy."""
    seen.under_way = UNKNOWN
    one = stage.dyno("web", "web.stopped")
    if (one.app / SLOW_AS).exists() or "flask" not in packages_of(stage.build.environment):
        return
    shutil.copy(SLOW_MODULE, one.app / SLOW_AS)
    with one:
        if booted(stage, one) != "up":
            return
        answer: list[requests.Response] = []
        asking = Thread(target=ask, args=(one.router.url, answer), daemon=True)
        asking.start()
        eventually(lambda: one.request_events() or not asking.is_alive(), TALKS)
        if not one.request_events():
            return  # the app has let no request for another address in
        one.stop(finish_requests=True)
        asking.join(EXIT_SECONDS)
        seen.under_way = ANSWERED if answer and (answer[0].status_code, answer[0].text) == (200, "done") else CUT_OFF
        if seen.under_way == CUT_OFF:
            log = "\n".join([one.log, *one.router.log])
            # What a server says while it is stopped follows from how it stops.
            stage.blame("web", "web stops, and a request under way gets no answer. Its log:", log, FAULTS[1:])


def ask(url: str, answer: list[requests.Response]) -> None:
    try:
        answer.append(requests.get(f"{url}/slow/{float(EXIT_SECONDS)}", timeout=2 * EXIT_SECONDS))
    except requests.RequestException:
        return


def other(stage: Stage, process: str) -> Seen:
    """Start a process that no visitor reaches, let it say what it has to say, and stop it."""
    seen = Seen(process, stage.build.processes[process])
    with stage.dyno(process) as one:
        began = time.monotonic()
        eventually(lambda: one.popen.poll() is not None or quiet(one, began), TALKS)
        if one.popen.poll() is None:
            seen.verdict, seen.memory_mb = "running", round(one.memory_mb())
            stage.warn(process, one.log)
            stop(stage, one, seen)
        elif one.popen.returncode:
            seen.verdict, seen.why = "failed", f"it has ended, with status {one.popen.returncode}"
            stage.blame(process, f"The log of {process}:", one.log)
        else:
            seen.verdict, seen.why = "ended", "it has ended without an error, and Heroku starts it again and again"
            stage.warn(process, one.log)
    return seen


def quiet(one: Dyno, began: float) -> bool:
    """Whether it has said something, and nothing more since."""
    last = max(began, time.monotonic() - (time.time() - os.stat(one.log_file).st_mtime))
    return bool(one.log) and time.monotonic() - last > SILENT
