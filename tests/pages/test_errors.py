"""docs/reference/errors.toml: each message of the errors page is printed in a test, word for word.

Python, packages, Git and the CLI print their own messages: in a broken variant of some page, whose test compares them
with its expected.txt, or here (COMMANDS). handbook/fake_heroku prints the H and R codes and the lines of a build, in
the words of Heroku's documentation and buildpack: here (BUILDS) where packages are installed, else as they are recorded
in tests/handbook/buildpack_cases.json. The proof of what it does not imitate is the address of a source.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.limits import REQUEST_SECONDS
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import Process, eventually, has_lines
from handbook.fake_heroku.router import ERRORS
from handbook.known_errors import Entry
from handbook.paths import ROOT, SNIPPETS
from tests import recognition
from tests.conftest import build_log, replace_in_file, write_files
from tests.recognition import ENTRIES

STALE_PIPFILE_LOCK = '{"_meta": {"hash": {"sha256": "0"}, "requires": {}, "sources": []}, "default": {}, "develop": {}}'
STALE_POETRY_LOCK = '[metadata]\nlock-version = "2.1"\npython-versions = ">=3.10"\ncontent-hash = "0"\nfiles = []\n'
# {message of the build: {file of a good app: what to write into it, None to delete it}}.
BUILDS = {
    "Node.js app detected": {"package.json": "{}"},
    "Error: Unable to install dependencies using pip.": {"requirements.txt": "Flask==99.99"},
    "Error: One of your dependencies contains broken metadata.": {"requirements.txt": "celery==4.4.7"},
    "Error: Unable to install dependencies using Pipenv.": {
        "Pipfile": '[packages]\nflask = "*"\n',
        "Pipfile.lock": STALE_PIPFILE_LOCK,
        "requirements.txt": None,
    },
    "Error: Unable to install dependencies using Poetry.": {
        "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask"]\n',
        "poetry.lock": STALE_POETRY_LOCK,
        "requirements.txt": None,
    },
    "Error: The cached Python version has reached end-of-life.": {".python-version": None},
    "Error: The cached Python version isn't recognised.": {".python-version": None},
    "Error: Failed to run the bin/pre_compile script.": {"bin/pre_compile": "#!/usr/bin/env bash\r\n"},
    "Note: We recently added support for the package manager uv:": {},
}
# {message of the build: its arguments besides the app}.
BUILD_ARGUMENTS = {
    "Error: The cached Python version has reached end-of-life.": {"last_python": "3.9.18"},
    "Error: The cached Python version isn't recognised.": {"last_python": "3.99.0"},
}
# {headline: the reason in the lines above it, to which the cure of an entry refers}.
REASONS = {
    "Error: Unable to install dependencies using pip.": "ERROR: No matching distribution found for Flask==99.99",
    "Error: One of your dependencies contains broken metadata.": "Please use pip<24.1 if you need to use this version.",
    "Error: Unable to install dependencies using Pipenv.": "Your Pipfile.lock (0) is out of date",
    "Error: Unable to install dependencies using Poetry.": (
        "pyproject.toml changed significantly since poetry.lock was last generated."
    ),
    "Error: Failed to run the bin/pre_compile script.": "No such file or directory",
}
COMMIT = "git init --quiet --initial-branch=main; git commit --quiet --allow-empty --message One"
PUSH = f"{COMMIT}; git init --quiet --bare ../there; git remote add heroku ../there; git push --quiet heroku main"
REFUSE = "echo 'exit 1' > ../there/hooks/pre-receive; chmod +x ../there/hooks/pre-receive"
# useConfigOnly, because Git would otherwise make up an identity from the user's name on this machine.
WITHOUT_IDENTITY = "unset ${!GIT_AUTHOR*} ${!GIT_COMMITTER*}; git config --global user.useConfigOnly true"
COMMANDS = {
    "error: src refspec main does not match any": "git init --quiet; git push /nowhere main",
    "ERROR: No matching distribution found for": "pip install 'Flask==99.99'",
    "ERROR: Could not find a version that satisfies the requirement": "pip install 'Flask==99.99'",
    "ERROR: Invalid requirement:": "pip install 'Flask=3.1.3'",
    "ERROR: Invalid requirement: '<<<<<<<": "echo '<<<<<<< HEAD' > list.txt; pip install -r list.txt",
    "ERROR: Invalid requirement: '=======": "echo '=======' > list.txt; pip install -r list.txt",
    "ERROR: Invalid requirement: '>>>>>>>": "echo '>>>>>>> main' > list.txt; pip install -r list.txt",
    "is not a supported wheel on this platform.": "touch a-1-cp37-none-any.whl; pip install ./a-1-cp37-none-any.whl",
    "Please use pip<24.1 if you need to use this version.": "pip download --no-deps celery==4.4.7",
    "fatal: not a git repository": "git push heroku main",
    "fatal: 'heroku' does not appear to be a git repository": f"{COMMIT}; git push heroku main",
    "Author identity unknown": f"{WITHOUT_IDENTITY}; {COMMIT}",
    "Everything up-to-date": f"{PUSH}; git push heroku main",
    "(non-fast-forward)": f"{PUSH}; git commit --quiet --amend --allow-empty --message Two; git push heroku main",
    "is not a heroku command": "heroku app:create",
    "Missing required flag app": "heroku logs",
    "heroku: command not found": "PATH=/nowhere; heroku login",
    "Cannot log in with HEROKU_API_KEY set": "heroku login --interactive",
    "HEROKU_API_KEY is set": "heroku whoami",
    "error: failed to push some refs to": f"{PUSH}; {REFUSE}; git commit --allow-empty -m Two; git push heroku main",
    "error: remote": "git init --quiet; git remote add origin /one; git remote add origin /two",
    "Couldn't find that app.": "heroku apps:info --app nobody",
    "Name one-name is already taken": "heroku create one-name; heroku create one-name",
    "is invalid. Must be in the format FOO=bar.": "heroku config:set NAME = value --app one-name",
    "Nonexistent flag": "git init --quiet; heroku create; heroku run flask routes --sort rule",
}

# Of the messages in the browser and of the CLI: what only Heroku's pages, a firewall or Windows bring about.
ONLY_HEROKU_PRINTS = (
    *("no-such-app-there-s-nothing-here-yet", "ip-address-mismatch", "eperm-netrc", "connect-etimedout"),
    *("you-do-not-have-access-to-the-app", "cannot-overwrite-attachment-values"),
    *("terminated-by-other-getupdates-request", "self-signed-certificate", "account-suspended"),
)
# Lines after which Python is as on Windows, which has no such modules.
ON_WINDOWS = """import sys
class Windows:
    def find_spec(name, path=None, target=None):
        if name in ("fcntl", "pwd"):
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Windows)
sys.modules.pop("fcntl", None)
sys.modules.pop("pwd", None)
"""
WITHOUT_DISTUTILS = ON_WINDOWS.replace('("fcntl", "pwd")', '("distutils",)')  # as Python 3.12
WITHOUT_TKINTER = ON_WINDOWS.replace('("fcntl", "pwd")', '("_tkinter",)')  # as on a dyno
WITHOUT_DNSPYTHON = ON_WINDOWS.replace('("fcntl", "pwd")', '("dns",)')  # as before PyMongo 4.3
# What a dyno lacks: every locale but C.UTF-8, which glibc has built in.
WITHOUT_LOCALES = "import os; os.environ['LOCPATH'] = '/nowhere'"
# {message of Python: (lines that print it, the entry of the errors page)}; they run where no other program is.
LINES = {
    "RuntimeError: Working outside of request context.": (
        "from flask import request; request.args",
        "runtimeerror-working-outside-of-application-context",
    ),
    "ImportError: attempted relative import with no known parent package": (
        "from .models import Note",
        "importerror-attempted-relative-import-with-no-known-parent-package",
    ),
    "UnpicklingError: invalid load key, 'v'.": (
        "import io, pickle; pickle.load(io.BytesIO(b'version https://git-lfs.github.com/spec/v1\\n'))",
        "unpicklingerror-invalid-load-key-v",
    ),
    "ModuleNotFoundError: No module named 'flask.old'": (
        "import pickle; pickle.loads(b'cflask.old\\nModel\\n.')",
        "no-module-named-with-a-dot",
    ),
    "FileNotFoundError: [Errno 2] No such file or directory: 'ffprobe'": (
        "import subprocess; subprocess.run(['ffprobe'])",
        "no-such-file-or-directory",
    ),
    "KeyError: 'migrate'": (
        "import flask, flask_migrate\nwith flask.Flask('app').app_context(): flask_migrate.upgrade()",
        "keyerror-api-key",
    ),
    "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'": (
        "import os; int(os.environ.get('NO_SUCH_CONFIG_VAR'))",
        "not-nonetype",
    ),
    "unable to open database file": (
        "import os, flask, flask_sqlalchemy\napp = flask.Flask('app', instance_path=os.path.abspath('instance'))\n"
        "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///data/app.db'\n"
        "with app.app_context(): flask_sqlalchemy.SQLAlchemy(app).create_all()",
        "unable-to-open-database-file",
    ),
    "ModuleNotFoundError: No module named 'fcntl'": (
        f"{ON_WINDOWS}import gunicorn.app.wsgiapp",
        "no-module-named-fcntl",
    ),
    "ModuleNotFoundError: No module named 'pwd'": (f"{ON_WINDOWS}import pwd", "no-module-named-fcntl"),
    "ModuleNotFoundError: No module named 'distutils'": (
        f"{WITHOUT_DISTUTILS}from distutils.core import setup",
        "modulenotfounderror-no-module-named-distutils",
    ),
    "ModuleNotFoundError: No module named '_tkinter'": (
        f"{WITHOUT_TKINTER}import _tkinter",
        "cannot-load-backend-tkagg",
    ),
    "KeyError: 'DISPLAY'": (
        "import os; os.environ.pop('DISPLAY', None); os.environ['DISPLAY']",
        "cannot-load-backend-tkagg",
    ),
    "got an unexpected keyword argument 'proxies'": (
        "def client(key): pass\nclient('a', proxies=None)",
        "unexpected-keyword-argument",
    ),
    "locale.Error: unsupported locale setting": (
        f"{WITHOUT_LOCALES}; import locale; locale.setlocale(locale.LC_TIME, 'es_ES.UTF-8')",
        "unsupported-locale-setting",
    ),
    "NameError: name 'basestring' is not defined": ("basestring", "name-of-python-2-is-not-defined"),
    "NameError: name 'unicode' is not defined": ("unicode", "name-of-python-2-is-not-defined"),
    "NameError: name 'xrange' is not defined": ("xrange", "name-of-python-2-is-not-defined"),
    "ImportError: cannot import name 'json_util' from 'bson'": (
        "import os; os.mkdir('bson'); open('bson/__init__.py', 'w').close(); from bson import json_util",
        "cannot-import-name-from-bson",
    ),
    "ImportError: cannot import name 'Markup' from 'jinja2'": (
        "from jinja2 import Markup",
        "importerror-cannot-import-name-escape-from-jinja2",
    ),
    "No module named pytest": (
        "import runpy, sys; sys.argv = ['python', '-m', 'pytest']; runpy._run_module_as_main('pytest')",
        "modulenotfounderror-no-module-named",
    ),
}
# {message of a command of Flask or Gunicorn: (the command, the entry)}.
OPTIONS = {
    "Error: Got unexpected extra arguments (–port 5001)": (
        "flask run –port 5001",
        "gunicorn-error-unrecognized-arguments",
    ),
    "gunicorn: error: unrecognized arguments: –workers 3": (
        "gunicorn app:app --bind 127.0.0.1:9 –workers 3",
        "gunicorn-error-unrecognized-arguments",
    ),
}


# Their expected.txt ends before what differs from run to run; recognition.py looks for the whole message in the log.
CUT_SHORT = {"errors/broken-own-queue", "websockets/broken-two-workers", "errors/broken-killed"}


def is_printed(entry: Entry, proof: str) -> bool:
    """Return whether the expected.txt of a broken variant, or a test file, has all pieces of a message of an entry."""
    path = ROOT / proof if proof.startswith("tests/") else SNIPPETS / proof / "expected.txt"
    text = re.sub(r'\\(?=["\'])', "", path.read_text("utf-8"))
    return any(re.search(".*?".join(re.escape(piece.strip()) for piece in pieces), text) for pieces in entry.pieces)


def test_each_message_is_printed_by_what_its_entry_names():
    proofs = [(entry, proof) for entry in ENTRIES for proof in entry.proof if not proof.startswith("https://")]
    assert [
        (entry.id, proof) for entry, proof in proofs if not is_printed(entry, proof) and proof not in CUT_SHORT
    ] == []


def test_a_message_that_a_program_here_can_print_has_more_than_an_address_as_its_proof():
    for entry in ENTRIES:
        if all(proof.startswith("https://") for proof in entry.proof):
            assert entry.where in ("heroku", "push") or entry.id in ONLY_HEROKU_PRINTS, entry.id


def test_each_code_has_the_routers_own_words():
    words = dict(re.match(r"`(H\d+)` \*(.+)\*|(.)", entry.title).group(1, 2) for entry in ENTRIES)
    assert {code: words[code] for code in ERRORS} == ERRORS


@pytest.mark.parametrize("message", BUILDS)
def test_build_prints_the_message_of_the_errors_page(message, tmp_path):
    log = build_log(app_with(BUILDS[message], tmp_path), **BUILD_ARGUMENTS.get(message, {}))
    assert message in log
    reason = REASONS.get(message, "")
    assert has_lines(re.sub(r"\s+", " ", log), [reason, message])
    # In the output of a push, the first entry is that of the reason, or of the headline if the reason has none.
    pushed = "\n".join(f"remote: {line}" for line in log.splitlines())
    expected = recognition.find_first_entry(reason) or recognition.find_first_entry(message)
    assert recognition.find_first_entry(pushed) == expected is not None


def test_pipenv_names_the_version_that_the_pipfile_requires(tmp_path):
    stale = BUILDS["Error: Unable to install dependencies using Pipenv."]
    app_with(stale | {"Pipfile": '[requires]\npython_version = "3.6"\n'}, tmp_path)
    log = build_log(tmp_path)
    assert 'Warning: Your Pipfile requires "python_version" 3.6, but you are using' in re.sub(r"\s+", " ", log)
    assert "ERROR:: Aborting deploy" in log
    assert recognition.find_first_entry(log).id == "your-pipfile-requires"


def app_with(files: dict[str, str | None], folder: Path) -> Path:
    """Return the app of the page with some files written, or deleted where the content is None."""
    return write_files(copy_app("errors", folder), files)


@pytest.mark.parametrize("message", COMMANDS)
def test_terminal_prints_the_message_of_the_errors_page(message, laptop, heroku):
    laptop.env["PATH"] = f"{ROOT}/.venv/bin:{laptop.env['PATH']}"
    laptop.run(COMMANDS[message])
    heroku.unknown_calls.clear()
    log = laptop.terminals[-1].log
    assert message in re.sub(r"\s+", " ", log)
    assert any(message.startswith(pieces[0].strip()) for pieces in recognition.find_first_entry(log).pieces)


@pytest.mark.parametrize(
    "name",
    [
        "errors/broken-syntax",
        "errors/broken-environ",
        "errors/broken-moved",
        "errors/broken-ext",
        "errors/broken-first-request",
        "errors/broken-eventlet",
        "errors/broken-option",
        "errors/broken-config",
        "errors/broken-config-var",
        "errors/broken-environs",
        "errors/broken-flask-1",
        "errors/broken-flask-2",
        "errors/broken-markup",
        "errors/broken-safe-str-cmp",
        "errors/broken-no-address",
        "errors/broken-none",
    ],
)
def test_an_app_that_cannot_be_imported_is_an_h10_with_its_reason(name, crashed_app):
    with crashed_app(name) as web:
        web.router.target = None
        assert web.get("/").status_code == 503
        assert "code=H10" in web.router.log[-1]


@pytest.mark.parametrize(
    "name",
    [
        "errors/broken-python-2-import",
        "errors/broken-folder",
        "errors/broken-own-name",
        "errors/broken-data-file",
    ],
)
def test_the_last_lines_of_gunicorn_come_after_the_cause(name, crashed_app):
    with crashed_app(name) as web:
        assert name in recognition.find_first_entry(web.log).proof
        # Which of them it prints depends on whether the worker or the master ends first.
        last = re.findall(r".*(?:Reason: Worker failed to boot\.|Reason: App failed to load\.|HaltServer).*", web.log)
        found = recognition.find_first_entry("\n".join(last))
        assert found, f"no pattern of errors.toml matches the last lines of Gunicorn: {last or web.log}"
        assert found.id == "worker-failed-to-boot"


@pytest.mark.parametrize("command", ["gunicorn app.app:app", "gunicorn --chdir app app:app"])
def test_an_app_in_a_folder_is_named_with_its_file_or_started_in_the_folder(command, dyno):
    web = dyno("errors/broken-folder", command=command)
    if "--chdir" not in command:
        replace_in_file(web.app / "app/app.py", "from helpers", "from app.helpers")
    with web.running():
        pass


def test_python_takes_the_folder_where_a_file_has_its_name_too(dyno, expected_lines):
    web = dyno("errors/broken-folder")
    (web.app / "app.py").write_text("app = None\n", "utf-8")
    with web:
        assert web.popen.wait(timeout=60)
        assert has_lines(web.log, expected_lines("errors/broken-folder"))


def test_a_file_with_the_name_of_a_module_is_imported_instead(crashed_app):
    with crashed_app("errors/broken-own-queue") as web:
        assert "Traceback" in web.log


def test_a_program_of_another_buildpack_is_not_there(crashed_app):
    with crashed_app("errors/broken-program") as web:
        assert web.popen.returncode == 127


@pytest.mark.parametrize(
    "name",
    [
        "errors/broken-view",
        "errors/broken-late-route",
        "errors/broken-timeout",
        "errors/broken-factory",
        "errors/broken-no-return",
        "errors/broken-not-registered",
        "errors/broken-email-validator",
    ],
)
def test_an_error_in_a_view_is_a_500_with_its_reason(name, dyno, expected_lines):
    with dyno(name).running() as web:
        answer = web.get("/")
        assert answer.status_code == 500
        assert "Internal Server Error" in answer.text
        assert eventually(lambda: has_lines(web.log, expected_lines(name))), web.log


def test_a_static_file_is_not_found_if_its_capital_letters_differ(dyno):
    web = dyno("errors")
    (web.app / "static").mkdir()
    (web.app / "static" / "Style.css").write_text("p {}")
    with web.running():
        assert web.get("/static/Style.css").text == "p {}"
        answer = web.get("/static/style.css")
        assert answer.status_code == 404
        assert "The requested URL was not found on the server." in answer.text


def test_a_form_where_json_is_expected_is_a_415(dyno, expected_lines):
    with dyno("errors/broken-json").running() as web:
        answer = web.get("/", data={"name": "you"})
        assert answer.status_code == 415
        assert has_lines(answer.text, expected_lines("errors/broken-json"))


def test_a_killed_worker_is_an_h13(dyno, expected_lines):
    with dyno("errors/broken-killed") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H13"), web.log
        assert web.get("/").status_code == 503
        assert 'code=H13 desc="Connection closed without response"' in web.router.log[-1]
        assert eventually(lambda: has_lines(web.log, expected_lines("errors/broken-killed")))
        assert "SIGKILL" in web.log


def test_an_older_gunicorn_says_it_with_the_number_of_the_signal(tmp_path):
    app = copy_app("errors/broken-killed", tmp_path / "app")
    replace_in_file(app / "requirements.txt", "gunicorn==27.0.1", "gunicorn==20.1.0")
    (app / ".python-version").write_text("3.12\n")
    with Dyno(app, buildpack.build(app), tmp_path / "log.txt") as web:
        assert eventually(lambda: web.boot(timeout=2) == "H13"), web.log
        assert eventually(lambda: "was terminated due to signal 9" in web.log), web.log
    assert recognition.find_first_entry(web.log).id == "error-worker-pid"


@pytest.mark.parametrize("command", [None, "gunicorn app:app --timeout 120"])
def test_an_answer_that_does_not_begin_in_time_is_an_h12_whatever_the_timeout_of_gunicorn_is(command, dyno):
    with dyno("errors", slow=True, command=command).running() as web:
        web.router.response_timeout = 1  # Heroku's router waits 30 seconds
        assert web.get("/slow/5.0").status_code == 503
        assert 'code=H12 desc="Request timeout"' in web.router.log[-1]


def test_pip_has_no_version_of_a_package_for_windows_only_and_passes_over_its_marked_line(laptop):
    """ "The package is for Windows only, such as `pywin32`. Delete its line, or write `; sys_platform == "win32"`"."""
    laptop.env["PATH"] = f"{ROOT}/.venv/bin:{laptop.env['PATH']}"
    assert laptop.run("pip install 'pywin32==311'") != 0
    assert "(from versions: none)" in re.sub(r"\s+", " ", laptop.terminals[-1].log)
    assert recognition.find_first_entry(laptop.terminals[-1].log).id == "error-no-matching-distribution-found-for"
    assert laptop.run("""pip install 'pywin32==311; sys_platform == "win32"'""") == 0


def test_git_commits_once_it_knows_who_you_are(laptop):
    """Run `git config --global user.name "Your Name"`, then the same with `user.email` and your address."""
    assert laptop.run(f"{WITHOUT_IDENTITY}; {COMMIT}") != 0
    (entry,) = (entry for entry in ENTRIES if entry.id == "author-identity-unknown")
    cure = re.match("Tell Git who you are: run `(.+?)`", entry.causes[0])[1]
    known = f"{cure}; {cure.partition('user.name')[0]}user.email you@example.com"
    assert laptop.run(f"{WITHOUT_IDENTITY}; {known}; {COMMIT}") == 0
    assert laptop.git("log", "--format=%an %ae").split("\n")[0] == "Your Name you@example.com"


def test_a_port_that_is_taken_is_said_by_gunicorn_and_by_flask(dyno):
    for command, message in (("gunicorn app:app", "Connection in use:"), ("flask run --port $PORT", "is in use by")):
        web = dyno("errors", command=command)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", web.port))
            taken.listen()
            with web:
                assert web.wait_for_log(message), web.log
    assert f"Port {web.port} is in use by another program." in web.log


def test_a_call_of_another_site_ends_with_its_own_limit_and_not_with_h12(dyno, expected_lines):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with dyno("errors/broken-no-answer", config={"SITE": site}).running() as web:
            assert web.get("/weather").status_code == 500
            assert eventually(lambda: has_lines(web.log, expected_lines("errors/broken-no-answer"))), web.log
            assert web.router.log == [] or "code=H12" not in web.router.log[-1]


def test_no_mongodb_runs_on_the_dyno_and_the_limit_of_the_app_comes_before_h12(dyno, expected_lines, needs_own_network):
    script = "import app; app.app.test_client().get('/notes')"
    one = dyno("errors/broken-mongo", command=f'python -c "{script}"')
    one.own_network = needs_own_network(27017)
    with one:
        assert one.wait() == 0
        assert has_lines(one.log, expected_lines("errors/broken-mongo")), one.log


def test_the_driver_of_mongodb_waits_as_long_as_the_router_by_itself(dyno):
    script = "import pymongo; print(pymongo.MongoClient(connect=False).options.server_selection_timeout)"
    with dyno("errors/broken-mongo", command=f'python -c "{script}"') as one:
        assert one.wait() == 0
        assert float(one.log) == REQUEST_SECONDS


def test_the_package_that_the_entry_names_checks_the_address(tmp_path):
    app = copy_app("errors/broken-email-validator", tmp_path / "app")
    (app / "requirements.txt").write_text((app / "requirements.txt").read_text() + "email-validator==2.4.0\n")
    python = make_lock_environment(app / "requirements.txt") / "bin" / "python"
    script = "import app; print(app.app.test_client().get('/').text)"
    assert subprocess.run([python, "-c", script], cwd=app, capture_output=True, text=True).stdout.strip() in (
        "True",
        "False",
    )


OTHER_PACKAGES = {
    "discord.opus.OpusNotLoaded": (
        "discord.py==2.7.1",
        "import ctypes.util; ctypes.util.find_library = lambda name: None; import discord.opus; discord.opus.Encoder()",
        "opus-not-loaded",
    ),
    "decouple.UndefinedValueError: API_KEY not found. Declare it as envvar or define a default value.": (
        "python-decouple==3.8",
        "import decouple; decouple.config('API_KEY')",
        "declare-it-as-envvar",
    ),
    "WARNING:  You must pass the application as an import string to enable 'reload' or 'workers'.": (
        "uvicorn==0.54.0",
        "import uvicorn; uvicorn.run(print, port=0)",
        "application-as-an-import-string",
    ),
    "OSError: No wkhtmltopdf executable found: \"b''\"": (
        "pdfkit==1.0.0",
        "import pdfkit; pdfkit.from_string('A page', 'page.pdf')",
        "no-wkhtmltopdf-executable-found",
    ),
    "ValueError: Unable to load PEM file.": (
        "cryptography==50.0.2",
        "from cryptography.hazmat.primitives.serialization import load_pem_private_key as load\n"
        "load(rb'-----BEGIN PRIVATE KEY-----\\nMIIEvQ==\\n-----END PRIVATE KEY-----\\n', None)",
        "unable-to-load-pem-file",
    ),
    "ImportError: Cannot load backend 'TkAgg' which requires the 'tk' interactive framework": (
        "matplotlib==3.11.2",
        "import os; os.environ.pop('DISPLAY', None); os.environ.pop('WAYLAND_DISPLAY', None)\n"
        "import matplotlib; matplotlib.use('TkAgg'); import matplotlib.pyplot; matplotlib.pyplot.figure()",
        "cannot-load-backend-tkagg",
    ),
    "A module that was compiled using NumPy 1.x cannot be run in": (
        "pyerfa==2.0.1.1\nnumpy==2.4.6",
        "import erfa",
        "numpy-dtype-size-changed",
    ),
    "OSError: cannot open resource": (
        "pillow==13.0.0",
        "from PIL import ImageFont; ImageFont.truetype('no such font.ttf')",
        "cannot-open-resource",
    ),
    'The "dnspython" module must be installed': (
        "pymongo==4.20.1",
        f"{WITHOUT_DNSPYTHON}import pymongo; pymongo.MongoClient('mongodb+srv://cluster.example.com')",
        "dnspython",
    ),
    "YouTube is blocking requests from your IP.": (
        "youtube-transcript-api==1.2.5",
        "import youtube_transcript_api; raise youtube_transcript_api.IpBlocked('a-video')",
        "http-error-429-too-many-requests",
    ),
    "Trying to unpickle estimator LinearRegression from version 1.2.2 when using version": (
        "scikit-learn==1.9.1",
        "import pickle, warnings, sklearn.linear_model; warnings.simplefilter('error')\n"
        "model = pickle.dumps(sklearn.linear_model.LinearRegression())\n"
        "pickle.loads(model.replace(sklearn.__version__.encode(), b'1.2.2'))",
        "inconsistentversionwarning",
    ),
}


@pytest.mark.parametrize("message", OTHER_PACKAGES)
def test_a_package_that_no_snippet_has_prints_its_message(message, tmp_path):
    """ "Heroku sets `WEB_CONCURRENCY`, so uvicorn starts several workers" """
    package, lines, entry = OTHER_PACKAGES[message]
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{package}\n")
    command = [make_lock_environment(requirements) / "bin" / "python", "-c", lines]
    ran = subprocess.run(command, cwd=tmp_path, env={"WEB_CONCURRENCY": "2"}, capture_output=True, text=True)
    assert ran.returncode
    assert message in ran.stderr
    assert recognition.find_first_entry(ran.stderr).id == entry


@pytest.fixture(scope="session")
def programs() -> Path:
    """Return the folder of the programs of an environment with Flask, Flask-Migrate and Gunicorn."""
    return make_lock_environment(SNIPPETS / "postgres/requirements.txt") / "bin"


@pytest.fixture
def run(programs, tmp_path):
    """Return run("flask", …): (exit status, what that program prints) in the folder tmp_path, where no other is."""

    def run_program(name: str, *arguments: str, **variables: str) -> tuple[int, str]:
        env = {"PATH": str(programs), "LANG": "C.UTF-8", "HOME": str(tmp_path)} | variables
        command = [programs / name, *arguments]
        ran = subprocess.run(
            command, cwd=tmp_path, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return ran.returncode, ran.stdout

    return run_program


@pytest.mark.parametrize("message", LINES)
def test_python_prints_the_message_of_the_errors_page(message, run):
    lines, entry = LINES[message]
    status, log = run("python", "-c", lines)
    assert status
    assert message in log
    assert recognition.find_first_entry(log).id == entry


# {message of PostgreSQL or SQLAlchemy: (lines that print it, after START_DATABASE; the entry of the errors page)}.
START_DATABASE = """import os
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
address = os.environ["DATABASE_URL"].replace("postgres:", "postgresql+psycopg:")
engine = create_engine(address, pool_size=1, max_overflow=0, pool_timeout=0)
session = Session(engine)
run = lambda command: session.execute(text(command))
run("CREATE TABLE note (id SERIAL PRIMARY KEY, text VARCHAR(128))")
session.commit()
"""
DATABASE = {
    'column "author" does not exist': ("run('SELECT author FROM note')", "column-does-not-exist"),
    "value too long for type character varying(128)": (
        "run(f\"INSERT INTO note (text) VALUES ('{'a' * 162}')\")",
        "value-too-long",
    ),
    "operator does not exist: integer = character varying": (
        "run('SELECT * FROM note WHERE id = text')",
        "operator-does-not-exist",
    ),
    'duplicate key value violates unique constraint "note_pkey"': (
        "run('INSERT INTO note (id) VALUES (1)')\nrun('INSERT INTO note DEFAULT VALUES')",
        "duplicate-key",
    ),
    "current transaction is aborted, commands ignored until end of transaction block": (
        "try: run('SELECT')\nexcept Exception: pass\ntry: run('SELECT nothing')\nexcept Exception: pass\n"
        "run('SELECT 1')",
        "current-transaction-is-aborted",
    ),
    "QueuePool limit of size 1 overflow 0 reached": ("run('SELECT 1'); engine.connect()", "queuepool-limit"),
}


@pytest.mark.parametrize("message", DATABASE)
def test_the_database_prints_the_message_of_the_errors_page(message, run, addon):
    lines, entry = DATABASE[message]
    status, log = run("python", "-c", START_DATABASE + lines, **addon("postgres"))
    assert status
    assert message in log
    assert recognition.find_first_entry(log).id == entry


@pytest.mark.parametrize(
    "lines",
    [
        "run('SELECT 1'); session.close(); engine.connect()",
        "run('INSERT INTO note (id) VALUES (1)')\n"
        "run(\"SELECT setval(pg_get_serial_sequence('note', 'id'), max(id)) FROM note\")\n"
        "run('INSERT INTO note DEFAULT VALUES')",
        "try: run('SELECT nothing')\nexcept Exception: session.rollback()\nrun('SELECT 1')",
        "import werkzeug.security; assert len(werkzeug.security.generate_password_hash('a')) == 162",
    ],
    ids=["a session that is closed", "a counter that is set", "a rollback", "the length of a hash"],
)
def test_the_cure_of_a_message_of_the_database_helps(lines, run, addon):
    assert run("python", "-c", START_DATABASE + lines, **addon("postgres")) == (0, "")


@pytest.mark.parametrize("message", OPTIONS)
def test_a_long_dash_is_no_option(message, run, tmp_path):
    """ "If it begins with a long dash, type two short ones yourself" """
    copy_app("errors", tmp_path / "app")
    shutil.move(tmp_path / "app/app.py", tmp_path)
    command, entry = OPTIONS[message]
    status, log = run(*command.split())
    assert status
    assert message in log
    assert recognition.find_first_entry(log).id == entry


def test_a_port_that_is_empty_is_no_number(run):
    status, log = run("flask", "run", "--port", "")
    assert status
    assert "Error: Invalid value for '--port'" in log.replace("'-p' / ", "")
    assert recognition.find_first_entry(log).id == "invalid-value-for-port"


def test_python_cannot_open_a_file_that_was_not_committed(run, tmp_path):
    status, log = run("python", "manage.py", "db", "upgrade")
    assert status
    assert f"can't open file '{tmp_path}/manage.py': [Errno 2]" in log
    assert recognition.find_first_entry(log).id == "can-t-open-file"


@pytest.mark.parametrize(
    ("mark", "command", "starts"),
    [
        ("", "./run.sh", False),
        ("", "bash run.sh", True),
        ("git update-index --chmod=+x run.sh", "./run.sh", True),
    ],
)
def test_a_script_starts_only_if_git_marks_it_as_a_program_or_bash_reads_it(mark, command, starts, dyno):
    web = dyno("errors", command=command)
    (web.app / "run.sh").write_text("#!/bin/bash\nexec gunicorn app:app\n")
    checkout = f"git init --quiet\ngit add run.sh\n{mark}\nrm run.sh\ngit checkout-index run.sh"
    subprocess.run(["bash", "-ec", checkout], cwd=web.app, check=True)
    with web:
        if starts:
            assert web.boot() == "up", web.log
        else:
            assert web.wait_for_log("bash: line 1: ./run.sh: Permission denied"), web.log
            assert recognition.find_first_entry(web.log).id == "script-permission-denied"


def test_a_redis_that_is_full_refuses_what_would_need_memory(tmp_path):
    port, env = free_port(), {"PATH": os.environ["PATH"]}
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--maxmemory", "1"]
    cure = ("CONFIG SET maxmemory-policy allkeys-lru", "CONFIG SET maxmemory 100mb")
    said = []
    with (
        Process(command, tmp_path, env, tmp_path / "redis.txt", ready="Ready to accept connections"),
        socket.create_connection(("127.0.0.1", port)) as client,
        client.makefile("rw", newline="\r\n") as file,
    ):
        for line in ("SET one 1", *cure, "SET one 1"):
            file.write(f"{line}\n")
            file.flush()
            said.append(file.readline().strip())
    assert "OOM command not allowed when used memory > 'maxmemory'" in said[0]
    assert said[1:] == ["+OK"] * 3
    assert recognition.find_first_entry(f"redis.exceptions.ResponseError: {said[0]}").id == "oom-command-not-allowed"


def test_flask_wtf_wants_a_referrer_over_https(tmp_path):
    lines = """import os, flask, flask_wtf.csrf
