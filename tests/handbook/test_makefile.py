"""The Makefile builds and checks again when a source has changed, and only then."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote

import pytest

from handbook.paths import LEFTOVERS, ROOT
from tests.conftest import run_make, write_files

LONG_AGO, BUILT, LATER = 1_000_000_000, 1_000_000_100, 1_000_000_200
ASK = "--eval=show:; @echo $(call changed_since,_build/built,docs locale .)"


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a project whose stamp, _build/built, is newer than every file and folder."""
    shutil.copy2(ROOT / "Makefile", tmp_path)
    names = ("docs/guides/a.md", "docs/old.md", "locale/es/LC_MESSAGES/a.po", "_build/built", ".git/HEAD")
    write_files(tmp_path, dict.fromkeys(names, ""))
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.utime(path, (LONG_AGO, LONG_AGO))
    os.utime(tmp_path / "_build/built", (BUILT, BUILT))
    return tmp_path


def is_changed(project: Path) -> bool:
    result = run_make(project, ASK, "show")
    assert result.stderr == ""
    return {"always": True, "": False}[result.stdout.strip()]


def add(name: str) -> Callable[[Path], None]:
    """Return an edit that writes a file, after the build, into a folder that keeps its time."""

    def edit(project: Path) -> None:
        path = project / name
        path.touch()
        os.utime(path, (LATER, LATER))
        os.utime(path.parent, (LONG_AGO, LONG_AGO))

    return edit


def delete_page(project: Path) -> None:
    (project / "docs/old.md").unlink()
    os.utime(project / "docs", (LATER, LATER))


def delete_stamp(project: Path) -> None:
    (project / "_build/built").unlink()


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(add("docs/guides/a.md"), id="a page is changed"),
        pytest.param(add("docs/guides/two words.md"), id="a name has a space"),
        pytest.param(add("docs/guides/a#b%c:d$e.md"), id="a name has the signs of make"),
        pytest.param(add("locale/es/LC_MESSAGES/a.po"), id="a translation is changed"),
        pytest.param(delete_page, id="a page is deleted"),
        pytest.param(delete_stamp, id="nothing was built"),
    ],
)
def test_make_builds_again_when(project, edit):
    assert not is_changed(project)
    edit(project)
    assert is_changed(project)


@pytest.mark.parametrize("name", ["locale/es/LC_MESSAGES/a.mo", ".git/index", "_build/passed", "docs/.a.md.swp"])
def test_make_does_not_build_again_for_a_file_that_a_program_leaves(project, name):
    add(name)(project)
    assert not is_changed(project)


def test_make_does_not_build_again_for_the_folder_into_which_sphinx_writes_its_catalogues(project):
    os.utime(project / "locale/es/LC_MESSAGES", (LATER, LATER))
    assert not is_changed(project)


def test_a_language_that_there_is_not_is_not_served(tmp_path):
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {quote(sys.executable)} "$@"\n')
    (tmp_path / "sphinx-autobuild").write_text("#!/bin/sh\necho served\n")
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    served = [
        run_make(ROOT, f"BIN={tmp_path}", "--old-file=.venv/ready", "serve", f"IN={code}") for code in ("es", "xx")
    ]
    assert [one.stdout for one in served] == ["served\n", ""]
    assert served[1].stderr.startswith("Say in which language: make serve IN=en or IN=es, not xx.\n")


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_the_cli_is_installed_again_when_its_version_has_changed(project, name):
    for path in ("node_modules/ready", "package.json", "package-lock.json"):
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).touch()
        os.utime(project / path, (BUILT, BUILT))
    assert run_make(project, "--question", "node_modules/ready").returncode == 0
    os.utime(project / name, (LATER, LATER))
    assert run_make(project, "--question", "node_modules/ready").returncode == 1


def test_makefile_and_git_ignore_the_leftovers_that_the_checks_ignore():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    names = next(line for line in makefile.splitlines() if line.startswith("NOT_SOURCES = "))
    assert set(LEFTOVERS) <= set(names.replace("\\#", "#").split())
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}
    assert set(LEFTOVERS) <= ignored


def test_all_checks_run_once_until_a_file_changes(project):
    # The rule that starts the checks is replaced; what they need is taken for done.
    with (project / "Makefile").open("a") as makefile:
        makefile.write("\nrun-checks:\n\t@echo $@\n")

    def check(*arguments: str) -> list[str]:
        return run_make(
            project, "--old-file=tools-check", "--old-file=english", "check", *arguments
        ).stdout.splitlines()

    unchanged = "Checks: no problems, and nothing has changed since"
    assert check()[-1] == "run-checks"
    assert check()[-1] == unchanged
    add("docs/guides/a.md")(project)
    os.utime(project / "docs/guides/a.md")
    assert check()[-1] == "run-checks"
    assert check("IN=en")[-1] == check("IN=en")[-1] == "run-checks"
