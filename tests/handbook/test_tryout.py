"""handbook/tryout: what `make try` reports about apps that fail, apps that work, and folders without an app."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from functools import partialmethod
from pathlib import Path

import psutil
import pytest

from handbook import known_errors
from handbook.fake_heroku import dyno as dyno_module
from handbook.fake_heroku import packages
from handbook.fake_heroku.addons import Services
from handbook.fake_heroku.app_json import Manifest
from handbook.fake_heroku.deploy_button import SetupFailed, create_app
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.limits import BOOT_SECONDS
from handbook.fake_heroku.process import DEFAULT_TIMEOUT, Process, eventually, is_alive, listening_addresses
from handbook.paths import ROOT, SNIPPETS
from handbook.tryout import FINDINGS, OK, UNUSABLE, config, findings, folder, processes, screen
from handbook.tryout.report import ANSWERED, ProcessResult, Report
from handbook.tryout.trial import find_last_lines, require_usable_machine, try_app
from tests.conftest import git, write_files

APPS = tomllib.loads(Path(__file__).with_name("tryout_apps.toml").read_text("utf-8"))
SERVERS = {"redis": "redis", "store-on-localhost": "redis", "rabbitmq": "rabbitmq"}
SHORT_BOOT_SECONDS = 5  # seconds instead of Heroku's minute, for an app that is known not to answer


def report_lines(report: Report, command: str = "make try", config_file: str = "") -> list[str]:
    return [line for line, _color in screen.render_report(report, command, config_file)]


def commit(app: Path) -> Path:
    if not (app / ".git").is_dir():
        git(app, "init", "--quiet")
    git(app, "add", "--all", "--force")
    git(app, "commit", "--quiet", "--message", "Say hello")
    return app


def write_app(app: Path, parts: dict) -> Path:
    """Write an app of tryout_apps.toml into a folder, commit it, and return the folder."""
    copy_app(parts.get("snippet", "errors"), app)
    return commit(write_files(app, dict.fromkeys(parts.get("delete", ())) | parts.get("files", {})))


def snapshot_folder(top: Path) -> dict[str, tuple]:
    """Return {path: (mode, modification time, content)} of everything in a folder."""
    found = {}
    for path in sorted(top.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() and status.st_size < 2**20 else b""
        found[str(path.relative_to(top))] = (status.st_mode, status.st_mtime_ns, content)
    return found


@pytest.fixture
def scratch(tmp_path) -> Path:
    """Return an empty folder that the system users of the servers can enter."""
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(path.stat().st_mode | 0o111)
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.fixture
def try_report(tmp_path, scratch, service):
    """Return try_report("works", "dash"): the report on that app, whose folder must have stayed unchanged."""

    def run(part: str, name: str) -> Report:
        if name in SERVERS:
            service(SERVERS[name])
        app, given = write_app(tmp_path / "app", APPS[part][name]), None
        if "config" in APPS[part][name]:
            given = tmp_path / "config.txt"
            given.write_text(APPS[part][name]["config"])
        before = snapshot_folder(app)
        boot_seconds = SHORT_BOOT_SECONDS if APPS[part][name].get("entry") in ("h12", "r10") else BOOT_SECONDS
        report = try_app(app, scratch, config_file=given, boot_timeout=boot_seconds)
        assert snapshot_folder(app) == before
        return report

    return run


# Reports about apps


@pytest.mark.parametrize("name", APPS["fails"])
def test_the_entry_that_names_the_failure_comes_first(try_report, name):
    report = try_report("fails", name)
    entry = APPS["fails"][name]["entry"]
    assert [one.entry for one in [*report.faults, *report.warnings]][:1] == [entry], report
    first = [*report.faults, *report.warnings][0]
    assert first.page.endswith(f"reference/errors.html#{entry}")
    assert 1 <= len(first.cure.splitlines()) <= 2
    # An app with a warning and no fault works.
    assert report.status == (FINDINGS if report.faults else OK)


@pytest.mark.parametrize("name", APPS["works"])
def test_an_app_that_works_is_up_and_nothing_is_said_against_it(try_report, name):
    report = try_report("works", name)
    assert report.status == OK, report
    assert report.warnings == []
    web = next(seen for seen in report.seen if seen.process == "web")
    assert (web.verdict, web.why, web.under_way) == ("up", "", ANSWERED)
    assert web.status < 400
    assert 0 < web.memory_mb < 512
    assert {seen.verdict for seen in report.seen} <= {"up", "running", "ended"}
    assert len(report.seen) == len(report.processes)


def test_a_config_var_that_the_app_wants_is_asked_for_by_its_name_once_and_nothing_is_to_be_committed(try_report):
    report = try_report("fails", "config-var")
    assert report.missing == ["API_KEY"]
    words = report_lines(report, "make try APP=x")
    assert words[-1] == "Next: write API_KEY=… into a file outside Git, and try again: make try APP=x CONFIG=file"
    assert "The config var API_KEY is missing." in words
    assert sum("CONFIG=" in line for line in words) == 1


def test_a_key_error_of_a_config_var_that_was_given_is_an_error_of_the_code(tmp_path, scratch):
    app = write_app(tmp_path / "app", {"snippet": "errors/broken-config-var"})
    (app / "app.py").write_text("raise KeyError('API_KEY')\n")
    (tmp_path / "my.env").write_text("API_KEY=1\n")
    report = try_app(commit(app), scratch, config_file=tmp_path / "my.env")
    assert report.missing == []
    assert report_lines(report)[-1].startswith("Next: correct number 1, commit, and try again")


def test_a_port_that_is_fixed_is_said_with_its_cure(tmp_path, scratch, monkeypatch):
    monkeypatch.setattr(Dyno, "boot", partialmethod(Dyno.boot, elsewhere=1))
    app = write_app(tmp_path / "app", {"files": {"Procfile": "web: gunicorn --bind 0.0.0.0:0 app:app\n"}})
    report = try_app(app, scratch)
    assert re.fullmatch(
        r"it listens on 0\.0\.0\.0:\d+, not on 0\.0\.0\.0:\$PORT, where PORT is \d+", report.seen[0].why
    )
    assert report.faults[0].cure.startswith("Bind your server to `0.0.0.0` and to the port in `PORT`")


PACKAGE_TRACEBACK = """Traceback (most recent call last):
  File "/x/app/app.py", line 1, in <module>
    import flask_old
  File "{site}/flask_old/forms.py", line 3, in <module>
    from werkzeug import secure_filename