app = flask.Flask("app")
app.secret_key = os.urandom(8)
flask_wtf.csrf.CSRFProtect(app)
app.add_url_rule("/", view_func=lambda: flask_wtf.csrf.generate_csrf(), methods=["GET", "POST"])
client, here = app.test_client(), "https://localhost"
headers = {"X-CSRFToken": client.get("/", base_url=here).text}
for referrer in ({}, {"Referer": "https://example.com/"}, {"Referer": f"{here}/form"}):
    answer = client.post("/", base_url=here, headers=headers | referrer)
    print(answer.status_code, answer.text.replace("\\n", " "))
"""
    python = make_lock_environment(SNIPPETS / "errors/broken-email-validator/requirements.txt") / "bin" / "python"
    said = subprocess.run([python, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert [line[:3] for line in said.splitlines()] == ["400", "400", "200"]
    assert "The referrer header is missing." in said
    assert "The referrer does not match the host." in said
    for line in said.splitlines()[:2]:
        assert recognition.find_first_entry(line).id == "the-csrf-token-is-missing"


def test_flask_finds_a_function_that_is_named_after_its_file(run, tmp_path):
    """ "Call the file `app.py` and the object `app`, or name both: `flask --app file:object`" """
    (tmp_path / "notes.py").write_text("import flask\ndef build():\n    return flask.Flask('notes')\n")
    status, log = run("flask", "--app", "notes", "routes")
    assert status
    assert "Error: Failed to find Flask application or factory in module 'notes'." in log
    assert recognition.find_first_entry(log).id == "error-could-not-locate-a-flask-application"
    for status, log in (
        run("flask", "--app", "notes:build", "routes"),
        run("flask", "routes", FLASK_APP="notes:build"),
    ):
        assert status == 0
        assert "/static/" in log
    assert "Error: Could not locate a Flask application." in run("flask", "routes")[1]


def test_babel_writes_dates_and_numbers_in_a_language_whose_locale_is_not_there():
    lines = f"{WITHOUT_LOCALES}; import datetime, babel.dates, babel.numbers; day = datetime.date(2026, 1, 31)"
    lines += "; print(babel.dates.format_date(day, 'd MMMM', locale='es'))"
    lines += "; print(babel.numbers.format_decimal(1234567.5, locale='es'))"
    env = {"LANG": "C.UTF-8"}
    shown = subprocess.run([sys.executable, "-c", lines], env=env, check=True, capture_output=True, text=True).stdout
    assert shown.splitlines() == ["31 enero", "1.234.567,5"]


def test_a_site_that_refuses_a_request_says_429_in_the_words_of_each_client(run):
    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(429)

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as site, ThreadPoolExecutor() as pool:
        pool.submit(site.serve_forever)
        address = f"http://127.0.0.1:{site.server_port}/"
        status, log = run("python", "-c", f"import urllib.request; urllib.request.urlopen('{address}')")
        with pytest.raises(requests.HTTPError, match="429 Client Error: Too Many Requests") as refused:
            requests.get(address, timeout=60).raise_for_status()
        site.shutdown()
    assert status
    assert "HTTP Error 429: Too Many Requests" in log
    for said in (log, f"requests.exceptions.HTTPError: {refused.value}"):
        assert recognition.find_first_entry(said).id == "http-error-429-too-many-requests"


def test_the_newest_sqlalchemy_looks_for_the_newest_driver(run):
    """ "SQLAlchemy before 2.1 looks for `psycopg2`": postgres/broken-psycopg2 shows that; this one is newer"""
    lines = "import sqlalchemy; print(sqlalchemy.__version__, sqlalchemy.create_engine('postgresql://').driver)"
    version, _space, driver = run("python", "-c", lines)[1].partition(" ")
    assert (version >= "2.1", driver.strip()) == (True, "psycopg")


def test_alembic_names_a_migration_that_was_not_committed(run, tmp_path):
    """A database knows a migration, or another migration does, whose file is not there."""
    start_migrations(run, tmp_path)
    first, second = find_revisions(tmp_path)
    first.unlink()
    log = run("flask", "db", "upgrade")[1]
    assert f"KeyError: '{first.name.partition('_')[0]}'" in log
    assert recognition.find_first_entry(log).id == "keyerror-api-key"
    second.unlink()
    log = run("flask", "db", "upgrade")[1]
    assert re.search(r"Can't locate revision identified by '\w+'", log)
    assert recognition.find_first_entry(log).id == "can-t-locate-revision-identified-by-revision"


def test_alembic_wants_one_line_of_migrations_and_a_database_that_has_them_all(run, tmp_path):
    start_migrations(run, tmp_path)
    log = run("flask", "db", "migrate")[1]
    assert "Target database is not up to date." in log
    assert recognition.find_first_entry(log).id == "target-database-is-not-up-to-date"
    assert run("flask", "db", "upgrade")[0] == 0
    _first, second = find_revisions(tmp_path)
    other = second.read_text("utf-8").replace(second.name.partition("_")[0], "0123456789ab")
    second.with_name("0123456789ab_.py").write_text(other, "utf-8")
    log = run("flask", "db", "upgrade")[1]
    assert "Multiple head revisions are present" in log
    assert recognition.find_first_entry(log).id == "multiple-head-revisions-are-present"
    assert run("flask", "db", "merge", "heads")[0] == 0
    assert run("flask", "db", "upgrade")[0] == 0


def start_migrations(run, folder: Path) -> None:
    """Write an app with two migrations; its database has the first one."""
    (folder / "app.py").write_text(
        f"""from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///{folder}/notes.db"
