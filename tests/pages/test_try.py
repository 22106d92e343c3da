"""docs/guides/try.md: every claim the page makes, proved; tests/handbook/test_tryout.py has the apps that fail."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.fake_heroku.dyno import copy_app
from handbook.paths import ROOT, SNIPPETS
from handbook.tryout.trial import try_app

PAGE = (ROOT / "docs/guides/try.md").read_text("utf-8")
GIT = "git init --quiet --initial-branch=main && git add --all --force && git commit --quiet --message 'Say hello'"


@pytest.fixture
def laptop_with_app(laptop):
    """Return the laptop of a reader who has the sources of the site and, beside them, the app ../my-app in Git."""
    copy_app("errors", laptop.folder)
    laptop.add_make()
    assert laptop.run(GIT) == 0, laptop.terminals[-1].log
    return laptop


def last_output(laptop) -> str:
    return laptop.terminals[-1].log


def test_the_report_is_the_one_of_the_page(laptop_with_app):
    """ "The last line of the report is `All is well here. Next: git push heroku main`"."""
    command = (SNIPPETS / "try/works.console").read_text("utf-8").splitlines()[0].removeprefix("$ ")
    assert laptop_with_app.run(command) == 0
    last = re.search("The last line of the report is `(.+?)`", PAGE)[1]
    assert last_output(laptop_with_app).splitlines()[-1] == last
    for recorded in SNIPPETS.glob("try/*.console"):
        assert re.search(r"as you, with your files and your network", recorded.read_text("utf-8"))


def test_a_config_var_is_asked_for_by_name_and_comes_from_a_file_whose_values_are_not_shown(laptop_with_app):
    (laptop_with_app.folder / "app.py").write_text(
        "import os\n\nos.environ['SECRET_KEY']\n" + (laptop_with_app.folder / "app.py").read_text()
    )
    laptop_with_app.git("commit", "--quiet", "--all", "--message", "Read a key")
    assert laptop_with_app.run("make try APP=../my-app") != 0
    assert "The config var SECRET_KEY is missing" in last_output(laptop_with_app)
    assert laptop_with_app.run((SNIPPETS / "try/config.bash").read_text("utf-8")) == 0, last_output(laptop_with_app)
    assert "Config vars: SECRET_KEY" in last_output(laptop_with_app)
    assert "for-the-tests" not in last_output(laptop_with_app)


def test_a_file_that_is_not_committed_is_named_and_not_tried(laptop_with_app):
    (laptop_with_app.folder / "app.py").write_text("raise SystemExit\n")
    (laptop_with_app.folder / "new.py").write_text("")
    assert laptop_with_app.run("make try APP=../my-app") == 0, last_output(laptop_with_app)
    last = last_output(laptop_with_app).splitlines()[-1]
    assert "Not tried: app.py (changed, not committed), new.py (not in Git)." in last
    for shown in re.findall("`(.+?)`", re.search("If files were not committed, (.+)", PAGE)[1]):
        assert shown in last
    assert sorted(path.name for path in laptop_with_app.folder.iterdir()) == sorted(
        [".git", ".python-version", "Procfile", "app.py", "new.py", "requirements.txt"]
    )


def test_json_is_for_a_script_and_the_program_ends_as_the_page_says(laptop_with_app):
    """ "It ends with 0 if all is well, with 1 if the report has errors, and with 2 if it could not use the folder"."""
    assert laptop_with_app.run((SNIPPETS / "try/json.bash").read_text("utf-8")) == 0
    text = last_output(laptop_with_app)
    assert json.loads(text[text.index("{\n") :])["verdict"] == "well"
    (laptop_with_app.folder / "Procfile").write_text("web: gunicorn ap:app\n")
    laptop_with_app.git("commit", "--quiet", "--all", "--message", "Make an error")
    program = re.search(r"`\.venv/bin/python (-m \S+) ", PAGE)[1].split()
    home = laptop_with_app.folder.parent
    for folder, status in ((home / "my-app", 1), (home / "nowhere", 2)):
        ran = subprocess.run([sys.executable, *program, folder], cwd=ROOT, env=os.environ, capture_output=True)
        assert ran.returncode == status, ran.stdout
    assert laptop_with_app.run("make try APP=../my-app") == 2


def test_the_message_of_a_broken_variant_leads_to_its_entry(tmp_path, expected_lines):
    """The page shows the report on gunicorn/broken-module."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    report = try_app(copy_app("gunicorn/broken-module", tmp_path / "app"), scratch)
    fault = next(fault for fault in report.faults if fault.entry)
    assert expected_lines("gunicorn/broken-module") == [fault.line]
    recorded = (SNIPPETS / "try/fails.console").read_text("utf-8")
    assert all(part in recorded for part in (fault.line, *fault.cure.splitlines(), f"errors.html#{fault.entry}"))


def list_messages(path: Path) -> list[str]:
    """Return the texts in the code of a module: neither its comments nor its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_each_word_of_the_table_is_in_a_message_of_the_machinery():
    modules = [*(ROOT / "handbook/tryout").glob("*.py"), ROOT / "handbook/fake_heroku/procfile.py"]
    messages = [text for path in modules for text in list_messages(path)]
    table = re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)
    assert table
    assert [words for words in table if not any(words in text for text in messages)] == []