"""
TOO_OLD = "ImportError: cannot import name 'secure_filename' from 'werkzeug' (/x/lib/python3.11/site-packages/w.py)"


@pytest.fixture
def site(tmp_path) -> Path:
    """Return a folder site-packages in which the distribution Flask-Old has the module flask_old."""
    site = tmp_path / "site-packages"
    metadata = site / "flask_old-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: Flask-Old\nVersion: 1\n")
    (metadata / "RECORD").write_text("flask_old/forms.py,,\n")
    return site


@pytest.mark.parametrize(
    "line",
    [
        TOO_OLD,
        "ModuleNotFoundError: No module named 'werkzeug.contrib'",
        "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?",
        "AttributeError: module 'collections' has no attribute 'Callable'",
    ],
)
def test_a_package_that_is_too_old_is_named_before_the_cure(line, site):
    fault = findings.make_fault("web", "", PACKAGE_TRACEBACK.format(site=site) + line)
    first, second = fault.cure.splitlines()
    assert first == "This comes from the package Flask-Old: raise its version in your list of packages."
    assert second in "".join(findings.render_cure(findings.match_entries(line)[0], lines=1))


@pytest.mark.parametrize(
    "line",
    [
        "ModuleNotFoundError: No module named 'psycopg2'",
        "ImportError: cannot import name 'Queue' from 'queue' (/x/app/queue.py)",
        "KeyError: 'DATABASE_URL'",
    ],
)
def test_a_package_that_only_reports_the_fault_is_not_blamed(line, site):
    assert "Flask-Old" not in findings.make_fault("web", "", PACKAGE_TRACEBACK.format(site=site) + line).cure


def test_a_package_of_the_build_is_not_blamed(site):
    fault = findings.make_fault("build", "", PACKAGE_TRACEBACK.format(site=site) + TOO_OLD)
    assert "Flask-Old" not in fault.cure


def test_code_of_the_reader_that_is_too_old_is_not_blamed_on_a_package():
    fault = findings.make_fault("web", "", PACKAGE_TRACEBACK.format(site="/x/app") + TOO_OLD)
    assert fault.cure.startswith("Write `from werkzeug.utils import secure_filename`")


def test_a_symptom_is_shown_with_the_traceback_before_it():
    log = "\n".join(
        [*PACKAGE_TRACEBACK.splitlines(), "Strange: 1", "unable to load app 0 (callable not found or import"]
    )
    log += " error)\n" + "later\n" * 20
    fault = findings.make_fault("web", "", log)
    assert fault.entry == "unable-to-load-app"
    assert [line.strip() for line in fault.tail[-2:]] == ["Strange: 1", fault.line]
    assert fault.tail[0].startswith("Traceback")


def test_a_headline_is_shown_with_the_last_traceback_and_the_lines_after_it():
    log = f"{PACKAGE_TRACEBACK}Strange: 1\n" + "".join(f"later {number}\n" for number in range(9)) + "code=H10"
    tail = findings.make_fault("web", "", log).tail
    assert "Strange: 1" in tail
    assert tail[-1] == "code=H10"
    assert len(tail) <= 2 * findings.EXCERPT


def test_a_symptom_without_a_traceback_is_shown_with_the_lines_before_it():
    log = "".join(f"before {number}\n" for number in range(30)) + "WORKER TIMEOUT\nafter"
    assert findings.make_fault("web", "", log).tail[-2:] == ("before 29", "WORKER TIMEOUT")


def test_of_a_headlines_causes_the_one_whose_message_is_in_the_log_comes_first():
    stopped = findings.make_fault("web", "", f"{processes.STOPPING}\nat=error code=H13")
    assert stopped.cure.startswith(f"If it says `{processes.STOPPING}`, use Gunicorn")
    killed = findings.make_fault("web", "", "[CRITICAL] was sent SIGKILL!\nat=error code=H13", ("headline",))
    assert killed.cure.startswith("If it says `SIGKILL` without")
    assert findings.make_fault("web", "", "at=error code=H13").cure.startswith("If the log says `WORKER TIMEOUT`")


def test_a_sentence_that_is_only_a_link_is_left_out_of_a_cure():
    match = findings.match_entries("Error: The requested Python version has reached end-of-life.")[0]
    assert findings.render_cure(match).endswith("may stand in the `Pipfile`.")


def test_the_line_with_which_a_packages_own_build_ends_is_shown():
    log = "\n".join(["OSError: mysql_config not found", "   [end of output]", "", *map(str, range(50))])
    assert find_last_lines(log) == ["OSError: mysql_config not found", *map(str, range(38, 50))]
    assert find_last_lines("one\n[end of output]\ntwo") == ["one", "[end of output]", "two"]


def test_the_packages_of_a_conflict_are_shown_above_the_last_lines():
    conflict = ["The conflict is caused by:", "    The user requested MarkupSafe==1.1.0", "    jinja2 depends on it"]
    log = "\n".join([*conflict, *map(str, range(50))])
    assert find_last_lines(log) == [*conflict, *map(str, range(38, 50))]
    assert find_last_lines("\n".join(conflict)) == conflict


def test_a_fault_of_the_build_shows_its_line():
    fault = findings.Fault(
        "build", "The build fails", "-----> Node.js app detected", tail=("-----> Node.js app detected",)
    )
    assert "   -----> Node.js app detected" in report_lines(Report("app", faults=[fault]))


UNSTOPPABLE_APP = """
import signal

from flask import Flask

app = Flask(__name__)
print("code=H81: of the start", flush=True)


@app.get("/")
def index():
    return "Hello"


if __name__ == "__main__":
    import os

    signal.signal(signal.SIGTERM, lambda *_signal: print("It stays", flush=True))
    app.run("0.0.0.0", int(os.environ["PORT"]))
