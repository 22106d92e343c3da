"""Mutation testing of the imitation of Heroku: change its decisions, one place at a time, and expect a test to fail.

`make mutate SLICE=3/20` does the third of twenty slices; `make mutate SLICE=week/20` that of the current week, so that
each has its turn. No mutant is started after half an hour; the number of those left is printed.

Maintained tools were considered: mutmut first runs every test once, to learn which tests call which function, and has
no slices; cosmic-ray runs one command for all modules, and needs a database. This module makes a list of mutants, by
`ast`; mutate.py makes the copies of the project.
"""

import ast
import datetime
import re
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from random import Random

from handbook.mutation.mutate import ProjectCopies, find_failing_test, print_verdicts, temporarily_written
from handbook.paths import ROOT

FOLDER = ROOT / "handbook" / "fake_heroku"
# {"tests": {"router.py": [modules]}, "equivalent": {"router.py": {"the line → what it becomes": "the reason"}}}
SETTINGS = Path(__file__).with_name("imitation.toml")
MAX_MINUTES = 30  # no mutant is started later
TEST_TIMEOUT = 600  # seconds that the tests of one mutant may take


@dataclass(frozen=True, order=True)
class ExpressionMutant:
    """A replacement of one expression of a file. start, end: its offsets in the file's bytes."""

    file: str
    line: int
    start: int
    end: int
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"handbook/fake_heroku/{self.file}:{self.line}: {self.was} → {self.becomes}"

    def apply(self, before: str) -> str:
        content = before.encode()
        return (content[: self.start] + self.becomes.encode() + content[self.end :]).decode()


def find_expression_mutants(file: str, text: str) -> Iterator[ExpressionMutant]:
    """Yield each mutant of a Python file: comparisons and conditions inverted, `and` ↔ `or`, numbers plus one."""
    begins = [0]
    for line in text.encode().splitlines(keepends=True):
        begins.append(begins[-1] + len(line))
    for node in walk_nodes(ast.parse(text)):
        if isinstance(node, ast.expr) and (mutated := mutate_expression(node)) is not None:
            # ast.parse() always sets both; only nodes that are made by hand lack them.
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = begins[node.lineno - 1] + node.col_offset
            end = begins[node.end_lineno - 1] + node.end_col_offset
            was = " ".join(text.encode()[start:end].decode().split())
            yield ExpressionMutant(file, node.lineno, start, end, was, f"({ast.unparse(mutated)})")


def walk_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, except the parts of f-strings, whose positions Python 3.11 does not know."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if not isinstance(child, ast.JoinedStr):
            yield from walk_nodes(child)


def mutate_expression(node: ast.expr) -> ast.expr | None:
    """Return the expression that replaces a node; None for one that is not mutated, such as a string."""
    match node:
        case ast.Compare():
            return ast.UnaryOp(ast.Not(), node)
        case ast.BoolOp(op=operator, values=values):
            return ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Constant(value=bool(truth)):
            return ast.Constant(not truth)
        case ast.Constant(value=int(number) | float(number)):
            return ast.Constant(number + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return ast.IfExp(test, orelse, body)
    return None


def list_mutants() -> list[ExpressionMutant]:
    """Return all mutants, shuffled in the same way in each run, so that those of one place are spread out."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        name = path.relative_to(FOLDER).as_posix()
        if name in load_settings()["tests"]:
            found += sorted(find_expression_mutants(name, path.read_text("utf-8")))
    Random(0).shuffle(found)
    return found


def load_settings() -> dict:
    return tomllib.loads(SETTINGS.read_text("utf-8"))


def find_expression_equivalence(mutant: ExpressionMutant) -> str | None:
    """Return the reason of imitation.toml why no test can detect a mutant, None where it has none."""
    excuses = load_settings()["equivalent"].get(mutant.file, {})
    said = f"{mutant.was} → {mutant.becomes}"
    return next((reason for pattern, reason in excuses.items() if fnmatch(said, pattern)), None)


def parse_slice(text: str, today: datetime.date) -> tuple[int, int]:
    """Return (3, 20) for "3/20"; for "week/20" the slice of the week; the count of weeks does not restart in January.

    Raises SystemExit, with one line, for anything else.
    """
    match = re.fullmatch(r"(week|[1-9]\d*)/([1-9]\d*)", text)
    count = int(match[2]) if match else 0
    week = (today.toordinal() - 1) // 7  # from Monday to Sunday
    number = 0 if not match else week % count + 1 if match[1] == "week" else int(match[1])
    if not 1 <= number <= count:
        raise SystemExit(f'make mutate: "{text}" is not a slice: SLICE=3/20 is the third of twenty, or SLICE=week/20.')
    return number, count


def find_test_for_expression_mutant(mutant: ExpressionMutant, ends: float, folder: Path) -> str | None:
    """Return the test that detects a mutant, "" for none, None where no time was left to start."""
    if time.monotonic() > ends:
        return None
    path = folder / "handbook" / "fake_heroku" / mutant.file
    with temporarily_written(path, mutant.apply(path.read_text("utf-8"))):
        try:
            return find_failing_test(folder, *load_settings()["tests"][mutant.file], timeout=TEST_TIMEOUT)
        except TimeoutError:
            return f"{TEST_TIMEOUT} seconds without an end"
        except RuntimeError:  # pytest itself could not start with the mutant
            return "the start of the tests"


def main(text: str) -> int:
    number, count = parse_slice(text, datetime.date.today())
    todo = list_mutants()[number - 1 :: count]
    ends = time.monotonic() + 60 * MAX_MINUTES
    with ProjectCopies() as copies:
        modules = sorted({module for mutant in todo for module in load_settings()["tests"][mutant.file]})
        before = list(copies.map(lambda module, folder: find_failing_test(folder, module), modules))
        if any(before):
            raise SystemExit(f"make mutate: {next(filter(None, before))} is red before any damage. Mend that first.")
        tests = copies.map(lambda mutant, folder: find_test_for_expression_mutant(mutant, ends, folder), todo)
        return print_verdicts(todo, tests, find_expression_equivalence)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
