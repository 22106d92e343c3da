"""The workflow files are valid and safe, and run only targets that the Makefile has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import playwright
import pytest
import yaml

from handbook.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCHEMAS = [(path, "github-workflows") for path in WORKFLOWS]
ACTION = ROOT / ".github" / "actions" / "setup" / "action.yml"
SCHEMAS += [
    (ACTION, "github-actions"),
    (ROOT / ".github" / "dependabot.yml", "dependabot"),
    (ROOT / ".readthedocs.yaml", "readthedocs"),
]
MAKE = re.compile(r"^\s*(?:- )?(?:\w+: )?make (.+)$", re.MULTILINE)


def run(program: str, *arguments: str | Path) -> None:
    """Run a program of the virtual environment; fail with its output if its exit status is not 0."""
    result = subprocess.run([Path(sys.executable).with_name(program), *arguments], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=lambda value: getattr(value, "name", value))
def test_a_file_follows_the_schema_of_its_service(path, schema):
    run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", path)


def test_no_workflow_has_a_known_weakness():
    run("zizmor", "--offline", "--no-progress", "--strict-collection", ROOT / ".github")


@pytest.mark.parametrize(
    "path", [*WORKFLOWS, ROOT / ".readthedocs.yaml", ROOT / ".pre-commit-config.yaml"], ids=lambda path: path.name
)
def test_what_a_workflow_makes_is_a_target_of_the_makefile(path):
    targets = set(re.findall(r"^([a-z_./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    words = " ".join(MAKE.findall(path.read_text("utf-8"))).split()
    asked = {word for word in words if not word.startswith("-") and "=" not in word}
    assert asked
    assert asked <= targets


def jobs() -> dict[str, dict]:
    """Return the jobs of all workflows, such as {"checks.yml test": the job}."""
    read = {path.name: yaml.safe_load(path.read_text("utf-8"))["jobs"] for path in WORKFLOWS}
    return {f"{file} {name}": job for file, found in read.items() for name, job in found.items()}


def list_commands(job: dict) -> list[str]:
    return [step["run"] for step in job.get("steps", []) if "run" in step]


def test_each_job_that_tests_has_the_same_setup_the_same_browser_and_the_whole_history():
    testing = {
        name: job for name, job in jobs().items() if re.search(r"make .*\btest\b", "\n".join(list_commands(job)))
    }
    assert set(testing) == {"checks.yml test", "publish.yml build", "weekly.yml test", "weekly.yml elsewhere"}
    for name, job in testing.items():
        assert "$/.github/actions/setup" in [step.get("uses") for step in job["steps"]], name
        assert job["env"]["CHROMIUM"] == "/usr/bin/google-chrome", name
        [checkout] = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert checkout["fetch-depth"] == 0, name


def test_each_debian_package_that_make_asks_for_is_installed_first():
    """On a runner make is not root: it names a missing package, and fails. setup-python and Chrome bring the others."""
    asked = set(re.findall(r"call debian,([\w-]+)", (ROOT / "Makefile").read_text("utf-8")))
    install = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"][-1]["run"]
    assert asked - {"chromium", "python3-venv"} <= set(install.split())


def test_each_week_another_slice_of_the_imitation_is_damaged():
    assert "make mutate SLICE=week/20" in list_commands(jobs()["weekly.yml mutate"])


def test_one_leg_runs_everything_and_the_others_what_depends_on_the_python():
    """The built site is tested in a browser on one Python version only."""
    job = jobs()["checks.yml test"]
    conditions = {step["run"]: step.get("if") for step in job["steps"] if "run" in step}
    assert conditions["make test"] == "matrix.python == '3.14'"
    (others,) = [run for run in conditions if "pytest" in run]
    assert conditions[others] == "matrix.python != '3.14'"
    assert "3.14" in job["strategy"]["matrix"]["python"]
    assert others.endswith("pytest tests --ignore=tests/site")


def test_each_push_to_main_and_each_pull_request_runs_the_checks():
    events = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text("utf-8"))[True]  # YAML reads `on` as that
    assert events == {"push": {"branches": ["main"]}, "pull_request": None}


@pytest.mark.parametrize("result", ["success", "failure", "cancelled", "skipped", ""])
def test_the_summary_fails_unless_every_leg_succeeded(result):
    job = jobs()["checks.yml all-green"]
    assert (job["needs"], job["if"]) == (["test"], "always()")
    [step] = job["steps"]
    assert step["env"] == {"RESULT": "${{ needs.test.result }}"}
    ran = subprocess.run(["bash", "-e", "-c", step["run"]], env=os.environ | {"RESULT": result})
    assert (ran.returncode == 0) == (result == "success")


READTHEDOCS = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text("utf-8"))["build"]
MAKE_STUB = """#!/bin/sh
echo "$*" >>asked
mkdir -p _build/html && touch _build/html/index.html
[ "$1" != books ] || {status}
"""


@pytest.mark.parametrize(
    ("status", "asked"), [("true", ["books SITE_URL=here"]), ("false", ["books SITE_URL=here", "html SITE_URL=here"])]
)
def test_read_the_docs_publishes_the_site_with_or_without_the_books(tmp_path, status, asked):
    stub = tmp_path / "bin" / "make"
    stub.parent.mkdir()
    stub.write_text(MAKE_STUB.replace("{status}", status))
    stub.chmod(0o755)
    path = f"{stub.parent}:{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "READTHEDOCS_OUTPUT": str(tmp_path / "out"), "READTHEDOCS_CANONICAL_URL": "here"}
    for command in READTHEDOCS["jobs"]["build"]["html"]:
        subprocess.run(["sh", "-c", command], cwd=tmp_path, env=env, check=True, stderr=subprocess.DEVNULL)
    assert (tmp_path / "asked").read_text().splitlines() == asked
    assert (tmp_path / "out" / "html" / "index.html").is_file()


def test_read_the_docs_installs_what_the_browser_of_playwright_needs():
    platform = READTHEDOCS["os"].replace("-", "") + "-x64"
    library = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "coreBundle.js"
    known = re.search(rf'"{platform}": {{.*?chromium: \[(.*?)\]', library.read_text("utf-8"), re.DOTALL)
    assert known
    needed = set(re.findall(r'"(.+?)"', known[1]))
    assert "libnss3" in needed
    assert needed <= set(READTHEDOCS["apt_packages"])


def test_the_weekly_run_fails_on_what_moved():
    steps = [step for step in jobs()["weekly.yml test"]["steps"] if step.get("run") == "make check-facts"]
    assert [step.get("continue-on-error") for step in steps] == [None]
    assert steps[0]["if"] == "${{ !cancelled() }}"


def test_dependabot_sees_the_requirements_of_every_snippet_that_works():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    (pip,) = [update for update in updates if update["package-ecosystem"] == "pip"]
    seen = {path for pattern in pip["directories"] for path in ([ROOT] if pattern == "/" else ROOT.glob(pattern[1:]))}
    pinned = {path.parent for path in ROOT.glob("snippets/*/requirements.txt")} | {ROOT}
    assert pinned <= seen
    actions = next(update for update in updates if update["package-ecosystem"] == "github-actions")["directories"]
    assert "/" + ACTION.parent.relative_to(ROOT).as_posix() in actions


ELSEWHERE = ROOT / ".ci" / "elsewhere"
REPORT_ENVIRONMENT = """
import os, socket
def taken(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
fonts = open(os.environ["FONTCONFIG_FILE"]).read()
print(os.environ["LANG"], os.environ["TZ"], all(map(taken, (5000, 5006, 8000, 5432, 6379, 5672))), "truetype/" in fonts)
print("LC_ALL" in os.environ)
raise SystemExit(7)
"""


def test_one_job_tests_everything_as_on_another_machine():
    assert list_commands(jobs()["weekly.yml elsewhere"])[-1] == ".ci/elsewhere make test"
    assert all(os.access(ROOT / ".ci" / name, os.X_OK) for name in ("run", "elsewhere"))


def test_ci_elsewhere_changes_fonts_language_time_zone_and_ports(tmp_path):
    """It imitates another machine. A stub of `locale` lists Spanish, which this machine may not have."""
    (tmp_path / "locale").write_text("#!/bin/sh\necho es_ES.utf8\n")
    (tmp_path / "locale").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LC_ALL": "C"}
    result = subprocess.run(
        [sys.executable, ELSEWHERE, sys.executable, "-c", REPORT_ENVIRONMENT], env=env, capture_output=True, text=True
    )
    if "needs fonts" in result.stderr:
        assert result.returncode == 2
        pytest.skip("neither DejaVu nor Liberation is installed here, and .ci/elsewhere says so")
    assert result.stdout == "es_ES.UTF-8 Pacific/Kiritimati True True\nFalse\n", result.stderr
    assert result.returncode == 7


def test_ci_elsewhere_names_missing_programs(tmp_path):
    (tmp_path / "locale").write_text("#!/bin/sh\necho C.utf8\n")
    (tmp_path / "locale").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run([sys.executable, ELSEWHERE, "true"], env=env, capture_output=True, text=True)
    assert result.returncode == 2
    assert "needs the locale es_ES.UTF-8: apt-get install locales, then locale-gen es_ES.UTF-8\n" in result.stderr


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_under_any_of_its_names_need_not_be_installed(name, tmp_path):
    for program in (name, "epubcheck"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    env = {"PATH": str(tmp_path)}  # without `id` and apt-get, make only names what is missing
    command = [shutil.which("make"), "--silent", "--old-file=tools-check", "tools"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
