"""docs/guides/old-packages.md: every claim the page makes, proved; and pip's messages about lists like its readers'."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable

import pytest

from handbook.fake_heroku import buildpack, packages
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import read_script
from tests import recognition
from tests.conftest import replace_in_file

PAGE = (ROOT / "docs/guides/old-packages.md").read_text("utf-8")
# {requirements.txt: (a message of pip, the entry of the errors page to which its output must lead)}.
LISTS = {
    "Flask==0.9": (
        "SyntaxError: Missing parentheses in call to 'print'.",
        "syntaxerror-missing-parentheses-in-call-to-print",
    ),
    "MarkupSafe==1.0": ("cannot import name 'Feature' from 'setuptools'", "package-too-old-to-build"),
    "mongoengine==0.10.0": ("use_2to3 is invalid", "package-too-old-to-build"),
    "sklearn": ("The 'sklearn' PyPI package is deprecated, use 'scikit-learn'", "sklearn-is-deprecated"),
    "-e /code/mypkg": ("is not a valid editable requirement.", "path-of-a-package-of-your-own"),
    "./lib/mypkg": (
        "ERROR: Invalid requirement: './lib/mypkg'",
        "path-of-a-package-of-your-own",
    ),
    "certifi @ file:///croot/certifi_1700501669400/work/certifi": (
        "No such file or directory: '/croot/certifi_1700501669400/work/certifi'",
        "conda-path",
    ),
    "six @ file:///tmp/build/80754af9/six_1623709665295/work": (
        "No such file or directory: '/tmp/build/80754af9/six_1623709665295/work'",
        "conda-path",
    ),
    "pywin32==223": ("ERROR: No matching distribution found for pywin32", "error-no-matching-distribution-found-for"),
    "tensorflow-intel==2.17.0": (
        "ERROR: No matching distribution found for tensorflow-intel",
        "error-no-matching-distribution-found-for",
    ),
    "en-core-web-sm==2.1.0": (
        "ERROR: No matching distribution found for en-core-web-sm",
        "error-no-matching-distribution-found-for",
    ),
    "json": ("ERROR: No matching distribution found for json", "error-no-matching-distribution-found-for"),
    "pkg-resources==0.0.0": (
        "ERROR: No matching distribution found for pkg-resources",
        "error-no-matching-distribution-found-for",
    ),
    "Flask==2.0.0\nWerkzeug==1.0.1": ("ERROR: ResolutionImpossible", "resolution-impossible"),
}


@pytest.fixture
def pip(tmp_path):
    """Return pip("install", …): the output of Heroku's pip, which must fail, in tmp_path; path: another PATH."""

    def run(*arguments: str, path: str | None = None) -> str:
        env = packages.build_environment() | {"PIP_CACHE_DIR": str(packages.CACHE / "pip")}
        env |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "COLUMNS": "500"} | ({} if path is None else {"PATH": path})
        command = [packages.make_tool_environment("pip") / "bin" / "pip", *arguments]
        ran = subprocess.run(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed = ran.stdout.decode("utf-8", "replace")
        assert ran.returncode, printed
        return f"{printed}\n !     Error: Unable to install dependencies using pip.\n"

    return run


@pytest.mark.parametrize("line", LISTS)
def test_pip_says_why_a_list_does_not_install(line, pip, tmp_path):
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    log = pip("install", "--dry-run", "-r", "requirements.txt")
    message, entry = LISTS[line]
    assert message in log
    assert recognition.find_first_entry(log).id == entry
    assert not line.startswith("./") or "It looks like a path. File './lib/mypkg' does not exist." in log


def test_an_old_package_fails_while_it_is_compiled(pip, require, tmp_path):
    require("gcc", "Debian's package gcc has it.", os.environ["PATH"])
    log = pip("install", "--no-deps", "--target", str(tmp_path / "there"), "aiohttp==3.8.1")
    assert "fatal error: longintrepr.h: No such file or directory" in log
    assert "ERROR: Failed building wheel for aiohttp" in log
    assert "Failed to build installable wheels for some pyproject.toml based projects" in log
    assert recognition.find_first_entry(log).id == "package-too-old-to-build"


def test_a_package_without_a_ready_made_file_needs_rust(pip, tmp_path):
    (tmp_path / "bin").mkdir()  # a PATH without Rust, whether this machine has it or not
    log = pip(
        "install", "--no-deps", "--target", str(tmp_path / "there"), "tokenizers==0.12.1", path=str(tmp_path / "bin")
    )
    assert "error: can't find Rust compiler" in log
    assert recognition.find_first_entry(log).id == "package-too-old-to-build"


def test_pip_calls_a_package_that_it_cannot_build_by_several_names(pip):
    log = pip("install", "--dry-run", "mongoengine==0.10.0")
    assert "error: metadata-generation-failed" in log
    assert "error: subprocess-exited-with-error" in log


@pytest.mark.parametrize(
    ("package", "pg_config", "message"),
    [
        ("psycopg2==2.6.2", "#!/bin/sh\necho PostgreSQL 16.4\n", "could not determine PostgreSQL version from"),
        ("psycopg2==2.9.10", "", "Error: pg_config executable not found."),
        ("mysqlclient==2.2.7", "", "Can not find valid pkg-config name."),
    ],
)
def test_a_database_driver_is_not_built(package, pg_config, message, pip, tmp_path):
    (tmp_path / "bin").mkdir()
    if pg_config:
        (tmp_path / "bin/pg_config").write_text(pg_config)
        (tmp_path / "bin/pg_config").chmod(0o755)
    log = pip("install", "--dry-run", "--no-deps", "--no-binary", ":all:", package, path=str(tmp_path / "bin"))
    assert message in log
    (entry,) = (entry for entry in recognition.ENTRIES if any(message in pattern for pattern in entry.patterns))
    assert recognition.find_first_entry(log) == entry


def test_utf_16_with_a_line_of_another_encoding_is_not_read(pip, tmp_path):
    (tmp_path / "requirements.txt").write_bytes("\ufeffFlask\r\n".encode("utf-16-le") + b"gunicorn\n")
    log = pip("install", "--dry-run", "-r", "requirements.txt")
    assert "UnicodeDecodeError: 'utf-16-le' codec can't decode byte" in log
    assert recognition.find_first_entry(log).id == "utf-16-le-codec"


def test_the_driver_of_postgres_comes_ready_made(tmp_path):
    command = [packages.make_tool_environment("pip") / "bin" / "pip", "download", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*command, "psycopg2-binary"], cwd=tmp_path, check=True, capture_output=True)
    assert list(tmp_path.glob("psycopg2_binary-*.whl"))


