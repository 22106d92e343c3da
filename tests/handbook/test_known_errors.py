"""handbook/known_errors.py: an invalid entry is reported with its line; a log leads to the entry of its cause."""

import re
from pathlib import Path

import pytest

from handbook import known_errors
from handbook.checks import errors, run_check
from tests.conftest import data_error
from tests.recognition import ENTRIES

GOOD = """\
[no-table]
where = "database"
patterns = ["no such table: {name}"]
causes = ["The migration has not run. [Make the tables](/guides/postgres.md)."]
proof = ["postgres/broken-disk"]
"""


@pytest.fixture
def project(tmp_path) -> Path:
    for folder in ("docs/reference", "docs/guides", "snippets/postgres/broken-disk"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs/guides/postgres.md").write_text("# PostgreSQL\n")
    return tmp_path


def list_findings(project: Path, text: str) -> list[str]:
    (project / known_errors.FILE).write_text(text)
    found = run_check(errors.check_errors, project)
    return [str(finding).removeprefix(f"{known_errors.FILE}:") for finding in found]


def test_valid_entry_has_no_problem(project):
    assert list_findings(project, GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("[no-table]", "[no-table", "1: "),
        ("[no-table]", "[No_table]", "1: No_table: is no anchor"),
        ('where = "database"', 'where = "cellar"', "2: no-table: write where = one of"),
        ('where = "database"\n', "", "1: no-table: write where = one of"),
        ("patterns =", "pattern =", "3: no-table: pattern is no part"),
        ("patterns =", 'title = ""\npatterns =', '3: no-table: write title = "…".'),
        ("{name}", "{name", "3: no-table: 'no such table: {name' has a brace"),
        ("no such table: {name}", "{name} is missing", "3: no-table: '{name} is missing' begins with a placeholder"),
        ("{name}", "{name}{other}", "3: no-table: "),
        ("/guides/postgres.md", "/guides/postgresql.md", "4: no-table: /guides/postgresql.md does not exist"),
        (
            "postgres/broken-disk",
            "postgres/broken-disc",
            "5: no-table: proof postgres/broken-disc is no folder of snippets/",
        ),
        ('proof = ["postgres/broken-disk"]', "proof = []", "5: no-table: write proof ="),
        (GOOD, f"{GOOD}\n{GOOD}", "7: "),
        (
            GOOD,
            GOOD + GOOD.replace("no-table", "other").replace("{name}", "{table}"),
            "8: other: 'no such table: {table}'",
        ),
    ],
)
def test_invalid_entry_is_reported_with_line_and_advice(project, right, wrong, found):
    assert right in GOOD
    lines = list_findings(project, GOOD.replace(right, wrong))
    assert any(line.startswith(found) for line in lines), lines
    if "broken-disc" not in wrong:
        assert data_error(known_errors.load_errors, project).startswith(known_errors.FILE)


def entry_ids(log: str) -> list[str]:
    return [match.entry.id for match in known_errors.match_log(log, ENTRIES)]


def test_the_last_line_of_a_traceback_comes_before_what_gunicorn_and_heroku_say_of_it():
    when = "2026-01-31T12:00:00.000000+00:00"
    log = "\n".join(
        [
            f"{when} app[web.1]: Traceback (most recent call last):",
            f'{when} app[web.1]:   File "/app/app.py", line 1, in <module>',
            f"{when} app[web.1]: ModuleNotFoundError: No module named 'zebra'",
            f"{when} app[web.1]: [2026-01-31 12:00:00 +0000] [4] [ERROR] Reason: Worker failed to boot.",
            f'{when} heroku[router]: at=error code=H10 desc="App crashed" method=GET path="/"',
        ]
    )
    assert entry_ids(log) == ["modulenotfounderror-no-module-named", "worker-failed-to-boot", "h10"]


