"""docs/facts.toml: what Heroku charges, limits and calls things, with the source of each.

The file says what its parts are. The pages get the values from sphinxext/facts.py, the tests from limits.py.
"""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from handbook.data_files import DataError, find_key_line, is_text, load_toml, read_text

FILE = "docs/facts.toml"
SUBSTITUTION = re.compile(r"\{\{ ?(\w+) ?\}\}")
# The required parts of a fact, and how each is written.
FIELDS = {
    "value": '"…"',
    "about": '"…"',
    "source": '"https://…"',
    "seen": '"…"',
    "checked": "2026-01-31, without quotes",
}
# What handbook/checks/watch.py can look up for a fact: in words for an advice, and as a pattern.
WATCH_KINDS = '"github-release OWNER/REPOSITORY", "npm PACKAGE", "endoflife-latest PRODUCT"'
WATCH_KINDS += ' or "endoflife-cycles PRODUCT"'
WATCH_SYNTAX = re.compile(r"github-release [\w.-]+/[\w.-]+|npm [\w@./-]+|endoflife-(latest|cycles) [\w.-]+")


def find_problems(root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong and what to do) for each part of a fact that is missing, unknown or invalid."""
    if not (root / FILE).is_file():
        advice = f"restore it with `git checkout -- {FILE}`. It holds every number that Heroku may change."
        yield 0, f"this file is missing: {advice}"
    source = read_text(root, FILE)
    for name, fact in load_toml(root, FILE).items():
        line = find_key_line(source, name)
        if not isinstance(fact, dict):
            yield line, f"{name} is not a fact: write [{name}] on a line, and its value below it."
            continue
        if not re.fullmatch(r"\w+", name):
            advice = "a page writes it in {{ }}, where a name has only letters, digits and _: rename it."
            yield line, f"{name}: {advice}"
        for part in FIELDS.keys() - fact.keys():
            yield line, f"{name} has no {part}: write {part} = {FIELDS[part]}."
        for part, content in fact.items():
            line = find_key_line(source, name, part)
            if part not in FIELDS and part != "watch":
                yield line, f"{name}: {part} is no part of a fact: correct its name, or delete it."
            elif not is_valid(part, content):
                like = FIELDS.get(part, WATCH_KINDS)
                yield line, f"{name}: {part} is not as it should be: write {part} = {like}."


def is_valid(part: str, content: object) -> bool:
    """Return whether a part of a fact has a valid value."""
    if part == "checked":
        return type(content) is datetime.date  # isinstance() would accept a datetime too
    pattern = {"source": re.compile(r"https://[\w.-]+/\S*"), "watch": WATCH_SYNTAX}.get(part, re.compile(".+"))
    return is_text(content) and pattern.fullmatch(content) is not None


def load_facts(root: Path) -> dict[str, dict]:
    """Return docs/facts.toml: {name: {"value", "about", "source", "seen", "checked"}, some with "watch"}.

    Raises DataError if it is missing or not TOML, or a fact is invalid.
    """
    for line, advice in find_problems(root):
        raise DataError(FILE, line, advice)
    return load_toml(root, FILE)
