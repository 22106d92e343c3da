"""handbook/sphinxext/search.py: the search index that a build of a small project writes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.sphinxext import search
from tests.conftest import write_files

CONF = """
project = "Small"
extensions = ["myst_parser", "handbook.sphinxext.search"]
myst_enable_extensions = ["deflist"]
locale_dirs = ["../locale"]
gettext_compact = False
"""
PAGES = {
    "index.md": "# Home\n\nWelcome.\n\n```{toctree}\nreference/variables\nerrors\n```\n",
    "errors.md": "# Errors\n\n## In the log\n\n`No such thing`\n: Look again.\n\n`No such thing`\n: It is gone.\n\n"
    "(h10)=\n`H10` *Crashed*\n: Read the line above.\n\n"
    "## Check it\n\nOpen it.\n\n| You see | Do |\n|---|---|\n| a page | smile |\n\n```bash\nheroku open\n```\n\n"
    "## If it fails\n\nRead on.\n\n| You see | Do |\n|---|---|\n| a blank page | wait |\n",
    "reference/variables.md": "# Variables\n\n| Name | Value |\n|---|---|\n| `PORT` | a number |\n"
    "\n**Before you start.** Some [errors](/errors.md).\n\n**Next:** [errors](/errors.md).\n",
}


@pytest.fixture
def build(tmp_path):
    """Return build(*options): {page: [[anchor, title, text], …]} of the index after one more build."""
    (tmp_path / "conf.py").write_text(CONF)
    write_files(tmp_path / "docs", PAGES)

    def run(*options: str) -> dict[str, list]:
        command = [sys.executable, "-m", "sphinx", "-q", "-c", ".", *options, "docs", "html", "-d", "doctrees"]
        result = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, env=os.environ)
        assert result.returncode == 0, result.stderr
        script = (tmp_path / "html" / "_static" / search.INDEX).read_text("utf-8")
        index, _end = json.JSONDecoder().raw_decode(script, re.search(r'\{"pages":', script).start())
        found = {page: [] for page, _title in index["pages"]}
        columns = (index["parts"][name] for name in ("page", "anchor", "title", "text"))
        for page, named, title, text in zip(*columns, strict=True):
            anchor = search.title_anchor(title) if named is None else named
            found[index["pages"][page][0]].append([anchor, title, text])
        return found

    return run


def test_of_an_error_each_cause_is_indexed_with_its_first_sentence(build, tmp_path):
    causes = ": Bind 0.0.0.0:5000. The router asks for the number in PORT.\n: Wait. It boots.\n"
    (tmp_path / "docs/reference/errors.md").write_text(f"# Errors\n\n`No port`\n{causes}")
    assert build()["reference/errors"][1] == ["no-port", "No port", "Bind 0.0.0.0:5000.\nWait."]


def test_headings_entries_and_rows_are_parts_with_an_anchor_and_the_text_that_is_indexed(build):
    assert build() == {
        "errors": [
            ["", "Errors", ""],
            ["in-the-log", "In the log", ""],
            ["no-such-thing", "No such thing", "Look again."],
            ["no-such-thing-2", "No such thing", "It is gone."],
            ["h10", "H10 Crashed", "Read the line above."],
            ["check-it", "Check it", ""],
            ["if-it-fails", "If it fails", "Read on.\na blank page"],
        ],
        "index": [["", "Home", ""]],
        "reference/variables": [["", "Variables", ""], ["port", "PORT", "a number"]],
    }


def test_the_anchors_are_english_in_every_language(build, tmp_path):
    english = build()
    folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "errors.po").write_text(header + 'msgid "`H10` *Crashed*"\nmsgstr "`H10` *Cayó*"\n')
    spanish = build("-D", "language=es", "-E")
    assert spanish["errors"][-3] == ["h10", "H10 Cayó", "Read the line above."]
    assert [part[0] for part in spanish["errors"]] == [part[0] for part in english["errors"]]


def test_a_later_build_has_what_changed_and_not_what_is_gone(build, tmp_path):
    before = build()
    (tmp_path / "docs" / "errors.md").unlink()
    (tmp_path / "docs" / "index.md").write_text("# Good evening\n\n```{toctree}\nreference/variables\n```\n")
    after = build()
    assert after.pop("index") == [["", "Good evening", ""]]
    assert after == {"reference/variables": before["reference/variables"]}


def test_several_processes_write_the_same_index_as_one(build):
    assert build("-E") == build("-E", "-j", "3")


def test_the_glossary_of_a_language_gives_its_words_for_the_english_ones(tmp_path):
    folder: Path = tmp_path / "locale" / "es"
    folder.mkdir(parents=True)
    (folder / "terms.toml").write_text('[words]\nworker = { es = "proceso de trabajo (*worker*)" }\n')
    assert search.merge_vocabularies(tmp_path, "es") == ([["worker", "proceso de trabajo "]], [])
