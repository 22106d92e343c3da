"""docs/tutorial/first-deploy.md: every claim the page makes, proved."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import ThreadServer, eventually, has_lines
from handbook.paths import ROOT
from handbook.reader.terminal import Terminal
from tests import recognition
from tests.api import JsonRequestHandler
from tests.conftest import build_log

PAGE = (ROOT / "docs/tutorial/first-deploy.md").read_text("utf-8")
# venv in the Python of Debian and Ubuntu, which keep what makes an environment in a separate package.
DEBIAN = sorted(Path("/usr/lib").glob("python3*/venv/__init__.py"))


@pytest.mark.parametrize("name", ["first-deploy/broken-no-requirements", "first-deploy/broken-no-language"])
def test_without_a_file_that_names_the_packages_the_push_is_rejected(name, expected_lines, tmp_path):
    assert has_lines(build_log(copy_app(name, tmp_path)), expected_lines(name))


def test_without_a_procfile_the_build_succeeds_and_nothing_runs(dyno, expected_lines):
    with dyno("first-deploy/broken-no-procfile") as web:
        assert has_lines("\n".join(web.build.log), expected_lines("first-deploy/broken-no-procfile"))
        assert web.boot() == "H14"
        assert web.get("/").status_code == 503
        assert 'code=H14 desc="No web processes running"' in web.router.log[-1]


def test_the_server_of_the_laptop_listens_where_nobody_calls(dyno, needs_own_network, expected_lines):
    web = dyno("first-deploy/broken-port")
    web.own_network = needs_own_network(5000)
    with web:
        assert eventually(lambda: web.addresses() == {("127.0.0.1", 5000)}), web.log
        assert web.boot(elsewhere=1) == "R10"
        assert has_lines(web.log, expected_lines("first-deploy/broken-port"))
        assert "Application error" in web.get("/").text


def test_with_gunicorn_the_app_answers(dyno):
    with dyno("first-deploy").running() as web:
        assert web.get("/").text == "Hello"
        assert "status=200" in web.router.log[-1]


def test_the_commands_of_the_first_part_run_the_app_on_the_laptop(laptop):
    laptop.run_snippet("first-deploy/start.bash")
    laptop.folder /= "hello-heroku"
    assert (laptop.folder / ".git").is_dir()
    copy_app("first-deploy", laptop.folder)
    port = free_port()
    laptop.env["FLASK_RUN_PORT"] = str(port)
    with laptop.start_snippet("first-deploy/laptop.bash") as server:
        assert server.wait_for_port(port), server.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"
        assert "Do not use it in a production deployment" in server.log


def test_the_three_lines_of_a_push_send_what_git_does_not_ignore(laptop):
    laptop.run_snippet("first-deploy/start.bash")
    laptop.folder /= "hello-heroku"
    copy_app("first-deploy", laptop.folder)
    (laptop.folder / ".venv").mkdir()
    (laptop.folder / ".venv" / "pyvenv.cfg").touch()
    laptop.add_remote()
    laptop.run_snippet("first-deploy/push.bash")
    assert laptop.list_pushed_files() == [".gitignore", ".python-version", "Procfile", "app.py", "requirements.txt"]


def test_a_virtual_environment_that_is_pushed_stops_the_build(tmp_path):
    copy_app("first-deploy", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    with pytest.raises(buildpack.BuildFailed, match=r"Error: Existing '\.venv/' directory found\."):
        buildpack.build(tmp_path)


WANTS_A_SECOND_FACTOR = (401, "two_factor", "A second authentication factor is needed.")


class LoginHost(ThreadServer, ThreadingHTTPServer):
    """The server that the CLI calls for a login: it returns an address for the browser, and refuses everything else.

    refusal: (status, id, message) of its error response; by default it demands a second factor.
    """

    def __init__(self, refusal: tuple[int, str, str] = WANTS_A_SECOND_FACTOR):
        super().__init__(("127.0.0.1", 0), LoginAnswers)
        self.refusal = refusal
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.over = threading.Event()

    def __exit__(self, *error):
        self.over.set()
        super().__exit__(*error)


class LoginAnswers(JsonRequestHandler):
    server: LoginHost

    def do_POST(self) -> None:
        self.read_body()
        if self.path == "/auth":
            self.answer(200, {"browser_url": "/auth/browser/a-code", "cli_url": "/auth/cli", "token": "a-token"})
        else:
            self.refuse()

    def refuse(self) -> None:
        status, identifier, message = self.server.refusal
        self.answer(status, {"id": identifier, "message": message})

    def do_GET(self) -> None:
        if self.path == "/account":
            self.refuse()
            return
        self.server.over.wait()  # Heroku waits until a login in the browser; here none comes
        self.answer(200, {"error": "Nobody logged in."})


@contextmanager
def logging_in(laptop, *options: str, refusal=WANTS_A_SECOND_FACTOR) -> Iterator[tuple[Terminal, str]]:
    """Yield (the screen on which the real CLI runs `heroku login`, the address of the server that it calls)."""
    with LoginHost(refusal) as host:
        env = laptop.env | {"HEROKU_LOGIN_HOST": host.url, "HEROKU_HOST": host.url, "TERM": "xterm"}
        with Terminal(["heroku", "login", *options], laptop.folder, env) as screen:
            yield screen, host.url


def test_where_no_browser_opens_the_login_shows_an_address(laptop):
    """“open the address that the command shows under …”"""
    words = "If browser does not open, visit:"
    assert f"`{words}`" in PAGE
    with logging_in(laptop) as (screen, url):
        screen.answer_prompt("Press any key to open up the browser", "a")
        assert eventually(lambda: f"{url}/auth/browser/a-code" in screen.log.partition(words)[2]), screen.log


def test_the_interactive_login_asks_for_address_password_and_second_factor_and_opens_no_browser(laptop):
    assert "`Two-factor code`" in PAGE
    with logging_in(laptop, "--interactive") as (screen, _url):
        screen.answer_prompt("Email", "you@example.com\r")
        screen.answer_prompt("Password", "a-password\r")
        assert eventually(lambda: "Two-factor code" in screen.log), screen.log
        assert "browser" not in screen.log


MFA_REQUIRED = (
    "Multi-Factor Authentication is required for your account. Please remove the '--interactive' parameter and try "
    "again to login and complete MFA verification using a web browser."
)


@pytest.mark.parametrize(
    ("refusal", "entry"),
    [
        ((401, "mfa_required", MFA_REQUIRED), "multi-factor-authentication-is-required"),
        ((401, "unauthorized", "Invalid credentials provided."), "invalid-credentials-provided"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_heroku_says_to_a_login_with_a_password_leads_to_its_entry(laptop, refusal, entry):
    """“Heroku refuses it to accounts with multi-factor authentication … then only the browser works.”"""
    with logging_in(laptop, "--interactive", refusal=refusal) as (screen, _url):
        screen.answer_prompt("Email", "you@example.com\r")
        screen.answer_prompt("Password", "a-password\r")
        assert eventually(lambda: "Error ID" in screen.log), screen.log
        assert recognition.find_first_entry(screen.log).id == entry


VERIFY = (
    "To create an app, verify your account by adding payment information. Verify now at https://heroku.com/verify "
    "Learn more at https://devcenter.heroku.com/articles/account-verification"
)
LIMIT = (
    "You've reached your app limit of 100 apps. Delete some apps or open a ticket at "
    "https://help.heroku.com/new/increase-limits to have this limit increased."
)


@pytest.mark.parametrize(
    ("refusal", "entry"),
    [
        ((402, "verification_required", VERIFY), "verify-your-account"),
        ((422, "invalid_params", LIMIT), "app-limit"),
        ((401, "unauthorized", "Invalid credentials provided."), "cannot-log-in-with-heroku-api-key-set"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_heroku_says_instead_of_making_an_app_leads_to_its_entry(laptop, refusal, entry):
    with LoginHost(refusal) as host:
        laptop.env |= {"HEROKU_API_KEY": "a-key", "HEROKU_HOST": host.url, "HEROKU_PARTICLEBOARD_URL": host.url}
        assert laptop.run("heroku create") != 0
    assert recognition.find_first_entry(laptop.terminals[-1].log).id == entry


def test_the_cli_is_of_the_version_of_the_page(laptop, facts):
    assert laptop.run("heroku version") == 0
    assert laptop.wait_for_line(f"heroku/{facts['cli_major']['value']}.")


@pytest.mark.parametrize(("command", "name"), [("heroku create", "hello-heroku"), ("heroku create my-name", "my-name")])
def test_heroku_chooses_the_name_unless_you_do_and_git_knows_where_to_push(laptop, heroku, command, name):
    laptop.git("init", "--quiet")
    assert laptop.run(command) == 0, laptop.terminals[-1].log
    assert heroku.app.name == name
    assert laptop.git("remote", "get-url", "heroku").strip() == f"https://git.heroku.com/{name}.git"


def test_git_refuses_a_commit_of_nobody_until_it_knows_two_things(laptop):
    advice = next(line for line in PAGE.splitlines() if line.startswith("| `Author identity unknown` |"))
    laptop.env = {name: value for name, value in laptop.env.items() if not re.match("GIT_(AUTHOR|COMMITTER)_", name)}
    # Without it, Git makes up an identity on a machine where the user has a full name.
    laptop.git("config", "--global", "user.useConfigOnly", "true")
    laptop.git("init", "--quiet")
    commit = "git commit --allow-empty --message Nobody"
    assert laptop.run(commit) != 0
    assert laptop.wait_for_line("Author identity unknown")
    commands = re.findall(r"`(git config --global \S+)`", advice)
    assert laptop.run("\n".join(f"{command} you@example.com" for command in commands)) == 0
    assert laptop.run(commit) == 0, laptop.terminals[-1].log


@pytest.mark.skipif(not DEBIAN, reason="only the Python of Debian and Ubuntu comes in two packages, and says this")
def test_debians_python_says_what_is_missing_and_which_package_has_it():
    text = DEBIAN[0].read_text("utf-8")
    assert "The virtual environment was not created successfully" in text
    assert "`The virtual environment was not created successfully`" in PAGE
    assert "python3-venv" in text
