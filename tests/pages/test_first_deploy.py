"""docs/tutorial/first-deploy.md: every claim the page makes, proved."""

import pytest
import requests

from handbook.fake_heroku import buildpack
from handbook.fake_heroku.dyno import app_folder
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import eventually, says


def build_log(name, folder) -> str:
    try:
        return "\n".join(buildpack.build(app_folder(name, folder)).log)
    except buildpack.BuildFailed as failure:
        return str(failure)


@pytest.mark.parametrize("name", ["first-deploy/broken-no-requirements", "first-deploy/broken-no-language"])
def test_without_a_file_that_names_the_packages_the_push_is_rejected(name, expected, tmp_path):
    log = build_log(name, tmp_path)
    assert says(log, expected(name))


def test_without_a_procfile_the_build_succeeds_and_nothing_runs(dyno, expected):
    with dyno("first-deploy/broken-no-procfile") as web:
        assert says("\n".join(web.build.log), expected("first-deploy/broken-no-procfile"))
        assert web.boot() == "H14"
        assert web.get("/").status_code == 503
        assert 'code=H14 desc="No web processes running"' in web.router.log[-1]


def test_the_server_of_the_laptop_listens_where_nobody_calls(dyno, alone_at, expected):
    web = dyno("first-deploy/broken-port")
    web.own_network = alone_at(5000)
    with web:
        assert eventually(lambda: web.addresses() == {("127.0.0.1", 5000)}), web.log
        assert web.boot(within=3) == "R10"
        assert says(web.log, expected("first-deploy/broken-port"))
        assert "Application error" in web.get("/").text


def test_with_gunicorn_the_app_answers(dyno):
    with dyno("first-deploy") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"
        assert "status=200" in web.router.log[-1]


def test_the_commands_of_the_first_part_run_the_app_on_the_laptop(laptop):
    laptop.run("first-deploy/start.bash")
    laptop.folder /= "hello-heroku"
    assert (laptop.folder / ".git").is_dir()
    app_folder("first-deploy", laptop.folder)
    port = free_port()
    laptop.env["FLASK_RUN_PORT"] = str(port)
    with laptop.start("first-deploy/laptop.bash") as server:
        assert server.wait_for_port(port), server.log
        assert requests.get(f"http://127.0.0.1:{port}", timeout=60).text == "Hello"
        assert "Do not use it in a production deployment" in server.log


def test_the_three_lines_of_a_push_send_what_git_does_not_ignore(laptop):
    laptop.run("first-deploy/start.bash")
    laptop.folder /= "hello-heroku"
    app_folder("first-deploy", laptop.folder)
    (laptop.folder / ".venv").mkdir()
    (laptop.folder / ".venv" / "pyvenv.cfg").touch()
    laptop.add_remote()
    laptop.run("first-deploy/push.bash")
    assert laptop.pushed() == [".gitignore", ".python-version", "Procfile", "app.py", "requirements.txt"]


def test_a_virtual_environment_that_is_pushed_stops_the_build(tmp_path):
    app_folder("first-deploy", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    with pytest.raises(buildpack.BuildFailed, match=r"Error: Existing '\.venv/' directory found\."):
        buildpack.build(tmp_path)
