"""Sphinx has the same configuration, whichever command builds the site."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from runpy import run_path

import pytest

from handbook.fake_heroku import ports
from handbook.fake_heroku.process import DEFAULT_TIMEOUT
from handbook.paths import ROOT
from handbook.programs import PROGRAM_SECONDS
from handbook.reader.laptop import LONG_TIMEOUT_FACTOR
from handbook.sphinxext import fingerprint_code
from tests.conftest import pytest_xdist_auto_num_workers


def test_pytest_stops_a_test_only_after_each_wait_for_a_program_and_a_command_of_a_page():
    timeout = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]["timeout"]
    assert timeout > PROGRAM_SECONDS
    assert timeout > LONG_TIMEOUT_FACTOR * DEFAULT_TIMEOUT


@pytest.mark.parametrize(("cores", "workers"), [(2, 4), (500, len(ports.BLOCKS) // 2)])
def test_workers_leave_blocks_of_ports_to_what_they_start(monkeypatch, cores, workers):
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert pytest_xdist_auto_num_workers() == workers


def test_git_writes_every_text_with_the_line_ends_of_the_tests():
    command = ["git", "ls-files", "--eol", "--", ":!*.png"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(listed) > 500
    assert [line for line in listed if not re.match(r"i/(?:lf|none) .*attr/text=auto eol=lf", line)] == []


def run_conf(folder: Path) -> dict:
    """Return the variables that the conf.py of a folder sets."""
    return {name: value for name, value in run_path(str(folder / "conf.py")).items() if not name.startswith("__")}


def test_sphinx_build_docs_is_configured_as_make_html_is():
    """The usual command, `sphinx-build docs out`, reads docs/conf.py; the Makefile passes the folder of the other."""
    of_docs, of_make = run_conf(ROOT / "docs"), run_conf(ROOT)
    assert {name: of_docs.get(name) for name in of_make} == of_make
    # They must be absolute: Sphinx resolves relative ones against the folder of the conf.py that it reads.
    assert all((ROOT / "docs" / path).is_dir() for path in of_docs["html_static_path"] + of_docs["templates_path"])
    assert all(Path(path).is_absolute() for path in of_docs["html_static_path"] + of_docs["templates_path"])


@pytest.mark.parametrize(
    ("file", "is_read_again"),
    [
        ("sphinxext/tree.py", True),
        ("translation/messages.py", True),
        ("known_errors.py", True),
        ("bench/measure.py", False),
    ],
)
def test_every_page_is_read_again_after_a_change_of_the_code_that_reads_pages(file, is_read_again, tmp_path):
    package = shutil.copytree(ROOT / "handbook", tmp_path / "handbook")
    before = fingerprint_code(package)
    assert before == fingerprint_code(ROOT / "handbook")
    (package / file).write_text("# changed\n")
    assert (fingerprint_code(package) != before) == is_read_again
