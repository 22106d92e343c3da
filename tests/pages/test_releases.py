"""docs/guides/releases.md: every claim the page makes, proved."""

import re

import requests

from handbook.fake_heroku.process import says
from handbook.paths import SNIPPETS


def numbers(laptop) -> list[int]:
    return [int(number) for number in re.findall(r"^\W*v(\d+)\b", laptop.run("releases/list.console"), re.MULTILINE)]


def push(laptop, name: str, text: str) -> None:
    """Replace a file, commit and push."""
    (laptop.folder / name).write_text(text, "utf-8")
    assert laptop.type("git commit --quiet --all --message Change && git push heroku main") == 0


def test_a_push_and_a_config_var_make_a_release_each_and_rolling_back_makes_one_too(deployed, laptop):
    heroku = deployed("first-deploy")
    assert numbers(laptop) == [1]
    laptop.type("heroku config:set COLOUR=green")
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    laptop.type("heroku config:set COLOUR=red")
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Goodbye"
    assert laptop.type("heroku rollback v2") == 0
    assert "Rollback affects code and config vars; it doesn't add or remove" in laptop.terminals[-1].log
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Hello"
    assert heroku.config == {"COLOUR": "green"}
    assert numbers(laptop) == [5, 4, 3, 2, 1]


def test_without_a_number_it_is_the_release_before(deployed, laptop):
    heroku = deployed("first-deploy")
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    laptop.run("releases/rollback.console")
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Hello"


def test_a_version_too_old_to_roll_back_to_is_pushed_again(deployed, laptop):
    heroku = deployed("first-deploy")
    commit = laptop.git("rev-parse", "HEAD").strip()
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    assert laptop.type(f"git push --force heroku {commit}:main") == 0
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Hello"


def test_a_release_command_that_fails_keeps_the_old_version(deployed, laptop, expected):
    heroku = deployed("releases")
    broken = (SNIPPETS / "releases/broken-release/app.py").read_text("utf-8")
    push(laptop, "app.py", broken)
    heroku.settle()
    assert requests.get(heroku.router.url, timeout=60).text == "Hello"
    assert [release["status"] for release in heroku.releases] == ["succeeded", "failed"]
    assert says("\n".join(heroku.log()), expected("releases/broken-release"))
    assert laptop.type("git push heroku main") == 0
    assert "Everything up-to-date" in laptop.terminals[-1].log


def test_the_new_version_would_have_shown_the_error_to_visitors(dyno):
    """What the release command prevents: the same app without that line."""
    web = dyno("releases/broken-release")
    assert "release" in web.build.processes
    with web:
        assert web.boot() == "up", web.log
        assert web.get("/").status_code == 500
