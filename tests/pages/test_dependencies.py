"""docs/guides/dependencies.md: every claim the page makes, proved."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import requests

from handbook.fake_heroku import buildpack, packages
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.git_over_http import GitServer
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SNIPPETS
from handbook.sphinxext.versions import read_pins
from tests import recognition
from tests.conftest import git

PAGE = (ROOT / "docs/guides/dependencies.md").read_text("utf-8")
PINS = read_pins(SNIPPETS / "dependencies/requirements.txt")


def test_two_lists_are_refused(expected_lines, tmp_path):
    with pytest.raises(buildpack.BuildFailed) as failure:
        buildpack.build(copy_app("dependencies/broken-two-managers", tmp_path))
    assert has_lines(str(failure.value), expected_lines("dependencies/broken-two-managers"))


def test_a_pyproject_beside_the_list_is_fine(tmp_path):
    copy_app("dependencies", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert buildpack.build(tmp_path).package_manager == "pip"


def test_a_setup_py_is_installed_by_the_line_that_the_page_gives(tmp_path):
    """«write `--editable .` into `requirements.txt`»"""
    copy_app("dependencies", tmp_path)
    (tmp_path / "requirements.txt").write_text("--editable .\n")
    (tmp_path / "setup.py").write_text('from setuptools import setup\nsetup(name="mine", py_modules=["app"])\n')
    python = buildpack.build(tmp_path).environment / "bin" / "python"
    found = "import importlib.util; print(importlib.util.find_spec('app').origin)"
    origin = subprocess.run([python, "-c", found], cwd="/", capture_output=True, text=True, check=True).stdout
    assert Path(origin.strip()).read_bytes() == (tmp_path / "app.py").read_bytes()
    assert tmp_path not in Path(origin).parents, "the environment is kept longer than this folder"


def test_with_a_lock_file_the_packages_of_the_laptop_stay_off_heroku(dyno):
    web = dyno("dependencies/form-uv")
    assert web.build.package_manager == "uv"
    programs = {path.name for path in (web.venv / "bin").iterdir()}
    assert "gunicorn" in programs
    assert "pytest" not in programs


@pytest.mark.parametrize(("name", "manager"), [("form-poetry", "poetry"), ("form-pipenv", "pipenv")])
def test_the_project_file_of_the_page_is_locked_and_installed(name, manager, dyno):
    with dyno(f"dependencies/{name}").running() as web:
        assert web.build.package_manager == manager


def test_pipenv_writes_one_list_again(tmp_path):
    """«To return to one `requirements.txt`, run `pipenv requirements > requirements.txt`»"""
    copy_app("dependencies/form-pipenv", tmp_path)
    command = [packages.make_tool_environment("pipenv") / "bin/pipenv", "requirements"]
    listed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    pins = {f"{name.lower()}=={pin}" for name, pin in PINS.items()}
    assert pins <= {line.partition(";")[0].strip() for line in listed.splitlines()}


def test_a_list_that_the_lock_file_does_not_know_is_refused(dyno, expected_lines):
    with pytest.raises(buildpack.BuildFailed) as failure:
        dyno("dependencies/broken-stale-lock")
    assert has_lines(str(failure.value), expected_lines("dependencies/broken-stale-lock"))


def test_utf_16_is_read_by_pip_binary_for_git_and_refused_as_a_python_version(laptop):
    copy_app("dependencies", laptop.folder)
    for name in ("requirements.txt", ".python-version"):
        text = (laptop.folder / name).read_text("utf-8")
        (laptop.folder / name).write_text(text, "utf-16")
    with pytest.raises(buildpack.BuildFailed, match=r"Error: Unable to read \.python-version\."):
        buildpack.build(laptop.folder)
    laptop.git("init", "--quiet")
    laptop.git("add", "requirements.txt")
    assert "Binary files /dev/null and b/requirements.txt differ" in laptop.git("diff", "--cached")
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--requirement", laptop.folder / "requirements.txt"]
    assert subprocess.run(pip, capture_output=True).returncode == 0


def test_freeze_writes_down_what_was_installed_and_what_it_needs(laptop):
    laptop.run_snippet("dependencies/freeze.bash")
    names = {line.partition("==")[0].lower() for line in (laptop.folder / "requirements.txt").read_text().splitlines()}
    assert {"flask", "gunicorn", "werkzeug", "jinja2", "click"} <= names


def test_the_check_of_a_complete_list_prints_no_error(laptop):
    copy_app("dependencies", laptop.folder)
    assert laptop.run_snippet("dependencies/check.bash") == ""


def test_the_check_of_a_list_with_a_gap_names_what_is_missing(laptop):
    copy_app("dependencies", laptop.folder)
    (laptop.folder / "requirements.txt").write_text(f"gunicorn=={PINS['gunicorn']}\n")
    laptop.run((SNIPPETS / "dependencies" / "check.bash").read_text("utf-8"))
    assert laptop.wait_for_line("ModuleNotFoundError: No module named 'flask'")


def test_uv_moves_the_list_into_its_own_files_and_the_app_runs(laptop):
    copy_app("dependencies", laptop.folder)
    laptop.add_uv()
    (laptop.folder / ".python-version").unlink()  # the tests run on other versions too
    laptop.run_snippet("dependencies/form-uv/uv.bash")
    written, shown = (
        tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        for folder in (laptop.folder, SNIPPETS / "dependencies/form-uv")
    )
    assert written["project"]["dependencies"] == shown["project"]["dependencies"]
    assert all(project["dependency-groups"]["dev"][0].startswith("pytest>=") for project in (written, shown))
    assert not (laptop.folder / "requirements.txt").exists()
    assert (laptop.folder / "uv.lock").is_file()
    pushed = laptop.folder.parent / "pushed"
    shutil.copytree(laptop.folder, pushed, ignore=shutil.ignore_patterns(".venv"))
    with pytest.raises(buildpack.BuildFailed, match=r"No Python version was specified\."):
        buildpack.build(pushed)
    (pushed / ".python-version").write_text("3.14\n")
    assert buildpack.build(pushed).package_manager == "uv"
    port = free_port()
    laptop.env["FLASK_RUN_PORT"] = str(port)
    with laptop.start_snippet("dependencies/form-uv/uv-run.bash") as server:
        assert server.wait_for_port(port), server.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"


@pytest.fixture
def private(tmp_path):
    """Yield private(line, token=…, home=…): the output of the real pip that installs a line from a private repository.

    The repository is https://github.com/YOU/mypkg.git, and the real Git fetches it over HTTP. token is the environment
    variable GITHUB_TOKEN, home the files of the home folder.
    """
    source = tmp_path / "mypkg"
    shutil.copytree(SNIPPETS / "old-packages/form-own-package/lib/mypkg", source)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "A package"]):
        git(source, *words)
    git(tmp_path, "clone", "--quiet", "--bare", source, tmp_path / "hosts/YOU/mypkg.git")
    (tmp_path / "home").mkdir()

    def install(line: str, token: str = "", home: dict[str, str] | None = None) -> str:
        for name, text in (home or {}).items():
            (tmp_path / "home" / name).write_text(text)
        env = {name: value for name, value in os.environ.items() if name != "GITHUB_TOKEN"} | server.environment()
        env |= {"HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8", "COLUMNS": "500"}
        env |= {"GITHUB_TOKEN": token} if token else {}
        (tmp_path / "private.txt").write_text(f"{line}\n")
        command = [packages.make_tool_environment("pip") / "bin/pip", "install", "--target", tmp_path / "there"]
        ran = subprocess.run(
            [*command, "-r", tmp_path / "private.txt"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return ran.stdout

    with GitServer(tmp_path / "hosts", lambda *login: "a-token" in login) as server:
        yield install


ADDRESS = "mypkg @ git+https://github.com/YOU/mypkg.git"
WITH_A_TOKEN = ADDRESS.replace("github.com", "${GITHUB_TOKEN}@github.com")


def test_pip_takes_the_token_of_the_buildpack_from_netrc(private):
    """The line of ~/.netrc is that of bin/compile of heroku-buildpack-github-netrc."""
    assert f"`{ADDRESS}`" in PAGE
    netrc = "machine github.com login a-token password x-oauth-basic\n"
    said = private(ADDRESS, home={".netrc": netrc})
    assert "Successfully installed mypkg" in said, said
    assert "Successfully installed" not in private(ADDRESS, home={".netrc": netrc.replace("a-token", "another")})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (ADDRESS, "fatal: could not read Username for 'http://github.com'"),
        # Only the beginning: Git prints the braces as they are, or as "%24%7BGITHUB_TOKEN%7D".
        (WITH_A_TOKEN, "fatal: could not read Password for 'http://"),
    ],
    ids=["no-token", "a-token-that-pip-does-not-see"],
)
def test_without_a_token_a_private_repository_is_not_fetched(private, line, message):
    said = private(line)
    assert message in said
    assert recognition.find_first_entry(said).id == "private-repository-without-a-token"


def test_pip_fills_in_a_token_that_it_sees_as_on_a_laptop(private):
    said = private(WITH_A_TOKEN, token="a-token")
    assert "Successfully installed mypkg" in said, said


def test_the_list_of_buildpacks_has_python_last(deployed, laptop):
    app = deployed("first-deploy")
    laptop.run_snippet("dependencies/private.bash")
    names = [one["name"] for one in app.list_buildpacks()]
    assert [name.rpartition("/")[2] for name in names] == ["heroku-buildpack-github-netrc.git", "python"]
    assert app.config["GITHUB_AUTH_TOKEN"] == "TOKEN"
