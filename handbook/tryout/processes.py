"""Starts the processes of a built app, one after the other, and records what a visitor would see."""

import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import urljoin, urlsplit

import requests

from handbook.fake_heroku.app import RELEASE_SECONDS
from handbook.fake_heroku.buildpack import Build
from handbook.fake_heroku.dyno import SLOW_MODULE, Dyno
from handbook.fake_heroku.limits import BOOT_SECONDS, EXIT_SECONDS, FACTS, MEMORY_MB
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, eventually
from handbook.tryout.config import list_packages
from handbook.tryout.findings import (
    FAULT_KINDS,
    Fault,
    describe_entry,
    describe_match,
    find_page,
    make_fault,
    match_entries,
    truncate_sentences,
)
from handbook.tryout.report import ANSWERED, CUT_OFF, UNKNOWN, ProcessResult

# How long to wait for the output of a running process, and after how much silence the output counts as complete.
OUTPUT_SECONDS, QUIET_SECONDS = 15, 2
MAX_REDIRECTS = 5
HANDSHAKES = 12  # one in two fails where two workers share the clients of Socket.IO
ROUTER_ERROR = re.compile(r"heroku\[router\]: at=error code=(\w+)")
SESSION_ID = re.compile(r'"sid":"([\w-]+)"')
STOPPING = "Stopping all processes with SIGTERM"  # Heroku's words
SLOW_FILE = "sitecustomize.py"
MEMORY_ERROR = "Error R14 (Memory quota exceeded)"


@dataclass
class BuiltApp:
    """A built app, and the folder for copies of it: each process has its own copy, as on Heroku."""

    app: Path
    build: Build
    folder: Path
    config: dict[str, str]
    boot_timeout: float = BOOT_SECONDS
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def make_dyno(self, process: str, name: str = "") -> Dyno:
        place = self.folder / "dynos" / (name or process)
        copy = shutil.copytree(self.app, place / "app", symlinks=True)
        return Dyno(copy, self.build, place / "log.txt", process, self.config)

    def add_fault(self, process: str, what: str, log: str, kinds: tuple[str, ...] = FAULT_KINDS) -> None:
        self.faults.append(make_fault(process, what, log, kinds=kinds))

    def add_warnings(self, process: str, log: str) -> None:
        """Add a warning for each entry of the errors page that matches the log of a working process."""
        for match in match_entries(log, "cause", "symptom", "warning"):
            self.warnings.append(describe_match(process, f"{process} works, and its log says this:", match, log))


def run_release(built: BuiltApp) -> ProcessResult:
    """Run the release command to its end, as Heroku does before it starts anything."""
    result = ProcessResult("release", built.build.processes["release"])
    with built.make_dyno("release") as dyno:
        began = time.monotonic()
        if not eventually(lambda: dyno.popen.poll() is not None, RELEASE_SECONDS):
            result.verdict, result.why = "failed", f"it has not ended after {RELEASE_SECONDS} s"
        elif dyno.popen.returncode:
            result.verdict, result.why = "failed", f"it has ended, with status {dyno.popen.returncode}"
        else:
            result.verdict, result.boot_seconds = "ended", time.monotonic() - began
            built.add_warnings("release", dyno.log)
        if result.why:
            what = (
                "The release command fails: Heroku keeps the previous release running, and web is not tried. Its log:"
            )
            built.add_fault("release", what, dyno.log)
    return result


def run_web(built: BuiltApp) -> ProcessResult:
    """Start web, request /, stop it; then start it once more, and stop it while a request is in flight."""
    result = ProcessResult("web", built.build.processes.get("web", ""))
    with built.make_dyno("web") as dyno:
        began = time.monotonic()
        result.verdict = dyno.boot(built.boot_timeout)
        result.boot_seconds = time.monotonic() - began
        if result.verdict == "up" and request_root(dyno, result):
            built.faults.append(Fault("web", f"web redirects in a circle: {result.path}"))
        log = read_whole_log(dyno, result)
        if result.verdict != "up":
            built.add_fault("web", "The log of web:", log)
            return result
        if result.status is not None and result.status >= 500:
            built.add_fault("web", f"{result.path} answers {result.status}. The log of web:", log)
        else:
            built.add_warnings("web", log)
        if refused := count_refused_handshakes(built, dyno):
            what = (
                f"{refused} of {HANDSHAKES} clients of Socket.IO get 400: their second request reaches another worker"
            )
            built.faults.append(describe_entry("web", what, "invalid-session"))
        if (result.memory_mb or 0) > MEMORY_MB:
            what = f"web holds {result.memory_mb} MB, and a small dyno has {FACTS['small_dyno_memory']['value']}"
            built.add_fault("web", what, MEMORY_ERROR)
        stop_process(built, dyno, result)
    if result.stop_seconds is not None:
        stop_during_request(built, result)
    return result


