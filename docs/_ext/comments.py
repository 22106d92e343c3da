"""Comments of the files under snippets/: found, and put into another language.

Code is the same in every language; only whole comments change. Each comment is one message of
the catalogue ``snippets`` (locale/<language>/LC_MESSAGES/snippets.po).
"""

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

# Files whose comments start with "#" at the beginning of a line.
HASH_COMMENTS = {"Procfile", ".ini", ".toml", ".sh", ".bash", ".env", ".yml", "requirements.txt"}
# Written by `flask db`, and left as it is: no linter, no translation, and a page need not show it.
GENERATED = "migrations"
# "# part: name" and "# end: name" mark what a page shows; readers never see them.
MARKER = re.compile(r"^\s*#\s*(part|end):\s*([\w-]+)\s*$")


def is_marker(line: str) -> bool:
    return bool(MARKER.match(line))


def find(path: Path, text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (line index from 0, column, comment without "#") for each comment of a file.

    A file that is no Python, on purpose, has none from where it breaks.
    """
    if GENERATED in path.parts:
        return
    if path.suffix == ".py":
        found = _python(text)
    elif path.name in HASH_COMMENTS or path.suffix in HASH_COMMENTS:
        found = _hash_lines(text)
    else:
        return
    lines = text.splitlines()
    for row, column, comment in found:
        words = comment.lstrip("#").strip()
        # "#!" names an interpreter, "#>" is what the file prints.
        if words and not comment.startswith(("#!", "#>")) and not is_marker(lines[row]):
            yield row, column, words


def translate(path: Path, text: str, gettext: Callable[[str], str]) -> str:
    """Return text with every comment replaced by gettext(comment); code stays byte for byte."""
    lines = text.splitlines(keepends=True)
    for row, column, words in find(path, text):
        ending = lines[row][len(lines[row].rstrip("\r\n")) :]
        lines[row] = f"{lines[row][:column]}# {gettext(words)}{ending}"
    return "".join(lines)


def _python(text: str) -> Iterator[tuple[int, int, str]]:
    with suppress(tokenize.TokenError, IndentationError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0] - 1, token.start[1], token.string


def _hash_lines(text: str) -> Iterator[tuple[int, int, str]]:
    for row, line in enumerate(text.splitlines()):
        stripped = line.lstrip()
        if stripped.startswith("#"):
            yield row, len(line) - len(stripped), stripped
