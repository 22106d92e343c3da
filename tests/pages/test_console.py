"""docs/guides/console.md: every claim the page makes, proved, with the real CLI and a one-off dyno on this machine."""

import pytest

from handbook.fake_heroku.app import Slug
from handbook.fake_heroku.buildpack import build
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.process import has_lines
from handbook.reader.laptop import read_script
from tests.conftest import replace_in_file


def slug(name: str, folder) -> Slug:
    app = copy_app(name, folder)
    return Slug(app, build(app))


@pytest.fixture
def run(heroku, laptop, tmp_path):
    """Return run("console/greet.console", type="ls"): the exit status of the block's command and what it shows."""
    heroku.create()
    heroku.app.slug = slug("console", tmp_path)
    laptop.env["HEROKU_APP"] = heroku.app.name

    def one_off(block: str, type: str = "") -> tuple[int, str]:
        command = read_script(block).strip() if block.startswith("console/") else block
        status = laptop.run(f"echo '{type}' | {command}" if type else command)
        return status, laptop.terminals[-1].log

    return one_off


def test_the_shell_has_the_files_of_the_app_and_loses_what_is_written(run):
    assert "requirements.txt" in run("console/shell.bash", type="touch written.txt && ls")[1]
    assert "written.txt" not in run("console/shell.bash", type="ls")[1]


def test_the_python_has_the_app_loaded(run):
    assert "<Flask 'app'>" in run("console/python.bash", type="print(repr(app))")[1]


def test_one_off_dyno_has_the_config_vars_and_no_port(run, heroku):
    assert "\nrun.1\n" in run("console/check.console")[1]
    heroku.app.config = {"GREETING": "Hello"}
    assert "\nHello nobody can call\n" in run("heroku run 'echo $GREETING ${PORT:-nobody can call}'")[1]


def test_the_command_of_the_app_prints(run):
    assert "\nHello from a one-off dyno\n" in run("console/greet.console")[1]


def test_options_of_the_command_stand_after_two_dashes(run):
    status, shown = run("console/routes.console")
    assert status == 0
    assert "GET, HEAD, OPTIONS" in shown
    status, shown = run("heroku run flask routes --all-methods")
    assert status != 0
    assert "Nonexistent flag: --all-methods" in shown


def test_with_exit_code_a_command_that_fails_there_fails_here(run):
    assert run("heroku run -- flask nothing")[0] == 0
    status, shown = run("heroku run --exit-code -- flask nothing")
    assert status != 0
    assert "No such command 'nothing'" in shown


def test_another_file_name_must_be_said(run, heroku, expected_lines, tmp_path):
    heroku.app.slug = slug("console/broken-name", tmp_path / "renamed")
    status, shown = run("console/routes.console")
    assert status != 0
    assert has_lines(shown, expected_lines("console/broken-name"))
    assert "index" in run("heroku run -- flask --app hello routes")[1]


def test_a_file_that_fails_brings_no_command_and_its_own_error_stands_before_that(run, heroku):
    replace_in_file(heroku.app.slug.app / "app.py", "from flask import", "import missing\nfrom flask import")
    shown = run("console/greet.console")[1]
    assert has_lines(shown, ["ModuleNotFoundError: No module named 'missing'", "Error: No such command 'greet'."])


def test_outside_the_folder_of_an_app_the_cli_asks_for_its_name(heroku, laptop):
    assert laptop.run(read_script("console/shell.bash")) != 0
    assert "Missing required flag app" in laptop.terminals[-1].log