db = SQLAlchemy(app)
Migrate(app, db)
class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
"""
    )
    for words in ("init", "migrate", "upgrade", "revision"):
        status, log = run("flask", "db", words)
        assert status == 0, log


def find_revisions(folder: Path) -> list[Path]:
    """Return the files of the two migrations, the first one first."""
    files = folder.glob("migrations/versions/*.py")
    return sorted(files, key=lambda file: "down_revision = None" not in file.read_text("utf-8"))


def test_pickle_looks_in_gunicorn_for_a_class_of_the_script_that_wrote_the_file(dyno):
    web = dyno("errors")
    with (web.app / "app.py").open("a") as file:
        file.write("import pickle\npickle.loads(b'c__main__\\nModel\\n.')\n")
    with web:
        assert web.wait_for_log("Can't get attribute 'Model' on <module '__main__' from '"), web.log
        assert "bin/gunicorn'>" in web.log
        assert recognition.find_first_entry(web.log).id == "attributeerror-can-t-get-attribute-name-on-module-main"


def test_an_oauth_client_refuses_http_and_takes_https(dyno, expected_lines):
    with dyno("errors/broken-oauth").running() as web:
        web.router.scheme = "http"
        assert web.get("/login/callback?code=one").status_code == 500
        assert eventually(lambda: has_lines(web.log, expected_lines("errors/broken-oauth"))), web.log
        web.router.scheme = "https"
        assert web.get("/login/callback?code=one").text == "one"


def test_a_method_that_the_view_does_not_name_is_a_405(dyno):
    with dyno("errors").running() as web:
        answer = requests.post(f"{web.router.url}/", timeout=60)
        assert answer.status_code == 405
        assert "Method Not Allowed" in answer.text
        assert "The method is not allowed for the requested URL." in answer.text
        assert recognition.find_first_entry(answer.text).id == "method-not-allowed"


def test_gunicorn_replaces_a_worker_after_max_requests(dyno):
    """ "If the memory grows with each request, write `max_requests` and `max_requests_jitter`" """
    web = dyno("errors")
    (web.app / "gunicorn.conf.py").write_text("max_requests = 2\nmax_requests_jitter = 1\n")
    with web.running():
        for _request in range(6):
            web.get("/")
        assert web.wait_for_log("Autorestarting worker after current request."), web.log


def test_a_browser_blocks_what_a_page_over_https_asks_for_over_http(browser):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    text = "<script src='http://www.example.com/app.js'></script>"
    page.route("https://www.example.com/", lambda route: route.fulfill(content_type="text/html", body=text))
    page.goto("https://www.example.com/")
    refused = page.evaluate("try { new WebSocket('ws://www.example.com/'); } catch (error) { error.message }")
    page.close()
    assert "An insecure WebSocket connection may not be initiated from a page loaded over HTTPS" in refused
    assert recognition.find_first_entry(refused).id == "mixed-content"
    log = "\n".join(said)
    assert "Mixed Content:" in log
    assert recognition.find_first_entry(log).id == "mixed-content"


def test_postgresql_refuses_a_password_that_is_no_longer_valid(addon):
    address = urlsplit(addon("postgres")["DATABASE_URL"])
    old = address._replace(netloc=address.netloc.replace(f":{address.password}@", ":old@")).geturl()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed for user") as refused:
        psycopg.connect(old)
    assert recognition.find_first_entry(str(refused.value)).id == "password-authentication-failed-for-user"


def test_the_driver_of_postgresql_says_that_the_server_hung_up():
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        pool.submit(lambda: server.accept()[0].close())
        with pytest.raises(psycopg.OperationalError, match="server closed the connection unexpectedly") as lost:
            psycopg.connect(f"postgres://127.0.0.1:{server.getsockname()[1]}/notes?sslmode=disable")
    assert (
        recognition.find_first_entry(str(lost.value)).id
        == "server-closed-the-connection-unexpectedly-ssl-syscall-error-eof-detected"
    )


# {what "If it fails" of a page shows: why the log box need not know it}.
NO_MESSAGES = {
    "Actions": "a menu of GitHub",
    "CNAME": "a kind of DNS record",
    "Invalid Host header": "the development server of npm shows it to the visitor, and writes no log",
    "notes.csv: No such file or directory": "a file of the reader's machine",
    "404": "a status; the page that comes with it is known",
    "http://": "an address",
    "This practice does not know": "the imitation of this site prints it, with its cure",
    "This machine has no": "the imitation of this site prints it, with its cure",
    "this folder is not in Git": "`make try` prints it, with its cure",
    "No commit of the repository": "`make try` prints it, with its cure",
    "is a symbolic link out of the folder": "`make try` prints it, with its cure",
    "The Procfile is in UTF-16": "`make try` prints it, with its cure",
    "No entry of the errors page names it.": "`make try` prints it",
    "Heroku would take Python": "`make try` prints it, with its cure",
}
FIRST_CELL_MESSAGE = re.compile(r"^\| [^|`]*`([^`|]+)`", re.MULTILINE)


def read_tables() -> list[tuple[str, str]]:
    """Return (page, message) for each row of the tables under "If it fails" whose first cell shows a message."""
    found = []
    for path in sorted((ROOT / "docs").rglob("*.md")):
        part = re.search(r"^## If it fails$.*?(?=^## |\Z)", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        found += [(path.stem, message) for message in FIRST_CELL_MESSAGE.findall(part[0] if part else "")]
    return found


def is_known(message: str) -> bool:
    """Return whether the log box finds a message after a word, or knows a longer one that contains it."""
    known = (text for entry in ENTRIES for text in (entry.title, *entry.patterns))
    return bool(recognition.find_first_entry(f"program: {message}")) or any(message in text for text in known)


def test_the_log_box_knows_what_the_pages_list_under_if_it_fails():
    rows = read_tables()
    assert len(rows) > 60
    assert [row for row in rows if row[1] not in NO_MESSAGES and not is_known(row[1])] == []
    assert NO_MESSAGES.keys() - {message for _page, message in rows} == set()
