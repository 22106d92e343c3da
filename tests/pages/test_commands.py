"""docs/about/tested.md, "Pages are followed as a reader would": each command of the site exists in the real CLI."""

import re
from pathlib import Path

import pytest

from handbook.checks import list_pages
from handbook.checks.commands import check_commands, find_commands, find_problem
from handbook.paths import ROOT, SITE, SNIPPETS
from handbook.reader.page import find_blocks
from handbook.reader.transcript import parse_transcript
from handbook.sphinxext.commands import SUFFIXES
from tests.conftest import LANGUAGES, parse_page


def test_every_command_and_flag_of_the_site_exists():
    blocks_of_heroku = {
        path.relative_to(ROOT).as_posix()
        for path in SNIPPETS.rglob("*")
        if path.suffix in SUFFIXES and re.search(r"^(?:\$ )?heroku ", path.read_text("utf-8"), re.MULTILINE)
    }
    assert blocks_of_heroku
    assert blocks_of_heroku <= {path for path, _line, _command in find_commands(ROOT)}
    assert not [str(finding) for finding in check_commands(ROOT)]


UNCLOSED = "a quotation mark is not closed on its line: close it, and write each command on one line."


@pytest.mark.parametrize(
    ("line", "command", "advice"),
    [
        ('heroku config:set A="one', 'heroku config:set A="one', UNCLOSED),
        ("echo don't", "echo don't", UNCLOSED),
        ("git push heroku main; heroku", "heroku", "it names no command: write one, such as heroku create."),
    ],
)
def test_a_line_that_no_shell_can_read_is_a_finding(tmp_path, line, command, advice):
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for folder in ("snippets/port", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "snippets/port/set.bash").write_text(f"# One\n{line}\n")
    assert [str(found) for found in check_commands(tmp_path)] == [f"snippets/port/set.bash:2: `{command}`: {advice}"]


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        ("heroku create", ""),
        ("heroku help", ""),
        ("heroku logs --tail -n 200", ""),
        ("heroku run --exit-code -- flask routes --all-methods", ""),
        ("heroku app:create", "there is no such command: is it apps:create?"),
        ("heroku logs --tial", "logs has no flag --tial: is it --tail?"),
        ("heroku logs -x", "logs has no flag -x."),
        ("heroku domains:add", "domains:add needs hostname."),
        ("heroku scale web=1", "there is no such command: is it ps:scale?"),
        ("heroku", "it names no command: write one, such as heroku create."),
        ("heroku config:set 'A=1", UNCLOSED),
    ],
)
def test_a_wrong_command_is_refused_with_what_is_meant(command, advice):
    assert find_problem(ROOT, command) == advice


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_commands_has_what_the_pages_tell_to_type(language):
    list_of_all = parse_page(SITE / language / "reference/commands.html")
    listed = {line for block in list_of_all.iter("pre") for line in block.text_content().splitlines()}
    told = set()
    for page in list_pages(ROOT):
        for block in find_blocks(language, page.with_suffix("").as_posix()):
            if block.kind == "command" and block.variant != "broken":
                told.update(block.text.splitlines())
            elif block.kind == "transcript":
                told.update(command for command, _shown in parse_transcript(block.text))
    assert told
    assert told == listed


def test_a_sentence_may_name_a_command_without_its_arguments():
    assert find_problem(ROOT, "heroku domains:add", named=True) == ""
    assert find_problem(ROOT, "heroku domain:add", named=True)


def test_the_cli_of_the_tests_calls_nobody_by_itself(laptop):
    laptop.run("heroku version")
    assert "heroku/" in laptop.terminals[0].log
    cache = Path(laptop.env["HOME"], ".cache", "heroku")
    # The CLI writes these files when it looks for a newer version or begins to update itself.
    assert not [name for name in ("autoupdate", "version", "last-warning") if (cache / name).exists()]
