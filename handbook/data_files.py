"""Reads the files that people write; for a bad one, an error in one line names the file and the line."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard


class DataError(SystemExit):
    """A data file is invalid: str() is "file:line: what to do"; line is 0 for the whole file.

    A program that does not catch it ends with this line and status 1, without a traceback.
    """

    def __init__(self, file: str, line: int, advice: str):
        super().__init__(f"{file}:{line}: {advice}" if line else f"{file}: {advice}")
        self.file, self.line, self.advice = file, line, advice


def load_toml(root: Path, file: str) -> dict:
    """Return the content of a file, {} where there is none. Raises DataError where it is not TOML, or not UTF-8."""
    text = read_text(root, file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, _at, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)  # it may also be "end of document"
        number = int(line[1]) if line else text.rstrip().count("\n") + 1
        raise DataError(file, number, f"this is not TOML: {said}. Correct the line.") from None


def find_line(text: str, pattern: str) -> int:
    """Return the number, from 1, of the first line that begins with a pattern; 1 where none does."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if re.match(pattern, line)), 1)


def find_key_line(text: str, *path: str, said: str = "") -> int:
    """Return the number, from 1, of the line of a key of valid TOML: "first", "where" is `where` below [first].

    Of a key that is absent, the line of what it should be in; 1 where that is absent too. said: a text in the value of
    the key, whose line is returned where it is written as it is, or with its backslashes and quotation marks escaped.
    """
    known = _list_statements(text)
    found = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in known), None)
    if found is None:
        return 1
    first, statement = known[found]
    spellings = [said, said.replace("\\", r"\\").replace('"', r"\"")]
    lines = enumerate(statement.split("\n"), first)
    return next((number for number, line in lines if said and any(one in line for one in spellings)), first)


@cache
def _list_statements(text: str) -> dict[tuple[str, ...], tuple[int, str]]:
    """Return {path of a key: (line from 1, text)} of the statement of TOML that defines it, as a table or with a value.

    A statement ends at the first line up to which it is valid TOML: so the parser itself reads quotes and escapes.
    """
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    table: tuple[str, ...] = ()
    first, statement = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        statement += f"{line}\n"
        try:
            data = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        is_table = statement.lstrip().startswith("[")
        for path in _list_paths(data, () if is_table else table):
            found.setdefault(path, (first, statement))
            table = path if is_table else table
        first, statement = number + 1, ""
    return found


def _list_paths(data: dict, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in data.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _list_paths(value, (*above, key))


def read_text(root: Path, file: str | Path) -> str:
    """Return the text of a file, "" where there is none. Raises DataError where it is not UTF-8."""
    path = root / file
    try:
        return path.read_text("utf-8") if path.is_file() else ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(show_path(root, path), line, "this is not UTF-8: save it as that.") from None


def show_path(root: Path, path: Path) -> str:
    """Return a path as an advice names it: relative to the root where it is below it."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a text that is not empty."""
    return isinstance(value, str) and bool(value.strip())


def is_text_list(value: object) -> TypeGuard[list[str]]:
    """Return whether a value is a list of texts, none of them empty."""
    return isinstance(value, list) and all(map(is_text, value))
