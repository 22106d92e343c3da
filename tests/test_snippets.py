"""docs/about/tested.md, "Apps run as on a dyno": every process of every Procfile that works is started."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample

from handbook.fake_heroku import procfile
from handbook.fake_heroku.dyno import WILDCARD_HOSTS
from handbook.fake_heroku.limits import MEMORY_MB
from handbook.paths import SNIPPETS, list_apps
from handbook.snippet_comments import MIGRATIONS
from tests.conftest import git, read_body


def processes() -> list[tuple[str, str]]:
    """Return (app, process type) for every line of every Procfile; a form may bring its own Procfile."""
    pairs = []
    for app in list_apps():
        own, shared = SNIPPETS / app / "Procfile", SNIPPETS / app.partition("/")[0] / "Procfile"
        pairs += [(app, process) for process in procfile.read_procfile(own if own.is_file() else shared)]
    return pairs


def of_type(*names: str) -> list[str]:
    return [app for app, process in processes() if process in names]


def test_every_app_has_a_process_for_its_visitors():
    assert of_type("web") == list_apps()


@pytest.mark.parametrize("app", of_type("web"))
def test_an_app_builds_without_a_warning_answers_and_finishes_its_requests_when_stopped(dyno, app):
    with dyno(app, slow=True).running() as web:
        warnings = [line for line in web.build.log if line.startswith(" !     Warning")]
        assert not warnings or "/form-runtime" in app
        assert {host for host, port in web.addresses() if port == web.port} <= WILDCARD_HOSTS
        assert read_body(web.get("/")) == "Hello"
        assert web.log
        assert web.memory_mb() < MEMORY_MB
        with web.request_in_flight(seconds=60) as answer:
            assert web.stop(finish_requests=True) == "gone", web.log
        assert answer == {"status": 200, "text": "done"}, web.log


@pytest.mark.parametrize("app", of_type("release"))
def test_a_release_command_ends_without_an_error(dyno, app):
    with dyno(app, process="release") as release:
        assert release.wait() == 0, release.log


@pytest.mark.parametrize(("app", "process"), [pair for pair in processes() if pair[1] not in ("web", "release")])
def test_another_process_keeps_running_logs_and_stops_when_told(dyno, app, process):
    with dyno(app, process=process) as worker:
        assert worker.wait_for_log(), "it printed nothing"
        assert worker.popen.poll() is None, worker.log
        assert worker.stop() == "gone", worker.log


@pytest.mark.parametrize("path", sorted(SNIPPETS.glob("*/.gitignore")), ids=lambda path: path.parent.name)
def test_what_belongs_to_the_laptop_stays_out_of_git(path, tmp_path):
    shutil.copy(path, tmp_path)
    git(tmp_path, "init", "--quiet")
    names = [".venv/pyvenv.cfg", "__pycache__/app.pyc", *([".env"] if path.with_name(".env").is_file() else [])]
    assert git(tmp_path, "check-ignore", *names).split() == names


def test_a_command_deletes_or_replaces_the_reader_s_list_only_after_one_that_succeeded():
    """Where `poetry` or `python3 -m venv` is missing, the commands go on with the next line."""
    lines = [line for path in SNIPPETS.rglob("*.bash") for line in path.read_text("utf-8").splitlines()]
    found = [match for line in lines if (match := re.search(r"(\brm |\bmv .*|(?<!>)> *)requirements\.txt(?!\S)", line))]
    assert len(found) >= 6
    assert [match.string for match in found if "&&" not in match.string[: match.start()]] == []


def python_files() -> list[Path]:
    """Return every Python file of the snippets but migrations and those with a syntax error on purpose."""
    left_out = {"__pycache__", "broken-syntax", MIGRATIONS}
    return sorted(path for path in SNIPPETS.rglob("*.py") if path.is_file() and not left_out.intersection(path.parts))


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(SNIPPETS).as_posix())
def test_a_python_file_is_well_formed_and_prints_what_it_says(path, eval_example: EvalExample, monkeypatch):
    source = path.read_text("utf-8")
    example = CodeExample.create(source, path=path, prefix="py", end_index=len(source))
    eval_example.set_config(line_length=80, quotes="double", target_version="py311", ruff_ignore=["D", "T201"])
    eval_example.lint_ruff(example)
    # Ruff would format "#>", which marks printed output, as "# >".
    formatter = [Path(sys.executable).with_name("ruff"), "format", "--check", "-"]
    subprocess.run(formatter, input=source.replace("#>", "# >"), text=True, check=True)
    if "#>" in source:
        monkeypatch.syspath_prepend(path.parent)
        monkeypatch.delitem(sys.modules, "app", raising=False)
        # An example that raises must fail here: on Python 3.11 run_print_check would then end the whole pytest run.
        subprocess.run([sys.executable, path.name], cwd=path.parent, check=True)
        eval_example.run_print_check(example)
    elif prints(source):
        procfile_text = (path.parent / "Procfile").read_text()
        assert path.name in procfile_text, f"{path.name} prints and no process runs it: say what it prints, in #> lines"


def prints(source: str) -> bool:
    """Return whether the file prints when it is imported (a print inside a function or loop is not counted)."""
    calls = [
        node.value for node in ast.parse(source).body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    return any(getattr(call.func, "id", "") == "print" for call in calls)
