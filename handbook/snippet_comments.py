"""Finds the comments of the files under snippets/, and translates them.

Code is the same in every language; only whole comments change. Each comment is one message of the page that shows it.
"""

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from handbook.paths import LEFTOVERS

# Files whose comments start with "#" at the beginning of a line.
HASH_COMMENTS = {"Procfile", "Dockerfile", ".ini", ".toml", ".sh", ".bash", ".env", ".yml", "requirements.txt"}
# The folder that `flask db` writes, left as it is: no linter, no translation, and a page need not show it.
MIGRATIONS = "migrations"
INVALID_PYTHON = "broken-syntax"  # the folder of files that are invalid Python on purpose
# Files in the folder of a snippet that are not part of its app: variants, what the tests need, commands to type.
NOT_APP_FILES = [*LEFTOVERS, "broken-*", "form-*", "expected.txt", "changes.txt", "needs.txt", "*.bash", "*.console"]
# "# part: name" and "# end: name" mark what a page shows; readers never see them.
MARKER = re.compile(r"^\s*#\s*(part|end):\s*([\w-]+)\s*$")


def is_marker(line: str) -> bool:
    return bool(MARKER.match(line))


def find_comments(path: Path, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (line index from 0, column, comment without "#") for each comment of a file.

    path: inside snippets/, because the folders above it may have any name. Only a line feed ends a line, as in Python.
    Raises SyntaxError where a Python file cannot be tokenized, unless it is invalid on purpose.
    """
    if MIGRATIONS in path.parts or INVALID_PYTHON in path.parts:
        return
    if path.suffix == ".py":
        found = _python_comments(text)
    elif path.name in HASH_COMMENTS or path.suffix in HASH_COMMENTS:
        found = _hash_comments(text)
    else:
        return
    lines = text.split("\n")
    for row, column, comment in found:
        words = comment.lstrip("#").strip()
        # "#!" names an interpreter, "#>" is what the file prints.
        if words and not comment.startswith(("#!", "#>")) and not is_marker(lines[row]):
            yield row, column, words


def translate_comments(path: Path, text: str, gettext: Callable[[str], str]) -> str:
    """Return text with every comment replaced by gettext(comment); code stays byte for byte."""
    lines = text.split("\n")
    for row, column, words in find_comments(path, text):
        ending = "\r" if lines[row].endswith("\r") else ""
        lines[row] = f"{lines[row][:column]}# {gettext(words)}{ending}"
    return "\n".join(lines)


def _python_comments(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1, token.start[1], token.string
    except tokenize.TokenError as error:
        raise SyntaxError(error.args[0]) from None


def _hash_comments(text: str) -> Iterator[tuple[int, int, str]]:
    for row, line in enumerate(text.split("\n")):
        stripped = line.lstrip()
        if stripped.startswith("#"):
            yield row, len(line) - len(stripped), stripped