"""


def test_a_process_that_does_not_stop_has_the_entry_for_that_and_the_lines_after_the_signal(
    tmp_path, scratch, monkeypatch
):
    monkeypatch.setattr(dyno_module, "EXIT_SECONDS", 2)
    app = write_app(tmp_path / "app", {"files": {"app.py": UNSTOPPABLE_APP, "Procfile": "web: exec python app.py\n"}})
    fault = try_app(app, scratch).faults[0]
    assert (fault.entry, "It stays" in fault.tail) == ("r12", True)


def test_a_server_that_hangs_up_at_the_signal_has_the_cure_for_that(tmp_path, scratch):
    app = write_app(tmp_path / "app", {"files": {"Procfile": "web: flask run --host 0.0.0.0 --port $PORT\n"}})
    report = try_app(app, scratch)
    assert report.faults[0].cure.startswith(f"If it says `{processes.STOPPING}`")
    assert processes.STOPPING in report.faults[0].tail


@pytest.fixture
def try_websockets(tmp_path, scratch, service):
    """Return try_websockets("websockets/broken-two-workers"): the report on that app."""
    service("redis")
    (tmp_path / "my.env").write_text("SECRET_KEY=x\n")
    return lambda name: try_app(commit(copy_app(name, tmp_path / "app")), scratch, config_file=tmp_path / "my.env")


def test_clients_of_socket_io_that_several_workers_share_are_a_fault(try_websockets):
    [fault] = try_websockets("websockets/broken-two-workers").faults
    assert fault.entry == "invalid-session"
    assert re.match(r"\d+ of 12 clients of Socket\.IO get 400: ", fault.what)
    assert "start one worker with many threads" in fault.cure


def test_clients_of_socket_io_with_one_worker_are_no_fault(try_websockets):
    report = try_websockets("websockets")
    assert (report.status, report.warnings) == (OK, [])


def test_a_process_that_ends_by_itself_and_a_name_that_is_wrong_have_their_whole_cure():
    ended = findings.make_fault("web", "", "Process exited with status 0\nat=error code=H10")
    assert ended.cure.splitlines()[1] == (
        "If they say only `Process exited with status 0`, write `web: gunicorn app:app` into the `Procfile`."
    )
    misspelled = findings.make_fault("web", "", "bash: line 1: gunicron: command not found")
    assert misspelled.cure.splitlines()[1] == (
        "If it is another name, correct it in the `Procfile`, or write its package into `requirements.txt`."
    )


def test_after_a_release_command_that_fails_the_previous_release_runs_on(tmp_path, scratch):
    app = write_app(tmp_path / "app", {"files": {"Procfile": "release: false\nweb: gunicorn app:app\n"}})
    report = try_app(app, scratch)
    assert [seen.process for seen in report.seen] == ["release"]
    assert "Heroku keeps the previous release running, and web is not tried" in report.faults[0].what


def test_an_error_that_no_entry_names_is_shown_with_the_last_lines_of_the_log(tmp_path, scratch):
    for number, (line, last) in enumerate(
        {"raise ValueError('strange')": "ValueError: strange", "print('strange')": "strange"}.items()
    ):
        app = write_app(tmp_path / f"app-{number}", {"files": {"app.py": f"{line}\nraise SystemExit(3)\n"}})
        (app / "Procfile").write_text("web: python app.py\n")
        (scratch / str(number)).mkdir()
        report = try_app(commit(app), scratch / str(number))
        assert f"   {last}" in report_lines(report)
        assert report.faults[0].entry == "h10"


STREAMING_APP = """
import time

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    def parts():
        yield "one"
        END
    return parts()
"""


@pytest.mark.parametrize(
    ("end", "verdict"),
    [("raise RuntimeError", "H18"), ("while time.sleep(0.1) is None:\n            yield 'more'", "up")],
    ids=["broken off", "without end"],
)
def test_an_answer_that_does_not_end_well_is_looked_at_for_a_while(end, verdict, tmp_path, scratch, monkeypatch):
    monkeypatch.setattr(processes, "OUTPUT_SECONDS", 2)
    app = write_app(tmp_path / "app", {"files": {"app.py": STREAMING_APP.replace("END", end)}})
    [web] = try_app(app, scratch).seen
    assert (web.verdict, web.status) == (verdict, 200)


REDIRECTING_APP = """
from flask import Flask, redirect, request, session

app = Flask(__name__)
app.config.update(SECRET_KEY=__name__, SESSION_COOKIE_SECURE=True)


@app.get("/")
def index():
    session["seen"] = True
    return redirect(TARGET)


@app.get("/posts/")
def posts():
    return str(session["seen"] + 0 / int(request.args["by"]))
