"""docs/tutorial/first-deploy.md: every claim the page makes, proved."""

import subprocess

import pytest

from tests import SNIPPETS
from tests.platform import buildpack
from tests.platform.dyno import app_folder, environment


def build_log(name, folder) -> str:
    try:
        return "\n".join(buildpack.build(app_folder(name, folder)).log)
    except buildpack.BuildFailed as failure:
        return str(failure)


@pytest.mark.parametrize("name", ["first-deploy/broken-no-requirements", "first-deploy/broken-no-language"])
def test_without_a_file_that_names_the_packages_the_push_is_rejected(name, expected, tmp_path):
    log = build_log(name, tmp_path)
    for line in expected(name):
        assert line in log


def test_without_a_procfile_the_build_succeeds_and_nothing_runs(dyno, expected):
    with dyno("first-deploy/broken-no-procfile") as web:
        for line in expected("first-deploy/broken-no-procfile"):
            assert line in "\n".join(web.build.log)
        assert web.boot() == "H14"
        assert web.get("/").status_code == 503
        assert 'code=H14 desc="No web processes running"' in web.router.log[-1]


def test_the_server_of_the_laptop_listens_where_nobody_calls(dyno, expected):
    with dyno("first-deploy/broken-port") as web:
        assert web.boot() == "R10"
        for line in expected("first-deploy/broken-port"):
            assert line in web.log
        assert web.addresses() == {("127.0.0.1", 5000)}
        assert "Application error" in web.get("/").text


def test_with_gunicorn_the_app_answers(dyno):
    with dyno("first-deploy") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"


def test_the_first_block_makes_a_repository(tmp_path):
    start = (SNIPPETS / "first-deploy" / "start.bash").read_text()
    subprocess.run(["bash", "-e"], input=start, text=True, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "hello-heroku" / ".git").is_dir()


def test_the_environment_is_made_of_the_files_on_the_page():
    assert (environment(SNIPPETS / "first-deploy" / "requirements.txt") / "bin" / "gunicorn").is_file()


def test_what_must_not_be_pushed_is_ignored(tmp_path):
    app_folder("first-deploy", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    for command in ("git init --quiet", "git add --all"):
        subprocess.run(command.split(), cwd=tmp_path, check=True)
    tracked = subprocess.run(["git", "ls-files"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "app.py" in tracked
    assert ".venv" not in tracked
    with pytest.raises(buildpack.BuildFailed, match=r"Error: Existing '\.venv/' directory found\."):
        buildpack.build(tmp_path)
