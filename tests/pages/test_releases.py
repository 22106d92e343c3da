"""docs/guides/releases.md: every claim the page makes, proved."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from handbook.fake_heroku.process import Serving, says
from handbook.paths import SNIPPETS
from tests import recognition


def numbers(laptop) -> list[int]:
    return [int(number) for number in re.findall(r"^\W*v(\d+)\b", laptop.run("releases/list.console"), re.MULTILINE)]


def push(laptop, name: str, text: str) -> None:
    """Replace a file, commit and push."""
    (laptop.folder / name).write_text(text, "utf-8")
    assert laptop.type("git commit --quiet --all --message Change && git push heroku main") == 0


def test_a_push_and_a_config_var_make_a_release_each_and_rolling_back_makes_one_too(deployed, laptop):
    app = deployed("first-deploy")
    assert numbers(laptop) == [1]
    laptop.type("heroku config:set COLOUR=green")
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    laptop.type("heroku config:set COLOUR=red")
    app.settle()
    assert requests.get(app.router.url, timeout=60).text == "Goodbye"
    assert laptop.type("heroku rollback v2") == 0
    assert "Rollback affects code and config vars; it doesn't add or remove" in laptop.terminals[-1].log
    app.settle()
    assert requests.get(app.router.url, timeout=60).text == "Hello"
    assert app.config == {"COLOUR": "green"}
    assert numbers(laptop) == [5, 4, 3, 2, 1]


def test_without_a_number_it_is_the_release_before(deployed, laptop):
    app = deployed("first-deploy")
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    laptop.run("releases/rollback.console")
    app.settle()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


def test_a_version_too_old_to_roll_back_to_is_pushed_again(deployed, laptop):
    app = deployed("first-deploy")
    commit = laptop.git("rev-parse", "HEAD").strip()
    app = (laptop.folder / "app.py").read_text("utf-8")
    push(laptop, "app.py", app.replace('"Hello"', '"Goodbye"'))
    assert laptop.type(f"git push --force heroku {commit}:main") == 0
    app.settle()
    assert requests.get(app.router.url, timeout=60).text == "Hello"


def test_a_release_command_that_fails_keeps_the_old_version(deployed, laptop, expected):
    app = deployed("releases")
    broken = (SNIPPETS / "releases/broken-release/app.py").read_text("utf-8")
    push(laptop, "app.py", broken)
    app.settle()
    assert requests.get(app.router.url, timeout=60).text == "Hello"
    assert [release["status"] for release in app.releases] == ["succeeded", "failed"]
    assert says("\n".join(app.log()), expected("releases/broken-release"))
    assert laptop.type("git push heroku main") == 0
    assert "Everything up-to-date" in laptop.terminals[-1].log


def test_the_new_version_would_have_shown_the_error_to_visitors(dyno):
    """What the release command prevents: the same app without that line."""
    web = dyno("releases/broken-release")
    assert "release" in web.build.processes
    with web:
        assert web.boot() == "up", web.log
        assert web.get("/").status_code == 500


class Pipeline(Serving, ThreadingHTTPServer):
    """Heroku's side of one pipeline: the stage of each app, and what was promoted. It builds and runs nothing."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), PipelineAnswers)
        self.stages: dict[str, str] = {}
        self.promotions: list[tuple[str, list[str]]] = []

    def coupling(self, app: str) -> dict:
        return {"app": {"id": app}, "pipeline": {"id": "a-pipeline", "name": "hello-heroku"}, "stage": self.stages[app]}

    def answer(self, method: str, path: str, body: dict) -> object:
        """Return what Heroku answers to a call of the CLI. Raises LookupError for one that is not known."""
        match method, *path.strip("/").partition("?")[0].split("/"):
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
        raise LookupError(f"{method} {path}")


class PipelineAnswers(BaseHTTPRequestHandler):
    server: Pipeline

    def do_GET(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
        try:
            status, content = 200, self.server.answer(self.command, self.path, asked)
        except LookupError as error:
            status, content = 404, {"id": "not_found", "message": str(error)}
        body = json.dumps(content).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_args) -> None:
        """Say nothing on stderr."""


def test_the_commands_promote_from_staging_to_production_and_ask_nothing(laptop):
    """The real CLI makes the pipeline; what a promotion copies is Heroku's own."""
    with Pipeline() as heroku:
        url = f"http://127.0.0.1:{heroku.server_port}"
        laptop.env |= {"HEROKU_HOST": url, "HEROKU_PARTICLEBOARD_URL": url, "HEROKU_API_KEY": "a-key"}
        laptop.env["HEROKU_GIT_HOST"] = "git.heroku.com"
        laptop.git("init", "--quiet", "--initial-branch=main")
        laptop.git("commit", "--quiet", "--allow-empty", "--message", "An app")
        laptop.git("remote", "add", "heroku", "https://git.heroku.com/hello-heroku.git")
        remote = laptop.log_file.parent / "staging.git"
        laptop.git("init", "--quiet", "--bare", str(remote))
        laptop.git("config", f"url.{remote}.pushInsteadOf", "https://git.heroku.com/hello-heroku-staging.git")
        laptop.run("releases/pipeline.bash")
        assert heroku.stages == {"hello-heroku": "production", "hello-heroku-staging": "staging"}
        assert laptop.git("ls-remote", str(remote), "main")
        assert "Promotion successful" in laptop.run("releases/promote.bash")
        assert heroku.promotions == [("hello-heroku-staging", ["hello-heroku"])]
        # A command without --app is for the app of the remote that the last line names.
        assert laptop.type("heroku pipelines:promote") != 0
        assert "Cannot promote hello-heroku from 'production' stage" in laptop.terminals[-1].log
        laptop.git("config", "--unset", "heroku.remote")
        assert laptop.type("heroku pipelines:promote") != 0
        assert "Multiple apps in git remotes" in laptop.terminals[-1].log
        assert recognition.first(laptop.terminals[-1].log).id == "multiple-apps-in-git-remotes"