"""


@pytest.mark.parametrize(
    ("target", "path", "fault"),
    [
        ("'/posts/?by=0'", "/ → /posts/?by=0", "/ → /posts/?by=0 answers 500. The log of web:"),
        ("f'https://{request.host}/posts/?by=0'", "/ → /posts/?by=0", "/ → /posts/?by=0 answers 500. The log of web:"),
        ("'/posts/?by=1'", "/ → /posts/?by=1", ""),
        ("'/posts/?by=1&code=abc'", "/ → /posts/?by=1&code=abc", ""),
        ("'https://login.example.com/'", "/", ""),
        ("'/'", " → ".join("//////"), f"web redirects in a circle: {' → '.join('//////')}"),
    ],
    ids=["fails", "fails with https", "works, with a secure cookie", "works, with a code", "other host", "circle"],
)
def test_the_target_of_a_redirect_is_judged(target, path, fault, tmp_path, scratch):
    app = write_app(tmp_path / "app", {"files": {"app.py": REDIRECTING_APP.replace("TARGET", target)}})
    report = try_app(app, scratch)
    assert report.seen[0].path == path
    assert [one.what for one in report.faults] == ([fault] if fault else [])


def test_a_redirect_to_what_is_no_address_is_not_followed(tmp_path, scratch):
    code = "def app(_environ, start):\n    start('302 Found', [('Location', 'http://[')])\n    return [b'']\n"
    report = try_app(write_app(tmp_path / "app", {"files": {"app.py": code}}), scratch)
    assert (report.seen[0].path, report.seen[0].verdict, report.faults) == ("/", "up", [])


def test_a_process_that_ends_without_an_error_is_a_fault(tmp_path, scratch):
    files = {"Procfile": "release: true\nweb: gunicorn app:app\nclock: python -c pass\n"}
    report = try_app(write_app(tmp_path / "app", {"files": files}), scratch)
    assert [fault.what for fault in report.faults] == ["clock ends, and Heroku starts it again and again"]
    assert any(line.endswith("guides/schedule.html") for line in report_lines(report))


def test_the_output_of_a_process_is_waited_for_whatever_the_clock_of_the_machine_says(tmp_path, monkeypatch):
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 3600)
    monkeypatch.setattr(processes, "OUTPUT_SECONDS", DEFAULT_TIMEOUT)
    monkeypatch.setattr(processes, "QUIET_SECONDS", 2 * DEFAULT_TIMEOUT)
    command = ["bash", "-c", "echo One; sleep 1; echo Two"]
    with Process(command, tmp_path, {"PATH": os.environ["PATH"]}, tmp_path / "log.txt") as process:
        processes.wait_for_output(process)
        assert process.popen.poll() == 0


def test_a_process_may_have_the_name_of_the_apps_own_folder(tmp_path, scratch):
    app = copy_app("errors", tmp_path / "my-app")
    (app / "app").mkdir()
    (app / "app.py").rename(app / "app/__init__.py")
    (app / "Procfile").write_text("web: gunicorn app:app\napp: test -f app/__init__.py && sleep 600\n")
    report = try_app(commit(app), scratch)
    assert [(seen.process, seen.verdict) for seen in report.seen] == [("web", "up"), ("app", "running")]


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/app"], ids=["too long", "of nobody"])
def test_a_name_that_no_folder_can_have_is_one_line(name, env):
    ran = command(name, env=env)
    assert ran.returncode == UNUSABLE
    assert "Traceback" not in ran.stdout + ran.stderr
    assert re.search(r"(does not exist|cannot be read, File name too long): ", ran.stdout)


def test_of_app_json_only_what_is_as_it_should_be_counts(tmp_path):
    data = {"addons": [{"plan": None}, 1, "heroku-redis:mini"], "env": {"A": "x\0y", "B=C": "1", "": "2"}}
    (tmp_path / "app.json").write_text(json.dumps(data))
    manifest = Manifest(tmp_path)
    assert manifest.addons == ["heroku-redis"]
    assert manifest.split_env() == ({"A": "xy"}, [])


def test_app_json_that_is_not_json_has_no_buildpacks_and_the_button_names_it(tmp_path):
    (tmp_path / "app.json").write_text("{'env': 1}")
    assert Manifest(tmp_path).buildpacks == []
    with pytest.raises(SetupFailed, match=r"^app\.json is not JSON, .+: correct it there\.$"):
        create_app(tmp_path, provision_addon=dict)


def test_what_app_json_requires_is_asked_for_and_what_it_gives_is_given(tmp_path):
    env = {"WANTED": {"description": "a key"}, "GIVEN": {"value": "1"}, "MADE": {"generator": "secret"}, "SHORT": "2"}
    env |= {"OPTIONAL": {"required": False}}
    (tmp_path / "app.json").write_text(json.dumps({"env": env}))
    given, missing = Manifest(tmp_path).split_env()
    assert missing == ["WANTED"]
    assert given.keys() == {"GIVEN", "MADE", "SHORT"}


def test_config_vars_from_what_is_no_regular_file_are_refused(tmp_path):
    for path in (Path("/dev/null"), tmp_path):  # as /dev/zero, which has no end
        with pytest.raises(folder.NotUsable, match=f"^{path} is no regular file: write lines NAME=value into one.$"):
            config.read_config_file(path)


def test_the_file_of_config_vars_is_read_as_env_files_are(tmp_path):
    path = tmp_path / "my.env"
    path.write_text("# mine\nA=1\nexport B='two words'\n\nC=\"x=y\"\nD=\n")
    assert config.read_config_file(path) == {"A": "1", "B": "two words", "C": "x=y", "D": ""}


@pytest.mark.parametrize(
    ("packages_there", "code", "asked"),
    [
        ({"flask"}, "", set()),
        ({"psycopg2-binary"}, "", {"postgres"}),
        ({"redis"}, "", {"redis"}),
        ({"celery", "redis"}, "", {"redis"}),
        ({"celery", "redis"}, "os.environ['CLOUDAMQP_URL']", {"redis", "rabbitmq"}),
        ({"celery"}, "", {"rabbitmq"}),
        ({"pika"}, "", {"rabbitmq"}),
        ({"pymysql"}, "os.environ['JAWSDB_URL']", {"mariadb"}),
    ],
)
def test_packages_ask_for_their_add_ons(packages_there, code, asked, tmp_path):
    (tmp_path / "app.py").write_text(code)
    assert config.find_wanted_services(packages_there, [], tmp_path).keys() == asked


def test_an_add_on_of_app_json_asks_for_its_server_and_one_that_is_not_here_for_none(tmp_path):
    assert config.find_wanted_services(set(), ["heroku-postgresql", "papertrail"], tmp_path) == {"postgres": "app.json"}


def test_service_that_cannot_start_is_named_and_the_trial_ends(tmp_path, scratch, monkeypatch):
    def fail(_services: Services, name: str) -> None:
        raise RuntimeError(f"{name} is not ready:\nNo space left")

    monkeypatch.setattr(config, "find_wanted_services", lambda *_arguments: {"postgres": "psycopg"})
    monkeypatch.setattr(Services, "__call__", fail)
    report = try_app(write_app(tmp_path / "app", {}), scratch)
    assert report_lines(report) == ["This machine could not start PostgreSQL: No space left"]


@pytest.mark.parametrize(
    "log",
    [
        "Installing Python 3.99.1\nERROR: Ignored the following versions that require a different python version: 2",
        "Installing Python 3.99.1\nerror: the interpreter is incompatible with the project's Python requirement",
        'Installing Python 3.99.1\nWarning: Your Pipfile requires "python_version" 3.99, but you are using 3.11',
        "NewConnectionError: Failed to establish a new connection",
    ],
)
def test_what_only_this_machine_lacks_is_no_finding(log):
    with pytest.raises(folder.NotUsable):
        require_usable_machine(log)
    require_usable_machine(log.replace("3.99.1", "{}.{}.1".format(*sys.version_info)).replace("NewConnection", ""))


def test_a_lock_that_is_out_of_date_is_a_finding_whatever_python_this_machine_lacks():
    log = 'Installing Python 3.99.1\nWarning: Your Pipfile requires "python_version" 3.99, but you are using 3.11\n'
    require_usable_machine(f"{log}Your Pipfile.lock (0) is out of date. Run `pipenv lock`\nERROR:: Aborting deploy")


def test_a_cure_names_what_the_log_names_and_fits_into_two_lines():
    for entry in findings.load_entries():
        for pattern in entry.patterns:
            match = known_errors.Match(entry, known_errors.PLACEHOLDER.sub("thing", pattern), 0, 1)
            cure = findings.render_cure(match)
            assert len(cure.splitlines()) <= 2, cure
            assert all(len(line) <= findings.WIDTH for line in cure.splitlines())
            assert "](" not in cure
            assert "**" not in cure
            assert "{{" not in cure
    match = findings.match_entries("ModuleNotFoundError: No module named 'shop'")[0]
    first, second = findings.render_cure(match).splitlines()
    assert first.startswith("If `shop` is a package: write it into `requirements.txt`")
    assert second.startswith("If `shop` is a file or folder of your own")


# Reports about folders


def app_without_git(app: Path) -> None:
    copy_app("first-deploy", app)


def app_without_commit(app: Path) -> None:
    app_without_git(app)
    (app / ".gitignore").unlink()
    git(app, "init", "--quiet")


def app_with_committed_environment(app: Path) -> None:
    app_without_git(app)
    for name in (".venv", "env"):
        (app / name / "bin").mkdir(parents=True)
        (app / name / "pyvenv.cfg").touch()
        (app / name / "bin/python").symlink_to(sys.executable)
    commit(app)


def ignore_procfile(app: Path) -> None:
    app_without_git(app)
    (app / ".gitignore").write_text("Procfile\n*.lock\n.venv\n")
    (app / "uv.lock").touch()  # it has its reason: requirements.txt is there


def app_with_ignored_procfile(app: Path) -> None:
    ignore_procfile(app)
    git(app, "init", "--quiet")
    git(app, "add", "--all")
    git(app, "commit", "--quiet", "--message", "Say hello")


def app_of_two_gigabytes(app: Path) -> None:
    app_without_git(app)
    with (app / "film.mp4").open("wb") as film:
        film.truncate(2**31)  # sparse: it takes no space on the disk


def app_with_link_out(app: Path) -> None:
    app_without_git(app)
    (app / "static").symlink_to(app.parent)
    commit(app)


def working_app(app: Path) -> None:
    app_without_git(app)
    commit(app)


def empty_folder(app: Path) -> None:
    app.mkdir()


def file_in_place_of_folder(app: Path) -> None:
    app.write_text("")


def missing_folder(_app: Path) -> None:
    pass


def app_with_uncommitted_files(app: Path) -> None:
    app_without_git(app)
    (app / ".gitignore").write_text("secret.py\n")
    commit(app)
    (app / "app.py").write_text("raise SystemExit('not this one')\n")
    (app / "new.py").write_text("")
    (app / "secret2.py").write_text("")


def app_in_subfolder(app: Path) -> None:
    app.parent.joinpath("README.md").write_text("Two apps.\n")
    app_without_git(app)
    commit(app.parent)


def app_in_uncommitted_subfolder(app: Path) -> None:
    (app.parent / "README.md").write_text("Mine.\n")
    commit(app.parent)
    app_without_git(app)


def bare_repository(app: Path) -> None:
    git(app.parent, "init", "--quiet", "--bare", app.name)


def git_file_to_nowhere(app: Path) -> None:
    app_without_git(app)
    (app / ".git").write_text("gitdir: /nowhere\n")


def app_without_git_objects(app: Path) -> None:
    working_app(app)
    shutil.rmtree(app / ".git/objects")
    (app / ".git/objects").mkdir()


def detached_head(app: Path) -> None:
    working_app(app)
    git(app, "checkout", "--quiet", "--detach")


def branch_with_a_slash(app: Path) -> None:
    working_app(app)
    git(app, "switch", "--quiet", "--create", "next/one")


def merge_conflict(app: Path) -> None:
    working_app(app)
    for branch in ("other", "main"):
        git(app, "switch", "--quiet", *(["--create"] if branch == "other" else []), branch)
        (app / "app.py").write_text(f"# {branch}\n{(app / 'app.py').read_text()}")
        commit(app)
    with suppress(subprocess.CalledProcessError):
        git(app, "merge", "other")


def app_with_submodule(app: Path) -> None:
    working_app(app.parent / "lib")
    working_app(app)
    git(app, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(app.parent / "lib"), "lib")
    commit(app)


def app_with_odd_file_names(app: Path) -> None:
    working_app(app)
    for name in (b"a\nb", b"bad\xff", b"red\x1b[31m"):
        Path(os.fsdecode(os.fsencode(app) + b"/" + name)).touch()


# {name of a function above: the status, what the report says}.
ODD_FOLDERS = {
    app_without_git: (FINDINGS, "this folder is not in Git. Type: cd "),
    app_without_commit: (FINDINGS, "Git has no commit yet. Write a .gitignore first"),
    app_in_uncommitted_subfolder: (FINDINGS, "has this folder. If your app belongs there, commit it there"),
    bare_repository: (UNUSABLE, "is a repository without files of its own"),
    git_file_to_nowhere: (UNUSABLE, "fatal: not a git repository: /nowhere"),
    app_without_git_objects: (UNUSABLE, "Git cannot read the last commit"),
    detached_head: (OK, "All is well here. Next: git push heroku HEAD:main"),
    branch_with_a_slash: (OK, "All is well here. Next: git push heroku HEAD:main"),
    merge_conflict: (OK, "Not tried: app.py (changed, not committed). Next: commit, and try again"),
    app_with_submodule: (OK, "lib is a submodule: Heroku fetches its files, and make try does not."),
    app_with_odd_file_names: (OK, r"Not tried: a\nb, bad\udcff, red (not in Git)"),
    app_of_two_gigabytes: (UNUSABLE, "holds more than 1 GB or 100000 files"),
    app_with_link_out: (FINDINGS, "static is a symbolic link out of the folder"),
    app_with_committed_environment: (FINDINGS, "1. The build fails"),
    ignore_procfile: (FINDINGS, "Procfile is there, and .gitignore keeps it out of Git: git add --force Procfile"),
    app_with_ignored_procfile: (FINDINGS, "keeps it out of Git: git add --force"),
    working_app: (OK, "All is well here"),
    empty_folder: (UNUSABLE, "is empty"),
    file_in_place_of_folder: (UNUSABLE, "is a file"),
    missing_folder: (UNUSABLE, "does not exist"),
    app_with_uncommitted_files: (OK, "Not tried: app.py (changed, not committed), new.py, secret2.py (not in Git)"),
    app_in_subfolder: (FINDINGS, "Heroku builds the top folder of the repository, and this is my app in it"),
}
WEB, PACKAGES = "web: gunicorn app:app\n", (SNIPPETS / "first-deploy/requirements.txt").read_text()
# {what is odd in a commit: (the files that differ from those of a good app, the status, what the report says)}.
ODD_FILES = {
    "Procfile with a byte order mark": ({"Procfile": f"\ufeff{WEB}"}, FINDINGS, "begins with a byte order mark"),
    "Procfile in UTF-16": ({"Procfile": WEB.encode("utf-16")}, FINDINGS, "The Procfile is in UTF-16"),
    "Procfile with invalid UTF-8, list with the line ends of Windows": (
        {"Procfile": b"web: gunicorn app:app # \xff\n", "requirements.txt": PACKAGES.replace("\n", "\r\n")},
        OK,
        "All is well here",
    ),
    "Procfile with NUL": (
        {"Procfile": WEB.replace("\n", "\0\n")},
        FINDINGS,
        "Procfile:1: the line has a NUL character: delete it, and save the file as UTF-8.",
    ),
    "Procfile without a space": (
        {"Procfile": "web:gunicorn app:app\n"},
        FINDINGS,
        'Procfile:1: "web:gunicorn app:app" has no space after the colon',
    ),
    "Procfile with two web lines": (
        {"Procfile": f"web: gunicorn nothing:app\n# web\n{WEB}"},
        OK,
        "Procfile:1: Heroku drops this line: line 3 has the process type web too.",
    ),
    "process type of 300 letters": (
        {"Procfile": f"{'x' * 300}: sleep 600\n"},
        UNUSABLE,
        "This machine could not start it: [Errno 36] File name too long",
    ),
    "Procfile in lower case": (
        {"Procfile": None, "procfile": WEB},
        FINDINGS,
        "exactly Procfile: rename procfile to that with git mv, and commit.",
    ),
    "Procfile with the ending txt": (
        {"Procfile": None, "Procfile.txt": WEB},
        FINDINGS,
        "exactly Procfile: rename Procfile.txt to that with git mv, and commit.",
    ),
    "no Procfile": ({"Procfile": None}, FINDINGS, "Nothing would start: the top folder has no Procfile"),
    "list in UTF-16": (
        {"requirements.txt": PACKAGES.encode("utf-16")},
        OK,
        "requirements.txt is in UTF-16: save it as UTF-8.",
    ),
    "buildpacks of app.json": (
        {"app.json": json.dumps({"buildpacks": [{"url": "heroku/python"}]})},
        OK,
        "set them with heroku buildpacks:add, in this order: heroku/python",
    ),
    "app.json that is not JSON": ({"app.json": "{'env': 1}"}, FINDINGS, "app.json is not JSON"),
    "app.json that is too deep": ({"app.json": "[" * 100_000}, FINDINGS, "app.json is not JSON"),
    "Django": ({"manage.py": "# DJANGO_SETTINGS_MODULE\n"}, OK, "This is a Django app"),
    "Node.js": (
        {"requirements.txt": None, ".python-version": None, "app.py": None, "package.json": "{}", "server.js": ""},
        UNUSABLE,
        "This is a Node.js app",
    ),
}


@pytest.fixture
def expect_report(tmp_path, scratch, capfdbinary, monkeypatch):
    """Return expect_report(make, OK, "words"): checks what is said about the folder that make(folder) writes."""

    def expect(make, status: int, words: str) -> None:
        monkeypatch.setenv("LANGUAGE", "es")  # it would make Git print Spanish
        app = tmp_path / "of" / "my app"
        app.parent.mkdir()
        make(app)
        before = snapshot_folder(app.parent)
        report = try_app(app, scratch)
        sys.stdout.reconfigure(errors="backslashreplace")  # as the command does
        screen.print_report(report, "make try")
        text = capfdbinary.readouterr().out.decode()
        assert (report.status, text.count(words)) == (status, 1), text
        assert snapshot_folder(app.parent) == before

    return expect


@pytest.mark.parametrize("make", ODD_FOLDERS, ids=lambda make: make.__name__)
def test_an_odd_folder_has_its_own_word_and_status_and_stays_as_it_is(make, expect_report):
    expect_report(make, *ODD_FOLDERS[make])


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files_have_their_own_word_and_status_and_stay_as_they_are(name, expect_report):
    files, status, words = ODD_FILES[name]
    expect_report(lambda app: commit(write_files(copy_app("first-deploy", app), files)), status, words)


def test_a_failure_of_git_is_named_where_no_commit_has_the_folder(tmp_path, scratch, monkeypatch):
    app = copy_app("errors", tmp_path / "app")
    stub = tmp_path / "bin" / "git"
    stub.parent.mkdir()
    stub.write_text(f"""#!/bin/sh
