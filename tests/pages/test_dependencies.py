"""docs/guides/dependencies.md: every claim the page makes, proved."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import requests

from handbook.fake_heroku import buildpack, packages
from handbook.fake_heroku.dyno import app_folder
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import says
from handbook.paths import SNIPPETS


def test_two_lists_are_refused(expected, tmp_path):
    with pytest.raises(buildpack.BuildFailed) as failure:
        buildpack.build(app_folder("dependencies/broken-two-managers", tmp_path))
    assert says(str(failure.value), expected("dependencies/broken-two-managers"))


def test_a_pyproject_beside_the_list_is_fine(tmp_path):
    app_folder("dependencies", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert buildpack.build(tmp_path).package_manager == "pip"


def test_a_setup_py_is_installed_by_the_line_that_the_page_gives(tmp_path):
    """«write `--editable .` into `requirements.txt`»"""
    app_folder("dependencies", tmp_path)
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
    with dyno(f"dependencies/{name}") as web:
        assert web.build.package_manager == manager
        assert web.boot() == "up", web.log


def test_pipenv_writes_one_list_again(tmp_path):
    """«To return to one `requirements.txt`, run `pipenv requirements > requirements.txt`»"""
    app_folder("dependencies/form-pipenv", tmp_path)
    command = [packages.tool("pipenv") / "bin/pipenv", "requirements"]
    listed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert {"flask==3.1.3", "gunicorn==27.0.1"} <= {line.partition(";")[0].strip() for line in listed.splitlines()}


def test_a_list_that_the_lock_file_does_not_know_is_refused(dyno, expected):
    with pytest.raises(buildpack.BuildFailed) as failure:
        dyno("dependencies/broken-stale-lock")
    assert says(str(failure.value), expected("dependencies/broken-stale-lock"))


def test_utf_16_is_read_by_pip_binary_for_git_and_refused_as_a_python_version(laptop):
    app_folder("dependencies", laptop.folder)
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
    laptop.run("dependencies/freeze.bash")
    names = {line.partition("==")[0].lower() for line in (laptop.folder / "requirements.txt").read_text().splitlines()}
    assert {"flask", "gunicorn", "werkzeug", "jinja2", "click"} <= names


def test_the_check_of_a_complete_list_prints_no_error(laptop):
    app_folder("dependencies", laptop.folder)
    assert laptop.run("dependencies/check.bash") == ""


def test_the_check_of_a_list_with_a_gap_names_what_is_missing(laptop):
    app_folder("dependencies", laptop.folder)
    (laptop.folder / "requirements.txt").write_text("gunicorn==27.0.1\n")
    laptop.type((SNIPPETS / "dependencies" / "check.bash").read_text("utf-8"))
    assert laptop.sees("ModuleNotFoundError: No module named 'flask'")


def test_uv_moves_the_list_into_its_own_files_and_the_app_runs(laptop):
    app_folder("dependencies", laptop.folder)
    laptop.has_uv()
    (laptop.folder / ".python-version").unlink()  # the tests run on other versions too
    laptop.run("dependencies/form-uv/uv.bash")
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
    with laptop.start("dependencies/form-uv/uv-run.bash") as server:
        assert server.wait_for_port(port), server.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"
