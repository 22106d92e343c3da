"""docs/guides/releases.md: every claim the page makes, proved."""

import re

import requests

from handbook.fake_heroku.process import has_lines
from handbook.paths import SNIPPETS
from tests import recognition
from tests.api import Api


def numbers(laptop) -> list[int]:
    return [
        int(number) for number in re.findall(r"^\W*v(\d+)\b", laptop.run_snippet("releases/list.console"), re.MULTILINE)
    ]


def push(laptop, name: str, text: str) -> None:
    """Replace a file, commit and push."""
    (laptop.folder / name).write_text(text, "utf-8")
    assert laptop.run("git commit --quiet --all --message Change && git push heroku main") == 0


def test_a_push_and_a_config_var_make_a_release_each_and_rolling_back_makes_one_too(deployed, laptop):
    app = deployed("first-deploy")
    assert numbers(laptop) == [3, 2, 1]
    laptop.run("heroku config:set COLOUR=green")
    text = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", text.replace('"Hello"', '"Goodbye"'))
    laptop.run("heroku config:set COLOUR=red")
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Goodbye"
    assert laptop.run("heroku rollback v4") == 0
    assert "Rollback affects code and config vars; it doesn't add or remove" in laptop.terminals[-1].log
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"
    assert app.config == {"COLOUR": "green"}
    assert numbers(laptop) == [7, 6, 5, 4, 3, 2, 1]


def test_rollback_without_a_number_returns_to_the_release_before(deployed, laptop):
    app = deployed("first-deploy")
    text = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", text.replace('"Hello"', '"Goodbye"'))
    laptop.run_snippet("releases/rollback.console")
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


def test_a_version_too_old_to_roll_back_to_is_pushed_again(deployed, laptop):
    app = deployed("first-deploy")
    commit = laptop.git("rev-parse", "HEAD").strip()
    text = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", text.replace('"Hello"', '"Goodbye"'))
    assert laptop.run(f"git push --force heroku {commit}:main") == 0
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


def test_a_release_command_that_fails_keeps_the_old_version(deployed, laptop, expected_lines):
    app = deployed("releases")
    broken = (SNIPPETS / "releases/broken-release/app.py").read_text("utf-8")
    push(laptop, "app.py", broken)
    app.wait_for_boots()
    assert requests.get(app.router.url, timeout=60).text == "Hello"
    assert [release["status"] for release in app.releases[-2:]] == ["succeeded", "failed"]
    assert has_lines("\n".join(app.log()), expected_lines("releases/broken-release"))
    assert laptop.run("git push heroku main") == 0
    assert "Everything up-to-date" in laptop.terminals[-1].log


def test_the_new_version_would_have_shown_the_error_to_visitors(dyno):
    """The release command prevents this: here the web process starts without it."""
    web = dyno("releases/broken-release")
    assert "release" in web.build.processes
    with web.running():
        assert web.get("/").status_code == 500


class Pipeline(Api):
    """A stub of Heroku's API for one pipeline: the stage of each app, and the promotions."""

    def __init__(self):
        super().__init__()
        self.stages: dict[str, str] = {}
        self.promotions: list[tuple[str, list[str]]] = []

    def coupling(self, app: str) -> dict:
        return {"app": {"id": app}, "pipeline": {"id": "a-pipeline", "name": "hello-heroku"}, "stage": self.stages[app]}

    def answer(self, method: str, path: list[str], body: dict) -> object:
        match method, *path:
            case "GET", "users", "~":
                return {"id": "a-reader"}
            case "GET", "apps", app:
                return {"id": app, "name": app, "generation": {"name": "cedar"}}
            case "POST", "apps":
                return {
                    "name": body["name"],
                    "git_url": f"https://git.heroku.com/{body['name']}.git",
                    "web_url": "",
                } | {"stack": {"name": "heroku-24"}}
            case "POST", "pipelines":
                return {"id": "a-pipeline", "name": body["name"]}
            case "GET", "pipelines":
                return [{"id": "a-pipeline", "name": "hello-heroku"}]
            case "POST", "pipeline-couplings":
                self.stages[body["app"]] = body["stage"]
                return self.coupling(body["app"])
            case "GET", "apps", app, "pipeline-couplings":
                return self.coupling(app)
            case "GET", "pipelines", "a-pipeline", "pipeline-couplings":
                return list(map(self.coupling, self.stages))
            case "POST", "filters", "apps":
                return [{"id": app, "name": app} for app in body["in"]["id"]]
            case "POST", "pipeline-promotions":
                targets = [target["app"]["id"] for target in body["targets"]]
                self.promotions.append((body["source"]["app"]["id"], targets))
                return {"id": "a-promotion"}
            case "GET", "pipeline-promotions", "a-promotion", "promotion-targets":
                return [{"app": {"id": app}, "status": "succeeded"} for app in self.promotions[-1][1]]
        return super().answer(method, path, body)


def test_the_commands_promote_from_staging_to_production_and_ask_nothing(laptop):
    """The real CLI makes the pipeline; the copying by a promotion is not imitated."""
    with Pipeline() as heroku:
        laptop.env |= heroku.environment()
        laptop.git("init", "--quiet", "--initial-branch=main")
        laptop.git("commit", "--quiet", "--allow-empty", "--message", "An app")
        laptop.git("remote", "add", "heroku", "https://git.heroku.com/hello-heroku.git")
        remote = laptop.log_file.parent / "staging.git"
        laptop.git("init", "--quiet", "--bare", str(remote))
        laptop.git("config", f"url.{remote}.pushInsteadOf", "https://git.heroku.com/hello-heroku-staging.git")
        laptop.run_snippet("releases/pipeline.bash")
        assert heroku.stages == {"hello-heroku": "production", "hello-heroku-staging": "staging"}
        assert laptop.git("ls-remote", str(remote), "main")
        assert "Promotion successful" in laptop.run_snippet("releases/promote.bash")
        assert heroku.promotions == [("hello-heroku-staging", ["hello-heroku"])]
        # The last line of the block chose the remote, and so the app, for commands without --app.
        assert laptop.run("heroku pipelines:promote") != 0
        assert "Cannot promote hello-heroku from 'production' stage" in laptop.terminals[-1].log
        laptop.git("config", "--unset", "heroku.remote")
        assert laptop.run("heroku pipelines:promote") != 0
        assert "Multiple apps in git remotes" in laptop.terminals[-1].log
        assert recognition.find_first_entry(laptop.terminals[-1].log).id == "multiple-apps-in-git-remotes"


def test_staging_asks_for_the_password_of_the_config_var_and_production_for_none(dyno):
    with dyno("releases/form-password", config={"SITE_PASSWORD": "señal-7"}) as web:
        assert web.boot() == "up", web.log
        for login, status in [(None, 401), (("", "wrong"), 401), (("anybody", "señal-7".encode()), 200)]:
            assert web.get("/", auth=login).status_code == status
        assert web.get("/").headers["WWW-Authenticate"].startswith("Basic ")
        assert web.get("/", headers={"Authorization": "Bearer x"}).status_code == 401
    with dyno("releases/form-password") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"