def test_the_reason_of_pip_comes_before_the_headline_of_heroku():
    log = """remote:        ERROR: No matching distribution found for zebra==1.2.3
remote:  !     Error: Unable to install dependencies using pip.
remote:  !     Push rejected, failed to compile Python app."""
    assert entry_ids(log)[0] == "error-no-matching-distribution-found-for"
    assert "push-rejected-failed-to-compile-python-app" in entry_ids(log)


def test_of_two_patterns_in_a_line_the_one_that_says_more_counts():
    log = "ModuleNotFoundError: No module named 'psycopg2'"
    assert entry_ids(log) == ["modulenotfounderror-no-module-named-psycopg2"]


TRACEBACK = "Traceback (most recent call last):\n"


def test_the_last_failure_comes_first_and_each_message_once():
    log = f"{TRACEBACK}KeyError: 'ONE'\n{TRACEBACK}no such table: notes\n{TRACEBACK}KeyError: 'TWO'\n"
    assert entry_ids(log) == ["keyerror-api-key", "no-such-table-note"]
    assert known_errors.match_log(log, ENTRIES)[0].line == "KeyError: 'TWO'"


@pytest.mark.parametrize(
    "link",
    [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ],
)
def test_of_a_chain_of_exceptions_the_first_is_the_cause(link):
    log = f"{TRACEBACK}KeyError: 'ONE'\n\n{link}\n\n{TRACEBACK}no such table: notes\n"
    assert entry_ids(log) == ["keyerror-api-key", "no-such-table-note"]


@pytest.mark.parametrize(("after", "first"), [(499, "keyerror-api-key"), (500, "no-such-table-note")])
def test_of_the_matches_of_one_pattern_only_the_last_500_count(after, first):
    log = "KeyError: 'ONE'\n" + "no such table: notes\n" + "KeyError: 'ONE'\n" * after
    assert entry_ids(log)[0] == first


def test_colors_and_line_ends_of_windows_do_not_hide_a_message():
    assert entry_ids("\x1b[31mKeyError: 'ONE'\x1b[0m\r\n\r\n") == ["keyerror-api-key"]


def test_a_placeholder_takes_something_but_not_a_whole_log():
    [pieces] = [known_errors.PLACEHOLDER.split("a '{name}' b")]
    assert known_errors.matches_pieces("a 'x' b", pieces)
    assert not known_errors.matches_pieces("a '' b", pieces)
    assert known_errors.matches_pieces(f"a '{'x' * 200}' b", pieces)
    assert not known_errors.matches_pieces(f"a '{'x' * 201}' b", pieces)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.id for entry in ENTRIES])
def test_each_message_is_found_by_its_own_pattern(entry):
    for pattern in entry.patterns:
        assert entry_ids(known_errors.PLACEHOLDER.sub("zebra", pattern)) == [entry.id]


# {code in a title that is neither a pattern of its entry nor a part of one: why}.
TITLES_ONLY = {
    "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present": "an address stands before the colon",
    "blocked by CORS policy: The value of the 'Access-Control-Allow-Credentials' header": "so does it here",
    "python: can't open file": "the program may have another name, python3",
    "TypeError: int() argument must be … not 'NoneType'": "it is shortened",
    "ImportError: libGL.so.1: cannot open shared object file": "its library stands for any other",
    'connection to server at "localhost", port 5432 failed: Connection refused': "it stands for both addresses",
    "heroku login": "a command",
    "heroku run": "a command",
    "heroku pg:pull": "a command",
    "InconsistentVersionWarning: Trying to unpickle estimator": "the model and its version follow",
    "400 Bad Request": "with /socket.io/ only",
}


def test_the_log_box_finds_the_code_of_a_title_as_its_own_entry():
    lost = {
        code
        for entry in ENTRIES
        for code in re.findall("`([^`]+)`", entry.title)
        if entry_ids(code)[:1] != [entry.id] and not any(code in pattern for pattern in entry.patterns)
    }
    assert lost == TITLES_ONLY.keys()