def request_root(dyno: Dyno, result: ProcessResult) -> bool:
    """Request / as a visitor does, with the redirects that follow, and measure the memory of the processes.

    Return whether the app redirects in a circle.
    """
    result.address = f"http://{':'.join(map(str, dyno.router.target or ()))}"
    path: str | None = "/"
    paths: list[str] = []
    cookies: dict[str, str] = {}
    while path is not None and len(paths) <= MAX_REDIRECTS:
        paths.append(path)
        try:
            path = request_path(dyno, result, cookies, path)
        except ValueError:  # the target is no URL, such as "http://[": requests raises it too
            path = None
    result.path = " → ".join(paths)
    if failed := ROUTER_ERROR.match((dyno.router.log or [""])[-1]):
        result.verdict = failed[1]
    result.memory_mb = round(dyno.memory_mb())
    return path in paths  # a page may redirect to itself once, to see whether a cookie comes back


def request_path(dyno: Dyno, result: ProcessResult, cookies: dict[str, str], path: str) -> str | None:
    """Request a path, and return the one to which the app redirects; None where it does not, or to another host.

    cookies: those of the visitor, to which those of the answer are added.
    """
    url = dyno.router.url + path
    # As a header, because requests keeps a Secure cookie back without TLS, which the imitation does not speak.
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    with dyno.get(path, headers=headers, allow_redirects=False, stream=True) as answer:
        result.status = answer.status_code
        cookies |= answer.cookies.get_dict()
        parts = answer.iter_content(2**16)
        with suppress(requests.RequestException):  # it is cut off: the log of the router says how
            eventually(lambda: not next(parts, b""), OUTPUT_SECONDS)  # a response may never end
        if not answer.is_redirect:
            return None
        target = urlsplit(urljoin(url, answer.headers["Location"]))
    if target.scheme not in ("http", "https") or target.hostname != urlsplit(url).hostname:
        return None
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def count_refused_handshakes(built: BuiltApp, dyno: Dyno) -> int:
    """Return for how many clients of Socket.IO a worker refuses the session that another one has opened."""
    if "python-socketio" not in list_packages(built.build.environment):
        return 0
    with suppress(requests.RequestException):  # an answer is cut off
        for version in (4, 3):  # of the protocol, in Flask-SocketIO 5 and before
            address = f"/socket.io/?EIO={version}&transport=polling&b64=1"
            answers = [open_session(dyno, address)]
            if answers[0]:
                answers += [open_session(dyno, address) for _client in range(HANDSHAKES - 1)]
                return answers.count(400)
    return 0


def open_session(dyno: Dyno, address: str) -> int:
    """Send the two first requests of a client of Socket.IO; return the status of the second, 0 without a session."""
    opened = dyno.get(address).text
    if not (session := SESSION_ID.search(opened)):
        return 0
    message = "40" if opened.startswith("0{") else "2:40"  # version 3 sends the length of each message before it
    url = f"{dyno.router.url}{address}&sid={session[1]}"
    return requests.post(url, message, headers={"Content-Type": "text/plain"}, timeout=DEFAULT_TIMEOUT).status_code


def read_whole_log(dyno: Dyno, result: ProcessResult) -> str:
    """Return the log of app and router, and set result.why. For H10, H12, H13 and H14, request / once more first."""
    match result.verdict:
        case "H10":
            eventually(dyno.is_gone, 5)
            dyno.router.target = None
            dyno.get("/")
            dyno.write_log(f"Process exited with status {dyno.popen.returncode}")  # in the words of Heroku's log
            by_itself = "" if dyno.popen.returncode else " by itself"
            result.why = f"the process has ended{by_itself}, with status {dyno.popen.returncode}"
        case "H12":
            dyno.router.response_timeout = 1  # it had Heroku's 30 seconds in boot_web()
            dyno.get("/")
            result.why = f"it listens, and does not answer{name_redirects(result)}"
        case "H13":
            dyno.get("/")
            result.why = f"it listens, and hangs up without an answer{name_redirects(result)}"
        case "H15" | "H18":
            result.why = f"it begins an answer to {result.path}, and does not end it"
        case "R10":
            found = ", ".join(sorted(f"{host}:{number}" for host, number in dyno.addresses()))
            result.why = f"it listens on {found}, not on 0.0.0.0:$PORT" if found else "nothing listens on 0.0.0.0:$PORT"
            result.why += f", where PORT is {dyno.port}"
        case "H14":
            dyno.get("/")
            result.why = "the Procfile has no line web"
        case _ if result.status is not None and result.status >= 500:
            eventually(lambda: match_entries(dyno.log, "cause", "symptom"), 2)
    return "\n".join([dyno.log, *dyno.router.log])


