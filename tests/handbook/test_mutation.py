"""Who tests the tests: the damage that `make mutate` does, and the lines that it lets pass."""

import tomllib
from fnmatch import fnmatch

import pytest

from handbook.mutation.mutate import EXCUSES, damaged, damages, followed_steps, with_line
from handbook.paths import SNIPPETS


@pytest.mark.parametrize(
    ("line", "becomes"),
    [("threads = 5", "threads = 50"), ("web: gunicorn app:app", "web: gunicorn app:ap"), ("]", "]")],
)
def test_the_last_word_loses_a_letter_or_the_last_number_grows(line, becomes):
    assert damaged(line) == becomes


def test_one_line_is_replaced_or_deleted_and_the_others_stay():
    assert with_line("a\nb\nc\n", 2, "x") == "a\nx\nc\n"
    assert with_line("a\nb\nc\n", 2, "") == "a\nc\n"


def test_each_line_of_an_app_is_damaged_and_each_step_of_its_guide_left_out():
    found = list(damages("gunicorn"))
    lines = (SNIPPETS / "gunicorn/app.py").read_text("utf-8").splitlines()
    assert sum(damage.place.startswith("gunicorn/app.py:") for damage in found) == len(list(filter(None, lines)))
    steps = [step for step in followed_steps().values() if step.slug == "gunicorn"]
    assert sum(damage.place.startswith("guides/gunicorn") for damage in found) == len(steps) > 0


def test_what_is_excused_is_there():
    texts = [(path.relative_to(SNIPPETS).as_posix(), path) for path in SNIPPETS.rglob("*") if path.is_file()]
    gone = []
    for pattern, excuses in tomllib.loads(EXCUSES.read_text("utf-8")).items():
        there = {step.text.strip() for place, step in followed_steps().items() if place.startswith(f"{pattern}:")}
        for name, path in texts:
            if fnmatch(name, pattern):
                there.update(map(str.strip, path.read_text("utf-8", errors="replace").splitlines()))
        gone += [f"{EXCUSES.name}: {pattern} has no line “{line}”: delete it" for line in excuses if line not in there]
    assert not gone
