"""docs/guides/buildpacks.md: every claim the page makes, proved. tests/test_walkthroughs.py follows it as a whole."""

import json
import shutil
import subprocess
import sys

import pytest

from handbook.fake_heroku import several_buildpacks
from handbook.fake_heroku.app_json import Manifest
from handbook.fake_heroku.buildpack import BuildFailed
from handbook.fake_heroku.dyno import Dyno, copy_app
from handbook.fake_heroku.process import has_lines
from handbook.paths import SITE, SNIPPETS
from handbook.reader.walkthrough import APP_JSON_SCHEMA
from tests import recognition
from tests.conftest import parse_page, replace_in_file

BOTH = ["heroku/nodejs", "heroku/python"]


def messages() -> list[str]:
    """Return the messages of the table «If it fails»."""
    page = parse_page(SITE / "en/guides/buildpacks.html")
    return [code.text_content() for code in page.xpath("(//article//table)[last()]/tbody/tr/td[1]//code")]


def failure(app, chosen=()) -> str:
    with pytest.raises(BuildFailed) as failed:
        several_buildpacks.build_with(app, chosen=chosen)
    return str(failed.value)


def test_npm_builds_the_front_end_and_flask_serves_it(dyno):
    with dyno("buildpacks").running() as web:
        steps = [line for line in web.build.log if line.endswith("app detected")]
        assert steps == ["-----> Node.js app detected", "-----> Python app detected"]
        assert web.get("/").text == web.get("/index.html").text == "Hello"
        assert web.get("/api/greeting").json() == {"greeting": "Hello"}


@pytest.mark.parametrize(
    ("top", "language"),
    [("package.json requirements.txt", "Node.js"), ("package.json", "Node.js"), ("requirements.txt", "Python")],
)
def test_a_package_json_in_the_top_folder_decides(tmp_path, top, language):
    (tmp_path / "frontend").mkdir()
    for name in top.split():
        (tmp_path / name).write_text("{}" if name == "package.json" else "")
    (tmp_path / "frontend/package.json").write_text("{}")
    try:
        log = "\n".join(several_buildpacks.build_with(tmp_path).log)
    except BuildFailed as failed:
        log = str(failed)
    assert log.startswith(f"-----> {language} app detected")


def test_what_was_detected_stays_set_and_the_cli_changes_the_list(laptop, deployed):
    app = deployed("first-deploy")

    def listed(command: str) -> list[str]:
        assert laptop.run(command) == 0, laptop.terminals[-1].log
        assert laptop.run("heroku buildpacks") == 0, laptop.terminals[-1].log
        return [word for word in laptop.terminals[-1].log.split() if word.startswith("heroku") and "/" in word]

    assert listed("true") == ["heroku/python"]
    laptop.run("echo '{}' > package.json; git add --all; git commit --quiet --message Later; git push heroku main")
    assert "Node.js app detected" not in laptop.terminals[-1].log
    assert "Python app detected" in laptop.terminals[-1].log
    assert listed("heroku buildpacks:add --index 1 heroku-community/apt") == ["heroku-community/apt", "heroku/python"]
    assert listed("heroku buildpacks:set heroku/nodejs") == BOTH
    assert listed("heroku buildpacks:clear && heroku buildpacks:add heroku/python") == ["heroku/python"]
    assert laptop.run("heroku buildpacks:add heroku/python") != 0
    said = laptop.terminals[-1].log
    assert "is already set on your app" in " ".join(said.split())
    assert "is already set on your app" in messages()
    assert recognition.find_first_entry(said).id == "is-already-set-on-your-app"
    assert app.list_buildpacks()[0]["name"] == "heroku/python"


def test_without_python_in_the_list_nothing_of_the_list_is_installed(tmp_path):
    """«once you set a buildpack, Heroku looks for no other»"""
    app = copy_app("buildpacks", tmp_path / "app")
    built = several_buildpacks.build_with(app, chosen=["heroku/nodejs"])
    assert built.processes == {"web": "gunicorn app:app"}
    assert "Python app detected" not in "\n".join(built.log)
    with Dyno(app, built, tmp_path / "log.txt") as web:
        assert web.boot() == "H10"
        assert "gunicorn: command not found" in web.log
    assert "gunicorn: command not found" in messages()


