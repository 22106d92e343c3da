"""Mutation testing: the mutants that `make mutate` makes, and the list of lines whose mutants no test can detect."""

import ast
import datetime
import os
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from types import SimpleNamespace

import pytest

from handbook.fake_heroku.process import DEFAULT_TIMEOUT
from handbook.mutation import changed_step, imitation, mutate
from handbook.mutation.imitation import parse_slice
from handbook.mutation.mutate import EQUIVALENTS, find_line_mutants, followed_steps, mutate_line, replace_line
from handbook.paths import ROOT, SNIPPETS
from handbook.reader import walkthrough
from handbook.reader.page import Block


@pytest.mark.parametrize(
    ("line", "becomes"),
    [("threads = 5", "threads = 50"), ("web: gunicorn app:app", "web: gunicorn app:ap"), ("]", "]")],
)
def test_mutate_line_shortens_the_last_word_or_enlarges_the_last_number(line, becomes):
    assert mutate_line(line) == becomes


def test_replace_line_changes_that_line_alone():
    assert replace_line("a\nb\nc\n", 2, "x") == "a\nx\nc\n"
    assert replace_line("a\nb\nc\n", 2, "") == "a\nc\n"


def test_each_line_but_comments_and_each_step_has_a_mutant(tmp_path, monkeypatch):
    (tmp_path / "gunicorn").mkdir()
    (tmp_path / "gunicorn" / "app.py").write_text("# why\nport = 5\n\nif port:\n    # why\n    run(port)\n")
    monkeypatch.setattr(mutate, "SNIPPETS", tmp_path)
    found = list(find_line_mutants("gunicorn"))
    damaged_lines = {mutant.place: mutant.becomes for mutant in found if mutant.place.startswith("gunicorn/app.py:")}
    assert damaged_lines.keys() == {f"gunicorn/app.py:{line}" for line in (2, 4, 6)}
    assert set(damaged_lines.values()) <= {"", "port = 50", "if por:", "    run(por)"}
    steps = [step for step in followed_steps().values() if step.slug == "gunicorn"]
    assert sum(mutant.place.startswith("guides/gunicorn") for mutant in found) == len(steps) > 0


def test_each_followed_page_has_one_replay_test():
    options = "-m pytest --collect-only -q -n0 --old-site tests/test_walkthroughs.py".split()
    env = {**os.environ, "PYTEST_ADDOPTS": ""}  # with -v, the list would be a tree
    listed = subprocess.run(
        [sys.executable, *options], cwd=ROOT, env=env, capture_output=True, text=True, timeout=DEFAULT_TIMEOUT
    ).stdout
    for step in {step.slug: step for step in followed_steps().values()}.values():
        _option, test, module = mutate.select_replay(step)
        found = [line for line in listed.splitlines() if line.startswith(f"{module}::") and test in line]
        assert len(found) == 1, (step.slug, found)


def test_verdict_on_each_mutant_and_their_numbers_are_printed(capsys):
    equivalences = {"c": "nobody sees it"}
    assert mutate.print_verdicts([*"abcd"], iter(["test_a", "", "", None]), equivalences.get)
    assert capsys.readouterr().out.splitlines() == [
        "1/4 a: detected by test_a",
        "2/4 b: SURVIVED",
        "3/4 c: equivalent: nobody sees it",
        "4/4 d: not begun",
        "",
        "4 mutants: 1 detected, 1 equivalent, 1 not begun, 1 SURVIVED",
        "b",
    ]
    assert not mutate.print_verdicts(["a"], iter(["test_a"]), equivalences.get)


def test_each_equivalent_mutant_names_a_line_that_exists():
    texts = [(path.relative_to(SNIPPETS).as_posix(), path) for path in SNIPPETS.rglob("*") if path.is_file()]
    gone = []
    for pattern, excuses in tomllib.loads(EQUIVALENTS.read_text("utf-8")).items():
        there = {step.text.strip() for place, step in followed_steps().items() if place.startswith(f"{pattern}:")}
        for name, path in texts:
            if fnmatch(name, pattern):
                there.update(map(str.strip, path.read_text("utf-8", errors="replace").splitlines()))
        gone += [
            f"{EQUIVALENTS.name}: {pattern} has no line “{line}”: delete it" for line in excuses if line not in there
        ]
    assert not gone


def test_mutants_invert_expressions_and_leave_texts_alone():
    text = """def f(ñ, b):\n    "1"\n    return f"{1 if ñ else 2}" if ñ == 'ñ' and not b else g(3, True)\n"""
    found = {mutant.was: mutant.becomes for mutant in imitation.find_expression_mutants("f.py", text)}
    assert found == {
        """f"{1 if ñ else 2}" if ñ == 'ñ' and not b else g(3, True)""": (
            """(g(3, True) if ñ == 'ñ' and (not b) else f'{(1 if ñ else 2)}')"""
        ),
        "ñ == 'ñ' and not b": "(ñ == 'ñ' or not b)",
        "ñ == 'ñ'": "(not ñ == 'ñ')",
        "not b": "(b)",
        "3": "(4)",
        "True": "(False)",
    }


def test_every_mutant_of_the_imitation_is_python_and_in_one_slice():
    every = imitation.list_mutants()
    for mutant in every:
        before = read_imitation(mutant.file)
        assert ast.dump(ast.parse(mutant.apply(before))) != ast.dump(ast.parse(before)), mutant
    slices = [every[number - 1 :: 20] for number in range(1, 21)]
    assert sorted(mutant for found in slices for mutant in found) == sorted(every)


def test_each_file_of_the_imitation_has_mutants_or_a_reason_to_have_none():
    settings = imitation.load_settings()
    files = [path.relative_to(imitation.FOLDER).as_posix() for path in imitation.FOLDER.rglob("*.py")]
    left_out = {pattern: [file for file in files if fnmatch(file, pattern)] for pattern in settings["left_out"]}
    assert all(left_out.values()), left_out
    decide = {file for file in files if list(imitation.find_expression_mutants(file, read_imitation(file)))}
    assert decide - {file for found in left_out.values() for file in found} == set(settings["tests"])
    assert all((ROOT / module).is_file() for modules in settings["tests"].values() for module in modules)


def read_imitation(file: str) -> str:
    return (imitation.FOLDER / file).read_text("utf-8")


def test_slice_is_given_by_number_or_by_week():
    day = datetime.date(2026, 11, 26)
    assert parse_slice("3/20", day) == (3, 20)
    assert {parse_slice("week/20", day + datetime.timedelta(weeks=week))[0] for week in range(20)} == set(range(1, 21))
    for wrong in ("3", "0/20", "21/20", "week", "x/3"):
        with pytest.raises(SystemExit, match=f'"{wrong}" is not a slice: SLICE=3/20'):
            parse_slice(wrong, day)


def test_changed_step_replaces_one_step_in_one_language(monkeypatch):
    page = [Block("file", name, name, name) for name in "abc"]
    for becomes, texts in (("x", ["a", "x", "c"]), ("", ["a", "c"])):
        monkeypatch.setattr(walkthrough, "find_steps", lambda _language, _page: list(page))
        changed_step.pytest_configure(SimpleNamespace(getoption={"step": "es:1", "becomes": becomes}.get))
        assert [block.text for block in walkthrough.find_steps("es", "guides/port")] == texts
        assert [block.text for block in walkthrough.find_steps("en", "guides/port")] == ["a", "b", "c"]
