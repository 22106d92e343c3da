"""docs/guides/continuous-integration.md: every claim the page makes, proved."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest
import requests
import yaml

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.git_over_http import GitServer
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import LOCALE, NETWORK_SETTINGS
from tests import recognition

WORKFLOW = ".github/workflows/tests.yml"
FOLDER = SNIPPETS / "continuous-integration"
DEPLOY = FOLDER / "form-deploy"
FOR_BOTH_FOLDERS = pytest.mark.parametrize("folder", [FOLDER, DEPLOY], ids=lambda folder: folder.name)


def load_workflow(path: Path) -> dict:
    return yaml.safe_load(path.read_text("utf-8"))


def run_linter(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name(name), *arguments, folder / WORKFLOW]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def python(tmp_path) -> Path:
    """Return the path of a Python like that of a new GitHub runner: with pip and no other package."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "--quiet", "venv", "--seed", "--python", sys.executable, tmp_path / "python"]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "python/bin/python"


@pytest.fixture
def github(python, tmp_path):
    """Return github("continuous-integration"): (exit status, output) of the workflow's commands in a copy of that app.

    Several calls in one test share the folder and the Python: each app is copied over the one before. only: a text;
    commands that do not contain it are not run.
    """

    def do(name: str, only: str = "") -> tuple[int, str]:
        app = copy_app(name, tmp_path / "app")
        commands = [step["run"] for step in load_workflow(app / WORKFLOW)["jobs"]["tests"]["steps"] if "run" in step]
        script = "\n".join(command for command in commands if only in command)
        env = NETWORK_SETTINGS | LOCALE | {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
        result = subprocess.run(["bash", "-e"], cwd=app, env=env, input=script, capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    return do


def test_the_commands_of_the_workflow_pass_and_a_test_that_fails_fails_them(github, expected_lines):
    status, said = github("continuous-integration", only="pytest")
    assert status == 1
    assert "No module named pytest" in said  # nothing is installed yet
    status, said = github("continuous-integration")
    assert status == 0, said
    assert "2 passed" in said
    status, said = github("continuous-integration/broken-escape")
    assert status == 1
    assert has_lines(said, expected_lines("continuous-integration/broken-escape"))


def test_without_the_first_line_of_the_list_flask_is_missing(github, python):
    pinned = (FOLDER / "requirements-dev.txt").read_text("utf-8").splitlines()
    assert pinned[0] == "-r requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *pinned[1:]], check=True, capture_output=True)
    status, said = github("continuous-integration", only="pytest")
    assert status
    assert "No module named 'flask'" in said


def test_without_tests_heroku_would_serve_the_broken_app(dyno):
    with dyno("continuous-integration/broken-escape").running() as web:
        assert web.get("/").text == "Hello"
        assert web.get("/<b>Ana").text == "Hello, <b>Ana"
    with dyno("continuous-integration").running() as web:
        assert web.get("/<b>Ana").text == "Hello, &lt;b&gt;Ana"


def test_heroku_does_not_install_pytest(dyno):
    python = dyno("continuous-integration").venv / "bin" / "python"
    assert subprocess.run([python, "-c", "import pytest"], capture_output=True).returncode == 1


def test_the_tests_run_on_the_laptop(laptop, python):
    copy_app("continuous-integration", laptop.folder)
    (laptop.folder / ".venv").symlink_to(python.parents[1])
    assert "2 passed" in laptop.run_snippet("continuous-integration/test.console")


@FOR_BOTH_FOLDERS
def test_github_understands_the_workflow(folder):
    checked = run_linter(folder, "check-jsonschema", "--builtin-schema", "vendor.github-workflows")
    assert checked.returncode == 0, checked.stdout


@FOR_BOTH_FOLDERS
def test_the_workflow_is_safe(folder):
    audited = run_linter(folder, "zizmor", "--offline", "--no-config")
    assert audited.returncode == 0, audited.stdout
    checks = load_workflow(folder / WORKFLOW)
    assert checks["permissions"] == {}
    assert [job["permissions"] for job in checks["jobs"].values()] == [{"contents": "read"}] * len(checks["jobs"])
    checkouts = [job["steps"][0]["with"] for job in checks["jobs"].values()]
    assert [given["persist-credentials"] for given in checkouts] == [False] * len(checkouts)


def test_workflow_runs_on_pushes_to_main_and_pull_requests():
    triggers = load_workflow(FOLDER / WORKFLOW)[True]  # YAML reads the word "on" as true
    assert triggers == {"push": {"branches": ["main"]}, "pull_request": None}


def test_github_takes_the_python_version_from_the_file_that_heroku_reads():
    settings = [step.get("with", {}) for step in load_workflow(FOLDER / WORKFLOW)["jobs"]["tests"]["steps"]]
    assert [given["python-version-file"] for given in settings if "python-version-file" in given] == [".python-version"]


@FOR_BOTH_FOLDERS
def test_workflow_uses_the_actions_of_the_projects_own_workflows(folder):
    """Dependabot updates the two separately; this test makes sure that they have the same versions."""
    used = re.findall(r"uses: (.+\n)", (folder / WORKFLOW).read_text("utf-8"))
    own = "".join(
        (ROOT / ".github" / name).read_text("utf-8") for name in ("workflows/checks.yml", "actions/setup/action.yml")
    )
    assert len(used) == 2 + (folder == DEPLOY)
    for action in used:
        assert action in own


def test_the_workflow_that_deploys_tests_as_the_other_does():
    both = [load_workflow(folder / WORKFLOW) for folder in (FOLDER, DEPLOY)]
    deploy = both[1]["jobs"].pop("deploy")
    assert both[0] == both[1]
    assert (deploy["needs"], deploy["if"]) == ("tests", "github.event_name == 'push'")


class GitHub:
    """An imitation of a repository on GitHub and of its job `deploy`."""

    def __init__(self, laptop, heroku, server: GitServer):
        self.laptop, self.heroku, self.server = laptop, heroku, server
        copy_app("continuous-integration/form-deploy", laptop.folder)
        self.repository = laptop.create_github_repository()
        commands = "git init --quiet --initial-branch=main && git add --all && git commit --quiet --message 'An app'"
        commands += " && git commit --quiet --allow-empty --message 'A second commit'"
        commands += " && git push --quiet https://github.com/YOU/REPOSITORY.git main"
        assert laptop.run(commands) == 0, laptop.terminals[-1].log

    def deploy(self, token: str, depth: int | None = None) -> subprocess.CompletedProcess:
        """Check out as many commits as the workflow asks for, or `depth` of them, and run the job's command."""
        checkout, push = load_workflow(DEPLOY / WORKFLOW)["jobs"]["deploy"]["steps"]
        depth = checkout["with"].get("fetch-depth", 1) if depth is None else depth
        folder = Path(mkdtemp(dir=self.laptop.folder.parent))
        clone = ["git", "clone", "--quiet", *([f"--depth={depth}"] if depth else []), self.repository.as_uri(), folder]
        subprocess.run(clone, check=True, capture_output=True, env=self.laptop.env)
        given = {"HEROKU_APP": load_workflow(DEPLOY / WORKFLOW)["jobs"]["deploy"]["env"]["HEROKU_APP"]}
        given |= {name: value.replace("${{ secrets.HEROKU_API_KEY }}", token) for name, value in push["env"].items()}
        env = {name: self.laptop.env[name] for name in ("PATH", "HOME")} | LOCALE | self.server.environment()
        return subprocess.run(
            ["bash", "-e", "-c", push["run"]], cwd=folder, env=env | given, capture_output=True, text=True
        )


@pytest.fixture
def github_that_deploys(laptop, heroku):
    """Yield a GitHub that pushes to git.heroku.com, which accepts only the tokens of heroku.authorize()."""
    assert laptop.run("heroku create") == 0, laptop.terminals[-1].log
    with GitServer(heroku.folder, lambda _user, password: password in heroku.tokens) as server:
        yield GitHub(laptop, heroku, server)


def test_the_workflow_pushes_to_heroku_with_a_token_of_the_cli(github_that_deploys):
    """The real CLI requests the token, and the real Git pushes with it over HTTP."""
    said = github_that_deploys.laptop.run_snippet("continuous-integration/token.bash")
    token = re.search(r"Token: +(\S+)", said)[1]
    pushed = github_that_deploys.deploy(token)
    assert pushed.returncode == 0, pushed.stderr
    assert token not in pushed.stdout + pushed.stderr
    github_that_deploys.heroku.wait_for_boots()
    assert requests.get(github_that_deploys.heroku.app.router.url, timeout=60).text == "Hello"


def test_without_a_valid_token_heroku_takes_no_push(github_that_deploys):
    pushed = github_that_deploys.deploy("the-password")
    assert pushed.returncode
    assert "fatal: Authentication failed for 'http://git.heroku.com/hello-heroku.git/'" in pushed.stderr
    assert recognition.find_first_entry(pushed.stderr).id == "git-does-not-know-your-account"
    assert not github_that_deploys.heroku.app.slug


def test_git_asks_for_a_username_where_nobody_is_logged_in(github_that_deploys):
    command = ["git", "push", "https://git.heroku.com/hello-heroku.git", "HEAD:main"]
    env = {
        name: github_that_deploys.laptop.env[name] for name in ("PATH", "HOME")
    } | github_that_deploys.server.environment()
    pushed = subprocess.run(command, cwd=github_that_deploys.laptop.folder, env=env, capture_output=True, text=True)
    assert "fatal: could not read Username for 'http://git.heroku.com'" in pushed.stderr
    assert recognition.find_first_entry(pushed.stderr).id == "git-does-not-know-your-account"


def test_without_the_whole_history_the_push_is_refused(github_that_deploys):
    token = github_that_deploys.heroku.authorize()
    pushed = github_that_deploys.deploy(token, depth=1)
    assert pushed.returncode
    assert "! [remote rejected] HEAD -> main (shallow update not allowed)" in pushed.stderr
    assert recognition.find_first_entry(pushed.stderr).id == "shallow-update-not-allowed"
    assert not github_that_deploys.heroku.app.slug