def test_only_with_include_dev_npm_installs_the_bundler(tmp_path):
    """«Heroku sets NODE_ENV to production, and npm then leaves out the devDependencies»"""
    app = copy_app("buildpacks", tmp_path)
    (app / "vite").mkdir()
    (app / "vite/package.json").write_text('{"name": "vite", "version": "1.0.0", "bin": "vite.js"}')
    shutil.copy(app / "frontend/build.js", app / "vite/vite.js")
    text = (app / "vite/vite.js").read_text()
    (app / "vite/vite.js").write_text(
        "#!/usr/bin/env node\n"
        + text.replace("import {", "const {").replace('} from "node:fs"', '} = require("node:fs")')
    )
    (app / "vite/vite.js").chmod(0o755)
    own = {"private": True, "scripts": {"build": "vite"}, "devDependencies": {"vite": "file:../vite"}}
    (app / "frontend/package.json").write_text(json.dumps(own))
    several_buildpacks.build_with(app, chosen=["heroku/nodejs"])
    assert (app / "frontend/dist/index.html").read_text() == "Hello"
    shutil.rmtree(app / "frontend/node_modules")
    shutil.rmtree(app / "frontend/dist")
    replace_in_file(app / "package.json", " --include=dev")
    log = failure(app, ["heroku/nodejs"])
    assert "sh: 1: vite: not found" in log
    assert "sh: 1: vite: not found" in messages()
    assert recognition.find_first_entry(log).id == "sh-1-not-found"


def test_a_script_of_the_name_heroku_postbuild_is_run_in_place_of_build(tmp_path):
    scripts = {"build": "exit 1", "heroku-postbuild": "echo built > here"}
    (tmp_path / "package.json").write_text(json.dumps({"scripts": scripts}))
    several_buildpacks.build_with(tmp_path, chosen=["heroku/nodejs"])
    assert (tmp_path / "here").read_text() == "built\n"


def test_a_program_of_a_buildpack_that_is_not_there_is_not_found(tmp_path):
    app = copy_app("buildpacks", tmp_path / "app")
    (app / "Procfile").write_text("web: bin/start-nginx gunicorn app:app\n")
    with Dyno(app, several_buildpacks.build_with(app, chosen=BOTH), tmp_path / "log.txt") as web:
        assert web.boot() == "H10"
        assert ": bin/start-nginx: No such file or directory" in web.log
        assert recognition.find_first_entry(recognition.format_heroku_log(web.log, [])).id == "bin-no-such-file"
    assert "bin/start-nginx: No such file or directory" in messages()


def test_a_folder_of_another_name_is_a_404(dyno):
    web = dyno("buildpacks")
    replace_in_file(web.app / "app.py", "frontend/dist", "frontend/build")
    with web.running():
        assert web.get("/").status_code == 404


def test_heroku_understands_the_app_json():
    validator = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--schemafile",
        APP_JSON_SCHEMA,
        SNIPPETS / "buildpacks/app.json",
    ]
    assert subprocess.run(validator, capture_output=True).returncode == 0
    assert Manifest(SNIPPETS / "buildpacks").buildpacks == BOTH
    written = (SNIPPETS / "buildpacks/set.bash").read_text("utf-8")
    assert [line.split()[-1] for line in written.splitlines()[1:]] == BOTH


def test_each_buildpack_takes_an_app_by_its_file(tmp_path):
    assert has_lines(failure(tmp_path, ["heroku-community/apt"]), ["App not compatible with buildpack"])
    assert has_lines(failure(tmp_path, ["heroku/nodejs"]), ["App not compatible with buildpack"])
    chrome = several_buildpacks.build_with(tmp_path, chosen=["heroku-community/chrome-for-testing"])
    assert "-----> Chrome for Testing app detected" in chrome.log


def test_the_process_types_are_read_once_after_the_last_buildpack(tmp_path):
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "Procfile").write_text("web: sleep 600\n")
    built = several_buildpacks.build_with(tmp_path, chosen=["heroku/python", "heroku-community/chrome-for-testing"])
    assert [line for line in built.log if "app detected" in line or "Discovering" in line] == [
        "-----> Python app detected",
        "-----> Chrome for Testing app detected",
        "-----> Discovering process types",
    ]
    assert built.processes == {"web": "sleep 600"}


def test_with_a_router_in_the_front_end_each_unknown_address_is_its_page(dyno):
    with dyno("buildpacks/form-router") as web:
        assert web.boot() == "up", web.log
        assert web.get("/about/7").text == web.get("/").text == "Hello"
        assert web.get("/about/7").status_code == 200
        assert web.get("/api/none").status_code == 404
        assert web.get("/api/greeting").json() == {"greeting": "Hello"}


def test_without_a_router_an_unknown_address_is_a_404(dyno):
    with dyno("buildpacks") as web:
        assert web.boot() == "up", web.log
        assert web.get("/about/7").status_code == 404