def test_a_package_that_is_too_old_is_not_built(expected_lines, tmp_path):
    with pytest.raises(buildpack.BuildFailed) as failure:
        buildpack.build(copy_app("old-packages/broken-old-build", tmp_path))
    assert has_lines(str(failure.value), expected_lines("old-packages/broken-old-build"))


def test_without_its_versions_an_old_list_installs_and_the_app_starts(laptop, tmp_path):
    copy_app("old-packages", laptop.folder)
    old = "Flask == 0.12.2\nMarkupSafe==1.0\ngunicorn>=19.7,<20 # server\n"
    (laptop.folder / "requirements.txt").write_text(old)
    laptop.run_snippet("old-packages/raise.bash")
    written = (laptop.folder / "requirements.txt").read_text()
    assert {"flask", "markupsafe", "gunicorn"} <= {line.partition("==")[0].lower() for line in written.splitlines()}
    assert (laptop.folder / "requirements.txt.old").read_text() == old
    app = copy_app("old-packages", tmp_path / "app")
    (app / "requirements.txt").write_text(written)
    with Dyno(app, buildpack.build(app), tmp_path / "log.txt").running():
        pass


def test_a_list_that_still_fails_is_kept_with_its_versions_and_so_is_the_oldest_one(laptop):
    copy_app("old-packages", laptop.folder)
    (laptop.folder / "requirements.txt").write_text("Flask==0.12.2\nwsgiref==0.1.2\n")
    (laptop.folder / "requirements.txt.old").write_text("The oldest\n")
    assert laptop.run(read_script("old-packages/raise.bash")) == 0
    assert "wsgiref" in laptop.terminals[-1].log
    assert (laptop.folder / "requirements.txt").read_text() == "Flask==0.12.2\nwsgiref==0.1.2\n"
    assert (laptop.folder / "requirements.txt.old").read_text() == "The oldest\n"
    assert not (laptop.folder / "requirements.txt.names").exists()


def test_a_list_in_utf_16_is_left_as_it_is_until_it_is_written_as_utf_8(laptop):
    old = "Flask==0.12.2\r\ngunicorn==19.7.0\r\n"
    (laptop.folder / "requirements.txt").write_bytes(old.encode("utf-16"))
    without_versions = read_script("old-packages/raise.bash").splitlines()[1]
    laptop.run(without_versions)
    assert "=" in (laptop.folder / "requirements.txt.names").read_bytes().decode("utf-16")
    laptop.run_snippet("old-packages/utf-8.bash")
    laptop.run(without_versions)
    assert (laptop.folder / "requirements.txt.names").read_text().split() == ["Flask", "gunicorn"]


@pytest.mark.parametrize(
    "name",
    [
        "old-packages/broken-flask-1",
        "old-packages/broken-flask-script",
        "old-packages/broken-gunicorn-20",
        "old-packages/broken-jwt",
        "old-packages/broken-syntax",
    ],
)
def test_an_old_list_installs_and_the_app_cannot_be_imported(name, crashed_app):
    with crashed_app(name) as web:
        assert web.boot() == "H10"