case "$*" in *ls-files*) echo "fatal: it may not be read" >&2; exit 128; esac
exec {shutil.which("git")} "$@"
""")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:{os.environ['PATH']}")
    assert try_app(app, scratch).unusable == f"Git cannot read {app}: fatal: it may not be read"


def test_untracked_files_are_named_whatever_the_reader_has_set(tmp_path, scratch):
    app_with_uncommitted_files(tmp_path / "app")
    git(tmp_path / "app", "config", "status.showUntrackedFiles", "no")
    report = Report("app")
    folder.copy_source(report, tmp_path / "app", tmp_path / "copy", scratch)
    assert report.not_pushed["untracked"] == ["new.py", "secret2.py"]


def test_only_what_is_committed_is_tried_and_the_rest_is_named(tmp_path, scratch):
    app_with_uncommitted_files(tmp_path / "app")
    report = try_app(tmp_path / "app", scratch)
    assert report.not_pushed == {"changed": ["app.py"], "untracked": ["new.py", "secret2.py"]}
    assert (len(report.commit), report.subject, report.branch) == (7, "Say hello", "main")
    assert report_lines(report)[0] == f"Git would push the commit {report.commit} “Say hello”: {report.files} files"
    assert [seen.verdict for seen in report.seen] == ["up"]


@pytest.mark.parametrize(("branch", "pushed"), [("main", "main"), ("master", "HEAD:main"), ("HEAD", "HEAD:main")])
def test_each_branch_is_pushed_by_the_command_that_sends_it(branch, pushed):
    report = Report("app", branch=branch)
    assert report_lines(report)[-1] == f"All is well here. Next: git push heroku {pushed}"
    assert report.as_data()["branch"] == branch


def test_the_last_line_says_which_files_were_not_tried():
    report = Report("app", branch="main", not_pushed={"changed": ["app.py", "x"], "untracked": []})
    assert report_lines(report)[-1] == (
        "All is well in what is committed. Not tried: app.py, x (changed, not committed)."
        " Next: commit, and try again; or git push heroku main"
    )
    report.not_pushed = {"changed": [], "untracked": list("abcdefg")}
    assert "Not tried: a, b, c, d, e and 2 more (not in Git)." in report_lines(report)[-1]
    report.missing = ["KEY"]
    assert report_lines(report)[-2] == "Not tried: a, b, c, d, e and 2 more (not in Git)."


def test_the_command_to_try_again_has_the_file_of_config_vars_that_was_given():
    report = Report("app", missing=["ONE", "TWO"], faults=[findings.Fault("web", "It fails")])
    assert report_lines(report, "make try APP=x", "my app.env")[-1] == (
        "Next: correct number 1, commit, write ONE=… and TWO=… into my app.env, and try again:"
        " make try APP=x CONFIG='my app.env'"
    )
    report.missing = []
    assert report_lines(report, "make try", "my.env")[-1] == (
        "Next: correct number 1, commit, and try again: make try CONFIG=my.env"
    )


@pytest.mark.parametrize(
    "make", [app_without_git, app_without_commit, app_in_uncommitted_subfolder], ids=lambda make: make.__name__
)
def test_what_it_says_to_type_makes_a_commit_in_the_folder_of_the_app_and_nowhere_else(make, tmp_path, scratch):
    app, site = tmp_path / "of/my app", tmp_path / "site"
    app.parent.mkdir()
    site.mkdir()
    make(app)
    (app / ".gitignore").write_text(".venv\n")
    before, after = Report("app"), Report("app")
    folder.copy_source(before, app, tmp_path / "copy", scratch)
    commands = before.faults[0].what.partition("Type: ")[2]
    identity = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["bash", "-c", commands], cwd=site, env=os.environ | identity, check=True, capture_output=True)
    assert (app / ".git").is_dir()
    assert list(site.iterdir()) == []
    folder.copy_source(after, app, tmp_path / "another copy", scratch)
    assert after.subject == "My app"


# The command line


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    (tmp_path / "tmp").mkdir()
    return os.environ | {"TMPDIR": str(tmp_path / "tmp"), "COLUMNS": "200"}


def command(*arguments: str | Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "handbook.tryout", *arguments]
    return subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(
    ("name", "status", "verdict"),
    [("gunicorn", 0, "well"), ("gunicorn/broken-module", 1, "findings"), ("", 2, "could not be used")],
)
def test_the_exit_status_and_json_say_the_same_as_the_words(name, status, verdict, tmp_path, env):
    app = write_app(tmp_path / "app", {"snippet": name}) if name else tmp_path / "nowhere"
    words, data = command(app, env=env), command(app, "--format", "json", env=env)
    assert (words.returncode, data.returncode) == (status, status), words.stdout + words.stderr
    report = json.loads(data.stdout)
    assert (report["verdict"], report["status"]) == (verdict, status)
    if name:
        assert words.stdout.startswith(f"This runs the code in {app}: as you, with your files and your network.")
    for fault in report["faults"]:
        assert fault["entry"]
        assert fault["what"] in words.stdout
        assert fault["page"] in words.stdout
    assert "\x1b" not in words.stdout
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(("name", "status"), [("gunicorn", 0), ("gunicorn/broken-module", 2)])
def test_make_takes_a_name_with_spaces_and_ends_with_two_where_there_are_findings(name, status, tmp_path, env):
    app = write_app(tmp_path / "my app", {"snippet": name})
    ran = subprocess.run(
        ["make", "try", f"APP={app}", "CONFIG="], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert f"This runs the code in {app}:" in ran.stdout
    assert ("All is well here" in ran.stdout) == (status == 0)


@pytest.mark.parametrize("arguments", [[], [""]], ids=["none", "empty"])
def test_without_an_app_one_line_says_how_to_name_it(arguments, env):
    ran = command(*arguments, env=env)
    assert (ran.returncode, ran.stdout) == (UNUSABLE, "")
    assert ran.stderr == "Which app? Write its folder: make try APP=../my-app\n"


def test_nothing_is_said_to_run_where_there_is_no_folder(tmp_path, env):
    ran = command(tmp_path / "nowhere", env=env)
    assert ran.stdout.splitlines() == [
        f"{tmp_path}/nowhere does not exist: write the folder of your app, as in make try APP=../my-app"
    ]


def test_a_terminal_that_lacks_letters_gets_the_report_all_the_same(tmp_path, env):
    app_with_odd_file_names(tmp_path / "app")
    ran = command(tmp_path / "app", env=env | {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"})
    assert (ran.returncode, ran.stderr) == (OK, "")
    assert r"\u2026 Starting web" in ran.stdout


def test_a_line_that_is_no_config_var_is_named(tmp_path, env):
    app = write_app(tmp_path / "app", {})
    (tmp_path / "my.env").write_text("A=1\nB\n")
    ran = command(app, "--config", tmp_path / "my.env", env=env)
    assert ran.returncode == UNUSABLE
    assert f"{tmp_path}/my.env:2: this is not NAME=value" in ran.stdout


def test_colors_are_for_a_terminal_and_for_who_wants_them(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert screen.is_colored()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not screen.is_colored()


def test_a_value_of_a_config_var_is_never_shown(try_report):
    report = try_report("works", "redis")
    text = "\n".join(report_lines(report))
    assert "REDIS_URL" in text
    assert "for-the-tests" not in text + json.dumps(report.as_data())


def test_a_process_is_told_with_what_was_measured():
    seen = ProcessResult("web", "gunicorn app:app", "up", "", "http://127.0.0.1:20001", 200, 39, 0.51, 0.42, ANSWERED)
    measured = "   / answers 200; memory 39 MB of 512 MB; stopped in 0.4 s; request under way: answered"
    assert list(screen.render_process(seen)) == ["web is up, in 0.5 s, at http://127.0.0.1:20001", measured]
    crashed = ProcessResult("web", "gunicorn ap:app", "H10", "the process has ended, with status 1")
    assert list(screen.render_process(crashed)) == ["web: H10 (App crashed): the process has ended, with status 1"]


# Interruption by Ctrl+C

SLOW_BACKEND = """
import time

