"""docs/guides/python-version.md: every claim the page makes, proved by the rules of the buildpack."""

import re
from pathlib import Path

import pytest

from handbook.fake_heroku.buildpack import LATEST, build
from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.process import has_lines
from handbook.paths import ROOT, SNIPPETS
from tests.conftest import build_log

PAGE = ROOT / "docs" / "guides" / "python-version.md"
ROW = re.compile(r"^\| `([^`|]+)` \| `([^`|]+)` \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["python-version/broken-runtime", "python-version/broken-prefix", "python-version/form-runtime"]
)
def test_a_version_file_gives_the_message_that_the_page_prints(name, expected_lines, tmp_path):
    log = build_log(copy_app(name, tmp_path))
    assert has_lines(log, expected_lines(name))


@pytest.mark.parametrize("name", ["python-version/broken-runtime", "python-version/broken-prefix"])
def test_the_cure_builds_without_a_warning(name, tmp_path):
    copy_app(name, tmp_path)
    (tmp_path / "runtime.txt").unlink(missing_ok=True)
    (tmp_path / ".python-version").write_bytes((SNIPPETS / "python-version" / ".python-version").read_bytes())
    assert not re.search("Warning:|Error:", build_log(tmp_path))


@pytest.mark.parametrize(("file", "content", "outcome"), ROW.findall(PAGE.read_text("utf-8")))
def test_each_row_of_the_table_is_what_the_build_says(file, content, outcome, tmp_path):
    copy_app("python-version", tmp_path)
    if file == "runtime.txt":
        (tmp_path / ".python-version").unlink()
    (tmp_path / file).write_text(content + "\n")
    log = build_log(tmp_path)
    messages = re.findall(r"`([^`]+)`", outcome)
    assert messages, "a row says what the build prints"
    for message in messages:
        assert message in log


def test_the_table_has_every_form_of_the_old_guides():
    forms = {(file, content) for file, content, _outcome in ROW.findall(PAGE.read_text("utf-8"))}
    assert {("runtime.txt", f"python-{version}") for version in ("3.6.1", "3.6.2", "3.9.5")} <= forms


def test_runtime_txt_wins_over_python_version(tmp_path):
    copy_app("python-version", tmp_path)
    (tmp_path / "runtime.txt").write_text("python-3.13\n")
    assert build(tmp_path).full_version == LATEST["3.13"]


def app_without_version(folder, packages="requirements.txt", lock="") -> Path:
    copy_app("python-version", folder)
    (folder / ".python-version").unlink()
    (folder / "requirements.txt").rename(folder / packages)
    (folder / packages).write_text(lock)
    return folder


def test_without_a_file_a_new_app_gets_the_default_with_a_warning(facts, tmp_path):
    log = build_log(app_without_version(tmp_path))
    assert f"Using the buildpack default: Python {facts['python_default']['value']}" in log
    assert "Warning: No Python version was specified." in log


def test_without_a_file_an_app_gets_the_minor_version_of_its_last_build(tmp_path):
    result = build(app_without_version(tmp_path), last_python="3.13.5")
    assert result.full_version == LATEST["3.13"]
    log = "\n".join(result.log)
    assert "Using the same major version as the last build: Python 3.13" in log
    assert "Warning: No Python version was specified." in log


@pytest.mark.parametrize("last", ["3.9.18", "3.6.15", "2.7.18"])
def test_an_app_last_built_with_an_old_python_is_refused(last, tmp_path):
    message = "The cached Python version has reached end-of-life"
    assert message in PAGE.read_text("utf-8")
    assert f"Error: {message}" in build_log(app_without_version(tmp_path), last_python=last)


def test_with_uv_the_version_is_a_must(tmp_path):
    log = build_log(app_without_version(tmp_path, "uv.lock"), last_python="3.13.5")
    assert "Error: No Python version was specified." in log


def test_with_pipenv_the_version_in_the_lock_file_counts(tmp_path):
    lock = '{"_meta": {"requires": {"python_version": "3.13"}}}'
    log = build_log(app_without_version(tmp_path, "Pipfile.lock", lock))
    assert "Using Python 3.13 specified in Pipfile.lock" in log
    assert "Warning:" not in log


def test_a_third_number_that_was_never_released_is_refused(tmp_path):
    copy_app("python-version", tmp_path)
    (tmp_path / ".python-version").write_text("3.14.999\n")
    assert "Error: The requested Python version isn't available." in build_log(tmp_path)


def test_a_comment_has_its_own_line(tmp_path):
    copy_app("python-version", tmp_path)
    (tmp_path / ".python-version").write_text("# chosen in November\n3.14\n")
    assert build(tmp_path).full_version == LATEST["3.14"]
    (tmp_path / ".python-version").write_text("3.14  # chosen in November\n")
    assert "Error: Invalid Python version in .python-version." in build_log(tmp_path)


def test_the_facts_name_what_the_rules_accept(facts):
    named = re.findall(r"3\.\d+", facts["python_supported"]["value"])
    assert named == [version for version in LATEST if version != "3.10"]
    assert facts["python_default"]["value"] == "3.14"


def test_the_version_of_the_snippets_is_the_default_of_the_buildpack(facts):
    for path in SNIPPETS.glob("*/.python-version"):
        assert path.read_text().strip() == facts["python_default"]["value"]


def test_the_commands_replace_the_old_file_by_the_new_one(laptop):
    copy_app("python-version/form-runtime", laptop.folder)
    (laptop.folder / ".python-version").unlink()
    laptop.git("init", "--quiet", "--initial-branch=main")
    laptop.git("add", "--all")
    laptop.git("commit", "--quiet", "--message", "An old app")
    laptop.add_remote()
    laptop.run_snippet("python-version/move.bash")
    assert "runtime.txt" not in laptop.list_pushed_files()
    now = (SNIPPETS / "python-version/.python-version").read_text("utf-8")
    assert laptop.git("show", "heroku/main:.python-version") == now
    assert "Using Python 3.14 specified in .python-version" in build_log(laptop.folder)
