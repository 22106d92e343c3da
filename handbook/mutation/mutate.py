"""Mutation testing of the snippets: damage each of their lines, leave out each step of a page; a test must fail.

`make mutate`, or `make mutate PAGE=gunicorn`. Each mutant is written into a copy of the project, in which the
tests of that page run. Not part of `make test`, because it takes more than an hour.
"""

import json
import re
import shutil
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache
from os import cpu_count, environ
from pathlib import Path
from queue import Queue
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Self

from handbook.checks.privacy import list_source_files
from handbook.paths import ROOT, SNIPPETS, is_leftover, page_test_name
from handbook.programs import LONG_SECONDS, run_program
from handbook.reader.walkthrough import choose_language, find_steps, list_followed_pages
from handbook.snippet_comments import MIGRATIONS
from handbook.sphinxext.languages import list_languages
from handbook.sphinxext.snippet import SNIPPET_DIRECTIVE

# Equivalent mutants: lines whose damage no test can detect, and why: {"gunicorn/*.py": {"the line": "the reason"}}.
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")
SHARED = (".venv", "node_modules", "_build")


@dataclass(frozen=True)
class Step:
    """One step of a page that a reader follows: the page's slug, the language, the number of the block, its text."""

    slug: str
    language: str
    number: int  # from 0
    text: str


@dataclass(frozen=True)
class LineMutant:
    """One line of a file replaced (by "" when it is deleted), or one step of a page left out.

    steps: the changed steps that show the file, where it has commands or is the laptop's .env; for a step that is left
    out, that step, without text.
    """

    slug: str
    place: str
    line: str
    becomes: str
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: “{self.line.strip()}” " + (f"→ “{self.becomes.strip()}”" if self.becomes else "deleted")