def name_redirects(result: ProcessResult) -> str:
    return f": {result.path}" if "→" in result.path else ""


def stop_process(built: BuiltApp, dyno: Dyno, result: ProcessResult) -> None:
    began, logged = time.monotonic(), len(dyno.log)
    if dyno.stop() == "gone":
        result.stop_seconds = time.monotonic() - began
    else:
        what = f"{result.process} still runs {EXIT_SECONDS} s after SIGTERM. Its log since then:"
        built.add_fault(result.process, what, dyno.log[logged:])  # it ends with R12


def stop_during_request(built: BuiltApp, result: ProcessResult) -> None:
    """Stop the app during a request to a slow URL; slow_url.py, copied into the dyno's files, adds that URL."""
    result.under_way = UNKNOWN
    dyno = built.make_dyno("web", "web.stopped")
    if (dyno.app / SLOW_FILE).exists() or "flask" not in list_packages(built.build.environment):
        return
    shutil.copy(SLOW_MODULE, dyno.app / SLOW_FILE)
    with dyno:
        if dyno.boot(built.boot_timeout) != "up":
            return
        answer: list[requests.Response] = []
        asking = Thread(target=send_slow_request, args=(dyno.router.url, answer), daemon=True)
        asking.start()
        eventually(lambda: dyno.request_events() or not asking.is_alive(), OUTPUT_SECONDS)
        if not dyno.request_events():
            return  # the app does not let requests for the slow URL in
        dyno.write_log(STOPPING)
        dyno.stop(finish_requests=True)
        asking.join(EXIT_SECONDS)
        result.under_way = ANSWERED if answer and (answer[0].status_code, answer[0].text) == (200, "done") else CUT_OFF
        if result.under_way == CUT_OFF:
            log = "\n".join([dyno.log, *dyno.router.log])
            # Without "cause": what a server prints while it stops is a consequence of how it stops.
            built.add_fault("web", "web stops, and a request under way gets no answer. Its log:", log, FAULT_KINDS[1:])


def send_slow_request(url: str, answer: list[requests.Response]) -> None:
    try:
        answer.append(requests.get(f"{url}/slow/{float(EXIT_SECONDS)}", timeout=2 * EXIT_SECONDS))
    except (requests.RequestException, ValueError):  # ValueError: it redirects to what is no URL
        return


def run_other(built: BuiltApp, process: str) -> ProcessResult:
    """Start a process that no visitor reaches, wait for its output, and stop it."""
    result = ProcessResult(process, built.build.processes[process])
    with built.make_dyno(process) as dyno:
        wait_for_output(dyno)
        if dyno.popen.poll() is None:
            result.verdict, result.memory_mb = "running", round(dyno.memory_mb())
            built.add_warnings(process, dyno.log)
            stop_process(built, dyno, result)
        elif dyno.popen.returncode:
            result.verdict, result.why = "failed", f"it has ended, with status {dyno.popen.returncode}"
            built.add_fault(process, f"The log of {process}:", dyno.log)
        else:
            result.verdict, result.why = "ended", "it has ended without an error, and Heroku starts it again and again"
            built.add_warnings(process, dyno.log)
            built.faults.append(describe_ended_process(process))
    return result


def describe_ended_process(process: str) -> Fault:
    cure = (
        f"Let {process} run on, as a worker or a clock does. For a command that runs now and then, use Heroku Scheduler"
        " instead of a line of the Procfile."
    )
    page = find_page("", "guides/schedule").rstrip("#")
    what = f"{process} ends, and Heroku starts it again and again"
    return Fault(process, what, cure=truncate_sentences(cure, lines=2), page=page)


def wait_for_output(dyno: Dyno) -> None:
    """Wait at most OUTPUT_SECONDS until the dyno has ended, or has printed and then been silent for QUIET_SECONDS."""
    size, last = 0, 0.0

    def is_complete() -> bool:
        nonlocal size, last
        if (now := dyno.log_file.stat().st_size) != size:
            size, last = now, time.monotonic()
        return dyno.popen.poll() is not None or (size > 0 and time.monotonic() - last > QUIET_SECONDS)

    eventually(is_complete, OUTPUT_SECONDS)