time.sleep(600)
"""
SLOW_APP = """
import time

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    time.sleep(20)
    return "Hello"
"""
SLEEPING_APP = "import time\n\ntime.sleep(600)\n"
IGNORES_SIGTERM = """
import os
import signal
import time
from pathlib import Path

signal.signal(signal.SIGTERM, lambda *_signal: Path(os.environ["MARK"]).touch())
while True:
    time.sleep(1)
"""


def is_pip_running(tried: psutil.Process, _mark: Path) -> bool:
    return any("backend.py" in " ".join(words) or "in_process" in " ".join(words) for words in list_commands(tried))


def is_gunicorn_running(tried: psutil.Process, _mark: Path) -> bool:
    return any("app:app" in words for words in list_commands(tried))


def is_listening(tried: psutil.Process, _mark: Path) -> bool:
    return any(listening_addresses(child.pid) for child in list_children(tried))


def has_received_sigterm(_tried: psutil.Process, mark: Path) -> bool:
    return mark.is_file()


def list_children(tried: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return tried.children(recursive=True)
    return []


def list_commands(tried: psutil.Process) -> list[list[str]]:
    found = []
    for child in list_children(tried):
        with suppress(psutil.Error):
            found.append(child.cmdline())
    return found


def make_slow_package() -> dict[str, str]:
    project = '[project]\nname = "slow"\nversion = "1"\n'
    project += '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    return {"requirements.txt": "./slow\n", "slow/pyproject.toml": project, "slow/backend.py": SLOW_BACKEND}


MOMENTS = {
    "before the build": ({}, lambda _tried, _mark: True),
    "while pip installs": (make_slow_package(), is_pip_running),
    "while it boots": ({"app.py": SLEEPING_APP}, is_gunicorn_running),
    "while it answers": ({"app.py": SLOW_APP}, is_listening),
    "while it stops": (
        {"Procfile": "web: gunicorn app:app\nworker: python stays.py\n", "stays.py": IGNORES_SIGTERM},
        has_received_sigterm,
    ),
}


@pytest.mark.parametrize(
    ("moment", "number"),
    [*((moment, signal.SIGINT) for moment in MOMENTS), ("while it answers", signal.SIGHUP)],
    ids=lambda value: getattr(value, "name", value),
)
def test_ctrl_c_or_a_closed_terminal_leaves_no_process_no_port_and_no_file(moment, number, tmp_path, env):
    files, reached = MOMENTS[moment]
    app = commit(write_files(copy_app("errors", tmp_path / "app"), files))
    before, mark = snapshot_folder(app), tmp_path / "mark"
    (tmp_path / "my.env").write_text(f"MARK={mark}\n")
    program = [sys.executable, "-m", "handbook.tryout", app, "--config", tmp_path / "my.env"]
    with subprocess.Popen(
        program, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as ran:
        try:
            said = ran.stdout.readline()
            tried = psutil.Process(ran.pid)
            assert eventually(lambda: reached(tried, mark)), said
            those = list_children(tried)
            ports = {address for child in those for address in listening_addresses(child.pid)}
            ran.send_signal(number)
            rest = ran.stdout.read()
            assert ran.wait(60) == 130, rest
        finally:
            ran.kill()
    assert rest.endswith("Stopped. Nothing of it is left.\n")
    assert "Traceback" not in rest
    assert [one for one in those if is_alive(one)] == []
    assert list_processes_in(tmp_path) == []
    assert not any(address in listening_addresses(pid) for address in ports for pid in psutil.pids())
    assert list((tmp_path / "tmp").iterdir()) == []
    assert snapshot_folder(app) == before
    if moment == "while pip installs":  # only this case makes such a folder, perhaps in parallel
        assert not list(packages.CACHE.glob("*/app/slow"))  # no half-made environment is left


def list_processes_in(top: Path) -> list[psutil.Process]:
    """Return the processes whose working directory is in a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd().startswith(str(top)):
                found.append(process)
    return found


def test_a_folder_whose_name_begins_with_a_hyphen_is_a_folder(env):
    ran = command("--", "-nowhere", env=env)
    assert ran.returncode == UNUSABLE
    assert re.search("-nowhere does not exist", ran.stdout)
