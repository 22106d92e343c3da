"""docs/guides/continuous-integration.md: every claim the page makes, proved."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from handbook.fake_heroku.dyno import app_folder
from handbook.fake_heroku.process import says
from handbook.paths import ROOT, SNIPPETS
from handbook.reader.laptop import ANYWHERE, OF_THE_NETWORK

WORKFLOW = ".github/workflows/tests.yml"
FOLDER = SNIPPETS / "continuous-integration"


def workflow(path: Path) -> dict:
    return yaml.safe_load(path.read_text("utf-8"))


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name(name), *arguments, FOLDER / WORKFLOW]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def python(tmp_path) -> Path:
    """Return a Python as a fresh machine of GitHub has it: with pip and nothing else."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "--quiet", "venv", "--seed", "--python", sys.executable, tmp_path / "python"]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "python/bin/python"


@pytest.fixture
def github(python, tmp_path):
    """Return github("continuous-integration"): the exit status and the words of the workflow's commands on that app.

    Of more than one app in a test, each is worked on where the one before left off. only= takes the commands
    that contain it.
    """

    def do(name: str, only: str = "") -> tuple[int, str]:
        app = app_folder(name, tmp_path / "app")
        commands = [step["run"] for step in workflow(app / WORKFLOW)["jobs"]["tests"]["steps"] if "run" in step]
        script = "\n".join(command for command in commands if only in command)
        env = OF_THE_NETWORK | ANYWHERE | {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
        result = subprocess.run(["bash", "-e"], cwd=app, env=env, input=script, capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    return do


def test_the_commands_of_the_workflow_pass_and_a_test_that_fails_fails_them(github, expected):
    status, said = github("continuous-integration", only="pytest")
    assert status == 1
    assert "No module named pytest" in said  # nothing is installed yet
    status, said = github("continuous-integration")
    assert status == 0, said
    assert "2 passed" in said
    status, said = github("continuous-integration/broken-escape")
    assert status == 1
    assert says(said, expected("continuous-integration/broken-escape"))


def test_without_the_first_line_of_the_list_flask_is_missing(github, python):
    pinned = (FOLDER / "requirements-dev.txt").read_text("utf-8").splitlines()
    assert pinned[0] == "-r requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *pinned[1:]], check=True, capture_output=True)
    status, said = github("continuous-integration", only="pytest")
    assert status
    assert "No module named 'flask'" in said


def test_without_tests_heroku_would_serve_the_broken_app(dyno):
    with dyno("continuous-integration/broken-escape") as web:
        assert web.boot() == "up", web.log
        assert web.get("/").text == "Hello"
        assert web.get("/<b>Ana").text == "Hello, <b>Ana"
    with dyno("continuous-integration") as web:
        assert web.boot() == "up", web.log
        assert web.get("/<b>Ana").text == "Hello, &lt;b&gt;Ana"


def test_heroku_does_not_install_pytest(dyno):
    python = dyno("continuous-integration").venv / "bin" / "python"
    assert subprocess.run([python, "-c", "import pytest"], capture_output=True).returncode == 1


def test_the_tests_run_on_the_laptop(laptop, python):
    app_folder("continuous-integration", laptop.folder)
    (laptop.folder / ".venv").symlink_to(python.parents[1])
    assert "2 passed" in laptop.run("continuous-integration/test.console")


def test_github_understands_the_workflow():
    checked = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows")
    assert checked.returncode == 0, checked.stdout


def test_the_workflow_is_safe():
    audited = tool("zizmor", "--offline", "--no-config")
    assert audited.returncode == 0, audited.stdout
    checks = workflow(FOLDER / WORKFLOW)
    assert (checks["permissions"], checks["jobs"]["tests"]["permissions"]) == ({}, {"contents": "read"})


def test_it_runs_on_each_push_to_main_and_for_pull_requests():
    triggers = workflow(FOLDER / WORKFLOW)[True]  # YAML reads the word "on" as true
    assert triggers == {"push": {"branches": ["main"]}, "pull_request": None}


def test_github_takes_the_python_version_from_the_file_that_heroku_reads():
    settings = [step.get("with", {}) for step in workflow(FOLDER / WORKFLOW)["jobs"]["tests"]["steps"]]
    assert [given["python-version-file"] for given in settings if "python-version-file" in given] == [".python-version"]


def test_its_actions_are_those_of_the_projects_own_workflows():
    """Dependabot proposes both; this test keeps them together."""
    used = re.findall(r"uses: (.+\n)", (FOLDER / WORKFLOW).read_text("utf-8"))
    own = "".join(
        (ROOT / ".github" / name).read_text("utf-8") for name in ("workflows/checks.yml", "actions/setup/action.yml")
    )
    assert len(used) == 2
    for action in used:
        assert action in own
