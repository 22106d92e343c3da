"""docs/guides/containers.md: Docker is not run. Its files are read, and the command of the image is started."""

import json
import re
import shlex

import pytest
import yaml

from handbook.fake_heroku.buildpack import build
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.paths import ROOT, SNIPPETS

FOLDER = SNIPPETS / "containers"
LINES = [line.partition(" ") for line in (FOLDER / "Dockerfile").read_text("utf-8").splitlines() if line[0] != "#"]


def instruction(name: str) -> str:
    (found,) = [words for kind, _space, words in LINES if kind == name]
    return found


def run(app, tmp_path, command: str) -> Dyno:
    """Return a dyno that starts a command with the variables of Heroku and of the image, and no others."""
    dyno = Dyno(app, build(app), tmp_path / "log.txt", command=command)
    own = {name: dyno.env[name] for name in ("PORT", "PATH", "DYNO", "HOME")}
    dyno.env = own | dict(word.split("=", 1) for word in shlex.split(instruction("ENV")))
    return dyno


def test_the_command_of_the_image_listens_on_port_and_stops_at_sigterm(tmp_path):
    app = copy_app("containers", tmp_path / "app")
    with run(app, tmp_path, "exec " + shlex.join(json.loads(instruction("CMD")))).running() as web:
        assert web.get("/").text == "Hello"
        assert len([line for line in web.log.splitlines() if "Booting worker" in line]) == 2
        assert web.stop() == "gone"


def test_the_image_sets_what_the_buildpack_would_set(tmp_path):
    app = copy_app("containers", tmp_path / "app")
    heroku = Dyno(app, build(app), tmp_path / "log.txt").env
    image = dict(word.split("=", 1) for word in shlex.split(instruction("ENV")))
    assert image == {name: heroku[name] for name in ("PYTHONUNBUFFERED", "FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY")}


def test_the_instructions_are_in_an_order_that_docker_can_follow():
    kinds = [kind for kind, _space, _words in LINES]
    assert kinds == ["FROM", "WORKDIR", "COPY", "RUN", "COPY", "ENV", "CMD"]
    assert re.fullmatch(r"python:3\.\d+-slim", instruction("FROM"))
    assert instruction("FROM").partition(":")[2].startswith((FOLDER / ".python-version").read_text().strip())


def test_heroku_yml_names_the_dockerfile():
    assert yaml.safe_load((FOLDER / "heroku.yml").read_text("utf-8")) == {"build": {"docker": {"web": "Dockerfile"}}}


def test_heroku_yml_with_a_release_command_and_a_worker_has_the_parts_of_heroku_s_documentation():
    """https://devcenter.heroku.com/articles/build-docker-images-heroku-yml; each process uses an image of `build`."""
    parts = yaml.safe_load((FOLDER / "form-release/heroku.yml").read_text("utf-8"))
    images = set(parts["build"]["docker"])
    assert parts["release"] == {"image": "web", "command": ["flask db upgrade"]}
    assert parts["run"]["web"] == json.loads(instruction("CMD"))[0] + " app:app"
    assert {process["image"] for process in parts["run"].values() if isinstance(process, dict)} <= images


def test_only_a_shell_replaces_port(tmp_path):
    """«a line without brackets, because only a shell replaces it»"""
    page = (ROOT / "docs/guides/containers.md").read_text("utf-8")
    line = re.search(r"`CMD (exec .+?)`", page)[1]
    app = copy_app("containers", tmp_path / "app")
    (app / "requirements.txt").write_text((SNIPPETS / "uwsgi/requirements.txt").read_text("utf-8"), "utf-8")
    with run(app, tmp_path, line).running():
        pass
    with run(app, tmp_path, shlex.join(shlex.split(line))) as web:
        assert web.boot(elsewhere=1) in ("H10", "R10")  # uWSGI takes the word for a port, and listens on another


@pytest.mark.parametrize("name", [".venv", ".env", ".git"])
def test_private_files_stay_out_of_the_image(name):
    assert name in (FOLDER / ".dockerignore").read_text("utf-8").split()
