"""docs/guides/deploy-button.md: every claim the page makes, proved.

Heroku's JSON schema of app.json is on GitHub. handbook/fake_heroku/app.schema.json has the same rules, written anew, so
that no test needs the network; nothing compares the two. handbook/fake_heroku/deploy_button.py imitates what the button
does with the file.
"""

import json
import re
import subprocess
from pathlib import Path
from shlex import quote

import pytest

from handbook.fake_heroku.deploy_button import SetupFailed, create_app
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SITE, SNIPPETS, list_apps
from tests.conftest import parse_page

RULES = ROOT / "handbook/fake_heroku/app.schema.json"
FOLDER = SNIPPETS / "deploy-button"
FORMS = [name for name in list_apps() if name.startswith("deploy-button")]


def manifest(name: str) -> dict:
    return json.loads((SNIPPETS / name / "app.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def checker(tmp_path_factory) -> Path:
    """Return the virtual environment with the checker of the page, in the version that the project pins."""
    pin = re.search(r"^check-jsonschema==\S+", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[0]
    requirements = tmp_path_factory.mktemp("checker") / "requirements.txt"
    requirements.write_text(f"pip\n{pin}\n")
    return make_lock_environment(requirements)


@pytest.fixture
def check(laptop, checker):
    """Return check("deploy-button/…"): (exit status, output) of the page's command for that app.json."""

    def run(name: str = "", text: str = "") -> tuple[int, str]:
        (laptop.folder / "app.json").write_text(text or json.dumps(manifest(name)), "utf-8")
        _install, command = (FOLDER / "check.bash").read_text("utf-8").splitlines()
        local = re.sub(r"https://\S+/app-json\.schema\.json", lambda _address: quote(str(RULES)), command)
        assert local != command
        (laptop.folder / ".venv").unlink(missing_ok=True)
        (laptop.folder / ".venv").symlink_to(checker)
        result = subprocess.run(local, shell=True, cwd=laptop.folder, env=laptop.env, capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    return run


def test_the_page_explains_each_key_of_the_file():
    page = parse_page(SITE / "en/guides/deploy-button.html")
    explained = [code.text_content() for code in page.iterfind(".//article//dt//code")]
    assert explained == list(manifest("deploy-button"))


@pytest.mark.parametrize("name", FORMS)
def test_the_file_keeps_to_the_rules(check, name):
    assert check(name) == (0, "ok -- validation done\n")


def test_a_key_that_heroku_does_not_know_is_found(check, expected_lines):
    status, said = check("deploy-button/broken-key")
    assert status == 1
    assert has_lines(said, expected_lines("deploy-button/broken-key"))


def test_a_comma_too_many_is_found(check):
    text = (FOLDER / "app.json").read_text("utf-8")
    status, said = check(text=text.replace('"heroku/python" }', '"heroku/python" },'))
    assert status == 1
    assert "Failed to parse app.json" in said


def test_a_size_of_the_free_days_passes_the_check_and_fails_at_heroku(check, addon, tmp_path, expected_lines):
    assert check("deploy-button/broken-size")[0] == 0
    with pytest.raises(SetupFailed) as failure:
        create_app(copy_app("deploy-button/broken-size", tmp_path), addon)
    assert str(failure.value) == expected_lines("deploy-button/broken-size")[0]


@pytest.mark.parametrize("name", FORMS)
def test_the_button_gives_the_app_all_that_it_needs(dyno, addon, name):
    """The app gets the config vars of app.json, and none from needs.txt."""
    web = dyno(name)
    config, formation = create_app(web.app, addon)
    assert formation == {"web": 1}
    assert manifest(name)["formation"]["web"]["size"] == "basic"
    web.env = {key: value for key, value in web.env.items() if key not in ("SECRET_KEY", "DATABASE_URL")} | config
    with web.running():
        assert web.get("/").text == "Hello"


def test_each_copy_has_a_key_of_its_own(addon, tmp_path):
    app = copy_app("deploy-button", tmp_path)
    keys = {create_app(app, addon)[0]["SECRET_KEY"] for _copy in range(2)}
    assert len(keys) == 2
    for file in app.iterdir():
        assert not any(key in file.read_text("utf-8") for key in keys)


def test_the_key_signs_the_cookie_and_each_value_can_be_changed(dyno):
    values = {name: "Good morning" for name, entry in manifest("deploy-button")["env"].items() if "value" in entry}
    with dyno("deploy-button", config=values).running() as web:
        answer = web.get("/")
        assert answer.text == "Good morning"
        assert "session" in answer.cookies


def test_app_of_the_button_is_built_by_the_python_buildpack():
    assert manifest("deploy-button")["buildpacks"] == [{"url": "heroku/python"}]


def test_the_plan_is_the_one_that_heroku_sells(facts):
    assert manifest("deploy-button/form-postgres")["addons"] == [facts["postgres_essential_0_plan"]["value"]]


def test_the_button_is_a_picture_inside_a_link_to_the_repository_of_the_file():
    readme = (FOLDER / "README.md").read_text("utf-8")
    picture, link = re.search(r"\[!\[[^]]+\]\((\S+)\)\]\((\S+)\)", readme).groups()
    assert picture == "https://www.herokucdn.com/deploy/button.svg"
    assert link == "https://www.heroku.com/deploy?template=" + manifest("deploy-button")["repository"]
