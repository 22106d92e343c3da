"""docs/guides/console.md: every claim the page makes, proved.

`heroku run` itself needs Heroku. What stands after it is run here, as a one-off dyno would.
"""

import shlex
import subprocess

import pytest

from tests import SNIPPETS


@pytest.fixture
def run(dyno):
    """Return run("console", "greet.bash"): what the command of the block prints in a one-off dyno of the app."""

    def one_off(app: str, block: str) -> subprocess.CompletedProcess:
        words = shlex.split((SNIPPETS / "console" / block).read_text("utf-8"))
        assert words[:2] == ["heroku", "run"]
        command = words[words.index("--") + 1 :] if "--" in words else words[2:]
        place = dyno(app)
        env = {name: value for name, value in place.env.items() if name != "PORT"} | {"DYNO": "run.1"}
        return subprocess.run(["bash", "-c", " ".join(command)], cwd=place.app, env=env, capture_output=True, text=True)

    return one_off


def test_the_command_of_the_app_prints(run):
    assert run("console", "greet.bash").stdout == "Hello from a one-off dyno\n"


def test_the_routes_are_listed_with_all_their_methods(run):
    routes = run("console", "routes.bash").stdout
    assert "index" in routes
    assert "GET, HEAD, OPTIONS" in routes


def test_the_check_says_which_dyno_it_is(run):
    assert run("console", "check.bash").stdout == "run.1\n"


def test_the_shell_has_the_files_of_the_app(run):
    assert run("console", "shell.bash").returncode == 0


def test_what_one_dyno_writes_another_does_not_have(dyno):
    first, second = dyno("console"), dyno("console")
    (first.app / "written.txt").touch()
    assert not (second.app / "written.txt").exists()


def test_another_file_name_must_be_said(run, expected):
    failed = run("console/broken-name", "routes.bash")
    assert failed.returncode != 0
    assert expected("console/broken-name")[0] in failed.stderr


def test_with_another_name_flask_can_be_told(dyno):
    place = dyno("console/broken-name")
    command = [place.venv / "bin" / "flask", "--app", "hello", "routes"]
    assert "index" in subprocess.run(command, cwd=place.app, env=place.env, capture_output=True, text=True).stdout
