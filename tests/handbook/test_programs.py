"""handbook/programs.py: a program that is run to its end gets no input, and does not run for ever."""

import ast
from pathlib import Path

import psutil
import pytest

from handbook.fake_heroku.process import eventually, is_alive
from handbook.paths import ROOT
from handbook.programs import run_program

RUNNERS = {"run", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}


def test_program_that_reads_gets_no_input():
    assert run_program(["cat"], capture_output=True).stdout == b""


def test_program_that_goes_on_is_named_with_its_timeout():
    with pytest.raises(TimeoutError) as failure:
        run_program(["sleep", "60"], timeout=0.1)
    assert str(failure.value) == "sleep 60: this has not ended after 0.1 seconds."


def test_program_that_goes_on_is_ended_with_what_it_has_started(tmp_path):
    with pytest.raises(TimeoutError):
        run_program(["bash", "-c", "sleep 60 & echo $! >started; wait"], cwd=tmp_path, timeout=5)
    started = int((tmp_path / "started").read_text())
    assert eventually(lambda: not psutil.pid_exists(started) or not is_alive(psutil.Process(started)), 5)


def test_no_other_module_runs_a_program_to_its_end():
    assert [place for path in sorted((ROOT / "handbook").rglob("*.py")) for place in list_runs(path)] == []


def test_a_call_of_subprocess_is_found(tmp_path):
    (tmp_path / "a.py").write_text("import subprocess\nsubprocess.run([])\nsubprocess.Popen([])\n")
    (tmp_path / "b.py").write_text("from subprocess import PIPE, check_output\n")
    assert [list_runs(tmp_path / name) for name in ("a.py", "b.py")] == [["a.py:2"], ["b.py:1"]]


def list_runs(path: Path) -> list[str]:
    """Return where a module uses a function of subprocess that runs a program to its end."""
    if path.name == "programs.py":
        return []
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="subprocess"), attr=name) if name in RUNNERS:
                found.append(f"{path.name}:{node.lineno}")
            case ast.ImportFrom(module="subprocess", names=names) if RUNNERS & {one.name for one in names}:
                found.append(f"{path.name}:{node.lineno}")
    return found
