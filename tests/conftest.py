"""Fixtures that start and stop processes, servers, accounts and browsers for the tests."""

import os
import runpy
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
import requests
from lxml import html

from handbook import books
from handbook.data_files import DataError
from handbook.facts import load_facts
from handbook.fake_heroku import addons, buildpack, ports
from handbook.fake_heroku.account import Account
from handbook.fake_heroku.addons import Services
from handbook.fake_heroku.app import App
from handbook.fake_heroku.app_json import Manifest
from handbook.fake_heroku.dyno import SLOW_MODULE, Dyno, copy_app
from handbook.fake_heroku.ports import can_have_own_network, reserve_port
from handbook.fake_heroku.process import has_lines
from handbook.fake_heroku.several_buildpacks import build_with
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import Laptop
from handbook.sphinxext.languages import list_languages
from handbook.variants import read_needs
from tests import recognition

pytest_plugins = ["tests.selection"]
PUSH = "git add --all && git commit --quiet --message 'An app' && git push --quiet heroku main"
LANGUAGES = list(list_languages())  # their codes, such as "es"; English comes first

# If PATH has a folder without search permission, a shell reports "Permission denied" for a program that is missing.
os.environ["PATH"] = os.pathsep.join(path for path in os.environ["PATH"].split(os.pathsep) if os.access(path, os.X_OK))
os.environ |= {"GIT_CONFIG_GLOBAL": str(ROOT / "tests/gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
# `make test` hands its own options to each make that a test runs.
for name in [name for name in os.environ if name.startswith(("MAKE", "MFLAGS"))]:
    del os.environ[name]


def pytest_xdist_auto_num_workers() -> int:
    """Return two for each core: most tests only wait, for a boot, for the CLI or for one of Heroku's time limits.

    At most half of the blocks of ports, because what a test starts, such as `make try`, takes a block too.
    """
    return min(2 * (os.cpu_count() or 1), len(ports.BLOCKS) // 2)


def build_log(app: Path, **arguments) -> str:
    """Return the log of the build of an app, whether it succeeds or fails."""
    try:
        return "\n".join(buildpack.build(app, **arguments).log)
    except buildpack.BuildFailed as failure:
        return str(failure)


@cache
def parse_page(path: Path) -> html.HtmlElement:
    """Return the root element of a built page."""
    return html.parse(path, html.HTMLParser(encoding="utf-8")).getroot()


def read_body(response: requests.Response) -> str:
    """Return the words that a visitor sees on a page, whether the app sends HTML or a bare word."""
    return html.document_fromstring(response.text).body.text_content().strip()


def replace_in_file(path: Path, old: str, new: str = "") -> None:
    """Replace a text that a file must have."""
    text = path.read_text("utf-8")
    assert old in text, f"{path} does not say {old}"
    path.write_text(text.replace(old, new), "utf-8")


def write_files(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write {name: content} into a folder, which may be new; None deletes the file. Return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def data_error(load: Callable, *arguments) -> str:
    """Return the one line with which a function refuses a data file."""
    with pytest.raises(DataError) as refused:
        load(*arguments)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def git(folder: Path, *arguments: str | Path) -> str:
    """Run Git in a folder, with the settings of tests/gitconfig, and return what it prints."""
    command = ["git", "-C", folder, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, without the address of a site."""
    command = ["make", "--silent", "SITE_URL=", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)


def run_python(app: Dyno, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside an app, as `heroku run` would."""
    command = [app.venv / "bin" / "python", *arguments]
    return subprocess.run(command, cwd=app.app, env=app.env | env, capture_output=True, text=True)


@pytest.fixture(scope="session")
def services():
    """Yield services("postgres"): that server of handbook/fake_heroku/addons, started at the first call."""
    with Services() as services:
        yield services


@pytest.fixture(scope="session")
def service(require, services):
    """Return service("postgres"): that server. Without its program the test fails or is skipped, as `require` says."""

    def start(name: str):
        if name in addons.PROGRAMS:
            require(addons.PROGRAMS[name], addons.INSTALL_HINT, addons.SEARCH_PATH)
        return services(name)

    return start


@pytest.fixture
def addon(service):
    """Return addon("postgres"): the config vars of a database that belongs to this test."""
    return cache(lambda name: service(name).provision())


@pytest.fixture
def dyno(tmp_path_factory, addon):
    """Return dyno("slug") or dyno("slug/broken-variant"): a context manager that runs one process of that app.

    The app is built with the buildpacks of its app.json, if it has any. Its config vars are those of its needs.txt,
    overridden by config. command replaces the command of the Procfile. With slow=True the app also answers
    /slow/<seconds>. After the test, recognition.check_broken_variant() checks the whole log of a broken variant.
    """
    made = []

    def make(
        name: str,
        process: str = "web",
        config: dict[str, str] | None = None,
        command: str | None = None,
        slow: bool = False,
    ) -> Dyno:
        given = {}
        for need in read_needs(ROOT, name):
            variable, is_config_var, value = need.partition("=")
            given |= {variable: value} if is_config_var else addon(need)
        folder = tmp_path_factory.mktemp("dyno")
        app = copy_app(name, folder / "app")
        if slow:
            shutil.copy(SLOW_MODULE, app / "sitecustomize.py")
        built = build_with(app, chosen=Manifest(app).buildpacks)
        made.append((name, Dyno(app, built, folder / "log.txt", process, given | (config or {}), command)))
        return made[-1][1]

    yield make
    for name, one in made:
        if one.log_file.is_file():
            recognition.check_broken_variant(name, one.log, one.router.log)


@pytest.fixture
def needs_own_network():
    """Yield needs_own_network(5000): whether a process that binds that fixed port must have a network of its own.

    True wherever this user may create one. Elsewhere the port is locked against other tests until this one ends; if
    another program of the machine listens on it, the test is skipped.
    """
    with ExitStack() as held:

        def own_network(port: int) -> bool:
            if not can_have_own_network() and not held.enter_context(reserve_port(port)):
                pytest.skip(f"port {port} is in use, and this user may not have a network of their own")
            return can_have_own_network()

        yield own_network


@pytest.fixture
def laptop(tmp_path_factory):
    """Yield a reader's laptop: an empty folder and its terminals."""
    laptop = Laptop(tmp_path_factory.mktemp("laptop"))
    try:
        yield laptop
    finally:
        laptop.close()


@pytest.fixture
def heroku(tmp_path_factory, laptop, addon, require):
    """Yield an account of the imitation, which the laptop's CLI and git call; heroku.app is its newest app."""
    require("heroku", "`make cli` installs it, 400 MB.", laptop.env["PATH"])
    with Account(tmp_path_factory.mktemp("heroku"), addon, elsewhere_seconds=3) as heroku:
        laptop.env |= heroku.environment()
        yield heroku
    assert not heroku.tracebacks, heroku.tracebacks[0]
    assert not heroku.unknown_calls, (
        f"the CLI made calls that handbook/fake_heroku/api.py does not know: {heroku.unknown_calls}"
    )


@pytest.fixture
def deployed(laptop, heroku):
    """Return deployed("slug"): that app, pushed from the laptop to the imitation as the first tutorial does it.

    Before the push, the laptop runs the snippets that are given too.
    """

    def deploy(name: str, *before: str) -> App:
        copy_app(name, laptop.folder)
        assert laptop.run("git init --quiet --initial-branch=main && heroku create") == 0, laptop.terminals[-1].log
        for snippet in before:
            laptop.run_snippet(snippet)
        assert laptop.run(PUSH) == 0, laptop.terminals[-1].log
        heroku.wait_for_boots()
        return heroku.app

    return deploy


@pytest.fixture
def expected_lines():
    """Return expected_lines("slug/broken-variant"): the lines of the message that the page prints."""

    def read(name: str) -> list[str]:
        lines = (SNIPPETS / name / "expected.txt").read_text("utf-8").splitlines()
        assert any(line.strip() for line in lines), f"{name}/expected.txt is empty"
        return [line.strip() for line in lines if line.strip()]

    return read


@pytest.fixture
def crashed_app(dyno, expected_lines):
    """Return crashed_app("slug/broken-variant"): a context manager that yields the crashed dyno of a variant."""

    @contextmanager
    def crash(name: str) -> Iterator[Dyno]:
        with dyno(name) as web:
            web.boot()
            assert web.popen.wait(timeout=60)
            assert has_lines(web.log, expected_lines(name)), web.log
            yield web

    return crash


@pytest.fixture(scope="session")
def facts() -> dict[str, dict]:
    """Return docs/facts.toml as {name: fact}."""
    return load_facts(ROOT)


@pytest.fixture(scope="session")
def gunicorn_settings() -> dict:
    """Return the variables of the Gunicorn guide's gunicorn.conf.py."""
    return runpy.run_path(str(SNIPPETS / "gunicorn" / "gunicorn.conf.py"))


@pytest.fixture(scope="session")
def chromium(require) -> str:
    """Return the path of Chromium."""
    return books.find_chromium() or require("chromium", "`make tools` installs it, or set CHROMIUM to the path of one.")


@pytest.fixture(scope="session")
def browser(chromium):
    """Yield Chromium, one for each xdist worker: Playwright can be started only once in a process."""
    with books.launch_chromium() as started:
        yield started