def find_line_mutants(slug: str) -> Iterator[LineMutant]:
    """Yield a mutant for each line, deleted or altered at random, the same in each run; and a mutant for each step."""
    for path in sorted((SNIPPETS / slug).rglob("*")):
        # A transcript is mutated as a step: the replay compares it as a whole, on a page that was built before.
        relative = path.relative_to(SNIPPETS)
        unseen = MIGRATIONS in relative.parts or is_leftover(relative)
        if unseen or not path.is_file() or path.suffix == ".console":
            continue
        text = path.read_text("utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                place = f"{path.relative_to(SNIPPETS).as_posix()}:{number}"
                becomes = mutate_line(line)
                # No line of expected.txt is deleted at random, because the output would still contain the others.
                if becomes == line or (path.name != "expected.txt" and Random(place).random() < 0.5):
                    becomes = ""
                typed = path.suffix == ".bash" or path.name == ".env"
                shown_by = [step for step in followed_steps().values() if typed and step.text.strip() == text.strip()]
                steps = [replace(step, text=replace_line(text, number, becomes)) for step in shown_by]
                yield LineMutant(slug, place, line, becomes, tuple(steps))
    for place, step in followed_steps().items():
        if step.slug == slug:
            yield LineMutant(slug, place, step.text, "", (replace(step, text=""),))


@cache
def followed_steps() -> dict[str, Step]:
    """Return the steps of the tutorials and guides, by their place."""
    found = {}
    for slug, page in list_followed_pages().items():
        language = choose_language(slug, [*list_languages()])
        for number, block in enumerate(find_steps(language, page)):
            found[f"{page}: {block.place}"] = Step(slug, language, number, block.text)
    return found


def replace_line(text: str, number: int, becomes: str) -> str:
    """Return text with another line in place of line `number`, counted from 1; without it, where becomes is ""."""
    lines = text.splitlines(keepends=True)
    lines[number - 1] = becomes and becomes + "\n"
    return "".join(lines)


def mutate_line(line: str) -> str:
    """Return the line with its last word or number altered: a word loses a letter, a number grows tenfold."""
    words = list(re.finditer(r"[A-Za-z]{2,}|\d+", line))
    if not words:
        return line
    last = words[-1]
    return line[: last.start()] + (last[0] + "0" if last[0].isdigit() else last[0][:-1]) + line[last.end() :]


def copy_project(folder: Path) -> Path:
    """Copy the project's own files into a folder, add links to the SHARED folders, and return the folder."""
    for name in list_source_files(ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in SHARED:
        (folder / name).symlink_to(ROOT / name)
    return folder


@contextmanager
def temporarily_written(path: Path, text: str) -> Iterator[None]:
    """Write another text into a file; at the end, restore the one that it had before."""
    before = path.read_text("utf-8")
    path.write_text(text, "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def check_sources(folder: Path) -> str:
    """Return the findings of the checks with which `make html` begins, run in a copy; "" for none."""
    command = [str(folder / ".venv/bin/python"), "-m", "handbook.checks", "--sources"]
    result = run_program(command, cwd=folder, capture_output=True, text=True)
    return result.stdout + result.stderr


def is_detected_by_checks(mutant: LineMutant, folder: Path) -> bool:
    """Remove a step from its page; return whether the checks then report that no page shows its file."""
    page = folder / "docs" / f"{mutant.place.partition(':')[0]}.md"
    before = page.read_text("utf-8")
    for shown in SNIPPET_DIRECTIVE.finditer(before):
        if (folder / "snippets" / shown[1]).read_text("utf-8").strip() == mutant.line.strip():
            with temporarily_written(page, before[: shown.start()] + before[shown.end() :]):
                return shown[1] in check_sources(folder)
    return False


def find_failing_test(folder: Path, *select: str, timeout: float = LONG_SECONDS, **variables: str) -> str:
    """Return the first of the selected tests that fails in a copy, or "" when all pass.

    Raises RuntimeError, with the words of pytest, where it could not run them; TimeoutError where they take longer
    than `timeout` seconds.
    """
    # The sources of the copy are damaged, so --old-site keeps the site that was built before.
    python = str(folder / ".venv/bin/python")
    command = [python, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--old-site"]
    # With its bytecode kept, pytest starts in half the time.
    env = environ | {"PYTHONDONTWRITEBYTECODE": ""} | variables
    result = run_program([*command, *select], cwd=folder, env=env, capture_output=True, text=True, timeout=timeout)
    failed = re.search(r"^(?:FAILED|ERROR) (?:tests/)?(.+?)(?: - |$)", result.stdout, re.MULTILINE)
    if result.returncode in (1, 2) and failed:
        return failed[1]
    if result.returncode:
        raise RuntimeError(f"{select} did not run:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return ""


def select_tests(slug: str, folder: Path) -> list[str]:
    """Return pytest's arguments for the tests of a page: its own, those of its apps, of every app, of every command."""
    name = page_test_name(slug)
    modules = ["tests/pages/test_commands.py", "tests/test_snippets.py", f"tests/pages/{name}.py"]
    return ["-k", f"test_every_ or {name}.py or [{slug}", *[path for path in modules if (folder / path).is_file()]]


def find_failing_replay(folder: Path, step: Step) -> str:
    """Return the test that fails where a page is followed with a changed step, "" when it passes."""
    changed = ["-p", "handbook.mutation.changed_step", f"--step={step.language}:{step.number}"]
    return find_failing_test(folder, *changed, f"--becomes={step.text}", *select_replay(step))


def select_replay(step: Step) -> list[str]:
    """Return pytest's arguments for the test that follows the page of a step: those parameters give it this id."""
    return ["-k", f"[{step.slug}-{step.language}]", "tests/test_walkthroughs.py"]


def map_files_to_tests(slug: str, folder: Path) -> dict[str, list[str]]:
    """Return {file: the tests of its page that open it, the fastest first}.

    Raises RuntimeError where one is red before any damage is done.
    """
    record = folder / "_opened.json"
    plugin = ("-p", "handbook.mutation.snippet_usage")
    failed = find_failing_test(folder, *plugin, *select_tests(slug, folder), OPENED=str(record))
    for step in [step for step in followed_steps().values() if step.slug == slug][:1]:  # the page as it is
        failed = failed or find_failing_test(folder, *select_replay(step))
    if failed:
        raise RuntimeError(f"{slug}: {failed} is red before any damage. Mend that first: make test")
    opening: dict[str, list[str]] = {}
    for test, (_seconds, opened) in sorted(json.loads(record.read_text("utf-8")).items(), key=lambda test: test[1][0]):
        for file in opened:
            opening.setdefault(file, []).append(test)
    return opening


def find_test_for_line_mutant(mutant: LineMutant, tests: list[str], folder: Path) -> str:
    """Write a mutant into a copy; return what fails: "the checks" or the name of a test, "" when nothing does.

    tests, which open the file, run first. When none of them fails, all tests of the page run, unless equivalents.toml
    lists the line.
    """
    name, _colon, number = mutant.place.rpartition(":")
    path = folder / "snippets" / name
    if not path.is_file():
        return "the checks" if is_detected_by_checks(mutant, folder) else find_failing_replay(folder, *mutant.steps)
    with temporarily_written(path, replace_line(path.read_text("utf-8"), int(number), mutant.becomes)):
        if mutant.steps and check_sources(folder):
            return "the checks"
        # The name of a test may depend on the damaged file: pytest then does not find it, and all tests run.
        with suppress(RuntimeError):
            if tests and (test := find_failing_test(folder, *tests)):
                return test
        for step in mutant.steps:
            if test := find_failing_replay(folder, step):
                return test
        return "" if find_line_equivalence(mutant) else find_failing_test(folder, *select_tests(mutant.slug, folder))


def find_line_equivalence(mutant: LineMutant) -> str | None:
    """Return the reason of equivalents.toml why no test can detect a mutant, None where it has none."""
    place, line = mutant.place.partition(":")[0], mutant.line.strip()
    excuses = tomllib.loads(EQUIVALENTS.read_text("utf-8"))
    return next((lines[line] for pattern, lines in excuses.items() if fnmatch(place, pattern) and line in lines), None)


class ProjectCopies:
    """Copies of the project, one for each worker, alive inside a `with` block."""

    def __enter__(self) -> Self:
        # Two workers for each core, as in `make test`, because most tests wait.
        workers = 2 * (cpu_count() or 1)
        self.temporary, self.pool = TemporaryDirectory(), ThreadPoolExecutor(workers)
        self.idle: Queue[Path] = Queue()
        for number in range(workers):
            self.idle.put(copy_project(Path(self.temporary.name) / str(number)))
        return self

    def __exit__(self, *_error: object) -> None:
        self.pool.shutdown(cancel_futures=True)
        self.temporary.cleanup()

    def map(self, work: Callable, *arguments: list) -> Iterator:
        """Yield the result of work(*arguments, folder) for each set of arguments, in order; folder is an idle copy."""

        def in_a_copy(*about: Any) -> Any:
            folder = self.idle.get()
            try:
                return work(*about, folder)
            finally:
                self.idle.put(folder)

        return self.pool.map(in_a_copy, *arguments)


def print_verdicts(mutants: list, tests: Iterator[str | None], find_equivalence: Callable[[Any], str | None]) -> bool:
    """Print what became of each mutant, then the numbers and the survivors; return whether any survived.

    tests: for each mutant the test that detects it, "" for none, None where no time was left to begin.
    """
    survivors, numbers = [], Counter(dict.fromkeys(("detected", "equivalent", "not begun", "SURVIVED"), 0))
    for number, (mutant, test) in enumerate(zip(mutants, tests, strict=True), 1):
        reason = find_equivalence(mutant)
        verdict = "detected" if test else "not begun" if test is None else "equivalent" if reason else "SURVIVED"
        why = {"detected": f" by {test}", "equivalent": f": {reason}"}.get(verdict, "")
        print(f"{number}/{len(mutants)} {mutant}: {verdict}{why}", flush=True)
        numbers[verdict] += 1
        survivors += [str(mutant)] * (verdict == "SURVIVED")
    print(f"\n{len(mutants)} mutants:", ", ".join(f"{count} {verdict}" for verdict, count in numbers.items()))
    print(*survivors, sep="\n")
    return bool(survivors)


def main(slugs: list[str]) -> int:
    todo = [mutant for slug in slugs for mutant in find_line_mutants(slug)]
    Random(0).shuffle(todo)  # some tests wait and some compute: mixed, they fill every core
    opening = {}
    with ProjectCopies() as copies:
        for slug, tests in zip(slugs, copies.map(map_files_to_tests, slugs), strict=True):
            opening[slug] = tests
            print(f"{len(opening)}/{len(slugs)} {slug}: green before any damage", flush=True)
        tests = [opening[mutant.slug].get(mutant.place.rpartition(":")[0], []) for mutant in todo]
        return print_verdicts(todo, copies.map(find_test_for_line_mutant, todo, tests), find_line_equivalence)


if __name__ == "__main__":
    every = sorted(path.name for path in SNIPPETS.iterdir() if path.is_dir())
    if unknown := set(sys.argv[1:]) - set(every):
        sys.exit(f"make mutate: there is no folder snippets/{min(unknown)}. There are: {', '.join(every)}")
    try:
        sys.exit(main(sys.argv[1:] or every))
    except (RuntimeError, TimeoutError) as error:
        sys.exit(f"make mutate: {error}")
