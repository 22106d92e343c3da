"""Reads the files that people write; for a bad one, an error in one line names the file and the line."""

import re
import tomllib
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
        number = int(line[1]) if line else text.count("\n") + 1
        raise DataError(file, number, f"this is not TOML: {said}. Correct the line.") from None


def find_line(text: str, head: str, inside: str = "") -> int:
    """Return the number, from 1, of the first line that begins with the pattern head; 1 where none does.

    inside: a pattern with which that line or a later one begins; where one does, its number is returned instead.
    """
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if re.match(head, line)), 0)
    below = enumerate(lines[first:], first + 1)
    return next((number for number, line in below if inside and re.match(inside, line)), first + 1)


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