def test_an_old_gunicorn_starts_where_heroku_installs_setuptools(tmp_path):
    """«An old Gunicorn needs a module that Heroku installs up to Python 3.12 only»"""
    app = copy_app("old-packages/broken-gunicorn-20", tmp_path / "app")
    (app / ".python-version").write_text("3.12\n")
    with Dyno(app, buildpack.build(app), tmp_path / "log.txt").running():
        pass


# The table "What old names are called today": Python runs both columns, with the packages of the snippet.

ROWS = re.findall(r"^\| `(.+)` \| `(.+)` \|$", PAGE, re.MULTILINE)
PREAMBLE = """\
from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask("app")
"""
RUN_LINES = """
import json, sys
before, lines = json.load(sys.stdin)
answers, sys.stdout = sys.stdout, sys.stderr
for line in lines:
    rest = {"@": "\\ndef view(): ...", "with": "\\n    pass"}
    code = line + next((end for start, end in rest.items() if line.startswith(start)), "")
    try:
        exec(before + code, {})
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"), file=answers)
    else:
        print(json.dumps(""), file=answers)
"""


def list_exceptions(lines: Iterable[str]) -> list[str]:
    """Return the exception that each line of Python raises, "" if none."""
    environment = packages.make_lock_environment(SNIPPETS / "old-packages/requirements.txt", "3.14")
    command = [environment / "bin/python", "-W", "ignore", "-c", RUN_LINES]
    given = json.dumps([PREAMBLE, list(lines)])
    ran = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_what_the_table_calls_old_fails_and_what_it_says_today_works():
    old, new = zip(*ROWS, strict=True)
    assert len(ROWS) > 20
    assert [line for line, error in zip(old, list_exceptions(old), strict=True) if not error] == []
    assert [(line, error) for line, error in zip(new, list_exceptions(new), strict=True) if error] == []


def test_the_limit_of_a_token_stands_where_it_is_read():
    use = "from itsdangerous import URLSafeTimedSerializer as Serializer; "
    old, new = list_exceptions(
        [f"{use}Serializer('key', 3600).dumps(1)", f"{use}s = Serializer('key'); s.loads(s.dumps(1), max_age=3600)"]
    )
    assert old.startswith("TypeError: ")
    assert new == ""


# {an old name: (the exception it raises, the entry of the errors page that leads to the table)}.
OLD_NAMES = {
    "from flask.json import JSONEncoder": ("ImportError: cannot import name 'JSONEncoder'", "cannot-import-name"),
    "from flask_migrate import MigrateCommand": ("ImportError: cannot import name '", "cannot-import-name"),
    "from collections import Container": (
        "ImportError: cannot import name 'Container' from 'collections'",
        "importerror-cannot-import-name-mapping-from-collections",
    ),
    "Limiter(app, key_func=get_remote_address)": ("got multiple values for argument 'key_func'", "limiter-key-func"),
    'Cache(app, config={"CACHE_TYPE": "filesystem"})': (
        "ImportStringError: import_string() failed for 'flask_caching.backends.filesystem'",
        "flask-caching-backends",
    ),
    "import urllib2": ("ModuleNotFoundError: No module named 'urllib2'", "modulenotfounderror-no-module-named"),
}


def test_what_an_old_name_raises_leads_to_the_table():
    for line, error in zip(OLD_NAMES, list_exceptions(OLD_NAMES), strict=True):
        message, entry = OLD_NAMES[line]
        assert message in error
        assert recognition.find_first_entry(error).id == entry


# Other packages


def test_a_marked_package_for_windows_is_passed_over(dyno):
    with dyno("old-packages/form-windows").running() as web:
        assert not list(web.venv.glob("lib/python*/site-packages/win32"))


@pytest.mark.parametrize("line", ["./lib/mypkg", "-e ./lib/mypkg"])
def test_a_package_of_ones_own_is_installed_from_its_folder(line, tmp_path):
    app = copy_app("old-packages/form-own-package", tmp_path / "app")
    replace_in_file(app / "requirements.txt", "./lib/mypkg", line)
    with Dyno(app, buildpack.build(app), tmp_path / "log.txt").running() as web:
        assert web.get("/").text == "Hello"


def test_pip_list_writes_a_version_where_freeze_writes_a_file_of_this_machine(tmp_path):
    packages.run_uv("venv", tmp_path / "venv")
    shutil.copytree(SNIPPETS / "old-packages/form-own-package/lib/mypkg", tmp_path / "mypkg")
    packages.run_uv("pip", "install", "--python", tmp_path / "venv", f"mypkg @ file://{tmp_path}/mypkg", "pip")
    frozen, listed = (
        subprocess.run([tmp_path / "venv/bin/pip", *words], capture_output=True, text=True, check=True).stdout
        for words in (["freeze"], ["list", "--format=freeze"])
    )
    assert "mypkg @ file:///" in frozen
    assert "mypkg==0.1.0\n" in listed
